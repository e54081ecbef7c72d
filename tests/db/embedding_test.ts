// What a front end reads in one request: the foreign keys have names by which supabase-js embeds.
import assert from "node:assert/strict";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs } from "./agents_calls.ts";
import { message, startPlan } from "./agents_runs.ts";
import { claimStep, outcome, progress, worker } from "./agents_steps.ts";

test("a plan is read with its executions, their threads and their messages in one select", async () => {
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  const { id, client } = await newUser();
  const user = actingAs(sql, id);
  const { owned, plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const turn = { kind: "turn" as const, sender_type: "executor", input_tokens: 30, output_tokens: 4 };
  const messages = [message(claimed.thread_id), message(claimed.thread_id, 2, turn)];
  await user.call("finish_step", [...worker(claimed), outcome("completed"), progress(1, messages)]);

  const { data, error } = await client.from("agent_plans").select(`
    session_id,
    executions:agent_executions!agent_executions_plan_fkey (
      step_number, worker, success, task,
      executor:agents!agent_executions_executor_agent_fkey (type),
      thread:agent_chat_sessions!agent_executions_agent_session_fkey (
        session_type,
        messages:agent_chat_messages!agent_chat_messages_agent_session_fkey (
          seq, content, tokens_used, parent_user_session_id
        )
      )
    )`).eq("id", plan_id).single();

  assert.equal(error, null);
  const parent_user_session_id = owned.session_id;
  assert.deepEqual(data, {
    session_id: owned.session_id,
    executions: [{
      ...{ step_number: 1, worker: "executor", success: true },
      task: {
        description: "Do 1",
        goal: "All is done",
        constraints: { permissions: "read_only", depends_on: [] },
      },
      executor: { type: "executor" },
      thread: {
        session_type: "planner_executor",
        messages: [
          { seq: 1, content: "Message 1", tokens_used: null, parent_user_session_id },
          { seq: 2, content: "Message 2", tokens_used: 34, parent_user_session_id },
        ],
      },
    }],
  });
});
