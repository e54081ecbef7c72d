// Who may take a step of a plan, when, and what comes with it.
import assert from "node:assert/strict";
import { addUser, refused, testAsUser as test, type User } from "./agents_calls.ts";
import { everything, runRow } from "./agents_rows.ts";
import { claimRun, finishRun, lease, planRow, startPlan } from "./agents_runs.ts";
import { ask, claimStep, executor, finishStep, planner } from "./agents_steps.ts";

function claimRefused(user: User, plan_id: string, step_number = 1, agent: object = executor()) {
  return refused(user, "claim_step", [plan_id, step_number, agent]);
}

test(
  "a claim makes an executor that may only read, with the step's tools that it is allowed, and its thread",
  async (user, sql) => {
    const { plan_id, owned } = await startPlan(user, [{
      step_number: 1,
      tools: ["list_books", "update_book"],
    }]);
    const claimed = await claimStep(user, plan_id);

    assert.deepEqual([claimed.attempt, claimed.generation, claimed.messages], [1, 1, []]);
    const [agent] = await sql`select type, permissions, available_tools, created_for_plan, status from agents
      where id = ${claimed.agent_id}`;
    assert.deepEqual({ ...agent }, {
      type: "executor",
      permissions: "read_only",
      available_tools: ["list_books"],
      created_for_plan: plan_id,
      status: "active",
    });
    const [thread] = await sql`select session_type, step_number, planner_agent_id, executor_agent_id
      from agent_chat_sessions where id = ${claimed.thread_id}`;
    assert.deepEqual({ ...thread }, {
      session_type: "planner_executor",
      step_number: 1,
      planner_agent_id: owned.agent_id,
      executor_agent_id: claimed.agent_id,
    });
    const [execution] = await sql`select status, task, tools_available, lease_expires_at > now() as leased
      from agent_executions where id = ${claimed.execution_id}`;
    assert.deepEqual({ ...execution }, {
      status: "running",
      task: {
        description: "Do 1",
        goal: "All is done",
        constraints: { permissions: "read_only", depends_on: [] },
      },
      ...{ tools_available: ["list_books"], leased: true },
    });
  },
);

test("a step waits for the steps it depends on, and is given their results", async (user) => {
  const { plan_id } = await startPlan(user, [
    { step_number: 1 },
    { step_number: 2 },
    { step_number: 3, depends_on: [1, 2] },
  ]);
  assert.equal(await claimRefused(user, plan_id, 3), "PT409 step_not_ready");
  const first = await claimStep(user, plan_id, 1);
  assert.equal(await claimRefused(user, plan_id, 3), "PT409 step_not_ready");
  await finishStep(user, first, "completed");
  await finishStep(user, await claimStep(user, plan_id, 2), "partial");

  const { earlier_results } = await claimStep(user, plan_id, 3);
  assert.deepEqual(earlier_results, [
    { step_number: 1, result: { status: "completed", summary: "It is completed." } },
    { step_number: 2, result: { status: "partial", summary: "It is partial." } },
  ]);
});

test("a step whose dependency failed is not ready", async (user) => {
  const { plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2, depends_on: [1] }]);
  await finishStep(user, await claimStep(user, plan_id, 1), "failed");
  assert.equal(await claimRefused(user, plan_id, 2), "PT409 step_not_ready");
});

test(
  "a step is taken once, whether it is running, completed or failed; a refused claim leaves nothing",
  async (user, sql) => {
    const { plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
    const first = await claimStep(user, plan_id, 1);
    const running = await everything(sql, user.id);
    assert.equal(await claimRefused(user, plan_id, 1), "PT409 step_already_claimed");
    assert.deepEqual(await everything(sql, user.id), running);
    await finishStep(user, first, "completed");
    assert.equal(await claimRefused(user, plan_id, 1), "PT409 step_already_claimed");
    await finishStep(user, await claimStep(user, plan_id, 2), "failed");
    assert.equal(await claimRefused(user, plan_id, 2), "PT409 step_already_claimed");
  },
);

test("the planner's steps are not for executors, nor the other way round", async (user) => {
  const { plan_id, owned } = await startPlan(user, [
    { step_number: 1, executor_required: false },
    { step_number: 2 },
  ]);
  assert.equal(await claimRefused(user, plan_id, 1), "PT409 step_of_another_agent");
  assert.equal(await claimRefused(user, plan_id, 2, planner(owned)), "PT409 step_of_another_agent");
  assert.equal((await claimStep(user, plan_id, 1, planner(owned))).agent_id, owned.agent_id);
});

test("the plan and the step must exist, and be the user's", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  const theirs = await startPlan(await addUser(sql));
  assert.equal(await claimRefused(user, crypto.randomUUID()), "PT404 plan");
  assert.equal(await claimRefused(user, theirs.plan_id), "PT404 plan");
  assert.equal(await claimRefused(user, plan_id, 2), "PT404 step");
});

test(
  "a plan is claimed from only while its run is running, not cancelled, and the plan is the current one",
  async (user) => {
    const ended = await startPlan(user);
    await finishRun(user, ended.owned);
    assert.equal(await claimRefused(user, ended.plan_id), "PT409 plan_not_executing");

    const cancelled = await startPlan(user);
    await user.call("cancel_run", [cancelled.owned.run_id]);
    assert.equal(await claimRefused(user, cancelled.plan_id), "PT409 plan_not_executing");

    const replaced = await startPlan(user);
    const plan_updates = [{ id: replaced.plan_id, status: "failed" }];
    await user.call("record_progress", [...lease(replaced.owned), { plan_updates }]);
    assert.equal(await claimRefused(user, replaced.plan_id), "PT409 plan_not_executing");
  },
);

test("steps that an earlier revision completed count as complete, and are not done again", async (user) => {
  const steps = [{ step_number: 1 }, { step_number: 2 }, { step_number: 3, depends_on: [1, 2] }];
  const { plan_id, owned } = await startPlan(user, steps);
  await finishStep(user, await claimStep(user, plan_id, 1), "completed");
  await finishStep(user, await claimStep(user, plan_id, 2), "failed");
  const next = crypto.randomUUID();
  await user.call("record_progress", [...lease(owned), {
    plan_updates: [{ id: plan_id, status: "failed" }],
    plans: [planRow(owned, steps, { id: next, revision: 2, supersedes: plan_id })],
  }]);

  assert.equal(await claimRefused(user, next, 1), "PT409 step_already_claimed");
  assert.equal(await claimRefused(user, next, 3), "PT409 step_not_ready");
  const again = await claimStep(user, next, 2);
  assert.equal(again.attempt, 1, "what failed is pending in the new revision");
  await finishStep(user, again, "completed");
  const { earlier_results } = await claimStep(user, next, 3);
  assert.deepEqual(earlier_results.map(({ step_number }) => step_number), [1, 2]);
});

test("over the run's budget nothing is claimed, and nothing is left behind", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  const before = await everything(sql, user.id);
  const agent = { ...executor(), limits: { model_calls: 1 } };
  assert.equal(await claimRefused(user, plan_id, 1, agent), "PT429 run_budget");
  assert.deepEqual(await everything(sql, user.id), before);
});

test("over the run's budget the planner's own step is resumed, without a model call", async (user) => {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1, executor_required: false }]);
  const first = await claimStep(user, plan_id, 1, planner(owned));
  const agent = { ...planner(owned), limits: { model_calls: 1 } };
  const resumed = await user.call("claim_step", [plan_id, 1, agent]);
  assert.partialDeepStrictEqual(resumed, {
    execution_id: first.execution_id,
    reserved: { broken_budget: "model calls", allowed: false, tool_calls: 0 },
  });
});

test(
  "the planner's own step stays the same attempt, with the run's owner of the moment",
  async (user, sql) => {
    const { owned, plan_id } = await startPlan(user, [{ step_number: 1, executor_required: false }]);
    const first = await claimStep(user, plan_id, 1, planner(owned));
    const again = await claimStep(user, plan_id, 1, planner(owned));
    await sql`update agent_runs set lease_expires_at = clock_timestamp() where id = ${owned.run_id}`;
    const next = await claimRun(user, owned.run_id);
    const before = await everything(sql, user.id);
    assert.equal(await claimRefused(user, plan_id, 1, planner(owned)), "PT412 lease_lost");
    const nobody = { ...planner(owned), generation: null };
    assert.equal(await claimRefused(user, plan_id, 1, nobody), "PT412 lease_lost");
    assert.deepEqual(await everything(sql, user.id), before);

    const taken = await claimStep(user, plan_id, 1, planner(next));
    for (const { execution_id, attempt, thread_id, agent_id } of [again, taken]) {
      assert.deepEqual([execution_id, attempt, thread_id, agent_id], [
        ...[first.execution_id, 1, first.thread_id, owned.agent_id],
      ]);
    }
    assert.deepEqual([first.generation, again.generation, taken.generation], [1, 1, 2], "the run's");
  },
);

test(
  "a claim that is made again with its reservation is the same attempt, and reserves once",
  async (user, sql) => {
    const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, {
      step_number: 2,
      executor_required: false,
    }]);
    for (const [step_number, agent] of [[1, executor()], [2, planner(owned)]] as const) {
      const first = await claimStep(user, plan_id, step_number, agent);
      const before = await everything(sql, user.id);
      const again = await Promise.all(
        [1, 2, 3].map(async () => await claimStep(user, plan_id, step_number, agent)),
      );
      for (const one of again) assert.deepEqual(one, first);
      assert.deepEqual(await everything(sql, user.id), before);
    }
    assert.equal(await claimRefused(user, plan_id), "PT409 step_already_claimed");
  },
);

test("an executor's claim says nothing of who owns the run", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user);
  await sql`update agent_runs set lease_expires_at = clock_timestamp() where id = ${owned.run_id}`;
  await claimStep(user, plan_id);
  assert.equal((await runRow(sql, owned.run_id, "lease_generation")).lease_generation, 1);
});

test("a step that asked is not claimed again before it is answered", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  await ask(user, await claimStep(user, plan_id));
  const before = await everything(sql, user.id);
  assert.equal(await claimRefused(user, plan_id), "PT409 step_already_claimed");
  assert.deepEqual(await everything(sql, user.id), before);
});
