// What every test on a database or over HTTP starts from: the stack that `deno task test` has started, a user
// of its own, a look at the rows, a database of its own.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { z } from "zod";
import type { MigrationFolder } from "../../../dev/database/migrations.ts";
import { createDatabase, createTemplate, dropDatabase } from "../../../dev/database/template.ts";
import { PARTS, type Parts } from "../../../dev/parts.ts";
import { ENGINE_SCHEMA } from "../../../shared/db/schema.ts";
import type { Database } from "../domain/library.types.ts";
import { API_SCHEMAS } from "./our_schemas.ts";
import { profiledFetch } from "./profiled_fetch.ts";

const Environment = z.object({
  TEST_SUPABASE_URL: z.url(),
  TEST_PUBLISHABLE_KEY: z.string(),
  TEST_JWT_SECRET: z.string(),
  TEST_DATABASE_URL: z.url(),
  TEST_ADMIN_URL: z.url(),
  TEST_TEMPLATE: z.string(),
  TEST_PARTS: z.enum(["product", "test_domain"]),
  TEST_MODEL_URL: z.url(),
});

function environment(): z.infer<typeof Environment> {
  const read = Environment.safeParse(Deno.env.toObject());
  if (read.success) return read.data;
  throw new Error("There is no stack to test against. Run the tests with: deno task test [files]");
}

export interface TestStack {
  url: string;
  publishable_key: string;
  /** Where the engine's tables are. */
  schema: string;
  /** Signs the tokens of users. */
  jwt_secret: string;
  database_url: string;
  admin_url: string;
  model_url: string;
  /** What it serves besides the engine. */
  parts: Parts;
}

/** Where the stack of this test run is. Throws outside of `deno task test`. */
export function testStack(): TestStack {
  const env = environment();
  return {
    url: env.TEST_SUPABASE_URL,
    publishable_key: env.TEST_PUBLISHABLE_KEY,
    schema: ENGINE_SCHEMA,
    jwt_secret: env.TEST_JWT_SECRET,
    database_url: env.TEST_DATABASE_URL,
    admin_url: env.TEST_ADMIN_URL,
    model_url: env.TEST_MODEL_URL,
    parts: PARTS[env.TEST_PARTS],
  };
}

export interface TestUser {
  id: string;
  email: string;
  password: string;
  /** The access token. */
  token: string;
  /** Acts as this user, under RLS. */
  client: SupabaseClient<Database>;
}

/** Signs up a user whom no other test knows. */
export async function newUser(): Promise<TestUser> {
  const { url, publishable_key } = testStack();
  const client = createClient<Database>(url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: profiledFetch },
  });
  const email = `user-${crypto.randomUUID()}@example.com`;
  const password = crypto.randomUUID();
  const { data, error } = await client.auth.signUp({ email, password });
  if (error || !data.session || !data.user) {
    throw new Error(`Sign-up failed: ${error?.message ?? "no session"}`);
  }
  return { id: data.user.id, email, password, token: data.session.access_token, client };
}

/** A superuser's connection to the stack's database, for looking at rows by their bare names. The caller ends it. */
export function database(): postgres.Sql {
  return lookAt(testStack().database_url);
}

/** The same for another database. */
export function lookAt(url: string): postgres.Sql {
  const connection = { search_path: API_SCHEMAS.join(", ") };
  return postgres(url, { max: 4, onnotice: () => {}, connection });
}

/** A database of one's own with the platform, the auth tables and the migrations of these folders. */
export async function migratedDatabase(
  migrations: readonly MigrationFolder[],
): Promise<{ url: string; drop(): Promise<void> }> {
  const { TEST_ADMIN_URL } = environment();
  const name = `migrated_${crypto.randomUUID().slice(0, 13)}`;
  const url = await createTemplate(TEST_ADMIN_URL, name, migrations);
  return { url, drop: () => dropDatabase(TEST_ADMIN_URL, name) };
}

/** A database of one's own, a copy of the stack's before it had rows. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { TEST_ADMIN_URL, TEST_TEMPLATE } = environment();
  const name = `test_${crypto.randomUUID().slice(0, 13)}`;
  const url = await createDatabase(TEST_ADMIN_URL, name, TEST_TEMPLATE);
  return { url, drop: () => dropDatabase(TEST_ADMIN_URL, name) };
}
