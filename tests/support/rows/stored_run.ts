// All rows of one run, as a superuser sees them, with the columns that tests reason about parsed. Columns that
// a later migration adds are kept as they are.
import type { Sql } from "postgres";
import { z } from "zod";
import { FinishedReason, Strategy } from "../../../shared/contracts/events.ts";
import { PlanStep, StepResult } from "../../../shared/contracts/plan.ts";
import { Usage } from "../../../shared/contracts/usage.ts";

const Time = z.string();
const Moment = Time.nullable();

const Run = z.looseObject({
  id: z.string(),
  session_id: z.string(),
  status: z.string(),
  strategy: Strategy.nullable(),
  request: z.looseObject({ message: z.string() }),
  usage: Usage.nullable(),
  finished_reason: FinishedReason.nullable(),
  error: z.looseObject({ kind: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
  lease_generation: z.int(),
  cancel_requested_at: Moment,
  finished_at: Moment,
});

const EventRow = z.looseObject({
  run_id: z.string(),
  seq: z.int(),
  type: z.string(),
  at: Time,
  data: z.record(z.string(), z.json()),
});

const ChatMessage = z.looseObject({ id: z.string(), role: z.string(), content: z.string(), seq: z.int() });

const Agent = z.looseObject({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  completed_at: Moment,
});

const PlanRow = z.looseObject({
  id: z.string(),
  revision: z.int(),
  supersedes: z.string().nullable(),
  goal: z.string(),
  steps: z.array(PlanStep),
  status: z.string(),
  finished_at: Moment,
});

const Execution = z.looseObject({
  id: z.string(),
  plan_id: z.string(),
  step_number: z.int(),
  attempt: z.int(),
  worker: z.enum(["planner", "executor"]).nullable(),
  executor_agent_id: z.string().nullable(),
  agent_session_id: z.string().nullable(),
  status: z.enum(["running", "completed", "partial", "needs_input", "failed", "skipped", "cancelled"]),
  result: StepResult.nullable(),
  error: z.string().nullable(),
  created_at: Time,
  finished_at: Moment,
});

const ThreadRow = z.looseObject({
  id: z.string(),
  initial_context: z.record(z.string(), z.json()),
  planner_agent_id: z.string(),
  executor_agent_id: z.string().nullable(),
  plan_id: z.string().nullable(),
  step_number: z.int().nullable(),
  status: z.string(),
  message_count: z.int(),
  finished_at: Moment,
});

const ModelMessageRow = z.looseObject({
  id: z.string(),
  agent_session_id: z.string(),
  sender_type: z.string(),
  sender_agent_id: z.string().nullable(),
  seq: z.int(),
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string(),
  tool_calls: z.array(z.looseObject({ id: z.string(), name: z.string() })).nullable(),
  tool_call_id: z.string().nullable(),
  model_used: z.string().nullable(),
  input_tokens: z.int().nullable(),
  output_tokens: z.int().nullable(),
  created_at: Time,
});

const ToolCallRow = z.looseObject({
  id: z.string(),
  agent_id: z.string(),
  agent_session_id: z.string(),
  tool_call_id: z.string(),
  tool_name: z.string(),
  access: z.enum(["read", "write"]).nullable(),
  arguments: z.json(),
  /** Of a call whose arguments a person has changed. */
  proposed_arguments: z.json().default(null),
  status: z.string(),
  result: z.json().default(null),
  error: z.string().nullable(),
  created_at: Time,
  finished_at: Moment,
});

const LedgerRow = z.looseObject({
  id: z.string(),
  model_calls: z.int(),
  tool_calls: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
});

export const StoredRun = z.object({
  run: Run,
  events: z.array(EventRow),
  chat_messages: z.array(ChatMessage),
  agents: z.array(Agent),
  plans: z.array(PlanRow),
  executions: z.array(Execution),
  threads: z.array(ThreadRow),
  messages: z.array(ModelMessageRow),
  tool_calls: z.array(ToolCallRow),
  ledger: z.array(LedgerRow),
});
export type StoredRun = z.infer<typeof StoredRun>;
export type ExecutionRow = z.infer<typeof Execution>;

/** Reads a run whole. Throws when there is none, or when a row has another shape than the tables promise. */
export async function readStoredRun(sql: Sql, run_id: string): Promise<StoredRun> {
  const of = async (table: string, order: string) => {
    const rows = await sql`
      select to_jsonb(t) as row from ${sql(table)} t where run_id = ${run_id} order by ${sql.unsafe(order)}`;
    return rows.map(({ row }) => row);
  };
  const [run] = await sql`select to_jsonb(r) as row from agent_runs r where id = ${run_id}`;
  if (run === undefined) throw new Error(`There is no run ${run_id}`);
  return StoredRun.parse({
    run: run.row,
    events: await of("agent_run_events", "seq"),
    chat_messages: await of("chat_messages", "seq"),
    agents: await of("agents", "created_at, id"),
    plans: await of("agent_plans", "revision"),
    executions: await of("agent_executions", "plan_id, step_number, attempt"),
    threads: await of("agent_chat_sessions", "created_at, id"),
    messages: await of("agent_chat_messages", "agent_session_id, seq"),
    tool_calls: await of("agent_tool_calls", "created_at, id"),
    ledger: await of("usage_ledger", "reserved_at, id"),
  });
}
