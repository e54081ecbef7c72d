// The rows that one transaction of the store writes, by table. Times are ISO 8601, ids are uuids.
import type { Effect, Why } from "../../contracts/approval.ts";
import type { Cut } from "../../contracts/cut.ts";
import type { AgentRef, EventType, RunEvent } from "../../contracts/events.ts";
import type { MessageKind, MetLimit } from "../../contracts/message_kind.ts";
import type { Echo, ModelMessage, ToolCallMessage } from "../../contracts/model.ts";
import type { PlanStep } from "../../contracts/plan.ts";
import type { Json } from "../../contracts/text.ts";
import type { ShownRow, ToolAccess, ToolResult } from "../../contracts/tool_result.ts";
import type { Usage } from "../../contracts/usage.ts";

export type Sender = "system" | "user" | "planner" | "executor" | "tool";

/** Rows of one transaction, by table. */
export interface Batch {
  /** What the planner's own calls have cost so far. */
  usage?: Usage;
  plans: PlanRow[];
  plan_updates: { id: string; status: PlanStatus }[];
  /** What the planner's own steps have cost so far, with the messages that tell of it. */
  step_usage: { execution_id: string; usage: Usage }[];
  threads: ThreadRow[];
  openings: OpeningRow[];
  executions: ExecutionRow[];
  messages: MessageRow[];
  tool_calls: (ToolCallRow | GivenUpCall)[];
  events: EventRow[];
}

/** What a plan becomes, that is stored as `pending`; a run that ends otherwise closes it. */
export type PlanStatus = "executing" | "completed" | "failed";

export interface PlanRow {
  id: string;
  planner_agent_id: string;
  user_message: string;
  goal: string;
  steps: PlanStep[];
  revision: number;
  supersedes?: string;
}

export interface ThreadRow {
  id: string;
  session_type: "planner_thinking" | "planner_executor";
  plan_id?: string;
  step_number?: number;
  planner_agent_id: string;
  executor_agent_id?: string | null;
  initial_context: Record<string, Json>;
  created_at: string;
}

/** What the run's own thread is opened with, beside what its start knows. Counts before its first message only. */
export interface OpeningRow {
  thread_id: string;
  initial_context: Record<string, Json>;
}

/** Only for steps that nobody worked on: claiming a step inserts the row of any other. */
export interface ExecutionRow {
  id: string;
  plan_id: string;
  step_number: number;
  attempt: 0;
  status: "skipped";
  error: string;
}

export interface MessageRow {
  id: string;
  agent_session_id: string;
  seq: number;
  kind: MessageKind;
  /** Of a `limit`: which one. */
  detail?: MetLimit;
  sender_type: Sender;
  sender_agent_id: string | null;
  role: ModelMessage["role"];
  content: string;
  tool_calls?: ToolCallMessage[];
  tool_call_id?: string;
  reasoning?: string;
  echo?: Echo;
  cut_off?: true;
  /** What was not sent whole: of this message, or of the prompt that this turn answers. */
  cut?: Cut[];
  /** The rows whose text it shows. */
  shown_rows?: ShownRow[];
  model_used?: string;
  input_tokens?: number;
  output_tokens?: number;
  cached_tokens?: number;
  cost_usd?: number | null;
  usage_estimated?: boolean;
  cost_estimated?: boolean;
  created_at: string;
}

/**
 * A write is proposed before it is made, and stored once more with its outcome; before that with its preview, where a
 * person is asked.
 */
export type ToolCallRow = ProposedCall | PreviewedCall | (ToolCallHead & ToolCallOutcome);

/** A call that was proposed by others, and that nobody will make. */
export type GivenUpCall = Pick<ToolCallHead, "id"> & ToolCallOutcome;

export type ProposedCall = ToolCallHead & { status: "proposed"; result: null };

/** `problem` says why there are no effects. */
export type PreviewedCall = ToolCallHead & {
  status: "awaiting_approval";
  result: null;
  effects: Effect[] | null;
  problem: string | null;
};

/** What the database makes of a proposal; on one that it has heard before, where that stands. */
export interface Verdict {
  status: "approved" | "awaiting_approval" | "executing" | ToolCallOutcome["status"];
  arguments_sha256: string;
  why: Why[];
  /** Until when a person who is asked can decide. */
  expires_at: string | null;
  /** What remembering an approval would allow, in words; null where that can't help. */
  remember: string | null;
  /** What the model is told of a call that was rejected, or else null. */
  result: ToolResult | null;
}

/** By the id of the call. */
export type Verdicts = Readonly<Record<string, Verdict>>;

/** What the database says to a worker that writes. */
export interface Heard {
  /** The user has asked for the run to stop. */
  cancelled?: boolean;
}

/** What the database says of a batch. */
export interface Recorded extends Heard {
  verdicts: Verdicts;
  /** Of the events of the batch, the number of the first by which the run had read text from outside. */
  tainted_from?: number;
}

interface ToolCallHead {
  id: string;
  agent_id: string;
  agent_session_id: string;
  tool_call_id: string;
  tool_name: string;
  /** Null for the agents' own tools and for one that does not exist. */
  access: ToolAccess | null;
  arguments: Json;
  created_at: string;
}

export interface ToolCallOutcome {
  status: "succeeded" | "failed" | "rejected";
  result: Json;
  error?: string;
  duration_ms: number;
  finished_at: string;
}

export interface EventRow {
  seq: number;
  type: EventType;
  at: string;
  agent: AgentRef | null;
  /** The event's own fields. */
  data: Record<string, unknown>;
}

/** Notes where a plan stands; of what one transaction is told of it, the last counts. */
export function markPlan(rows: Pick<Batch, "plan_updates">, id: string, status: PlanStatus): void {
  const others = rows.plan_updates.filter((one) => one.id !== id);
  rows.plan_updates = [...others, { id, status }];
}

export function emptyBatch(): Batch {
  return {
    plans: [],
    plan_updates: [],
    step_usage: [],
    threads: [],
    openings: [],
    executions: [],
    messages: [],
    tool_calls: [],
    events: [],
  };
}

/** Of a batch beside its events. */
export function isEmpty(tables: Omit<Batch, "events" | "usage">): boolean {
  return Object.values(tables).every((rows) => rows.length === 0);
}

/** Whether its run was tainted by then is for the database to say. */
export function eventRow({ seq, type, at, agent, run_id: _, tainted: __, ...data }: RunEvent): EventRow {
  return { seq, type, at, agent: agent ?? null, data };
}
