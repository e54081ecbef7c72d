// The migration that drops the engine, on a database that has it beside tables of a project: in a schema of its own, and
// in public, beside everything else.
import assert from "node:assert/strict";
import postgres from "postgres";
import { readEngine } from "../../../dev/init/engine.ts";
import { madeNames } from "../../../dev/init/made_names.ts";
import { removalSql } from "../../../dev/init/removal_sql.ts";
import { migratedDatabase } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

/** What a project has: its own helpers in `private` as well, and names that need quotes. */
const THEIRS = `
  create schema private;
  create function private.mine() returns int language sql as 'select 1';
  create table public.deals (id bigint generated always as identity primary key, title text default 'x');
  create table public."Odd ""table""" (id uuid primary key);
  create function public.touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger touch before update on public.deals for each row execute function public.touch();
  insert into public.deals default values`;

/** What `new-tools` adds to their tables. */
const tools = (schema: string, helpers: string) => `
  create trigger keep_tool_receipt after insert or update or delete on public.deals
    for each row execute function ${helpers}.keep_tool_receipt('id');
  create trigger "record it" after insert or update or delete on public."Odd ""table"""
    for each row execute function ${helpers}.keep_tool_effect('id');
  insert into ${schema}.agent_subjects (name, relation, title_column, columns)
    values ('deal', 'public.deals', 'title', '{title}')`;

/** What a project has built on the engine, as a refusal names it, and what takes it away. */
const built = (schema: string, helpers: string): [add: string, named: RegExp, take: string][] => [
  [`create view public.my_runs as select id from ${schema}.agent_runs`, /view my_runs/, "drop view my_runs"],
  [`create table public.on_runs (status ${schema}.agent_status)`, /table on_runs/, "drop table on_runs"],
  [
    `alter table public.deals add column zone text default ${helpers}.zone('UTC')`,
    /column zone of table deals/,
    "alter table public.deals drop column zone",
  ],
  [
    `create policy "by zone" on public.deals using (${helpers}.zone('UTC') is not null)`,
    /policy "?by zone"? on table deals/,
    'drop policy "by zone" on public.deals',
  ],
  ...(schema === "public" ? [] : [
    [`create table ${schema}.mine (id int)`, /agent\.mine/, `drop table ${schema}.mine`],
  ] satisfies [string, RegExp, string][]),
];

for (const [schema, helpers] of [["agent", "agent_private"], ["public", "private"]] as const) {
  test(`in schema ${schema} all that the engine made is dropped, and nothing as long as a project's own stands on it`, async () => {
    await onProject(async (sql) => {
      const before = await everything(sql);
      const removal = await adopt(sql, schema);
      await sql.unsafe(tools(schema, helpers));
      const drop = () => sql.begin((transaction) => transaction.unsafe(removal));

      for (const [add] of built(schema, helpers)) await sql.unsafe(add);
      const held = await everything(sql);
      await assert.rejects(drop(), ({ message }) => {
        for (const [, named] of built(schema, helpers)) assert.match(message, named);
        return true;
      });
      assert.deepEqual(await everything(sql), held);
      for (const [, , take] of built(schema, helpers)) await sql.unsafe(take);

      await drop();
      assert.deepEqual(await everything(sql), before);
      await drop();
      assert.deepEqual(await everything(sql), before, "a second time there is nothing to drop");
    });
  });
}

/** Puts the engine in, and gives what takes it out. */
async function adopt(sql: postgres.Sql, schema: string): Promise<string> {
  const { migrations } = await readEngine(schema);
  for (const migration of migrations) await sql.begin((transaction) => transaction.unsafe(migration.sql));
  return removalSql(schema, madeNames(migrations.map((migration) => migration.sql)));
}

async function onProject(work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const { url, drop } = await migratedDatabase([]);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(THEIRS);
    await work(sql);
  } finally {
    await sql.end();
    await drop();
  }
}

/** What a database has, outside of the system's catalogues: objects by their descriptions, and rows. */
async function everything(sql: postgres.Sql): Promise<unknown> {
  const objects = await sql`
    select distinct pg_describe_object(classid, objid, objsubid) as name from (
      select 'pg_class'::regclass as classid, oid as objid, 0 as objsubid from pg_class where relnamespace not in (
        'pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
        and relpersistence <> 't'
      union all select 'pg_proc'::regclass, oid, 0 from pg_proc where pronamespace <> 'pg_catalog'::regnamespace
      union all select 'pg_trigger'::regclass, oid, 0 from pg_trigger
      union all select 'pg_policy'::regclass, oid, 0 from pg_policy
      union all select 'pg_type'::regclass, oid, 0 from pg_type where typnamespace not in (
        'pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
      union all select 'pg_namespace'::regclass, oid, 0 from pg_namespace where nspname !~ '^pg_(toast_)?temp'
      union all select 'pg_constraint'::regclass, oid, 0 from pg_constraint
      union all select 'pg_default_acl'::regclass, oid, 0 from pg_default_acl) of
    where pg_describe_object(classid, objid, objsubid) !~ 'pg_temp'`;
  return [objects.map(({ name }) => name).sort(), await sql`select id, title from public.deals`];
}
