// What the TypeScript of the pages takes for granted: a project, a user who has signed in, and a page to show text on.
// `tests/docs/snippets_test.ts` puts the import of it before each block.
import { createClient } from "@supabase/supabase-js";
import { z } from "zod";

const env = z.object({
  TEST_SUPABASE_URL: z.url(),
  TEST_PUBLISHABLE_KEY: z.string(),
  READER_EMAIL: z.email(),
  READER_PASSWORD: z.string(),
  READER_RUN_ID: z.uuid(),
}).parse(Deno.env.toObject());

export const url = env.TEST_SUPABASE_URL;
export const publishable_key = env.TEST_PUBLISHABLE_KEY;
export const email = env.READER_EMAIL;
export const password = env.READER_PASSWORD;

/** A run of this user that has ended, and the last event that its reader has seen. */
export const run_id = env.READER_RUN_ID;
export const last_seq = 1;

const auth = { persistSession: false, autoRefreshToken: false };
export const supabase = createClient(url, publishable_key, { auth });
const { error } = await supabase.auth.signInWithPassword({ email, password });
if (error) throw error;

/** Shows more of a numbered part of what the planner says. */
export function show(part: number, delta: string): void {
  console.log(`part ${part}: ${delta}`);
}
