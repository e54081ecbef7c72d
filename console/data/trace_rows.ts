// The rows that a trace is drawn from: what the light requests read, without contents. What is known of a run under
// way has the same shape, made of its events.
import { fields, isNumber, nullable } from "./guards.ts";

/** What a run was asked for, and how it stands. */
export interface TraceRun {
  id: string;
  session_id: string;
  message: string | null;
  status: string;
  strategy: string | null;
  finished_reason: string | null;
  error: { message: string } | null;
  usage: TraceUsage | null;
  takeovers: number;
  cancel_requested_at: string | null;
  lease_expires_at: string;
  created_at: string;
  finished_at: string | null;
}

export interface TraceUsage {
  model_calls: number;
  input_tokens: number;
  cached_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
}

export const isUsage = fields<TraceUsage>({
  model_calls: isNumber,
  input_tokens: isNumber,
  cached_tokens: isNumber,
  output_tokens: isNumber,
  cost_usd: nullable(isNumber),
});

/** One conversation of an agent with its model: the planner's own, or that of a step. */
export interface TraceThread {
  id: string;
  plan_id: string | null;
  step_number: number | null;
}

export interface TracePlan {
  id: string;
  revision: number;
  goal: string;
  status: string;
  steps: { step_number: number; title: string; executor_required: boolean }[];
  created_at: string;
  finished_at: string | null;
}

/** One attempt at a step. */
export interface TraceStep {
  id: string;
  plan_id: string;
  step_number: number;
  attempt: number;
  /** `planner` or `executor`; null where nobody worked at it. */
  worker: string | null;
  status: string;
  error: string | null;
  agent_session_id: string | null;
  created_at: string;
  finished_at: string | null;
}

/** One attempt at a model call. */
export interface TraceModelCall {
  id: string;
  agent_session_id: string | null;
  message_seq: number | null;
  attempt: number;
  model_asked: string | null;
  model_answered: string | null;
  failure: string | null;
  end_reason: string | null;
  first_token_ms: number | null;
  input_tokens: number | null;
  cached_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  started_at: string;
  ended_at: string | null;
}

export interface TraceToolCall {
  id: string;
  agent_session_id: string;
  tool_name: string;
  /** `read` or `write`; null for what is handed in: a plan, a result. */
  access: string | null;
  status: string;
  error: string | null;
  duration_ms: number | null;
  created_at: string;
  finished_at: string | null;
}

/** What happened to the run as a whole, from its log. */
export interface TraceMoment {
  type: string;
  at: string;
  /** Of a take-over. */
  why: string | null;
  /** Of what the planner has decided on, which its run's row has at the end. */
  strategy: string | null;
}

export interface TraceRows {
  run: TraceRun;
  threads: TraceThread[];
  plans: TracePlan[];
  steps: TraceStep[];
  model_calls: TraceModelCall[];
  tool_calls: TraceToolCall[];
  moments: TraceMoment[];
}
