// Runs that end without their owner's doing, and steps that end without their worker's.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { NO_USAGE, type Usage } from "../../shared/contracts/usage.ts";
import { startedRun } from "../support/stack/runs.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const usage = (model_calls: number): Usage => ({ ...NO_USAGE, model_calls, input_tokens: model_calls * 100 });

/** A run with a strategy announced, one model call made, and a step under way that has made two. */
async function runUnderWay(user: TestUser, sql: Sql) {
  const run = await startedRun(user);
  const owned = { user_id: user.id, run_id: run.run_id };
  const plan_id = crypto.randomUUID();
  const [agent_id, thread_id] = [crypto.randomUUID(), crypto.randomUUID()];
  await sql`update agent_runs set usage = ${sql.json(usage(1))} where id = ${run.run_id}`;
  await sql`insert into agent_run_events ${
    sql({ ...owned, seq: 2, type: "analysis", at: new Date(), data: sql.json({ strategy: "complex" }) })
  }`;
  await sql`insert into agent_plans ${
    sql({
      ...owned,
      id: plan_id,
      session_id: run.session_id,
      planner_agent_id: run.agent_id,
      user_message: "Hi",
      goal: "Do it",
      steps: sql.json([{ step_number: 1 }]),
      status: "executing",
    })
  }`;
  await sql`insert into agents ${
    sql({
      ...owned,
      id: agent_id,
      type: "executor",
      name: "Executor",
      model_preference: { profile: "speed", models: ["m"] },
      available_tools: sql.json([]),
      permissions: "read_only",
      system_prompt: "",
      created_for_session: run.session_id,
      created_for_plan: plan_id,
    })
  }`;
  const session = { parent_session_id: run.session_id, plan_id, step_number: 1 };
  await sql`insert into agent_chat_sessions ${
    sql({
      ...owned,
      ...session,
      id: thread_id,
      session_type: "planner_executor",
      initial_context: sql.json({ task: "Look" }),
      planner_agent_id: run.agent_id,
      executor_agent_id: agent_id,
    })
  }`;
  await sql`insert into agent_executions ${
    sql({
      ...owned,
      plan_id,
      step_number: 1,
      attempt: 1,
      worker: "executor",
      executor_agent_id: agent_id,
      agent_session_id: thread_id,
      session_id: run.session_id,
      task: sql.json({ description: "Do it" }),
      tools_available: sql.json([]),
      usage: sql.json(usage(2)),
    })
  }`;
  return { ...run, thread_id: run.thread_id, step: { agent_id, thread_id } };
}

function testOf(name: string, body: (user: TestUser, sql: Sql) => Promise<void>): void {
  test(name, async () => {
    const sql = database();
    try {
      await body(await newUser(), sql);
    } finally {
      await sql.end();
    }
  });
}

testOf(
  "a run that loses one owner after the other keeps its strategy and all that it has cost",
  async (user, sql) => {
    const { run_id } = await runUnderWay(user, sql);
    await sql`update agent_runs set takeovers = 5, lease_expires_at = now() where id = ${run_id}`;

    const { data, error } = await user.client.rpc("claim_run", { p_run_id: run_id, p_lease_seconds: 1 });

    assert.equal(error, null);
    assert.equal(data, null);
    const [run] =
      await sql`select status, strategy, usage, error ->> 'kind' as kind from agent_runs where id = ${run_id}`;
    assert.deepEqual([run?.status, run?.strategy, run?.kind], ["failed", "complex", "internal"]);
    assert.deepEqual([run?.usage.model_calls, run?.usage.input_tokens], [3, 300]);
  },
);

testOf("a run that never spent anything ends without an owner at no cost", async (user, sql) => {
  const { run_id } = await startedRun(user);
  await sql`update agent_runs set takeovers = 5, lease_expires_at = now() where id = ${run_id}`;
  await user.client.rpc("claim_run", { p_run_id: run_id, p_lease_seconds: 1 });
  const [run] = await sql`select strategy, usage from agent_runs where id = ${run_id}`;
  assert.deepEqual({ ...run }, { strategy: null, usage: NO_USAGE });
});

testOf(
  "a step that nobody ended has failed with its thread and its executor, though its run completes",
  async (user, sql) => {
    const { run_id, thread_id, agent_id, step } = await runUnderWay(user, sql);
    const [run] = await sql`select lease_generation from agent_runs where id = ${run_id}`;
    const done = { status: "completed", usage: usage(1), finished_reason: "answered" };
    const { error } = await user.client.rpc("finish_run", {
      p_run_id: run_id,
      p_generation: run?.lease_generation,
      p_outcome: {
        ...done,
        strategy: "complex",
        answer: "Done.",
        settlement: null,
      },
      p_batch: {
        events: [{ seq: 3, type: "done", at: new Date().toISOString(), agent: null, data: done }],
      },
    });
    assert.equal(error, null);

    const statusOf = async (table: string, id: string) =>
      (await sql`select status from ${sql(table)} where id = ${id}`)[0]?.status;
    assert.deepEqual(
      await Promise.all([
        statusOf("agents", step.agent_id),
        statusOf("agent_chat_sessions", step.thread_id),
        statusOf("agents", agent_id),
        statusOf("agent_chat_sessions", thread_id),
      ]),
      ["failed", "failed", "completed", "completed"],
    );
    const [execution] = await sql`select status, error from agent_executions where run_id = ${run_id}`;
    assert.deepEqual({ ...execution }, { status: "failed", error: "the run ended first" });
  },
);
