// The databases of a run. One is prepared as a template (platform, auth tables, migrations); the stack's own
// and those of single tests are copies of it, made in some ten milliseconds each.
import postgres from "postgres";
import { migrate, type MigrationFolder } from "./migrations.ts";

const PLATFORM = new URL("./platform.sql", import.meta.url);

/** The same server, another database. */
export function databaseUrl(admin_url: string, name: string): string {
  const url = new URL(admin_url);
  url.pathname = `/${name}`;
  return url.href;
}

/** Creates an empty database, or a copy of `template`, and returns its URL. */
export async function createDatabase(
  admin_url: string,
  name: string,
  template = "template1",
): Promise<string> {
  await asAdmin(admin_url, (sql) => sql.unsafe(`create database "${name}" template "${template}"`));
  return databaseUrl(admin_url, name);
}

/** Drops a database, whoever is connected. */
export async function dropDatabase(admin_url: string, name: string): Promise<void> {
  await asAdmin(admin_url, (sql) => sql.unsafe(`drop database if exists "${name}" with (force)`));
}

/** Makes a database with what the platform brings, and the migrations of these folders. Gives its URL. */
export async function createTemplate(
  admin_url: string,
  name: string,
  migrations: readonly MigrationFolder[],
): Promise<string> {
  const url = await createDatabase(admin_url, name);
  await installPlatform(url);
  await migrate(url, migrations);
  return url;
}

/** What projects' seeds fill besides, when they make users; the local auth server reads none of it. */
const SEEDED_COLUMNS = `alter table auth.users
  add column if not exists instance_id uuid, add column if not exists is_super_admin boolean`;

/** Roles, schemas and functions that a hosted project has, and the auth server's tables. */
export async function installPlatform(url: string): Promise<void> {
  const { getAuthSchemaSql } = await import("@supabase/lite");
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(await Deno.readTextFile(PLATFORM));
    await sql.unsafe(getAuthSchemaSql());
    await sql.unsafe(SEEDED_COLUMNS);
  } finally {
    await sql.end();
  }
}

async function asAdmin(admin_url: string, work: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(admin_url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
