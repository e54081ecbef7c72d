// A user of the demo workspace: a client that knows its tables.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "../../../shared/domain/database.types.ts";
import { newUser, testStack, type TestUser } from "../../support/stack/stack.ts";

export interface WorkspaceUser extends Omit<TestUser, "client"> {
  /** Acts as this user, under RLS. */
  client: SupabaseClient<Database>;
}

/** Signs up a user whom no other test knows. */
export async function newWorkspaceUser(): Promise<WorkspaceUser> {
  const user = await newUser();
  const { url, publishable_key } = testStack();
  const client = createClient<Database>(url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: { Authorization: `Bearer ${user.token}` } },
  });
  return { ...user, client };
}
