// What a tool's call has done is known from the receipts that its tables leave.
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { migrationFiles } from "../../../dev/database/migrations.ts";
import { ENGINE_MIGRATIONS } from "../../../dev/parts.ts";
import { freshDatabase } from "../../support/stack/stack.ts";

Deno.test("every table of the domain that a user may write leaves receipts, and one that does not is named", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1 });
  try {
    assert.deepEqual(await withoutReceipts(sql), []);
    for (const right of ["insert", "delete", "update (title)"]) {
      await sql.unsafe(`create table public.recipes (id uuid primary key, title text);
        grant ${right} on public.recipes to authenticated`);
      assert.deepEqual(await withoutReceipts(sql), ["recipes"], right);
      await sql.unsafe("drop table public.recipes");
    }
    await sql.unsafe(`drop trigger keep_tool_receipt on public.notes;
      create trigger keep_tool_receipt after insert on public.notes
      for each row execute function private.keep_tool_receipt('id')`);
    assert.deepEqual(await withoutReceipts(sql), ["notes"], "a change leaves one, too");
  } finally {
    await sql.end();
    await drop();
  }
});

/** The bits of `pg_trigger.tgtype` for: each row, insert, delete, update; a trigger before or instead has others. */
const AFTER_EVERY_WRITE = 1 | 4 | 8 | 16;

/** The tables that users may write, the engine's own left out, and that have no trigger which keeps receipts. */
async function withoutReceipts(sql: Sql): Promise<string[]> {
  const rows = await sql<{ relname: string }[]>`
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> all (${await engineTables()})
      and (has_any_column_privilege('authenticated', c.oid, 'insert, update')
        or has_table_privilege('authenticated', c.oid, 'delete'))
      and not exists (
        select from pg_trigger t
        where t.tgrelid = c.oid and t.tgfoid = 'private.keep_tool_receipt'::regproc
          and t.tgenabled <> 'D' and t.tgtype = ${AFTER_EVERY_WRITE}
      )
    order by c.relname`;
  return rows.map(({ relname }) => relname);
}

/** What the engine's migrations make. */
async function engineTables(): Promise<string[]> {
  const names: string[] = [];
  for (const { url } of await migrationFiles([ENGINE_MIGRATIONS])) {
    const sql = await Deno.readTextFile(url);
    names.push(...[...sql.matchAll(/\bcreate table public\.(\w+)/g)].map(([, name = ""]) => name));
  }
  return names;
}
