// How a step is claimed, ends and is taken up again in the database.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { database } from "../support/stack.ts";
import { addUser, claimStep, EXECUTOR, outcome, planRow, startPlan, type User } from "./agents_calls.ts";

function test(name: string, body: (user: User, sql: Sql) => Promise<void>): void {
  Deno.test(name, async () => {
    const sql = database();
    try {
      await body(await addUser(sql), sql);
    } finally {
      await sql.end();
    }
  });
}

async function claimRefusal(user: User, plan_id: string, step_number: number, agent: object = EXECUTOR) {
  const { code, message } = await user.refusal("claim_step", [plan_id, step_number, agent]);
  return [code, message];
}

test(
  "a claim makes an executor that may only read, with the step's tools that it is allowed, and its thread",
  async (user, sql) => {
    const { plan_id, started } = await startPlan(user, [{
      step_number: 1,
      tools: ["list_tasks", "update_task"],
    }]);
    const claimed = await claimStep(user, plan_id, 1);

    assert.equal(claimed.attempt, 1);
    assert.deepEqual(claimed.messages, []);
    const [agent] = await sql`select type, permissions, available_tools, created_for_plan, status from agents
    where id = ${claimed.agent_id}`;
    assert.deepEqual({ ...agent }, {
      type: "executor",
      permissions: "read_only",
      available_tools: ["list_tasks"],
      created_for_plan: plan_id,
      status: "active",
    });
    const [thread] = await sql`select session_type, step_number, planner_agent_id, executor_agent_id
    from agent_chat_sessions where id = ${claimed.thread_id}`;
    assert.deepEqual({ ...thread }, {
      session_type: "planner_executor",
      step_number: 1,
      planner_agent_id: started.agent_id,
      executor_agent_id: claimed.agent_id,
    });
    const [execution] =
      await sql`select status, task, tools_available from agent_executions where id = ${claimed.execution_id}`;
    assert.deepEqual({ ...execution }, { status: "running", task: "Do 1", tools_available: ["list_tasks"] });
  },
);

test("a step waits for the steps it depends on, and is given their results", async (user) => {
  const { plan_id } = await startPlan(user, [
    { step_number: 1 },
    { step_number: 2 },
    { step_number: 3, depends_on: [1, 2] },
  ]);
  assert.deepEqual(await claimRefusal(user, plan_id, 3), ["PT409", "step_not_ready"]);
  const first = await claimStep(user, plan_id, 1);
  assert.deepEqual(await claimRefusal(user, plan_id, 3), ["PT409", "step_not_ready"]);
  await user.call("finish_step", [first.execution_id, outcome("completed"), {}]);
  const second = await claimStep(user, plan_id, 2);
  await user.call("finish_step", [second.execution_id, outcome("partial"), {}]);

  const { earlier_results } = await claimStep(user, plan_id, 3);
  assert.deepEqual(earlier_results, [
    { step_number: 1, result: { status: "completed", summary: "It is completed." } },
    { step_number: 2, result: { status: "partial", summary: "It is partial." } },
  ]);
});

test("a step whose dependency failed is not ready", async (user) => {
  const { plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2, depends_on: [1] }]);
  const { execution_id } = await claimStep(user, plan_id, 1);
  await user.call("finish_step", [execution_id, outcome("failed"), {}]);
  assert.deepEqual(await claimRefusal(user, plan_id, 2), ["PT409", "step_not_ready"]);
});

test("a step is taken once, whether it is running, completed or failed", async (user) => {
  const { plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
  const taken = ["PT409", "step_already_claimed"];
  const first = await claimStep(user, plan_id, 1);
  assert.deepEqual(await claimRefusal(user, plan_id, 1), taken);
  await user.call("finish_step", [first.execution_id, outcome("completed"), {}]);
  assert.deepEqual(await claimRefusal(user, plan_id, 1), taken);
  const second = await claimStep(user, plan_id, 2);
  await user.call("finish_step", [second.execution_id, outcome("failed"), {}]);
  assert.deepEqual(await claimRefusal(user, plan_id, 2), taken);
});

test("a refused claim leaves no agent and no thread behind", async (user, sql) => {
  const { plan_id, started } = await startPlan(user, [{ step_number: 1 }]);
  await claimStep(user, plan_id, 1);
  await claimRefusal(user, plan_id, 1);
  const [{ n } = {}] = await sql`select (select count(*) from agents where run_id = ${started.run_id})::int
    + (select count(*) from agent_chat_sessions where run_id = ${started.run_id})::int as n`;
  assert.equal(n, 4, "the planner's and the executor's");
});

test("the planner's steps are not for executors, nor the other way round", async (user) => {
  const { plan_id, started } = await startPlan(user, [
    { step_number: 1, executor_required: false },
    { step_number: 2 },
  ]);
  const planner = { ...EXECUTOR, type: "planner", id: started.agent_id };
  assert.deepEqual(await claimRefusal(user, plan_id, 1), ["PT409", "step_of_another_agent"]);
  assert.deepEqual(await claimRefusal(user, plan_id, 2, planner), ["PT409", "step_of_another_agent"]);
  await user.call("claim_step", [plan_id, 1, planner]);
});

test("the plan and the step must exist, and be the user's", async (user, sql) => {
  const { plan_id } = await startPlan(user, [{ step_number: 1 }]);
  const theirs = await startPlan(await addUser(sql), [{ step_number: 1 }]);
  assert.deepEqual(await claimRefusal(user, crypto.randomUUID(), 1), ["PT404", "plan"]);
  assert.deepEqual(await claimRefusal(user, theirs.plan_id, 1), ["PT404", "plan"]);
  assert.deepEqual(await claimRefusal(user, plan_id, 2), ["PT404", "step"]);
});

test(
  "a plan is claimed from only while its run is running, not cancelled, and the plan is the current one",
  async (user, sql) => {
    const gone = ["PT409", "plan_not_executing"];
    const ended = await startPlan(user, [{ step_number: 1 }]);
    await user.call("finish_run", [ended.started.run_id, { status: "completed" }, {}]);
    assert.deepEqual(await claimRefusal(user, ended.plan_id, 1), gone);

    const cancelled = await startPlan(user, [{ step_number: 1 }]);
    await sql`update agent_runs set cancel_requested_at = now() where id = ${cancelled.started.run_id}`;
    assert.deepEqual(await claimRefusal(user, cancelled.plan_id, 1), gone);

    const replaced = await startPlan(user, [{ step_number: 1 }]);
    const plan_updates = [{ id: replaced.plan_id, status: "failed" }];
    await user.call("record_progress", [replaced.started.run_id, { plan_updates }]);
    assert.deepEqual(await claimRefusal(user, replaced.plan_id, 1), gone);
  },
);

test("steps that an earlier revision completed count as complete, and are not done again", async (user) => {
  const { plan_id, started } = await startPlan(user, [
    { step_number: 1 },
    { step_number: 2 },
    { step_number: 3, depends_on: [1, 2] },
  ]);
  const kept = await claimStep(user, plan_id, 1);
  await user.call("finish_step", [kept.execution_id, outcome("completed"), {}]);
  const failed = await claimStep(user, plan_id, 2);
  await user.call("finish_step", [failed.execution_id, outcome("failed"), {}]);
  const next = crypto.randomUUID();
  const steps = [{ step_number: 1 }, { step_number: 2 }, { step_number: 3, depends_on: [1, 2] }];
  await user.call("record_progress", [started.run_id, {
    plan_updates: [{ id: plan_id, status: "failed" }],
    plans: [planRow(started, steps, { id: next, revision: 2, supersedes: plan_id })],
  }]);

  assert.deepEqual(await claimRefusal(user, next, 1), ["PT409", "step_already_claimed"]);
  assert.deepEqual(await claimRefusal(user, next, 3), ["PT409", "step_not_ready"]);
  const again = await claimStep(user, next, 2);
  assert.equal(again.attempt, 1, "what failed is pending in the new revision");
  await user.call("finish_step", [again.execution_id, outcome("completed"), {}]);
  const { earlier_results } = await claimStep(user, next, 3);
  assert.deepEqual(earlier_results.map(({ step_number }) => step_number), [1, 2]);
});

test(
  "a step that asked is taken up again with its thread, its agent and the answer, as the second attempt",
  async (user, sql) => {
    const { plan_id, started } = await startPlan(user, [{ step_number: 1 }]);
    const first = await claimStep(user, plan_id, 1);
    const message = {
      ...{
        id: crypto.randomUUID(),
        thread_id: first.thread_id,
        seq: 1,
        sender_type: "executor",
        role: "assistant",
      },
      content: "Which project?",
    };
    await user.call("finish_step", [first.execution_id, outcome("needs_input"), { messages: [message] }]);
    const [{ status } = {}] = await sql`select status from agents where id = ${first.agent_id}`;
    assert.equal(status, "active", "the executor waits");
    const answer = { content: "The website.", planner_agent_id: started.agent_id };
    await user.call("answer_step", [plan_id, 1, answer]);
    const second = await claimStep(user, plan_id, 1);

    assert.deepEqual([second.attempt, second.thread_id, second.agent_id], [
      2,
      first.thread_id,
      first.agent_id,
    ]);
    assert.deepEqual(second.messages.map(({ seq, content }) => [seq, content]), [[1, "Which project?"], [
      2,
      "The website.",
    ]]);
    assert.deepEqual(await claimRefusal(user, plan_id, 1), ["PT409", "step_already_claimed"]);
    const refused = await user.refusal("answer_step", [plan_id, 1, answer]);
    assert.deepEqual([refused.code, refused.message], ["PT409", "step_asked_nothing"]);
  },
);

test("an execution ends once, with its thread and its agent", async (user, sql) => {
  const { plan_id, started } = await startPlan(user, [{ step_number: 1 }]);
  const { execution_id, thread_id, agent_id } = await claimStep(user, plan_id, 1);
  const message = {
    ...{ id: crypto.randomUUID(), thread_id, seq: 1, sender_type: "executor", sender_agent_id: agent_id },
    ...{ role: "assistant", content: "Done" },
  };
  await user.call("finish_step", [execution_id, outcome("completed"), { messages: [message] }]);
  const second = await user.refusal("finish_step", [execution_id, outcome("failed"), {}]);

  assert.deepEqual([second.code, second.message], ["PT409", "execution_finished"]);
  const [row] =
    await sql`select e.status, e.tokens_used, e.message_count, t.status as thread, a.status as agent
    from agent_executions e join agent_chat_sessions t on t.id = thread_id join agents a on a.id = e.agent_id
    where e.id = ${execution_id}`;
  const ended = {
    status: "completed",
    tokens_used: 7,
    message_count: 1,
    thread: "completed",
    agent: "completed",
  };
  assert.deepEqual({ ...row }, ended);
  const [{ n } = {}] =
    await sql`select count(*)::int as n from agent_chat_messages where run_id = ${started.run_id}`;
  assert.equal(n, 1);
});

test("what can't be recorded ends no execution", async (user, sql) => {
  const { plan_id } = await startPlan(user, [{ step_number: 1 }]);
  const { execution_id } = await claimStep(user, plan_id, 1);
  const orphan = {
    id: crypto.randomUUID(),
    thread_id: crypto.randomUUID(),
    seq: 1,
    sender_type: "tool",
    role: "tool",
    content: "",
  };
  const refused = await user.refusal("finish_step", [execution_id, outcome("completed"), {
    messages: [orphan],
  }]);
  assert.equal(refused.code, "23503");
  const [{ status } = {}] = await sql`select status from agent_executions where id = ${execution_id}`;
  assert.equal(status, "running");
});

test("nobody sees, ends or answers the step of another", async (user, sql) => {
  const other = await addUser(sql);
  const { plan_id } = await startPlan(other, [{ step_number: 1 }]);
  const { execution_id } = await claimStep(other, plan_id, 1);

  const foreign = await user.refusal("finish_step", [execution_id, outcome("completed"), {}]);
  const invented = await user.refusal("finish_step", [crypto.randomUUID(), outcome("completed"), {}]);
  assert.deepEqual(foreign, invented);
  assert.deepEqual([foreign.code, foreign.message], ["PT404", "execution"]);
  await other.call("finish_step", [execution_id, outcome("needs_input"), {}]);
  const answer = await user.refusal("answer_step", [plan_id, 1, { content: "Mine" }]);
  assert.equal(answer.message, "step_asked_nothing");
});
