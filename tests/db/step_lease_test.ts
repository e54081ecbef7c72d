// Who works on a step: an expired lease ends the attempt, a released one does not, and the next worker resumes the
// same thread.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { type Argument, refused, testAsUser as test, type User } from "./agents_calls.ts";
import { everything, loseWorker } from "./agents_rows.ts";
import { finishRun, message, startPlan, usage } from "./agents_runs.ts";
import {
  advance,
  type Claimed,
  claimStep,
  executor,
  finishStep,
  outcome,
  planner,
  progress,
  worker,
} from "./agents_steps.ts";

/** Everything that a worker may write, with what it writes. */
function writes(claimed: Claimed): Record<string, Argument[]> {
  const row = message(claimed.thread_id, claimed.messages.length + 1);
  return {
    heartbeat_step: worker(claimed),
    advance_step: advance(claimed, 1, [row]),
    record_step: [...worker(claimed), progress(1, [row])],
    release_step: [...worker(claimed), progress(1, [row]), null],
    finish_step: [...worker(claimed), outcome("completed"), progress(1, [row])],
  };
}

/** The worker is refused whatever it writes, and nothing changes. */
async function assertLost(user: User, sql: Sql, claimed: Claimed): Promise<void> {
  const before = await everything(sql, user.id);
  for (const [name, args] of Object.entries(writes(claimed))) {
    assert.equal(await refused(user, name, args), "PT412 lease_lost", name);
  }
  assert.equal(await refused(user, "release_step", [...worker(claimed), null, null]), "PT412 lease_lost");
  assert.deepEqual(await everything(sql, user.id), before);
}

test(
  "a worker that is lost loses the attempt: the next one has the same thread and the same agent",
  async (user, sql) => {
    const { plan_id } = await startPlan(user);
    const first = await claimStep(user, plan_id);
    await user.call("advance_step", advance(first, 1, [message(first.thread_id)]));
    await loseWorker(sql, first.execution_id);
    const second = await claimStep(user, plan_id);

    assert.deepEqual([second.attempt, second.thread_id, second.agent_id], [
      2,
      first.thread_id,
      first.agent_id,
    ]);
    assert.notEqual(second.execution_id, first.execution_id);
    assert.deepEqual(second.messages.map(({ content }) => content), ["Message 1"]);
    assert.equal(second.usage, null, "what the lost attempt has cost stays with it");
    const attempts = await sql`select attempt, status, error, usage, finished_at is not null as ended
    from agent_executions where plan_id = ${plan_id} order by attempt`;
    assert.deepEqual(attempts.map((row) => ({ ...row })), [
      {
        ...{ attempt: 1, status: "failed", error: "its worker stopped before it had a result" },
        ...{ usage: usage(1), ended: true },
      },
      { attempt: 2, status: "running", error: null, usage: null, ended: false },
    ]);
  },
);

test(
  "a worker that comes back after its step was taken is refused, and changes nothing",
  async (user, sql) => {
    const { plan_id } = await startPlan(user);
    const first = await claimStep(user, plan_id);
    await loseWorker(sql, first.execution_id);
    const second = await claimStep(user, plan_id);
    await assertLost(user, sql, first);

    await finishStep(user, second, "completed");
    await assertLost(user, sql, first);
  },
);

for (const name of ["heartbeat_step", "advance_step", "record_step"]) {
  test(
    `what comes a moment before a third of a lease is over renews it, as a beat may: ${name}`,
    async (user, sql) => {
      const { plan_id } = await startPlan(user);
      const claimed = await claimStep(user, plan_id);
      const { execution_id } = claimed;
      const [before] = await sql`update agent_executions
      set lease_expires_at = clock_timestamp() + make_interval(secs => lease_seconds * 0.7)
      where id = ${execution_id} returning lease_expires_at`;
      await user.call(name, writes(claimed)[name] ?? []);
      const [after] = await sql`select lease_expires_at from agent_executions where id = ${execution_id}`;
      assert.ok(after?.lease_expires_at > before?.lease_expires_at);
    },
  );
}

for (const name of ["heartbeat_step", "advance_step", "record_step", "finish_step"]) {
  test(`a worker that comes back before anybody took its step goes on: ${name}`, async (user, sql) => {
    const { plan_id } = await startPlan(user);
    const claimed = await claimStep(user, plan_id);
    await loseWorker(sql, claimed.execution_id);
    await user.call(name, writes(claimed)[name] ?? []);
    assert.equal(
      await refused(user, "claim_step", [plan_id, 1, executor()]),
      "PT409 step_already_claimed",
    );
  });
}

test(
  "a step that is released stays the same attempt, with what it has cost, under the next generation",
  async (user, sql) => {
    const { plan_id } = await startPlan(user);
    const first = await claimStep(user, plan_id);
    await user.call("release_step", [...worker(first), progress(3, [message(first.thread_id)]), null]);
    const second = await claimStep(user, plan_id);

    const { execution_id, thread_id, agent_id } = first;
    assert.deepEqual([second.execution_id, second.thread_id, second.agent_id], [
      execution_id,
      thread_id,
      agent_id,
    ]);
    assert.deepEqual([second.attempt, second.generation], [1, 2]);
    assert.deepEqual([second.usage, second.tool_calls_made, second.messages.length], [usage(3), 3, 1]);
    await assertLost(user, sql, first);
    await finishStep(user, second, "completed");
  },
);

test(
  "what was released stays so: a heartbeat that was under way is refused, a repeated release is not",
  async (user, sql) => {
    const { plan_id } = await startPlan(user);
    const claimed = await claimStep(user, plan_id);
    const release = [...worker(claimed), progress(1), null];
    await user.call("release_step", release);
    const before = await everything(sql, user.id);
    assert.equal(await refused(user, "heartbeat_step", worker(claimed)), "PT412 lease_lost");
    assert.equal(await refused(user, "advance_step", advance(claimed, 2)), "PT412 lease_lost");
    await user.call("release_step", release);
    assert.deepEqual(await everything(sql, user.id), before);
  },
);

test(
  "a worker that does not know how far it came ends the attempt, and nobody has to wait",
  async (user, sql) => {
    const { plan_id } = await startPlan(user);
    const first = await claimStep(user, plan_id);
    await user.call("advance_step", advance(first, 1));
    await user.call("release_step", [...worker(first), null, null]);
    await assertLost(user, sql, first);

    const second = await claimStep(user, plan_id);
    assert.deepEqual([second.attempt, second.thread_id], [2, first.thread_id]);
    const [{ usage: spent } = {}] =
      await sql`select usage from agent_executions where id = ${first.execution_id}`;
    assert.deepEqual(spent, usage(1));
  },
);

const RESERVED = { broken_budget: null, allowed: true, tool_calls: 0 };

test("progress whose answer was lost may be stored again: it changes nothing", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const args = advance(claimed, 2, [message(claimed.thread_id)]);
  assert.deepEqual(await user.call("advance_step", args), RESERVED);
  const before = await everything(sql, user.id);
  assert.deepEqual(await user.call("advance_step", args), RESERVED);
  assert.deepEqual(await everything(sql, user.id), before);
});

test("a worker hears with each of its writes that the run was cancelled", async (user) => {
  const { owned, plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  assert.equal(await user.call("heartbeat_step", worker(claimed)), false);
  assert.equal(await user.call("record_step", [...worker(claimed), progress(1)]), null);
  assert.deepEqual(await user.call("advance_step", advance(claimed, 1)), RESERVED);
  await user.call("cancel_run", [owned.run_id]);
  assert.equal(await user.call("heartbeat_step", worker(claimed)), true);
  assert.deepEqual(await user.call("record_step", [...worker(claimed), progress(1)]), { cancelled: true });
  assert.deepEqual(await user.call("advance_step", advance(claimed, 1)), { ...RESERVED, cancelled: true });
});

test("the worker of a run that has ended is refused, and changes nothing", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  await finishRun(user, owned);
  await assertLost(user, sql, claimed);
});

test("a step of the planner's own belongs to the run's generation, not to its own", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1, executor_required: false }]);
  const claimed = await claimStep(user, plan_id, 1, planner(owned));
  await claimStep(user, plan_id, 1, planner(owned));
  await user.call("advance_step", advance(claimed, 1));
  for (const generation of [0, 2, null]) {
    const before = await everything(sql, user.id);
    const args = [claimed.execution_id, generation, progress(5), null, null, {}];
    assert.equal(await refused(user, "advance_step", args), "PT412 lease_lost");
    assert.deepEqual(await everything(sql, user.id), before);
  }
});
