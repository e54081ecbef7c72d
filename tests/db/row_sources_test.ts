// Where rows come from is noted on every table that tools write: else what a tainted run writes would pass for the
// user's own.
import assert from "node:assert/strict";
import { database } from "../support/stack/stack.ts";

Deno.test("every table that keeps receipts of tools notes where its rows come from, by the same key", async () => {
  const sql = database();
  try {
    const tables = await sql`
      select kept.tgrelid::regclass::text as name, noted.tgargs is not distinct from kept.tgargs as notes
      from pg_trigger kept
      left join pg_trigger noted on noted.tgrelid = kept.tgrelid and noted.tgenabled = 'O'
        and noted.tgfoid = 'private.note_row_source'::regproc
        -- After insert and update of each row, without a condition.
        and noted.tgtype & (1 | 2 | 4 | 16 | 64) = (1 | 4 | 16) and noted.tgqual is null and noted.tgattr = ''
      where kept.tgfoid = 'private.keep_tool_receipt'::regproc`;
    assert.ok(tables.length >= 2);
    assert.deepEqual(tables.filter(({ notes }) => !notes), []);
  } finally {
    await sql.end();
  }
});
