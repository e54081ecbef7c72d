// The footprints of a domain's tools as they are defined, and as the database holds them.
import assert from "node:assert/strict";
import type { Domain } from "../../../shared/tools/define_domain.ts";
import { database } from "../stack/stack.ts";

/** The test that the write tools of a domain must pass. */
export function testFootprints({ catalogue }: Domain): void {
  Deno.test("what the database lets each write tool touch is what its definition says", async () => {
    const writers = catalogue.filter((tool) => tool.access === "write");
    const defined = writers.flatMap(({ name, writes }) =>
      writes.map((
        { table, op, target = null, target_column = null, target_rest = {}, max_rows = 1, forceful = null },
      ) => ({
        ...{ tool_name: name, table_name: table, op, target, target_column, target_rest, max_rows, forceful },
      }))
    );
    assert.ok(writers.length > 0 && writers.every(({ writes }) => writes.length > 0));
    const sql = database();
    try {
      const [said] = await sql`
        select jsonb_agg(jsonb_build_object('tool_name', tool_name, 'table_name', table_name::regclass, 'op', op,
          'target', target::jsonpath::text, 'target_column', target_column, 'target_rest', target_rest,
          'max_rows', max_rows, 'forceful', forceful::jsonpath::text)) as rows
        from jsonb_to_recordset(${
        sql.json(defined)
      }) x (tool_name text, table_name text, op text, target text,
          target_column text, target_rest jsonb, max_rows integer, forceful text)`;
      const [held] = await sql`
        select jsonb_agg(jsonb_build_object('tool_name', tool_name, 'table_name', table_name, 'op', op,
          'target', target::text, 'target_column', target_column, 'target_rest', target_rest,
          'max_rows', max_rows, 'forceful', forceful::text)) as rows
        from tool_footprints where tool_name = any (${writers.map(({ name }) => name)})`;
      const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted();
      assert.deepEqual(sorted(held?.rows), sorted(said?.rows));
    } finally {
      await sql.end();
    }
  });
}
