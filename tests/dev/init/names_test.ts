// The names that stand in init's way: those of the engine as its SQL says them, and those of a database.
import assert from "node:assert/strict";
import postgres from "postgres";
import { madeNames } from "../../../dev/init/made_names.ts";
import { takenNames } from "../../../dev/init/taken_names.ts";
import { ENGINE_MIGRATIONS } from "../../../dev/parts.ts";
import { ENGINE_SQL } from "../../support/stack/engine_migrations.ts";
import { migratedDatabase } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

const NAMES = madeNames(ENGINE_SQL.map(({ text }) => text));

test("the names that are read from the engine's SQL are those that a database has of it", async () => {
  await onDatabase([ENGINE_MIGRATIONS], async (sql) => {
    const rows = await sql`
      select 'relation ' || n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'private') and c.relkind in ('r', 'v', 'S', 'i')
        and not exists (select from pg_constraint k where k.conindid = c.oid)
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('i', 'a') and c.relkind = 'S')
      union select 'type ' || n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where n.nspname in ('public', 'private') and t.typelem = 0
        and (t.typrelid = 0 or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
      union select 'function ' || n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'private')`;
    const read = NAMES.map(({ kind, schema, name }) => `${kind} ${schema}.${name}`);
    assert.ok(read.length > 250);
    assert.deepEqual(read.sort(), rows.map(({ name }) => name).sort());
  });
});

test("what a database has of them is named, in quotes where it must be, and nothing else of its own", async () => {
  await onDatabase([], async (sql, url) => {
    assert.deepEqual(await takenNames(url, NAMES, ["agent", "agent_private"]), []);
    await sql.unsafe(`
      create schema private; create schema agent; grant usage on schema private to public;
      create type public.message_role as enum ('a'); create table public.agents (id int);
      create view public.agent_plans as select 1; create sequence public.usage_sums;
      create type public.agent_runs as (a int); create domain public.chat_sessions as text;
      create function public.start_run(x int) returns int language sql as 'select 1';
      create function private.excerpt() returns int language sql as 'select 1';
      create table public.other (id int); create index agent_runs_recent on public.other (id);
      create materialized view public.agents_seen as select 1;
      create table private.agents (id int); create table public."Agents" (id int); create table public."a.b" (id int);
      create table public."my table" (id int)`);
    assert.deepEqual(await takenNames(url, NAMES, ["agent", "agent_private"]), [
      "a right of everybody on schema private",
      "function private.excerpt",
      "function public.start_run",
      "index public.agent_runs_recent",
      "schema agent",
      "sequence public.usage_sums",
      "table public.agents",
      "type public.agent_runs",
      "type public.chat_sessions",
      "type public.message_role",
      "view public.agent_plans",
    ]);
    const hostile = [{ kind: "relation" as const, schema: "public", name: "my table" }];
    assert.deepEqual(await takenNames(url, hostile, []), ['table public."my table"']);
  });
});

async function onDatabase(
  folders: Parameters<typeof migratedDatabase>[0],
  work: (sql: postgres.Sql, url: string) => Promise<void>,
): Promise<void> {
  const { url, drop } = await migratedDatabase(folders);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql, url);
  } finally {
    await sql.end();
    await drop();
  }
}
