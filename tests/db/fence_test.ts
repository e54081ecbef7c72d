// The fence: an owner whose lease was taken changes nothing, whatever it calls. The functions that are fenced are
// read from the database, so that none is forgotten.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { type Argument, asUser, callFunction, testAsUser as test, type User } from "./agents_calls.ts";
import { everything, loseOwner, loseWorker } from "./agents_rows.ts";
import {
  claimRun,
  ending,
  event,
  message,
  type Owned,
  planRow,
  reservation,
  startPlan,
  startRun,
  usage,
} from "./agents_runs.ts";
import { answer, ask, type Claimed, claimStep, outcome, planner, progress } from "./agents_steps.ts";

/** A run with something to do for each function that takes a generation. */
interface Ground {
  owned: Owned;
  plan_id: string;
  /** A step of the planner's own, begun, and one of an executor. */
  own: Claimed;
  executed: Claimed;
}

async function prepare(user: User): Promise<Ground> {
  const { owned, plan_id } = await startPlan(user, [
    { step_number: 1 },
    { step_number: 2, executor_required: false },
    { step_number: 3 },
    { step_number: 4, executor_required: false },
  ]);
  await ask(user, await claimStep(user, plan_id, 1));
  const own = await claimStep(user, plan_id, 2, planner(owned));
  const executed = await claimStep(user, plan_id, 3);
  return { owned, plan_id, own, executed };
}

type Calls = Record<string, Argument[]>;

/** What the run's owner of this generation may do now, where its log goes on at `seq`. */
function ownersCalls({ owned, plan_id, own }: Ground, generation: number | null, seq = 2): Calls {
  const { run_id } = owned;
  const batch = {
    plans: [planRow(owned, [{ step_number: 1 }], { id: crypto.randomUUID(), revision: 2 })],
    plan_updates: [{ id: plan_id, status: "failed" }],
    messages: [message(owned.thread_id)],
    events: [event(seq)],
    usage: usage(5),
  };
  const end = ending("completed", { answer: "Hi" });
  const error = { kind: "internal", message: "No.", retryable: false };
  return {
    record_progress: [run_id, generation, batch],
    heartbeat_run: [run_id, generation],
    release_run: [run_id, generation, null],
    park_run: [run_id, generation, batch, null],
    finish_run: [run_id, generation, end, { events: [event(seq, "done")] }],
    fail_run: [run_id, generation, error],
    answer_step: [plan_id, 1, generation, answer(owned)],
    claim_step: [plan_id, 4, { ...planner(owned), generation }],
    ...workersCalls(own, generation),
  };
}

/** What a step's worker may do, under the generation that counts for it. */
function workersCalls({ execution_id, thread_id }: Claimed, generation: number | null): Calls {
  const done = progress(1, [message(thread_id)]);
  return {
    advance_step: [execution_id, generation, done, reservation(), null, {}],
    record_step: [execution_id, generation, done],
    heartbeat_step: [execution_id, generation],
    release_step: [execution_id, generation, done, null],
    finish_step: [execution_id, generation, outcome("completed"), done],
  };
}

async function assertFenced(user: User, sql: Sql, calls: Calls): Promise<void> {
  const before = await everything(sql, user.id);
  for (const [name, args] of Object.entries(calls)) {
    const { code, message } = await user.refusal(name, args);
    assert.deepEqual([code, message], ["PT412", "lease_lost"], `${name} with ${JSON.stringify(args)}`);
    assert.deepEqual(await everything(sql, user.id), before, `${name} changed something`);
  }
}

/** Each of the calls would be taken: it is made, and rolled back. */
async function assertTaken(user: User, sql: Sql, calls: Calls): Promise<void> {
  for (const [name, args] of Object.entries(calls)) {
    const taken = new Error("rolled back");
    await asUser(sql, user.id, async (transaction) => {
      await callFunction(transaction, name, args);
      throw taken;
    }).catch((error) => {
      assert.equal(error, taken, `${name}: ${error}`);
    });
  }
}

const STALE = [0, 1, 3, null];

test(
  "an owner of another generation than the run's is refused by every function, and changes nothing",
  async (user, sql) => {
    const ground = await prepare(user);
    await loseOwner(sql, ground.owned.run_id);
    const { generation } = await claimRun(user, ground.owned.run_id);

    for (const stale of STALE) await assertFenced(user, sql, ownersCalls(ground, stale));
    await assertTaken(user, sql, ownersCalls(ground, generation, 3));
  },
);

test(
  "nor may an owner do anything with a run that it has released, but release or park it again",
  async (user, sql) => {
    const ground = await prepare(user);
    const { generation } = ground.owned;
    const calls = ownersCalls(ground, generation);
    const none = () => assert.fail("it is no call of an owner");
    const { release_run = none(), park_run = none(), ...others } = calls;
    await user.call("release_run", release_run);
    await assertFenced(user, sql, others);
    await assertTaken(user, sql, { release_run, park_run });
  },
);

test("nor does an owner come back whose run was failed for the session's next message", async (user, sql) => {
  const ground = await prepare(user);
  await loseOwner(sql, ground.owned.run_id);
  const { session_id } = ground.owned;
  await startRun(user, { session_id });
  await assertFenced(user, sql, ownersCalls(ground, ground.owned.generation));
});

test(
  "an executor of another generation than the attempt's is refused by every function, and changes nothing",
  async (user, sql) => {
    const ground = await prepare(user);
    const { execution_id, generation } = ground.executed;
    await user.call("release_step", [execution_id, generation, progress(), null]);
    const next = await claimStep(user, ground.plan_id, 3);

    for (const stale of STALE) await assertFenced(user, sql, workersCalls(ground.executed, stale));
    await assertTaken(user, sql, workersCalls(next, next.generation));

    await loseWorker(sql, execution_id);
    await claimStep(user, ground.plan_id, 3);
    for (const stale of [...STALE, next.generation]) await assertFenced(user, sql, workersCalls(next, stale));
  },
);

test("every function that takes a generation is among those tried here", async (user, sql) => {
  const fenced = await sql<{ name: string }[]>`select proname::text as name from pg_proc
    where pronamespace = 'public'::regnamespace and 'p_generation' = any (proargnames) order by 1`;
  const tried = Object.keys(ownersCalls(await prepare(user), 1)).filter((name) => name !== "claim_step");
  assert.deepEqual(tried.sort(), fenced.map(({ name }) => name));
});
