// What the agents need from the world, as interfaces. `tools`, `llm` and `db` implement them and
// `compose.ts` hands them in, so that everything in this folder is a function of its arguments.
import type { Failure } from "../contracts/errors.ts";
import type { StepEvent } from "../contracts/events.ts";
import type { ModelEvent, ModelMessage, ModelRequest, ToolSchema } from "../contracts/model.ts";
import type { Json } from "../contracts/text.ts";
import type { ToolAccess, ToolResult } from "../contracts/tool.ts";
import type {
  Batch,
  Claimant,
  ClaimedStep,
  ExistingRun,
  Reservation,
  RunOutcome,
  Settlement,
  StartedRun,
  StartRequest,
  StepOutcome,
  StepRef,
} from "./records.ts";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once, `ms` from now; the function that comes back takes it off again. */
  after(ms: number, fn: () => void): () => void;
}

export interface Ids {
  random(): string;
  /** The same uuid for the same parts, always: what makes a repeated write have its effect once. */
  derived(...parts: (string | number)[]): Promise<string>;
  /** An id with a secret, and the SHA-256 of the secret in hex. */
  sealed(): Promise<{ id: string; secret: string; seal: string }>;
}

export interface Log {
  error(message: string, details: Record<string, unknown>): void;
}

export interface Model {
  /** One turn. Never throws after the first pull; the contract stands in contracts/model.ts. */
  streamTurn(request: ModelRequest, options: { signal: AbortSignal }): AsyncIterable<ModelEvent>;
}

/** A tool as an agent is offered it. */
export interface OfferedTool {
  schema: ToolSchema;
  access: ToolAccess;
}

export interface ToolCallRequest {
  /** The id of the call's row, from which the ids of the rows it creates derive. */
  call_id: string;
  name: string;
  arguments: Json;
}

/** The tools one agent may use, and the only way to run them. */
export interface Toolbox {
  readonly offered: readonly OfferedTool[];
  /** Refuses what was not offered, by name, before the arguments are looked at. Never throws. */
  dispatch(call: ToolCallRequest): Promise<ToolResult>;
}

export type Permission = "read_only" | "read_write";

export interface ToolSource {
  /** The name and access of every tool there is. */
  readonly catalogue: readonly { name: string; access: ToolAccess }[];
  /** A toolbox of the named tools that the permission allows; unknown names are left out. */
  open(options: { permission: Permission; names: readonly string[]; time_zone: string }): Toolbox;
}

/** Counts the tokens of a prompt exactly as it would be sent, tool schemas included. */
export type TokenCounter = (messages: ModelMessage[], tools: readonly ToolSchema[]) => number;

/** What the agents remember. Every method is one transaction under the user's own rights. */
export interface Store {
  /** Errors: `not_found` for a session or entity that is not the user's, `conflict` for an unfinished run. */
  startRun(request: StartRequest): Promise<StartedRun | ExistingRun>;
  /** Errors: `conflict` when the run has ended or the events do not continue its log. */
  recordProgress(run_id: string, batch: Batch): Promise<void>;
  /** Ends a run as failed when `finishRun` was refused. */
  failRun(run_id: string, error: Failure): Promise<void>;
  /** Whether the run's user has asked for it to stop. */
  cancelRequested(run_id: string): Promise<boolean>;
  finishRun(run_id: string, outcome: RunOutcome, batch: Batch): Promise<void>;
  /** Errors: `not_found`; `conflict` when the step is not ready, not this agent's, or already claimed. */
  claimStep(step: StepRef, agent: Claimant): Promise<ClaimedStep>;
  finishStep(
    execution_id: string,
    outcome: StepOutcome,
    rows: Pick<Batch, "messages" | "tool_calls">,
  ): Promise<void>;
  /** Settles one model call, if any, and reserves the next. Gives the name of the budget that the next would break. */
  reserveUsage(run_id: string, next: Reservation, settled: Settlement | null): Promise<string | null>;
  settleUsage(settled: Settlement): Promise<void>;
  /** Puts the planner's answer into the thread of a step that asked, so that its next attempt goes on from there. */
  answerStep(step: StepRef, answer: string, planner_agent_id: string): Promise<void>;
}

/** Runs one step on `agent-executor` and streams what happens there. Throws AgentError when it can't. */
export type StepInvoker = (step: StepRef, options: { signal: AbortSignal }) => AsyncIterable<StepEvent>;
