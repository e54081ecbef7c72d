// Where the backend is, and how its user speaks to it: everything else is stock AI SDK.
import { createAgentClient, resumableFetch } from "@agent-planner/client";
import { createClient } from "@supabase/supabase-js";
import { DefaultChatTransport } from "ai";
import type { ChatMessage } from "./chat_message.ts";

const url: string = import.meta.env.VITE_SUPABASE_URL;
const publishable_key: string = import.meta.env.VITE_SUPABASE_PUBLISHABLE_KEY;
const AI_SDK = `${url}/functions/v1/agent-planner/ai-sdk`;
/** The newest set of chunks: `ai` 7 knows all of it. */
const SET = "?set=7";

export const supabase = createClient(url, publishable_key);

/** `fetch` as the signed-in user; where the token is refused, once more with a fresh one. */
async function asUser(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const send = async () => {
    const { data } = await supabase.auth.getSession();
    const headers = new Headers(init?.headers);
    headers.set("apikey", publishable_key);
    if (data.session) headers.set("authorization", `Bearer ${data.session.access_token}`);
    return await fetch(input, { ...init, headers });
  };
  const response = await send();
  if (response.status !== 401) return response;
  const { error } = await supabase.auth.refreshSession();
  return error ? response : await send();
}

/** What `useChat` sends by. A line that breaks is mended underneath, so that it sees one stream. */
export const transport = new DefaultChatTransport<ChatMessage>({
  api: AI_SDK + SET,
  fetch: resumableFetch(asUser),
  body: { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
});

/** For what the AI SDK has no words for: stopping a run, edited arguments, undoing. */
export const agent = createAgentClient({
  url,
  publishable_key,
  fetch: asUser,
  token: async () => (await supabase.auth.getSession()).data.session?.access_token ?? "",
});

/** What was said in a chat before. The answer that is still being written comes with `resume`. */
export async function readHistory(chat_id: string): Promise<ChatMessage[]> {
  const response = await asUser(`${AI_SDK}/${encodeURIComponent(chat_id)}/messages${SET}`);
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(await response.text());
  return await response.json();
}
