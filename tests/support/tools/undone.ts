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
        const result = await me.call(tool, args(world), call_id);
        assert.ok(result.ok, result.message);
        const { data } = await person.from("tool_effects").select("seq").eq("call_id", call_id);
        const changes = data?.length ?? 0;
        assert.equal(result.undoable, changes > 0 ? true : undefined);
        return { call_id, before, changes };
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
      await t.step("whose answer was lost, it says all the same that it can be", async () => {
        const plain = await me.call(tool, args(await newWorld(me)), crypto.randomUUID());
        const lost = [true];
        const cut = toolUser(domain, me.user, {
          async fetcher(input, init) {
            const response = await fetch(input, init);
            if (lost.pop() === undefined) return response;
            await response.bytes();
            throw new TypeError("connection reset");
          },
        });
        const again = await cut.call(tool, args(await newWorld(me)), crypto.randomUUID());
        assert.deepEqual([again.ok, again.undoable], [true, plain.undoable]);
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
