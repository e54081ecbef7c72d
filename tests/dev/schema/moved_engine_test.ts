// The engine's migrations in a schema of their own, on a database whose project has what an engine in public would
// collide with.
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { engineNames, helpersOf, moveEngineSql, schemaPrelude } from "../../../dev/schema/move_schema.ts";
import { findEngines } from "../../../dev/schema/find_engine.ts";
import { schemaNameProblem } from "../../../dev/schema/schema_name.ts";
import { ask } from "../../../dev/security/ask.ts";
import { ENGINE_SQL } from "../../support/stack/engine_migrations.ts";
import { migratedDatabase } from "../../support/stack/stack.ts";

/** What stands in the way of an engine in public, the helpers' names included. */
const PROJECT = `
  create type public.message_role as enum ('them', 'us');
  create table public.agents (id bigint primary key, agents text, role public.message_role);
  create schema private;
  create function private.excerpt(p_text text, p_length integer) returns text language sql as $$ select 'theirs' $$;
  create table private.security_exceptions (id int);
  grant usage on schema private to authenticated;
`;

async function withMoved(schema: string, work: (sql: Sql, url: string) => Promise<void>): Promise<void> {
  const { url, drop } = await migratedDatabase([]);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(PROJECT);
    await sql.unsafe(schemaPrelude(schema));
    for (const { name, text } of ENGINE_SQL) {
      await sql.unsafe(moveEngineSql(text, schema)).catch((error) => {
        throw new Error(`${name}: ${error.message}`);
      });
    }
    await work(sql, url);
  } finally {
    await sql.end();
    await drop();
  }
}

for (const schema of ["agent", "e", `a${"_long".repeat(8)}`]) {
  Deno.test(`the engine applies in schema ${schema} beside a project that has its names, and touches nothing of it`, () =>
    withMoved(schema, async (sql) => {
      const [theirs] =
        await sql`select private.excerpt('a', 1) as excerpt, count(*)::integer as n from public.agents`;
      assert.deepEqual(theirs, { excerpt: "theirs", n: 0 });
      const placed = await sql`
        select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'v', 'S') and n.nspname !~ '^(pg_|information_schema|auth|supabase_)'
        union all
        select n.nspname, p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname !~ '^(pg_|information_schema|auth|supabase_)'`;
      const inPlace = (wanted: string) =>
        placed.filter((one) => one.schema === wanted).map(({ name }) => name).sort();
      assert.deepEqual(inPlace("public"), ["agents"]);
      assert.deepEqual(inPlace("private"), ["excerpt", "security_exceptions"]);
      const names = engineNames(ENGINE_SQL.map(({ text }) => text));
      const types = await sql`select typname from pg_type where typnamespace = ${schema}::regnamespace`;
      const there = new Set([...inPlace(schema), ...types.map(({ typname }) => typname)]);
      assert.deepEqual([...names].filter((name) => !there.has(name)), []);
      assert.ok(inPlace(helpersOf(schema)).length > 100);
      assert.deepEqual(await findEngines(sql), [{ schema, helpers: helpersOf(schema) }]);
    }));
}

Deno.test("no function, policy, view, trigger, check or default in another schema than public refers to public or private", () =>
  withMoved("agent", async (sql) => {
    const texts = await sql<{ name: string; text: string }[]>`
      select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as text from pg_proc p
        where p.pronamespace in ('agent'::regnamespace, 'agent_private'::regnamespace)
      union all select policyname, concat(qual, with_check) from pg_policies where schemaname = 'agent'
      union all select viewname, definition from pg_views where schemaname = 'agent'
      union all select tgname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = 'agent'::regnamespace
      union all select conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'agent'::regnamespace
      union all select adrelid::regclass::text, pg_get_expr(adbin, adrelid) from pg_attrdef d
        join pg_class c on c.oid = d.adrelid where c.relnamespace = 'agent'::regnamespace`;
    assert.ok(texts.length > 300);
    const wrong = texts.filter(({ text }) => /\b(?<!agent_)(public|private)\.[a-z]/.test(text)).map((
      { name },
    ) => name);
    assert.deepEqual(wrong, []);
  }));

Deno.test("the self-test finds the engine, asks about its schema and the project's own, and finds nothing wrong in the engine", () =>
  withMoved("agent", async (_, url) => {
    const { schemas, findings, unseen, mode, excused } = await ask(url, [], () => 0);
    assert.deepEqual([schemas, mode], [["public", "agent"], "shared"]);
    assert.deepEqual(findings.map(({ check_id, object }) => [check_id, object]), [
      ["S01", "public.agents"],
      ["S22", "public.agents"],
    ]);
    assert.deepEqual(unseen.map(({ object }) => object), ["schema private"]);
    assert.ok(excused.some(({ object }) => object === "agent.agent_subjects"));
  }));

Deno.test("nobody without a token reaches the schema", () =>
  withMoved("agent", async (sql) => {
    const [rights] = await sql`select has_schema_privilege('anon', 'agent', 'usage') as anon,
      has_schema_privilege('authenticated', 'agent', 'usage') as users,
      has_schema_privilege('authenticated', 'agent', 'create') as makers`;
    assert.deepEqual(rights, { anon: false, users: true, makers: false });
  }));

Deno.test("a word that Postgres does not take for a plain name is refused as a schema's", async () => {
  const { url, drop } = await migratedDatabase([]);
  const sql = postgres(url, { max: 1 });
  try {
    const words =
      await sql`select word from pg_get_keywords() where catcode <> 'U' and word ~ '^[a-z][a-z0-9_]*$'`;
    assert.ok(words.length > 100);
    assert.deepEqual(words.filter(({ word }) => schemaNameProblem(word) === null), []);
    const schemas =
      await sql`select nspname from pg_namespace where nspname <> 'public' and nspname ~ '^[a-z]'`;
    assert.deepEqual(schemas.filter(({ nspname }) => schemaNameProblem(nspname) === null), []);
  } finally {
    await sql.end();
    await drop();
  }
});
