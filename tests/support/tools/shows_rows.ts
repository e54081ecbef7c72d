// The proof that a tool says which rows it shows: every text of every row is made unique, and whatever of that stands
// in a result is of a row that the result lists. Adopters run it on their own tools.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import type { ToolOutcome } from "../../../shared/agents/ports.ts";
import { database } from "../stack/stack.ts";
import type { CallsAgain } from "./call_again.ts";
import { type ReadsOnly, required } from "./reads_only.ts";
import { type Acting, type ToolUser, toolUser } from "./tool_user.ts";

const CANARY = /zq[0-9a-f]{12}/g;

type Shown = { relation: string; key: string };

/** The tests that all tools of a domain must pass. Each table's key is a column `id`, with or without its user's. */
export function testShowsRows<World, User extends Acting>(
  { domain, newUser, calls }: ReadsOnly<User>,
  { cases, newWorld, tables }: Pick<CallsAgain<World, User>, "cases" | "newWorld" | "tables">,
): void {
  Deno.test("every row whose text a read tool shows is in its rows, and no other is", async (t) => {
    const me = toolUser(domain, await newUser());
    const reads = await calls(me);
    const canaries = await plantCanaries(me, tables);
    const seen = new Set<string>();
    for (const [name, args] of Object.entries(reads)) {
      await t.step(name, async () => {
        for (const given of [args, required(domain, name, args)]) {
          const result = await me.call(name, given);
          const shown = canariesIn(result, canaries);
          for (const { relation } of shown) seen.add(relation);
          assert.deepEqual(sorted(result.rows ?? []), sorted(shown));
        }
      });
    }
    assert.deepEqual(
      [...seen].sort(),
      tables.map((table) => `public.${table}`).sort(),
      "tables that were shown",
    );
  });

  Deno.test("a write tool lists every row whose text it shows", async (t) => {
    const me = toolUser(domain, await newUser());
    for (const { tool, way, args } of cases) {
      await t.step(`${tool}, which ${way}`, async () => {
        const world = await newWorld(me);
        const canaries = await plantCanaries(me, tables);
        const result = await me.call(tool, args(world));
        assert.ok(result.ok, result.message);
        const listed = new Set(sorted(result.rows ?? []));
        assert.deepEqual(sorted(canariesIn(result, canaries)).filter((row) => !listed.has(row)), []);
      });
    }
  });
}

function canariesIn(result: ToolOutcome, canaries: ReadonlyMap<string, Shown>): Shown[] {
  const { rows: _, ...told } = result;
  const found = JSON.stringify(told).match(CANARY) ?? [];
  return found.map((canary) => canaries.get(canary) ?? { relation: "nobody's", key: canary });
}

function sorted(rows: readonly Shown[]): string[] {
  return [...new Set(rows.map(({ relation, key }) => `${relation} ${key}`))].sort();
}

/** Puts a word of its own before each text of each row of the user's. By word, the row. */
async function plantCanaries(
  { user }: ToolUser<Acting>,
  tables: readonly string[],
): Promise<Map<string, Shown>> {
  const canaries = new Map<string, Shown>();
  const sql = database();
  try {
    for (const table of tables) {
      const rows = await sql<{ id: string }[]>`select id::text from ${sql(table)} where user_id = ${user.id}`;
      for (const { id } of rows) {
        for (const column of await textColumns(sql, table)) {
          const canary = `zq${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
          const planted = await plant(sql, { table, id, user_id: user.id, canary, ...column });
          if (planted) canaries.set(canary, { relation: `public.${table}`, key: id });
        }
      }
    }
  } finally {
    await sql.end();
  }
  assert.ok(canaries.size > 0);
  return canaries;
}

interface TextColumn {
  name: string;
  list: boolean;
}

async function textColumns(sql: Sql, table: string): Promise<TextColumn[]> {
  return await sql<TextColumn[]>`
    select attname as name, atttypid = 'text[]'::regtype as list from pg_attribute
    where attrelid = ${`public.${table}`}::regclass and attnum > 0 and not attisdropped and attgenerated = ''
      and atttypid in ('text'::regtype, 'text[]'::regtype)`;
}

/** False for a column that holds words of a closed set. */
async function plant(
  sql: Sql,
  { table, id, user_id, canary, name, list }: TextColumn & {
    table: string;
    id: string;
    user_id: string;
    canary: string;
  },
): Promise<boolean> {
  const value = list
    ? sql`array[${canary}]`
    : sql`${canary} || coalesce((case when ${sql(name)} ~ '^[a-z0-9-]+$' then '-' else ' ' end) || ${
      sql(name)
    }, '')`;
  try {
    await sql`update ${sql(table)} set ${
      sql(name)
    } = ${value} where user_id = ${user_id} and id::text = ${id}`;
    return true;
  } catch (error) {
    // A value that does not fit its type or a check.
    if (error instanceof Error && "code" in error && /^(22|23514)/.test(String(error.code))) return false;
    throw error;
  }
}
