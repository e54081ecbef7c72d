// A user's quota is looked at quickly first, by sums, and exactly where that is not enough: the answers are the same.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { addUser, asUser, testAsUser as test, type User } from "./agents_calls.ts";
import { addCalls, age, endedRuns, type LedgerCall, sumUsage } from "./ledgers.ts";
import { testLooks } from "./quota_looks.ts";

testLooks(2);

async function sums(sql: Sql, user: User): Promise<[number, number][]> {
  await sumUsage(sql, user);
  const rows =
    await sql`select tokens::int, runs::int from usage_sums where user_id = ${user.id} order by upto`;
  return rows.map(({ tokens, runs }) => [tokens, runs]);
}

const call = (run_id: string | undefined, tokens: number, settled: number | null): LedgerCall => (
  { id: crypto.randomUUID(), run_id: run_id ?? "", tokens, settled }
);

test(
  "a sum holds what is settled and a minute old; what is open holds it up for a quarter of an hour",
  async (user, sql) => {
    const [first, second] = await endedRuns(sql, user, 2);
    await addCalls(sql, user, [call(first, 10, 7), call(first, 10, 20)]);
    assert.deepEqual(await sums(sql, user), [], "others may be on their way");
    await age(sql, user, 61);
    assert.deepEqual(await sums(sql, user), [[27, 1]]);
    await addCalls(sql, user, [call(second, 10, 1), call(second, 100, null), call(first, 10, 1)]);
    await age(sql, user, 61);
    assert.deepEqual(await sums(sql, user), [[27, 1], [28, 2]], "up to the open one");
    await age(sql, user, 900);
    assert.deepEqual(await sums(sql, user), [[27, 1], [28, 2], [129, 2]], "which counts as it was reserved");
    assert.deepEqual(await sums(sql, user), [[27, 1], [28, 2], [129, 2]], "there is nothing to add");
  },
);

test("sums are of one's own ledger, nobody's to write, and go with their account", async (user, sql) => {
  const other = await addUser(sql);
  const [run_id] = await endedRuns(sql, user, 1);
  await addCalls(sql, user, [call(run_id, 10, 7)]);
  await age(sql, user, 61);
  assert.deepEqual(await sums(sql, other), []);
  assert.deepEqual(await sums(sql, user), [[7, 1]]);
  for (const right of ["insert", "update", "delete"]) {
    const [row] = await sql`select has_table_privilege('authenticated', 'public.usage_sums', ${right}) as may,
      has_any_column_privilege('authenticated', 'public.usage_sums', ${
      right === "delete" ? "insert" : right
    }) as partly`;
    assert.deepEqual({ ...row }, { may: false, partly: false }, right);
  }
  await sql`delete from auth.users where id = ${user.id}`;
  assert.equal((await sql`select from usage_sums where user_id = ${user.id}`).count, 0);
});

test("what a call was settled for after a look makes no room in the windows", async (user, sql) => {
  const [run_id] = await endedRuns(sql, user, 1);
  const late = call(run_id, 10, null);
  await addCalls(sql, user, [late, ...Array.from({ length: 11 }, () => call(run_id, 10, 10))]);
  await age(sql, user, 7_200);
  await addCalls(sql, user, [call(run_id, 90, 90)]);
  const waits = await asUser(sql, user.id, async (own) => {
    const [row] = await own`select private.usage_look(null) as look`;
    await own.unsafe("reset role");
    await own`set local session_replication_role = replica`;
    await own`
      insert into usage_settlements (user_id, reservation_id, secret, model_calls, tool_calls, input_tokens, output_tokens)
      values (${user.id}, ${late.id}, '', 1, 0, 1000, 0)`;
    await own`set local session_replication_role = origin`;
    await own`set local role authenticated`;
    const [told] = await own.unsafe(
      "select private.wait_in_turn(null, $1::text::private.usage_look, $2::text::jsonb, $3::text::jsonb) as wait",
      [row?.look, '{"input_tokens": 50, "output_tokens": 0}', '{"tokens_per_hour": 100}'],
    );
    return Number(told?.wait);
  });
  assert.deepEqual(
    (await sql`select tokens::int from usage_sums where user_id = ${user.id}`).map((r) => r.tokens),
    [
      1110,
    ],
  );
  assert.ok(waits > 0, "90 of 100 tokens were spent within the hour");
});
