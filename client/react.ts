// The state of a chat for React, 18 or later: one hook.
// @ts-types="npm:@types/react@19.3.0"
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { ChatState } from "./chat_state.ts";
import { type ChatActions, type ChatClient, type ChatStoreOptions, createChatStore } from "./chat_store.ts";

export type { ChatState, ChatStatus, ShownMessage } from "./chat_state.ts";
export type { ChatActions, ChatClient, ShownDecision } from "./chat_store.ts";

export interface UseAgentRunOptions extends ChatStoreOptions {
  /** The conversation that is shown; a new one where it is not given. */
  session_id?: string | null;
}

/** What a page shows of a conversation, and what its user can do. */
export interface AgentRunChat extends ChatState, ChatActions {}

/**
 * A conversation as it stands: its history, the run at work with its text and plan, and the calls that wait. An unfinished
 * run is picked up where the page is opened anew, and read over connections that break. Leaving the page cancels nothing,
 * and ends all requests for it. Make `client` once: another one is another chat. Of `options`, only `session_id` may
 * change.
 */
export function useAgentRun(client: ChatClient, options: UseAgentRunOptions = {}): AgentRunChat {
  const { session_id = null } = options;
  const [first] = useState(options);
  const store = useMemo(() => createChatStore(client, first), [client, first]);
  useEffect(() => store.attach(), [store]);
  useEffect(() => store.open(session_id), [store, session_id]);
  const state = useSyncExternalStore(store.subscribe, store.state, store.state);
  return useMemo(() => ({ ...state, ...actionsOf(store) }), [state, store]);
}

function actionsOf({ send, retry, stop, decide, undo, loadEarlier }: ChatActions): ChatActions {
  return { send, retry, stop, decide, undo, loadEarlier };
}
