// A dry run shows what a call would change, and leaves nothing of it behind.
import assert from "node:assert/strict";
import { z } from "zod";
import { Effect } from "../../../shared/contracts/approval.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { database } from "../stack/stack.ts";
import type { CallsAgain } from "./call_again.ts";
import { approve, show } from "./decided_call.ts";
import { ownRows } from "./own_rows.ts";
import { proposeOpen, setStatus } from "./proposed_call.ts";
import { type Acting, toolUser } from "./tool_user.ts";

/** The tests that every write tool of a domain must pass. */
export function testPreviewed<World, User extends Acting>(
  { domain, cases, newUser, tables, newWorld }: CallsAgain<World, User>,
): void {
  for (const { tool, way, args } of cases) {
    Deno.test(`${tool}, which ${way}, is shown before it is done, and changes what was shown once it is approved`, async () => {
      const me = toolUser(domain, await newUser());
      const call = { call_id: crypto.randomUUID(), name: tool, arguments: args(await newWorld(me)) };
      const everything = async () => [await ownRows(tables, me), await traces(me.user.id)];
      await proposeOpen(me.user, { id: call.call_id, name: tool, arguments: call.arguments });
      const before = await everything();
      const preview = await me.toolbox.preview(call);
      assert.deepEqual(await everything(), before);
      assert.deepEqual(me.log, []);

      if (preview.kind === "effects") {
        await show(me.user, call.call_id, { effects: preview.effects });
        await approve(me.user, call.call_id);
      } else {
        // Nobody is asked about what changes nothing.
        await setStatus(call.call_id, "approved");
      }
      const result = await me.toolbox.dispatch(call);
      assert.ok(result.ok, result.message);
      const effects = await diffOf(me.user.id, call.call_id);
      if (effects.length === 0) return assert.equal(preview.kind, "unchanged");
      assert.ok(preview.kind === "effects");
      assert.deepEqual(preview.effects.map(unnumbered), effects.map(unnumbered));
    });
  }
}

/** What calls leave behind beside rows: receipts, effects, and where a call stands. */
async function traces(user_id: string): Promise<Json[]> {
  const sql = database();
  try {
    const rows = await sql<{ row: Json }[]>`
      select to_jsonb(t) as row from tool_receipts t where user_id = ${user_id}
      union all select to_jsonb(t) from tool_effects t where user_id = ${user_id}
      union all select to_jsonb(t) || jsonb_build_object('xmin', t.xmin::text) from agent_tool_calls t
        where user_id = ${user_id}`;
    return rows.map(({ row }) => row);
  } finally {
    await sql.end();
  }
}

/** What a call has changed. */
export async function diffOf(user_id: string, call_id: string): Promise<Effect[]> {
  const sql = database();
  try {
    const [row] = await sql`select private.call_diff(${user_id}, ${call_id}) as diff`;
    return z.array(Effect).parse(row?.diff);
  } finally {
    await sql.end();
  }
}

/** Without the numbers that the database makes, which no two rows have. */
function unnumbered(effect: Effect): unknown {
  const made = new Set(effect.made);
  return JSON.parse(
    JSON.stringify(effect, (key, value) => made.has(key) && /^\d+$/.test(String(value)) ? "a number" : value),
  );
}
