// What the rows of agents and plans say to whoever reads them in SQL.
import assert from "node:assert/strict";
import { testAsUser as test } from "./agents_calls.ts";
import { ending, event, lease, startPlan } from "./agents_runs.ts";
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
