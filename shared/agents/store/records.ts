// What passes between the agents and the store: a run and a step as their owners get them, and what the owners
// hand in. Times are ISO 8601, ids are uuids.
import type { Effect, SettledBy, Why } from "../../contracts/approval.ts";
import type { Cut } from "../../contracts/cut.ts";
import type { Failure } from "../../contracts/errors.ts";
import type { FinishedReason, RunEvent, Strategy } from "../../contracts/events.ts";
import type { MessageKind, MetLimit } from "../../contracts/message_kind.ts";
import type { ModelAttempt, ModelMessage, ModelProfile } from "../../contracts/model.ts";
import type { Plan, PlanStep, StepResult } from "../../contracts/plan.ts";
import type { ChatRequest } from "../../contracts/request.ts";
import type { Json } from "../../contracts/text.ts";
import type { ShownRow, ToolResult } from "../../contracts/tool_result.ts";
import type { Usage } from "../../contracts/usage.ts";
import type { Batch, Sender, ToolCallOutcome } from "./rows.ts";

export interface StartRequest {
  request: Omit<ChatRequest, "stream">;
  agent: {
    model_preference: ModelPreference;
    available_tools: string[];
    system_prompt: string;
  };
  /** Of the first model call. */
  reservation: Reservation;
  lease_seconds: number;
}

/** Which models an agent asks, in order. */
export interface ModelPreference {
  profile: ModelProfile;
  models: readonly string[];
}

/**
 * The most that one attempt at a model call may cost, before it is sent; `seal` is the SHA-256 of the secret that
 * settles it. The id names the attempt: a start or a claim that is made again with it is the same one.
 */
export interface Reservation {
  id: string;
  seal: string;
  input_tokens: number;
  output_tokens: number;
  /** Null where a price is not known. */
  cost_usd: number | null;
  /** That may come of the call; the ledger may grant fewer. */
  tool_calls: number;
  /** `may_be_last`: where it breaks the run's budget, it may be the one call beyond it. */
  beyond_budget: "may_be_last" | "never";
  /** Its thread; null where there is none, and at a start or claim, where the store alone knows it. */
  agent_session_id: string | null;
  /** Which attempt at its turn it is, from 1. */
  attempt: number;
}

/** What became of a reservation. */
export interface Reserved {
  /** The budget of the run that the call breaks, or `user quota`, or null. */
  broken_budget: string | null;
  /** The call may be made. Where it may not, nothing was reserved. */
  allowed: boolean;
  /** How many tool calls may come of it. */
  tool_calls: number;
}

/** Who claims a run. */
export interface RunClaim {
  reservation: Reservation;
  lease_seconds: number;
}

/** What is kept of a call that was made; of its prompt what was cut. */
export type MadeCall = Omit<ModelAttempt, "started_at"> & { started_at: string; cuts: readonly Cut[] };

/** The real cost of a reserved call, and of the tool calls that came of it, with what is kept of one that was made. */
export interface Settlement extends Partial<MadeCall> {
  id: string;
  secret: string;
  /** The message of the thread that it made. */
  message_seq?: number;
  model_calls: number;
  tool_calls: number;
  input_tokens: number;
  /** Of these, the ones out of the host's prompt cache. */
  cached_tokens: number;
  output_tokens: number;
  /** Null where it is not known. */
  cost_usd: number | null;
}

export interface ExistingRun {
  existing: true;
  run_id: string;
  session_id: string;
}

/** The right to write to a run. Each owner has a generation of its own; only the latest one counts. */
export interface RunLease {
  run_id: string;
  generation: number;
}

/** All that the owner of a run has to know to resume it, whether it has just begun or was taken over. */
export interface OwnedRun extends RunLease {
  /** What became of the reservation that it was started or claimed with. */
  reserved: Reserved;
  session_id: string;
  agent_id: string;
  thread_id: string;
  message: string;
  time_zone: string;
  /** How long the owners before had it, in milliseconds. */
  worked_ms: number;
  cancel_requested: boolean;
  /** What the planner's own calls have cost so far. */
  usage: Usage | null;
  /** Null once the planner's thread has begun. */
  opening: Opening | null;
  /** Earlier messages of the session as the planner's thread was opened with them. */
  history: HistoryMessage[];
  /** The tokens that the history had room for, where it was opened with the finding that a summary is due. */
  summary_due: number | null;
  /** The planner's thread. */
  messages: StoredMessage[];
  /** The tool calls of that thread whose outcome is known. */
  tool_calls: StoredCall[];
  /** Its calls that were proposed, and have none. */
  open_calls: PendingCall[];
  /** The read tools whose calls are proposed as writes are. */
  guarded_reads: string[];
  /** Its log, without the texts. */
  events: RunEvent[];
  last_seq: number;
  /** The last part of text in its log. */
  last_text: TextPart | null;
  /** Every revision of its plan, oldest first. */
  plans: Plan[];
  /** The latest execution of each step. */
  steps: StepRecord[];
}

export interface StartedRun extends OwnedRun {
  existing: false;
}

/** A part of text: its number, and the message of the planner's thread that it belongs to. */
export interface TextPart {
  part: number;
  message_id: string;
}

/** What the first prompt is made of. */
export interface Opening {
  /** The newest summary of the session. */
  summary: string | null;
  /** The messages after those that the summary covers, oldest first. */
  history: HistoryMessage[];
  /** There are older ones, between the summary and these. */
  history_cut: boolean;
  overview: Json;
  entity: Json;
  /** The rows whose text overview and entity show. */
  shown_rows: ShownRow[];
}

/** What a session's next summary is made of. */
export interface Unsummarised {
  /** The next summary's. */
  number: number;
  /** The newest summary. */
  summary: string | null;
  /** The oldest messages after those that it covers: all up to `last_seq`, or as many as one prompt could take. */
  messages: (HistoryMessage & { seq: number; changed: Json })[];
  /** Of the last message of the run. */
  last_seq: number;
}

export interface Summary {
  number: number;
  content: string;
  /** The last message that it covers. */
  upto_seq: number;
  model_used: string;
  input_tokens: number;
  output_tokens: number;
}

/** What was said before; no row of the thread, but of its `initial_context`. */
export interface HistoryMessage {
  role: "user" | "assistant";
  content: string;
}

/** A message of a thread. A `limit` says which limit it tells of. */
export type StoredMessage =
  & { id: string; seq: number; sender: Sender; message: ModelMessage }
  & MessagePurpose;

export type MessagePurpose =
  | { kind: Exclude<MessageKind, "limit"> }
  | { kind: "limit"; limit: MetLimit };

export interface StoredCall {
  id: string;
  tool_name: string;
  status: ToolCallOutcome["status"];
  /** Those that counted: of a call that was edited, the person's. */
  arguments: Json;
  result: ToolResult;
  /** It changed rows, and its user may take that back. */
  undoable?: true;
  duration_ms: number;
  /** Where a person was asked. */
  decision: Decision | null;
}

/** What became of a call that a person was asked about. */
export interface Decision {
  approved: boolean;
  /** With other arguments than were proposed. */
  edited: boolean;
  reason: string | null;
  by: SettledBy;
}

/** A call whose outcome is not known: it waits for a person, or was approved and not told of since. */
export interface PendingCall {
  id: string;
  tool_name: string;
  status: "awaiting_approval" | "approved" | "executing";
  /** Those that count: of a call that was edited, the person's. */
  arguments: Json;
  arguments_sha256: string;
  why: Why[];
  effects: Effect[] | null;
  /** Why there are no effects. */
  problem: string | null;
  expires_at: string | null;
  /** What remembering its approval would allow, in words. */
  remember: string | null;
  decision: Decision | null;
}

export interface RunOutcome {
  status: "completed" | "failed" | "cancelled";
  strategy: Strategy | null;
  /** Of the planner's own calls; the store adds what the steps have cost. */
  usage: Usage;
  finished_reason?: FinishedReason;
  error?: Failure;
  /** Without one, the session is told why the run ended, and what it had done. */
  answer?: string;
  /** Of the last model call. */
  settlement: Settlement | null;
}

export interface StepRef {
  plan_id: string;
  step_number: number;
}

/** Who claims a step, and which tools of the catalogue it may have. */
export type Claimant =
  & { allowed_tools: string[]; reservation: Reservation; lease_seconds: number }
  & (
    | { type: "planner"; id: string; generation: number }
    | { type: "executor"; model_preference: ModelPreference; system_prompt: string }
  );

/** The right to write to an execution. */
export interface StepLease {
  execution_id: string;
  /** The run's, where the planner is at work, or else the execution's own. */
  generation: number;
}

export interface ClaimedStep extends StepLease {
  /** What became of the reservation that it was claimed with. */
  reserved: Reserved;
  attempt: number;
  run_id: string;
  session_id: string;
  agent_id: string;
  planner_agent_id: string;
  thread_id: string;
  step: PlanStep;
  goal: string;
  user_message: string;
  time_zone: string;
  /** What the steps it depends on handed back. */
  earlier_results: { step_number: number; result: StepResult | null }[];
  /** What this attempt has cost and done so far, where it is resumed. */
  usage: Usage | null;
  tool_calls_made: number;
  /** The thread so far; not empty when the step is resumed after a question, or after its worker's lease expired. */
  messages: StoredMessage[];
  tool_calls: StoredCall[];
  open_calls: PendingCall[];
  guarded_reads: string[];
}

/** What a worker stores of its step on the way. */
export interface StepProgress {
  rows: Pick<Batch, "messages" | "tool_calls">;
  usage: Usage;
  tool_calls_made: number;
}

export interface StepOutcome {
  status: StepResult["status"] | "cancelled";
  result: StepResult;
  error?: string;
  duration_ms: number;
  /** Of the last model call. */
  settlement: Settlement | null;
}

/** What the planner says to an executor that asked, with the rows of the call that made it. */
export interface PlannerAnswer {
  content: string;
  planner_agent_id: string;
  rows: Pick<Batch, "threads" | "messages">;
  /** What the planner's own calls have cost, this one included. */
  usage: Usage;
}

export type ExecutionStatus =
  | "running"
  | "completed"
  | "partial"
  | "needs_input"
  | "failed"
  | "skipped"
  | "cancelled";

/** The latest execution of a step. */
export interface StepRecord extends StepRef {
  attempt: number;
  status: ExecutionStatus;
  result: StepResult | null;
  error: string | null;
}

/** A step as the planner sees it while it waits. */
export interface StepView {
  attempt: number;
  status: ExecutionStatus;
  result: StepResult | null;
  error: string | null;
  usage: Usage | null;
  duration_ms: number | null;
  /** Null for the planner's own step. */
  executor_agent_id: string | null;
  /** It is running, and its worker has let the lease expire or has released it. */
  lease_expired: boolean;
  /** Released for hand-off: the next worker resumes this attempt. */
  released: boolean;
  /** It asked, and the planner has answered. */
  answered: boolean;
  /** Released until a person decides on a call of it. */
  awaiting: boolean;
  tool_calls: (StoredCall & { error: string | null })[];
  /** The calls of its thread that were proposed, and have no outcome. */
  open_calls: PendingCall[];
}
