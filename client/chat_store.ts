// A conversation as a page has it: what is shown, and what its user can do. It knows no framework: whoever subscribes is
// told of a new state, at most once a frame.
import type { DecisionInput } from "../shared/contracts/decision_request.ts";
import type { ReadEvent } from "../shared/contracts/read_event.ts";
import { initialRunState, reduceRun } from "../shared/contracts/run_state.ts";
import type { AgentClient } from "./agent_client.ts";
import { EMPTY_CHAT, type HeldChat, mergeMessages, withOwnMessages } from "./chat_state.ts";
import { type ChatView, createChatView } from "./chat_view.ts";
import { AgentClientError, notSent } from "./client_error.ts";
import { browserFrame } from "./frames.ts";
import type { Run, StartRunBody, UndoAnswer } from "./run_requests.ts";

export type ChatClient = Pick<
  AgentClient,
  "startRun" | "events" | "decide" | "cancel" | "undo" | "getSession" | "listMessages" | "listRuns"
>;

export interface ChatStoreOptions {
  /** What every message is sent with; `time_zone` is the browser's if it is not given. */
  body?: Omit<StartRunBody, "message" | "session_id" | "client_id" | "request_key">;
  /** Messages of a page of history; 50 if it is not given. */
  page_size?: number;
  /** Runs `paint` before the next frame, and gives what takes it off again. */
  frame?: (paint: () => void) => () => void;
  /** Makes the keys under which messages are sent. */
  new_key?: () => string;
}

/** A decision on a call that is shown: what was shown is known. */
export type ShownDecision = Omit<DecisionInput, "arguments_sha256">;

export interface ChatActions {
  /**
   * Sends a message; one of spaces is none. While a run is at work it is refused; where a call waits for a decision, that
   * is withdrawn.
   */
  send(message: string): Promise<void>;
  /** Does again what failed, where `can_retry`: sends the message under the same key, or reads on. */
  retry(): Promise<void>;
  /** Cancels the run. Closing the page does not: it goes on without its reader. */
  stop(): Promise<void>;
  /** Decides on calls that wait. */
  decide(...decisions: ShownDecision[]): Promise<void>;
  /** Takes back what a call of the last run has changed, or all of them. Null where that failed: `error` says why. */
  undo(tool_call_id?: string): Promise<UndoAnswer | null>;
  /** Adds the messages before those that are there. */
  loadEarlier(): Promise<void>;
}

export interface ChatStore extends ChatActions, Pick<ChatView, "state" | "subscribe"> {
  /** Reads what there is to read until the function that comes back is called, which ends all requests for it. */
  attach(): () => void;
  /** Shows another conversation; null for a new one. */
  open(session_id: string | null): void;
}

export function createChatStore(client: ChatClient, options: ChatStoreOptions = {}): ChatStore {
  const { page_size: limit = 50, frame = browserFrame, new_key = () => crypto.randomUUID() } = options;
  const body = { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...options.body };
  const { held, set, show, state, subscribe } = createChatView(frame);
  /** Whoever is attached; without one nothing is read. */
  let reading: AbortController | null = null;
  let opened: string | null = null;
  /** Another one for each conversation that is shown: what comes of the one before changes nothing any more. */
  let shown = {};
  let sending = false;
  /** The seq of the last event that was read. */
  let last = 0;

  /** What failed is shown. It is done again by `redo`, or by the `same` as before where that may go better. */
  function failed(thrown: unknown, change: Partial<HeldChat>, same?: HeldChat["redo"]): void {
    const error = clientError(thrown);
    show({ redo: error.retryable && same || null, ...change, error });
  }

  /** Reads for as long as somebody is there. */
  async function attempt(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const signal = reading?.signal ?? AbortSignal.abort();
    try {
      await work(signal);
    } catch (thrown) {
      if (!signal.aborted) failed(thrown, { doing: null }, () => attempt(work));
    }
  }

  async function load(signal: AbortSignal): Promise<void> {
    const { session_id, stored } = held();
    if (session_id === null) return;
    if (!sending) show({ doing: "loading", error: null });
    const unfinished = { ...{ session_id, signal, limit: 1 }, status: "unfinished" as const };
    const [page, { runs: [run] }] = await Promise.all([
      client.listMessages(session_id, { limit, signal }),
      client.listRuns(unfinished),
      // Of a conversation that isn't there, there are no messages either.
      client.getSession(session_id),
    ]);
    if (signal.aborted) return;
    const earlier = stored.length > 0 ? held().earlier : page.next_cursor;
    set({ stored: mergeMessages(stored, page.messages), earlier });
    // A message was sent meanwhile, and its run is read.
    if (held().doing !== "loading") return;
    set({ doing: null });
    if (run) await read(run.id, signal);
  }

  /** Reads a run to its end, or to where it waits. `events` are those behind the last one that was read. */
  async function read(run_id: string, signal: AbortSignal, events?: AsyncIterable<ReadEvent>): Promise<void> {
    if (held().run?.run_id !== run_id) {
      last = 0;
      set({ run: initialRunState(run_id), decided: [] });
    }
    set({ doing: held().doing === "stopping" ? "stopping" : "reading", error: null });
    for await (const event of events ?? client.events(run_id, { after: last, signal })) {
      if (signal.aborted) return;
      last = event.seq;
      const run = reduceRun(held().run ?? initialRunState(run_id), event);
      set({ run, session_id: run.session_id });
    }
    if (signal.aborted) return;
    set({ doing: null });
    const { run, session_id } = held();
    if (session_id === null || run?.status === "awaiting_approval") return;
    // What is shown of the run stands in its session, by now, in the words that are kept.
    set(withOwnMessages(held()));
    const { messages } = await client.listMessages(session_id, { limit: 10, signal });
    if (!signal.aborted) set({ stored: mergeMessages(held().stored, messages) });
  }

  const follow = (run_id: string, events?: (signal: AbortSignal) => AsyncIterable<ReadEvent>) => {
    let first = events;
    return attempt((signal) => {
      const own = first?.(signal);
      first = undefined;
      return read(run_id, signal, own);
    });
  };

  /** The message goes out even if nobody waits for its answer any more. */
  async function deliver(outgoing: { id: string; content: string }): Promise<void> {
    show({ outgoing: { ...outgoing, failed: false }, doing: "sending", error: null, redo: null });
    const session_id = held().session_id ?? undefined;
    const message = { message: outgoing.content, request_key: outgoing.id, session_id };
    const here = shown;
    sending = true;
    try {
      const run = await client.startRun({ ...body, ...message });
      if (here !== shown) return drop(run);
      sending = false;
      if (held().doing === "stopping") await client.cancel(run.run_id);
      void follow(run.run_id, (signal) => run.events({ signal }));
    } catch (thrown) {
      if (here !== shown) return;
      sending = false;
      failed(thrown, { doing: null, outgoing: { ...outgoing, failed: true } }, () => deliver(outgoing));
    }
  }

  return {
    ...{ state, subscribe },
    attach() {
      reading = new AbortController();
      const { session_id, run } = held();
      if (session_id !== null) void attempt(load);
      else if (run) void follow(run.run_id);
      return () => {
        reading?.abort();
        reading = null;
      };
    },
    open(session_id) {
      const is_shown = session_id === opened || session_id === held().session_id;
      opened = session_id;
      if (is_shown) return;
      if (reading) {
        reading.abort();
        reading = new AbortController();
      }
      shown = {};
      sending = false;
      show({ ...EMPTY_CHAT, session_id });
      void attempt(load);
    },
    async send(message) {
      if (message.trim() === "") return;
      const { doing } = held();
      if (doing !== null && doing !== "loading") {
        const message = "A message is being answered. Wait for it, or stop it.";
        return show({ error: notSent(message, { kind: "conflict" }) });
      }
      set(withOwnMessages(held()));
      await deliver({ id: new_key(), content: message });
    },
    async retry() {
      const { redo } = held();
      set({ redo: null });
      await redo?.();
    },
    async stop() {
      const { doing, run } = held();
      if (doing === "stopping" || !(run || doing === "sending")) return;
      show({ doing: "stopping", error: null });
      if (doing === "sending" || !run) return;
      const here = shown;
      try {
        await client.cancel(run.run_id);
        if (doing === null && here === shown) await follow(run.run_id);
      } catch (thrown) {
        if (here === shown) failed(thrown, { doing });
      }
    },
    async decide(...decisions) {
      const { run, decided } = held();
      const made = decisions.flatMap((decision) =>
        run?.approvals.filter((one) => one.tool_call_id === decision.tool_call_id)
          .map(({ arguments_sha256 }) => ({ arguments_sha256, ...decision })) ?? []
      );
      if (!run || made.length === 0) return;
      show({ doing: "reading", error: null });
      const here = shown;
      try {
        const next = await client.decide(run.run_id, made, { after: last });
        if (here !== shown) return drop(next);
        if (next.open.length === 0) return void follow(run.run_id, (signal) => next.events({ signal }));
        show({ doing: null, decided: [...decided, ...made.map(({ tool_call_id }) => tool_call_id)] });
      } catch (thrown) {
        // Somebody else may have decided: to read on shows it.
        if (here === shown) failed(thrown, { doing: null, redo: () => follow(run.run_id) });
      }
    },
    async undo(tool_call_id) {
      const { run } = held();
      const here = shown;
      try {
        return run && await client.undo(run.run_id, tool_call_id);
      } catch (thrown) {
        if (here === shown) failed(thrown, { redo: held().redo });
        return null;
      }
    },
    loadEarlier: () =>
      attempt(async (signal) => {
        const { session_id, earlier: cursor } = held();
        if (session_id === null || cursor === null) return;
        const page = await client.listMessages(session_id, { limit, cursor, signal });
        if (signal.aborted) return;
        set({ stored: mergeMessages(held().stored, page.messages), earlier: page.next_cursor });
      }),
  };
}

/** What a page is handed is no client's, where it comes from what the page has made: a `fetch`, or a token. */
function clientError(thrown: unknown): AgentClientError {
  if (thrown instanceof AgentClientError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return notSent(message, { kind: "internal", retryable: true, cause: thrown });
}

/** Ends a stream that nobody reads: the run goes on without its reader. */
function drop({ events }: Run): void {
  events({ signal: AbortSignal.abort() })[Symbol.asyncIterator]().next().catch(() => {});
}
