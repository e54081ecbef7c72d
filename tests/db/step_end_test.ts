// How a step ends, once; how it asks and is answered; and how the planner that waits for it sees it.
import assert from "node:assert/strict";
import { parseStepView } from "../../shared/db/parsed_rows.ts";
import { refused, testAsUser as test } from "./agents_calls.ts";
import { everything, loseOwner, loseWorker, runRow } from "./agents_rows.ts";
import { claimRun, finishRun, message, startPlan, usage } from "./agents_runs.ts";
import {
  answer,
  ask,
  claimStep,
  executor,
  finishStep,
  outcome,
  planner,
  progress,
  worker,
} from "./agents_steps.ts";

test("an execution ends with its thread and its agent, and what it has cost", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const row = message(claimed.thread_id);
  await user.call("finish_step", [...worker(claimed), outcome("completed"), progress(2, [row])]);

  const [ended] = await sql`select e.status, e.usage, e.tokens_used, e.message_count, e.duration_ms,
      t.status as thread, a.status as agent
    from agent_executions e join agent_chat_sessions t on t.id = agent_session_id join agents a on a.id = e.executor_agent_id
    where e.id = ${claimed.execution_id}`;
  assert.deepEqual({ ...ended }, {
    ...{ status: "completed", usage: usage(2), tokens_used: 220, message_count: 1, duration_ms: 5 },
    ...{ thread: "completed", agent: "completed" },
  });
});

for (const status of ["completed", "partial", "failed", "needs_input", "cancelled"]) {
  test(`an end whose answer was lost may be told again (${status}): nothing changes`, async (user, sql) => {
    const { plan_id } = await startPlan(user);
    const claimed = await claimStep(user, plan_id);
    const end = [...worker(claimed), outcome(status), progress(1, [message(claimed.thread_id)])];
    await user.call("finish_step", end);
    const before = await everything(sql, user.id);

    await user.call("finish_step", end);
    const other = outcome(status === "failed" ? "completed" : "failed");
    assert.equal(
      await refused(user, "finish_step", [...worker(claimed), other, progress()]),
      "PT412 lease_lost",
    );
    const elsewhere = [claimed.execution_id, claimed.generation + 1, outcome(status), progress()];
    assert.equal(await refused(user, "finish_step", elsewhere), "PT412 lease_lost");
    assert.deepEqual(await everything(sql, user.id), before);
  });
}

test("an end that the owner before has told is refused when that owner repeats it", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1, executor_required: false }]);
  const claimed = await claimStep(user, plan_id, 1, planner(owned));
  const end = [outcome("completed"), progress(1)];
  await user.call("finish_step", [...worker(claimed), ...end]);
  await loseOwner(sql, owned.run_id);
  const { generation } = await claimRun(user, owned.run_id);
  const before = await everything(sql, user.id);
  assert.equal(await refused(user, "finish_step", [...worker(claimed), ...end]), "PT412 lease_lost");
  await user.call("finish_step", [claimed.execution_id, generation, ...end]);
  assert.deepEqual(await everything(sql, user.id), before);
  const [{ status } = {}] = await sql`select status from agents where id = ${owned.agent_id}`;
  assert.equal(status, "active", "the planner goes on");
});

test("what can't be recorded ends no execution", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const before = await everything(sql, user.id);
  const orphan = message(crypto.randomUUID());
  const refusal = await user.refusal("finish_step", [
    ...worker(claimed),
    outcome("completed"),
    progress(1, [orphan]),
  ]);
  assert.equal(refusal.code, "23503");
  assert.deepEqual(await everything(sql, user.id), before);
});

test(
  "a step that asked is resumed with the answer, in its thread, as the next attempt",
  async (user, sql) => {
    const { plan_id, owned } = await startPlan(user);
    const first = await claimStep(user, plan_id);
    await ask(user, first);
    const [{ status } = {}] = await sql`select status from agents where id = ${first.agent_id}`;
    assert.equal(status, "active", "the executor waits");
    await user.call("answer_step", [plan_id, 1, owned.generation, answer(owned)]);
    const second = await claimStep(user, plan_id);

    assert.deepEqual([second.attempt, second.thread_id, second.agent_id], [
      2,
      first.thread_id,
      first.agent_id,
    ]);
    const said = second.messages.map(({ seq, content }) => [seq, content]);
    assert.deepEqual(said, [[1, "Which?"], [2, "This one."]]);
    const [sent] = await sql`select kind, sender_type, sender_agent_id from agent_chat_messages
      where agent_session_id = ${first.thread_id} and seq = 2`;
    assert.deepEqual({ ...sent }, {
      kind: "answer",
      sender_type: "planner",
      sender_agent_id: owned.agent_id,
    });
    assert.equal(
      await refused(user, "claim_step", [plan_id, 1, executor()]),
      "PT409 step_already_claimed",
    );
  },
);

test("an answer is stored with the rows and the cost of the call that made it", async (user, sql) => {
  const { plan_id, owned } = await startPlan(user);
  await ask(user, await claimStep(user, plan_id));
  const thread = {
    ...{ id: crypto.randomUUID(), session_type: "planner_thinking", parent_session_id: owned.session_id },
    ...{ plan_id, step_number: 1, planner_agent_id: owned.agent_id, initial_context: { question: "Which?" } },
  };
  const rows = { threads: [thread], messages: [message(thread.id)] };
  await user.call("answer_step", [plan_id, 1, owned.generation, { ...answer(owned), rows }]);
  const [{ n } = {}] =
    await sql`select count(*)::int as n from agent_chat_messages where agent_session_id = ${thread.id}`;
  assert.equal(n, 1);
  assert.deepEqual((await runRow(sql, owned.run_id, "usage")).usage, usage(2));
});

test(
  "a step is answered once: a second answer changes nothing, and none is given to one that did not ask",
  async (user, sql) => {
    const { plan_id, owned } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
    const args = (step_number: number) => [plan_id, step_number, owned.generation, answer(owned)];
    await ask(user, await claimStep(user, plan_id, 1));
    await user.call("answer_step", args(1));
    const answered = await everything(sql, user.id);
    await user.call("answer_step", [plan_id, 1, owned.generation, { ...answer(owned), content: "Another." }]);
    assert.deepEqual(await everything(sql, user.id), answered);

    assert.equal(await refused(user, "answer_step", args(2)), "PT409 step_asked_nothing");
    await claimStep(user, plan_id, 1);
    assert.equal(await refused(user, "answer_step", args(1)), "PT409 step_asked_nothing");
  },
);

test("nobody answers for a run that has ended", async (user) => {
  const { plan_id, owned } = await startPlan(user);
  await ask(user, await claimStep(user, plan_id));
  await finishRun(user, owned);
  const args = [plan_id, 1, owned.generation, answer(owned)];
  assert.equal(await refused(user, "answer_step", args), "PT409 run_not_running");
});

test("who waits for a step sees where it stands, from its claim to its end", async (user, sql) => {
  const { plan_id, owned } = await startPlan(user);
  const view = async () => {
    const { tool_calls: _, ...seen } = parseStepView(await user.call("get_step", [plan_id, 1]));
    return seen;
  };
  assert.equal(await user.call("get_step", [plan_id, 1]), null, "nobody has claimed it");

  const first = await claimStep(user, plan_id);
  const running = {
    ...{ attempt: 1, status: "running", result: null, error: null, usage: null, duration_ms: null },
    ...{ executor_agent_id: first.agent_id, lease_expired: false, released: false, answered: false },
    ...{ awaiting: false, open_calls: [] },
  };
  assert.deepEqual(await view(), running);
  await loseWorker(sql, first.execution_id);
  assert.deepEqual(await view(), { ...running, lease_expired: true });

  const second = await claimStep(user, plan_id);
  assert.deepEqual(await view(), { ...running, attempt: 2 });
  await user.call("release_step", [...worker(second), progress(1), null]);
  const handed = { ...running, attempt: 2, usage: usage(1), lease_expired: true, released: true };
  assert.deepEqual(await view(), handed);

  await ask(user, await claimStep(user, plan_id));
  const asked = {
    ...{ ...running, attempt: 2, status: "needs_input", usage: usage(1), duration_ms: 5 },
    result: { status: "needs_input", summary: "It is needs_input." },
  };
  assert.deepEqual(await view(), asked);
  await user.call("answer_step", [plan_id, 1, owned.generation, answer(owned)]);
  assert.deepEqual(await view(), { ...asked, answered: true });

  await finishStep(user, await claimStep(user, plan_id), "completed");
  const { attempt, status, answered } = await view();
  assert.deepEqual([attempt, status, answered], [3, "completed", false]);
});

test("who waits for a step sees the tool calls of its thread, of all attempts", async (user, sql) => {
  const { plan_id } = await startPlan(user);
  const call = (thread_id: string, agent_id: string, created_at: string) => ({
    ...{
      id: crypto.randomUUID(),
      agent_id,
      agent_session_id: thread_id,
      tool_call_id: "call_1",
      tool_name: "list_books",
    },
    ...{ access: "read", arguments: {}, status: "succeeded", duration_ms: 1, created_at },
    result: { ok: true, data: null, message: "Here." },
  });
  const first = await claimStep(user, plan_id);
  const one = call(first.thread_id, first.agent_id, "2026-11-22T12:00:00Z");
  const two = call(first.thread_id, first.agent_id, "2026-11-22T12:00:01Z");
  const store = (claimed: typeof first, row: object) =>
    user.call("release_step", [...worker(claimed), { ...progress(1), rows: { tool_calls: [row] } }, null]);
  await store(first, two);
  await sql`update agent_executions set released = false where id = ${first.execution_id}`;
  const second = await claimStep(user, plan_id);
  await store(second, one);

  assert.equal(second.attempt, 2);
  const { tool_calls } = parseStepView(await user.call("get_step", [plan_id, 1]));
  assert.deepEqual(tool_calls.map(({ id }) => id), [one.id, two.id], "in the order in which they were made");
});
