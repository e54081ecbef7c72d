// What the rows of agents and plans say to a reader in SQL.
import assert from "node:assert/strict";
import { z } from "zod";
import { testAsUser as test } from "./agents_calls.ts";
import { ending, event, lease, message, startPlan } from "./agents_runs.ts";
import { claimStep } from "./agents_steps.ts";

test("agents are named for what they work on, and tell which models they ask", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
  await claimStep(user, plan_id, 2);
  const agents = await sql`select name, model_preference from agents where run_id = ${owned.run_id}
    order by type`;
  assert.deepEqual(agents.map(({ name, model_preference }) => [name, model_preference]), [
    [`Planner-${owned.session_id}`, { profile: "balanced", models: ["m"] }],
    ["Executor-2", { profile: "speed", models: ["m"] }],
  ]);
});

test("a thread says what it was opened with, and keeps it once its prompt is there", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const contextOf = async (id: string) => {
    const [thread] = await sql`select initial_context from agent_chat_sessions where id = ${id}`;
    return thread?.initial_context;
  };
  assert.deepEqual(await contextOf(claimed.thread_id), {
    ...{ task: "Do 1", goal: "All is done", tools: ["list_books"], earlier_results: [] },
  });

  const begun = { message: "Hello", context: { type: "general" } };
  assert.deepEqual(await contextOf(owned.thread_id), begun);
  const history = [{ role: "user", content: "Before" }, { role: "assistant", content: "Yes." }];
  const open = (initial_context: object, seq: number) =>
    user.call("record_progress", [...lease(owned), {
      openings: [{ thread_id: owned.thread_id, initial_context }],
      messages: [message(owned.thread_id, seq)],
    }]);
  await open({ overview: {}, history }, 1);
  assert.deepEqual(await contextOf(owned.thread_id), { ...begun, overview: {}, history });
  await open({ overview: {}, history: [] }, 2);
  assert.deepEqual(await contextOf(owned.thread_id), { ...begun, overview: {}, history });
  await user.call("release_run", [...lease(owned), null]);
  const next = await user.call("claim_run", [owned.run_id, 60]);
  assert.deepEqual(z.looseObject({ history: z.unknown() }).parse(next).history, history);
});

test("a plan whose steps a cancel has stopped is cancelled with its run, not failed", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user);
  await user.call("cancel_run", [owned.run_id]);
  const plan_updates = [{ id: plan_id, status: "failed" }];
  await user.call("finish_run", [...lease(owned), ending("cancelled"), {
    plan_updates,
    events: [event(2, "done")],
  }]);
  const [plan] = await sql`select status from agent_plans where id = ${plan_id}`;
  assert.equal(plan?.status, "cancelled");
});

test("a plan is pending until its owner says that a step has begun", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user);
  const row = async () => {
    const [plan] = await sql`select status, finished_at is not null as ended from agent_plans
      where id = ${plan_id}`;
    return { ...plan };
  };
  assert.deepEqual(await row(), { status: "pending", ended: false });
  // An executor may be faster than the write that tells of its step.
  await claimStep(user, plan_id);
  assert.deepEqual(await row(), { status: "pending", ended: false });
  const become = (status: string) =>
    user.call("record_progress", [...lease(owned), { plan_updates: [{ id: plan_id, status }] }]);
  await become("executing");
  assert.deepEqual(await row(), { status: "executing", ended: false });
  await become("completed");
  assert.deepEqual(await row(), { status: "completed", ended: true });
  await become("executing");
  assert.deepEqual(await row(), { status: "completed", ended: true }, "what has ended stays as it ended");
});
