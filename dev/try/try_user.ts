// A user for one attempt at one task, with the seed's workspace of its own: no attempt sees what another has written.
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import type { Database } from "../../shared/domain/database.types.ts";
import { DEMO_USER } from "../demo_user.ts";
import { PARTS } from "../parts.ts";
import type { UserClient } from "./workspace.ts";

/** Where the tasks are run: a stack of the product. */
export interface TryStack {
  url: string;
  publishable_key: string;
  /** The superuser's. */
  database_url: string;
}

export interface TryUser {
  id: string;
  token: string;
  client: UserClient;
}

/** Signs up a user whom nobody else knows, and fills the workspace. */
export async function newTryUser(stack: TryStack): Promise<TryUser> {
  const client = createClient<Database>(stack.url, stack.publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  const email = `try-${crypto.randomUUID()}@example.com`;
  const { data, error } = await client.auth.signUp({ email, password: crypto.randomUUID() });
  if (error || !data.user || !data.session) {
    throw new Error(`Cannot sign up a user: ${error?.message ?? "there is no session"}`);
  }
  await seedFor(email, stack.database_url);
  return { id: data.user.id, token: data.session.access_token, client };
}

/** The seed is the demo user's. Its ids are a user's own, so that another one may have the same. */
async function seedFor(email: string, database_url: string): Promise<void> {
  const texts = await Promise.all(PARTS.product.seeds.map((file) => Deno.readTextFile(file)));
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    for (const text of texts) await sql.unsafe(text.replaceAll(DEMO_USER.email, email));
  } finally {
    await sql.end();
  }
}
