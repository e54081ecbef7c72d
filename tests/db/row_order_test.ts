// What is numbered has no gap, however many rows an insert adds and in whichever order.
import assert from "node:assert/strict";
import { addWorld, type Row, TABLES } from "./agents_world.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { restCall } from "../support/stack/rest.ts";
import { test } from "../support/test.ts";

/** By which column each is numbered. */
const NUMBERED: Record<string, string> = {
  agent_chat_messages: "seq",
  agent_executions: "attempt",
  agent_plans: "revision",
  agent_run_events: "seq",
  chat_messages: "seq",
  chat_session_summaries: "number",
};

test("rows that leave a gap are refused, all that come with them too, and those that leave none are added", async () => {
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  const kept = await sql`select r.relname as name from pg_trigger t join pg_class r on r.oid = t.tgrelid
    where t.tgname = 'keep_order'`;
  assert.deepEqual(kept.map(({ name }) => name).toSorted(), Object.keys(NUMBERED));
  for (const { name, row } of TABLES.filter(({ name }) => name in NUMBERED)) {
    const column = NUMBERED[name] ?? "";
    const user = await newUser();
    const world = await addWorld(sql, user.id);
    const add = async (...numbers: number[]) => {
      const rows: Row[] = numbers.map((number) => ({ ...row(world), [column]: number }));
      const { status } = await restCall(user, "POST", name, rows);
      const there = await sql`select ${sql(column)} as n from ${
        sql(name)
      } where user_id = ${user.id} order by 1`;
      return [status, there.map(({ n }) => n)];
    };
    const refusal = name.endsWith("agent_chat_messages") || name === "agent_run_events" ? 409 : 400;
    assert.deepEqual(await add(3), [refusal, [1]], name);
    assert.deepEqual(await add(2, 4), [refusal, [1]], name);
    assert.deepEqual(await add(4, 3, 2), [201, [1, 2, 3, 4]], name);
  }
});
