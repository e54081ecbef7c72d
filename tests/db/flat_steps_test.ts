// What a step's write costs does not grow with the step's thread: as many rows of it are read of a long one as of a
// short one, by Postgres' own count.
import assert from "node:assert/strict";
import type { Sql, TransactionSql } from "postgres";
import { type Argument, asUser, callFunction, testAsUser as test, type User } from "./agents_calls.ts";
import { message, startPlan } from "./agents_runs.ts";
import { advance, type Claimed, claimStep, outcome, progress, worker } from "./agents_steps.ts";

const SHORT = 2;
const LONG = 400;

/** What a worker calls once its thread has so many messages. */
const CALLED: Record<string, (claimed: Claimed, length: number) => Argument[]> = {
  heartbeat_step: (claimed) => worker(claimed),
  advance_step: (claimed, length) => advance(claimed, 1, [message(claimed.thread_id, length + 1)]),
  record_step: (
    claimed,
    length,
  ) => [...worker(claimed), progress(1, [message(claimed.thread_id, length + 1)])],
  release_step: (claimed, length) => [
    ...worker(claimed),
    progress(1, [message(claimed.thread_id, length + 1)]),
    null,
  ],
  finish_step: (claimed, length) => [
    ...worker(claimed),
    outcome("completed"),
    progress(1, [message(claimed.thread_id, length + 1)]),
  ],
};

/** Rows of the threads that this transaction has read, by the table or one of its indexes. */
async function readSoFar(sql: TransactionSql): Promise<number> {
  const [row] = await sql<{ rows: number }[]>`
    select (pg_stat_get_xact_tuples_returned(t.oid) + sum(pg_stat_get_xact_tuples_returned(i.indexrelid)))::int as rows
    from pg_class t join pg_index i on i.indrelid = t.oid
    where t.oid = 'public.agent_chat_messages'::regclass group by t.oid`;
  assert.ok(row);
  return row.rows;
}

/** A step at work whose thread has so many messages. */
async function working(user: User, length: number): Promise<Claimed> {
  const { plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const thread = Array.from({ length }, (_, n) => message(claimed.thread_id, n + 1));
  await user.call("record_step", [...worker(claimed), progress(1, thread)]);
  return claimed;
}

async function reads(sql: Sql, user: User, name: string, length: number): Promise<number> {
  const args = CALLED[name]?.(await working(user, length), length) ?? [];
  // A table that looks empty is read whole.
  await sql`analyze agent_chat_messages`;
  return await asUser(sql, user.id, async (transaction) => {
    const before = await readSoFar(transaction);
    await callFunction(transaction, name, args);
    return await readSoFar(transaction) - before;
  });
}

for (const name of Object.keys(CALLED)) {
  test(`${name} reads as much of a long thread as of a short one`, async (user, sql) => {
    assert.equal(await reads(sql, user, name, LONG), await reads(sql, user, name, SHORT));
  });
}

test("an execution and its thread know how many messages there are", async (user, sql) => {
  const claimed = await working(user, SHORT);
  const counted = async () => {
    const [row] = await sql`select e.message_count as step, t.message_count as thread
      from agent_executions e join agent_chat_sessions t on t.user_id = e.user_id and t.id = e.agent_session_id
      where e.id = ${claimed.execution_id}`;
    return { ...row };
  };
  assert.deepEqual(await counted(), { step: SHORT, thread: 0 });
  await user.call("finish_step", CALLED.finish_step?.(claimed, SHORT) ?? []);
  assert.deepEqual(await counted(), { step: SHORT + 1, thread: SHORT + 1 });
});
