// The self-test's questions of the catalogue: nothing is found in the engine's schema, and each question finds the
// fault that it asks for, and no other.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { migrationFiles } from "../../dev/database/migrations.ts";
import { ENGINE_MIGRATIONS } from "../../dev/parts.ts";
import { helpersOf } from "../../dev/schema/move_schema.ts";
import { ENGINE_SCHEMA } from "../../shared/db/schema.ts";
import { API_SCHEMAS } from "../support/stack/our_schemas.ts";
import { freshDatabase } from "../support/stack/stack.ts";
import { POLICY_PLANTS, TABLE_PLANTS, VIEW_PLANTS } from "./security_plants.ts";
import { FUNCTION_PLANTS, PLATFORM_PLANTS, RIGHT_PLANTS } from "./security_right_plants.ts";
import { SOUND, THINGS } from "./security_sound.ts";

const PLANTS = [
  ...[...TABLE_PLANTS, ...VIEW_PLANTS, ...POLICY_PLANTS],
  ...[...RIGHT_PLANTS, ...FUNCTION_PLANTS, ...PLATFORM_PLANTS],
];

Deno.test("nothing is found in the engine's schema, and in a domain's that keeps to its rules", () =>
  onFreshDatabase(async (sql) => {
    assert.deepEqual(await findings(sql), []);
  }));

Deno.test("every planted fault is found, and nothing else", (t) =>
  onFreshDatabase(async (sql) => {
    await sql.unsafe(THINGS);
    for (const { what, sql: statements, found } of PLANTS) {
      await t.step(`${found.map((line) => line.slice(0, 3)).join(", ")}: ${what}`, async () => {
        assert.deepEqual(await planted(sql, statements), found);
      });
    }
    assert.deepEqual(await findings(sql), []);
  }));

Deno.test("MAINTAIN is found where Postgres knows it", () =>
  onFreshDatabase(async (sql) => {
    const [{ version = 0 } = {}] = await sql<{ version: number }[]>`
      select current_setting('server_version_num')::integer as version`;
    if (version < 170000) return;
    assert.deepEqual(await planted(sql, "grant maintain on public.agents to authenticated"), [
      "S10 error public.agents (authenticated: maintain)",
    ]);
  }));

Deno.test("what only looks like a fault is not found", (t) =>
  onFreshDatabase(async (sql) => {
    await sql.unsafe(THINGS);
    for (const [what, statements] of Object.entries(SOUND)) {
      await t.step(what, async () => assert.deepEqual(await planted(sql, statements), []));
    }
  }));

Deno.test("every question has a planted fault, and every finding its question", () =>
  onFreshDatabase(async (sql) => {
    const asked = await sql<{ check_id: string }[]>`select check_id from private.security_checks()`;
    const planted = new Set(PLANTS.flatMap(({ found }) => found.map((line) => line.slice(0, 3))));
    assert.deepEqual([...planted].sort(), asked.map(({ check_id }) => check_id));
    const page = await Deno.readTextFile(new URL("../../SECURITY.md", import.meta.url));
    assert.match(page, new RegExp(`^- ${asked.length} checks read the catalogue`, "m"));
  }));

Deno.test("an exception excuses what it names, and nothing that comes to it", () =>
  onFreshDatabase(async (sql) => {
    const excused = `insert into private.security_exceptions values
      ('S09', 'public.agent_subjects (anon: select)', 'Visitors may read the kinds of things.')`;
    const read = "grant select on public.agent_subjects to anon";
    assert.deepEqual(await planted(sql, `${excused}; ${read}`), []);
    assert.deepEqual(
      await planted(sql, `${excused}; ${read}; grant insert on public.agent_subjects to anon`),
      [
        "S09 error public.agent_subjects (anon: insert, select)",
      ],
    );
  }));

Deno.test("schemas that the API serves besides are looked at where they are named", () =>
  onFreshDatabase(async (sql) => {
    await sql.unsafe(
      "create schema api; create table api.open (user_id uuid not null references auth.users)",
    );
    assert.deepEqual(await findings(sql), []);
    assert.deepEqual(await findings(sql, [...API_SCHEMAS, "api"]), ["S01 error api.open"]);
  }));

Deno.test("buckets that can't be read are told, and not passed over", () =>
  onFreshDatabase(async (sql) => {
    assert.deepEqual(
      await planted(
        sql,
        `create role looker; grant usage on schema private to looker;
        grant execute on function private.security_buckets() to looker; set local role looker`,
        "security_buckets",
      ),
      ["S36 warn storage.buckets"],
    );
  }));

Deno.test("no role of the API may ask, or excuse anything", () =>
  onFreshDatabase(async (sql) => {
    const open = await sql`
      select p.proname from pg_proc p, unnest('{anon,authenticated,service_role}'::text[]) role
      where (proname like 'security%' or proname in ('engine_tables', 'tool_tables', 'inner_schema', 'outer_schema', 'api_schemas', 'asks_caller',
          'keeps_receipts', 'note_definitions'))
        and has_function_privilege(role, p.oid, 'execute')
      union all
      select name from unnest('{anon,authenticated,service_role}'::text[]) role,
        unnest('{security_exceptions,noted_definitions}'::text[]) name
      where has_table_privilege(role, ${
      helpersOf(ENGINE_SCHEMA)
    } || '.' || name, 'select, insert, update, delete')`;
    assert.deepEqual([...open], []);
  }));

Deno.test("what is known of the engine's tables is what its migrations make and grant", () =>
  onFreshDatabase(async (sql) => {
    const made: string[] = [];
    for (const { url } of await migrationFiles([ENGINE_MIGRATIONS])) {
      const text = await Deno.readTextFile(url);
      made.push(
        ...[...text.matchAll(new RegExp(`^create table (${ENGINE_SCHEMA}\\.\\w+)`, "gm"))].map((
          [, name = ""],
        ) => name),
      );
    }
    const known = await sql<{ name: string; changed: string[]; made: string[]; triggers: string[] }[]>`
      select * from private.engine_tables() order by name`;
    assert.deepEqual(known.map(({ name }) => name), made.sort());
    const actual = await sql`
      select ${ENGINE_SCHEMA} || '.' || c.relname as name,
        array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
          and has_column_privilege('authenticated', c.oid, attnum, 'update') order by 1) as changed,
        array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
          and not has_column_privilege('authenticated', c.oid, attnum, 'insert') order by 1) as made,
        array(select tgname::text from pg_trigger where tgrelid = c.oid and not tgisinternal order by 1) as triggers
      from pg_class c where c.relnamespace::regnamespace::text = ${ENGINE_SCHEMA} and ${ENGINE_SCHEMA} || '.' || c.relname = any (${made})
      order by 1`;
    assert.deepEqual([...known], [...actual]);
  }));

async function findings(sql: Sql | TransactionSql, schemas = API_SCHEMAS): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', check_id, level, object) as line from private.security_findings(${schemas})`;
  return rows.map(({ line }) => line);
}

/** What is found once the statements were carried out, in a transaction that is rolled back. */
async function planted(sql: Sql, statements: string, room?: string): Promise<string[]> {
  const lines: string[] = [];
  const looked = new Error("rolled back");
  await sql.begin(async (transaction) => {
    await transaction.unsafe(statements);
    const rows = room === undefined
      ? await findings(transaction)
      : (await transaction.unsafe<{ line: string }[]>(
        `select concat_ws(' ', check_id, level, object) as line from ${helpersOf(ENGINE_SCHEMA)}.${room}()`,
      )).map(({ line }) => line);
    lines.push(...rows);
    throw looked;
  }).catch((error) => {
    if (error !== looked) throw error;
  });
  return lines.sort();
}

async function onFreshDatabase(work: (sql: Sql) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
    await drop();
  }
}
