// Rows as a client reads them: a user's runs, one of them whole, sessions and their messages. Tables have more columns;
// those pass as they come.
import type { ApprovalScope, Effect, Why } from "./approval.ts";
import type { Failure } from "./errors.ts";
import type { FinishedReason, Strategy } from "./events.ts";
import type { MessageKind } from "./message_kind.ts";
import type { PlanStep, StepResult } from "./plan.ts";
import type { Open } from "./read_event.ts";
import type { Json } from "./text.ts";
import type { Usage } from "./usage.ts";

export type RunStatus = "running" | "awaiting_approval" | "completed" | "failed" | "cancelled";

/** A run in a list. */
export interface RunRow {
  id: string;
  session_id: string;
  request_key: string | null;
  status: Open<RunStatus>;
  /** It is running and nobody works on it: its owner is gone, and nobody has come back to it. */
  abandoned: boolean;
  strategy: Open<Strategy> | null;
  usage: Usage | null;
  finished_reason: Open<FinishedReason> | null;
  error: Open<Failure> | null;
  created_at: string;
  finished_at: string | null;
}

/** A run whole: what was asked, planned, done, said and spent. */
export interface RunDetails extends RunRow {
  request: Json;
  time_zone: string;
  cancel_requested_at: string | null;
  /** When its texts were deleted: from then on they are empty here. */
  purged_at: string | null;
  messages: ChatMessage[];
  agents: AgentView[];
  plans: PlanView[];
  executions: ExecutionView[];
  threads: ThreadView[];
  tool_calls: ToolCallView[];
}

export interface AgentView {
  id: string;
  type: Open<"planner" | "executor">;
  name: string;
  available_tools: string[];
  permissions: Open<"read_only" | "read_write">;
  status: Open<"active" | "completed" | "failed" | "cancelled">;
  created_at: string;
  completed_at: string | null;
}

export interface PlanView {
  id: string;
  goal: string;
  steps: PlanStep[];
  revision: number;
  supersedes: string | null;
  status: Open<"pending" | "executing" | "completed" | "failed" | "cancelled">;
  created_at: string;
  finished_at: string | null;
}

/** One attempt at a step; attempt 0 of a step that was skipped. */
export interface ExecutionView {
  id: string;
  plan_id: string;
  step_number: number;
  attempt: number;
  executor_agent_id: string | null;
  agent_session_id: string | null;
  status: Open<"running" | "completed" | "partial" | "needs_input" | "failed" | "skipped" | "cancelled">;
  result: Open<StepResult> | null;
  error: string | null;
  usage: Usage | null;
  duration_ms: number | null;
  created_at: string;
  finished_at: string | null;
}

/** What was said between an agent and its model. */
export interface ThreadView {
  id: string;
  session_type: Open<"planner_thinking" | "planner_executor">;
  plan_id: string | null;
  step_number: number | null;
  executor_agent_id: string | null;
  initial_context: Json;
  status: AgentView["status"];
  created_at: string;
  finished_at: string | null;
  messages: ThreadMessage[];
}

export interface ThreadMessage {
  id: string;
  seq: number;
  kind: Open<MessageKind>;
  role: Open<"system" | "user" | "assistant" | "tool">;
  content: string;
  tool_calls: Json;
  tool_call_id: string | null;
  reasoning: string | null;
  model_used: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  created_at: string;
}

export interface ToolCallView {
  /** The `tool_call_id` of the events. */
  id: string;
  agent_id: string;
  agent_session_id: string;
  tool_name: string;
  access: Open<"read" | "write"> | null;
  arguments: Json;
  status: Open<
    "proposed" | "awaiting_approval" | "approved" | "rejected" | "executing" | "succeeded" | "failed"
  >;
  /** What an agent asked for, where a person has put other `arguments` in their place. */
  proposed_arguments: Json;
  /** Why it was not simply made, what it would change, or why that is not known; null where nobody was asked. */
  why: Open<Why>[] | null;
  effects: Open<Effect>[] | null;
  problem: string | null;
  /** What remembering its approval would allow, in words. */
  remember: string | null;
  expires_at: string | null;
  /** Null where no person has decided. */
  decision: DecisionView | null;
  /** `{ ok, data, message }` or `{ ok, error, message }`, uncut. */
  result: Json;
  error: string | null;
  duration_ms: number | null;
  created_at: string;
  finished_at: string | null;
}

/** What a person has decided on a call. */
export interface DecisionView {
  call_id: string;
  approved: boolean;
  shown_sha256: string;
  /** The arguments that they have put in the place of those that were proposed. */
  edited: Json;
  effects: Open<Effect>[] | null;
  reason: string | null;
  scope: Open<ApprovalScope>;
  decided_at: string;
  decided_session: string | null;
}

export type SessionStatus = "active" | "archived";

/** A conversation. */
export interface ChatSession {
  id: string;
  title: string;
  context_type: string;
  entity_id: string | null;
  /** The id that a client has chosen for it; null where none has. */
  client_id: string | null;
  status: Open<SessionStatus>;
  /** The client's own; the engine does not read it. */
  preferences: Json;
  created_at: string;
  /** When a run last started or ended in it. */
  updated_at: string;
}

/** One message of a conversation, as its user sees it. */
export interface ChatMessage {
  id: string;
  session_id: string;
  role: Open<"user" | "assistant">;
  content: string;
  run_id: string | null;
  /** Counts from 1 within the session. */
  seq: number;
  created_at: string;
}
