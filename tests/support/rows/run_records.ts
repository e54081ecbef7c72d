// Everything that the database holds of a run, as its user sees it, and what must be true of every run that ended.
import assert from "node:assert/strict";
import { z } from "zod";
import { Usage } from "../../../shared/contracts/usage.ts";
import type { TestUser } from "../stack/stack.ts";

const Message = z.object({
  seq: z.number(),
  sender_type: z.string(),
  role: z.string(),
  content: z.string(),
  reasoning: z.string().nullable(),
  model_used: z.string().nullable(),
  input_tokens: z.number().nullable(),
  output_tokens: z.number().nullable(),
  usage_estimated: z.boolean().nullable(),
});

const Records = z.object({
  status: z.string(),
  strategy: z.string().nullable(),
  usage: Usage.nullable(),
  finished_reason: z.string().nullable(),
  error: z.object({ kind: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
  finished_at: z.string().nullable(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  agents: z.array(z.object({ type: z.string(), status: z.string(), completed_at: z.string().nullable() })),
  plans: z.array(z.object({ status: z.string(), finished_at: z.string().nullable() })),
  executions: z.array(z.object({
    step_number: z.number(),
    status: z.string(),
    error: z.string().nullable(),
    usage: Usage.nullable(),
    finished_at: z.string().nullable(),
  })),
  threads: z.array(z.object({
    session_type: z.string(),
    step_number: z.number().nullable(),
    status: z.string(),
    finished_at: z.string().nullable(),
    message_count: z.number(),
    messages: z.array(Message),
  })),
  tool_calls: z.array(z.object({
    tool_call_id: z.string(),
    tool_name: z.string(),
    access: z.string().nullable(),
    status: z.string(),
    arguments: z.json(),
    error: z.string().nullable(),
  })),
});
export type RunRecords = z.infer<typeof Records> & {
  /** All of it as the database gave it, for looking for what must not be there. */
  text: string;
};

/** Reads a run whole, and checks that nothing of it was left open. */
export async function recordsOf(user: TestUser, run_id: string): Promise<RunRecords> {
  const { data, error } = await user.client.rpc("get_run", { p_run_id: run_id });
  if (error) throw error;
  const records = Records.parse(data);
  assert.ok(["completed", "failed"].includes(records.status), `the run is ${records.status}`);
  assert.ok(records.finished_at);
  const open = [
    ...records.agents.filter((agent) => agent.status === "active" || !agent.completed_at),
    ...records.threads.filter((thread) => thread.status === "active" || !thread.finished_at),
    ...records.plans.filter((plan) => plan.status === "executing" || !plan.finished_at),
    ...records.executions.filter((execution) => execution.status === "running" || !execution.finished_at),
  ];
  assert.deepEqual(open, [], "something of the run was left open");
  for (const thread of records.threads) assert.equal(thread.message_count, thread.messages.length);
  return { ...records, text: JSON.stringify(data) };
}

/** What the model wrote in the threads of one kind, with what was recorded of its calls. */
export function answersIn(records: RunRecords, step_number: number | null) {
  return records.threads
    .filter((thread) => thread.step_number === step_number)
    .flatMap((thread) => thread.messages)
    .filter((message) => message.model_used !== null);
}
