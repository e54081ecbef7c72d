// What becomes of the calls of a domain's tools, as the database holds it.
import assert from "node:assert/strict";
import type { Domain } from "../../../shared/tools/define_domain.ts";
import { database } from "../stack/stack.ts";

/** The tests that the tools of a domain must pass: these tools ask, and the others are allowed. */
export function testPolicy({ catalogue }: Domain, asking: readonly string[]): void {
  Deno.test("every write tool has a default, and each default is of a tool as the catalogue knows it", async () => {
    const sql = database();
    try {
      const rows = await sql`select tool_name, access, policy from tool_defaults
        where not (access = 'read' and policy = 'allow') order by tool_name`;
      const held = rows.flatMap(({ tool_name, access, policy }) =>
        catalogue.some(({ name }) => name === tool_name) ? [[tool_name, access, policy]] : []
      );
      const due = catalogue.flatMap(({ name, access }) => {
        const asks = asking.includes(name);
        return access === "write" || asks ? [[name, access, asks ? "ask" : "allow"]] : [];
      });
      assert.deepEqual(held, due.toSorted());
    } finally {
      await sql.end();
    }
  });
}
