// The users that the benchmark and chaos act as.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "../domain/library.types.ts";
import { pseudonym } from "../../../shared/llm/sending/pseudonym.ts";
import type { Stack } from "../../../dev/stack.ts";
import { profiledFetch } from "./profiled_fetch.ts";

export interface Person {
  id: string;
  token: string;
  /** The name that the model's host knows the user by. */
  pseudonym: string;
  /** Acts as this user, under RLS. */
  client: SupabaseClient<Database>;
}

/** Signs up a user whom nobody else knows. */
export async function newPerson(stack: Pick<Stack, "url" | "publishable_key">): Promise<Person> {
  const client = anonymous(stack);
  const email = `bench-${crypto.randomUUID()}@example.com`;
  return signedIn(client, await client.auth.signUp({ email, password: crypto.randomUUID() }));
}

/** Signs in a user who is there. */
export async function knownPerson(
  stack: Pick<Stack, "url" | "publishable_key">,
  credentials: { email: string; password: string },
): Promise<Person> {
  const client = anonymous(stack);
  return signedIn(client, await client.auth.signInWithPassword(credentials));
}

type SignUp = Awaited<ReturnType<SupabaseClient<Database>["auth"]["signUp"]>>;

function signedIn(client: Person["client"], { data, error }: SignUp): Person {
  if (error || !data.user || !data.session) {
    throw new Error(`Cannot sign up or in: ${error?.message ?? "there is no session"}`);
  }
  const { id } = data.user;
  return { id, token: data.session.access_token, pseudonym: pseudonym(id), client };
}

function anonymous({ url, publishable_key }: Pick<Stack, "url" | "publishable_key">): Person["client"] {
  const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };
  return createClient<Database>(url, publishable_key, { auth, global: { fetch: profiledFetch } });
}
