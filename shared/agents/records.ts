// What passes between the agents and the store: the shapes of a run's state, and the rows that one transaction
// writes. Times are ISO 8601, ids are uuids.
import type { Failure } from "../contracts/errors.ts";
import type { AgentRef, EventType, FinishedReason, Strategy } from "../contracts/events.ts";
import type { ModelMessage, ModelProfile, ToolCallMessage } from "../contracts/model.ts";
import type { PlanStep, StepResult } from "../contracts/plan.ts";
import type { ChatRequest } from "../contracts/request.ts";
import type { Json } from "../contracts/text.ts";
import type { ToolAccess } from "../contracts/tool.ts";
import type { Usage } from "../contracts/usage.ts";

export interface StartRequest {
  request: Omit<ChatRequest, "stream">;
  agent: {
    name: string;
    model_preference: ModelProfile;
    available_tools: string[];
    system_prompt: string;
  };
  /** Of the first model call. */
  reservation: Reservation;
  lease_seconds: number;
}

/** The largest cost of a model call, before it is made; `seal` is the SHA-256 of the secret that settles it. */
export interface Reservation {
  id: string;
  seal: string;
  input_tokens: number;
  output_tokens: number;
}

/** The real cost of a reserved call, and of the tool calls that came of it. */
export interface Settlement {
  id: string;
  secret: string;
  model_calls: number;
  tool_calls: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
}

export interface ExistingRun {
  existing: true;
  run_id: string;
  session_id: string;
}

export interface StartedRun {
  existing: false;
  run_id: string;
  session_id: string;
  user_message_id: string;
  agent_id: string;
  thread_id: string;
  /** When the run started, ISO 8601: the time of its `session` event. */
  at: string;
  /** Earlier messages of the session, oldest first. */
  history: { role: "user" | "assistant"; content: string }[];
  overview: Json;
  entity: Json;
  summary: string | null;
}

export interface RunOutcome {
  status: "completed" | "failed" | "cancelled";
  strategy: Strategy | null;
  usage: Usage;
  finished_reason?: FinishedReason;
  error?: Failure;
  message_id?: string;
  answer?: string;
  /** Of the last model call. */
  settlement?: Settlement;
}

export interface StepRef {
  plan_id: string;
  step_number: number;
}

/** Who claims a step, and which tools of the catalogue it may have. */
export type Claimant =
  & { allowed_tools: string[]; reservation: Reservation }
  & (
    | { type: "planner"; id: string }
    | { type: "executor"; model_preference: ModelProfile; system_prompt: string }
  );

export interface ClaimedStep {
  execution_id: string;
  attempt: number;
  run_id: string;
  session_id: string;
  agent_id: string;
  thread_id: string;
  step: PlanStep;
  goal: string;
  user_message: string;
  time_zone: string;
  /** What the steps it depends on handed back. */
  earlier_results: { step_number: number; result: StepResult | null }[];
  /** The thread so far; not empty when the step goes on after a question. */
  messages: StoredMessage[];
}

export interface StoredMessage {
  seq: number;
  sender: Sender;
  message: ModelMessage;
}

export interface StepOutcome {
  status: StepResult["status"] | "cancelled";
  result: StepResult;
  error?: string;
  usage: Usage;
  duration_ms: number;
  tool_calls_made: number;
  /** Of the last model call. */
  settlement: Settlement;
}

export type Sender = "system" | "user" | "planner" | "executor" | "tool";

/** Rows of one transaction, by table. */
export interface Batch {
  plans: PlanRow[];
  plan_updates: { id: string; status: "completed" | "failed" | "cancelled" }[];
  threads: ThreadRow[];
  executions: ExecutionRow[];
  messages: MessageRow[];
  tool_calls: ToolCallRow[];
  events: EventRow[];
}

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
  parent_session_id: string;
  plan_id?: string;
  step_number?: number;
  planner_agent_id: string;
  created_at: string;
}

/** Only for steps that nobody worked on: claiming a step inserts the row of any other. */
export interface ExecutionRow {
  id: string;
  plan_id: string;
  step_number: number;
  attempt: number;
  session_id: string;
  task: string;
  status: "skipped";
  error: string;
  finished_at: string;
}

export interface MessageRow {
  id: string;
  thread_id: string;
  seq: number;
  sender_type: Sender;
  sender_agent_id: string | null;
  role: ModelMessage["role"];
  content: string;
  tool_calls?: ToolCallMessage[];
  tool_call_id?: string;
  reasoning?: string;
  model_used?: string;
  input_tokens?: number;
  output_tokens?: number;
  cached_tokens?: number;
  cost_usd?: number | null;
  usage_estimated?: boolean;
  created_at: string;
}

export interface ToolCallRow {
  id: string;
  agent_id: string;
  thread_id: string;
  tool_call_id: string;
  tool_name: string;
  /** Null for the agents' own tools and for one that does not exist. */
  access: ToolAccess | null;
  arguments: Json;
  status: "succeeded" | "failed" | "rejected";
  result: Json;
  error?: string;
  duration_ms: number;
  created_at: string;
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
