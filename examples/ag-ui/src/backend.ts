// Where the backend is, and how its user speaks to it.
import { createAgentClient, resumableFetch } from "@agent-planner/client";
import { createClient } from "@supabase/supabase-js";

const url: string = import.meta.env.VITE_SUPABASE_URL;
const publishable_key: string = import.meta.env.VITE_SUPABASE_PUBLISHABLE_KEY;

export const AG_UI = `${url}/functions/v1/agent-planner/ag-ui`;

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

/** A line that breaks is mended underneath, so that whoever reads sees one stream. */
export const fetchRun = resumableFetch(asUser);

/** For what AG-UI has no words for: what was said before, which run is unfinished, stopping it. */
export const client = createAgentClient({
  url,
  publishable_key,
  fetch: asUser,
  token: async () => (await supabase.auth.getSession()).data.session?.access_token ?? "",
});

/** The session that was begun under this thread's id. */
export async function sessionOf(thread_id: string): Promise<string | undefined> {
  const { data, error } = await supabase.from("chat_sessions").select("id").eq("client_id", thread_id)
    .maybeSingle();
  if (error) throw new Error(error.message);
  return data?.id;
}
