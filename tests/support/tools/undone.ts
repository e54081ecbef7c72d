// What a write tool did can be taken back by its user: the rows are as they were before the call.
import assert from "node:assert/strict";
import { createPersonClient } from "../../../shared/db/clients.ts";
import { testStack } from "../stack/stack.ts";
import type { CallsAgain } from "./call_again.ts";
import { ownRows } from "./own_rows.ts";
import { type Acting, toolUser } from "./tool_user.ts";

/** The tests that every write tool of a domain must pass. */
export function testUndone<World, User extends Acting>(
  { domain, cases, newUser, tables, newWorld, meanwhile }: CallsAgain<World, User>,
): void {
  for (const { tool, way, args } of cases) {
    Deno.test(`${tool}, which ${way}, is undone`, async (t) => {
      const me = toolUser(domain, await newUser());
      const person = createPersonClient(testStack(), me.user.token, fetch);
      const undo = async (call_id: string) => {
        const { data, error } = await person.rpc("undo_tool_call", { p_call_id: call_id });
        return error?.message ?? data;
      };
      /** Calls the tool on rows of its own. */
      async function called() {
        const world = await newWorld(me);
        const before = await workspace();
        const call_id = crypto.randomUUID();
        await me.ok(tool, args(world), call_id);
        const { data } = await person.from("tool_effects").select("seq").eq("call_id", call_id);
        return { call_id, before, changes: data?.length ?? 0 };
      }
      /** Every row, but for when it was written last. */
      const workspace = async () => (await ownRows(tables, me)).map((row) => ({ ...row, updated_at: null }));

      await t.step("every row is as it was, and once is all", async () => {
        const { call_id, before, changes } = await called();
        if (changes === 0) return assert.deepEqual(await workspace(), before);
        assert.notDeepEqual(await workspace(), before);
        assert.deepEqual(await undo(call_id), { call_id, undone: changes });
        assert.deepEqual(await workspace(), before);
        assert.deepEqual(await undo(call_id), { call_id, undone: 0 });
        assert.deepEqual(await workspace(), before);
      });
      for (const [what, happens] of Object.entries(meanwhile)) {
        await t.step(`when the user ${what} first, it stays`, async () => {
          const { call_id, changes } = await called();
          for (const { error } of await happens(me)) assert.equal(error, null);
          const before = await workspace();
          if (changes === 0) return;
          const answer = await undo(call_id);
          if (answer === "changed_since") return assert.deepEqual(await workspace(), before);
          // The user has touched other rows only.
          assert.deepEqual(answer, { call_id, undone: changes });
        });
      }
    });
  }
}
