// What the agents need from the world, as interfaces. `tools`, `llm` and `db` implement them and
// `compose.ts` hands them in, so that everything in this folder is a function of its arguments.
import type { Effect } from "../contracts/approval.ts";
import type { Failure } from "../contracts/errors.ts";
import type { RunEvent, StepEvent } from "../contracts/events.ts";
import type {
  ModelAttempt,
  ModelEvent,
  ModelMessage,
  ModelProfile,
  ModelRequest,
  ToolSchema,
} from "../contracts/model.ts";
import type { Json } from "../contracts/text.ts";
import type { ToolAccess, ToolResult } from "../contracts/tool_result.ts";
import type { Usage } from "../contracts/usage.ts";
import type {
  Claimant,
  ClaimedStep,
  ExistingRun,
  OwnedRun,
  PlannerAnswer,
  Reservation,
  Reserved,
  RunClaim,
  RunLease,
  RunOutcome,
  Settlement,
  StartedRun,
  StartRequest,
  StepLease,
  StepOutcome,
  StepProgress,
  StepRef,
  StepView,
  Summary,
  Unsummarised,
} from "./store/records.ts";
import type { Batch, Heard, Recorded } from "./store/rows.ts";

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
  /** The models of each profile in the order in which they are asked; none where the settings lack them. */
  readonly models: Readonly<Record<ModelProfile, readonly string[]>>;
  /** The dearest that each profile may ask; null where the price of one is not known. */
  readonly prices: Readonly<Record<ModelProfile, TokenPrice | null>>;
  /** One turn. Never throws after the first pull; the contract stands in contracts/model.ts. */
  streamTurn(request: ModelRequest, options: TurnOptions): AsyncIterable<ModelEvent>;
}

/** In US dollars per million tokens. */
export interface TokenPrice {
  input: number;
  output: number;
}

export interface TurnOptions {
  signal: AbortSignal;
  /**
   * Asked before the turn is attempted once more, with what the attempt that failed has cost, which the turn's end does
   * not tell again. False: it is not attempted once more.
   */
  again?(spent: Usage): Promise<boolean>;
  /** Told of each attempt when it has ended, before `again` is asked and before the turn ends. */
  onAttempt?(attempt: ModelAttempt): void;
}

/** A tool that there is. */
export interface KnownTool {
  name: string;
  /** For people. */
  title: string;
  access: ToolAccess;
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

/** What a tool says, which the model is told, and whether the user may take back what it changed. */
export type ToolOutcome = ToolResult & { undoable?: true };

/** What a call would do, found out without doing it. */
export type Preview =
  | { kind: "effects"; effects: Effect[] }
  /** It would change nothing, and has nothing to be asked for: the model is told `result`. */
  | { kind: "unchanged"; result: ToolResult }
  /** It can't be done, as the tool itself says: nobody need be asked, and the model is told `result`. */
  | { kind: "refused"; result: ToolResult }
  /** Whoever is asked is shown the arguments alone, and why. */
  | { kind: "unknown"; problem: string };

/** Arguments that a person has put in the place of a call's own. */
export type Edited =
  /**
   * They don't fit, or could not be tried out: which field, such as `arguments.title`, and a sentence. It is `forbidden`
   * where the token is no agent's and has to be.
   */
  | { ok: false; kind: "bad_request" | "forbidden"; field: string; problem: string }
  /** As the tool reads them, and what the call would do with them; null for a tool of which there is no dry run. */
  | { ok: true; arguments: Record<string, Json>; effects: Effect[] | null };

/** The tools one agent may use, and the only way to run them. */
export interface Toolbox {
  readonly offered: readonly OfferedTool[];
  /**
   * A call's arguments as its tool acts on them, slips mended: what policy judges, a person is shown and the row keeps.
   * Those of a tool that was not offered stay as they are.
   */
  argumentsOf(call: Pick<ToolCallRequest, "name" | "arguments">): Json;
  /** Refuses what was not offered, by name, before the arguments are looked at. Never throws. */
  dispatch(call: ToolCallRequest): Promise<ToolOutcome>;
  /** A dry run of a call that is open. Leaves nothing behind. Refuses as `dispatch` does. Never throws. */
  preview(call: ToolCallRequest): Promise<Preview>;
}

export type Permission = "read_only" | "read_write";

export interface ToolSource {
  /** Every tool there is. */
  readonly catalogue: readonly KnownTool[];
  /** A toolbox of the named tools that the permission allows; unknown names are left out. */
  open(options: { permission: Permission; names: readonly string[]; time_zone: string }): Toolbox;
  /** Reads and tries what a person would have an open call do instead. Leaves nothing behind. Never throws. */
  edit(call: ToolCallRequest, time_zone: string): Promise<Edited>;
}

/** Counts the tokens of a prompt exactly as it would be sent, tool schemas included. */
export type TokenCounter = (messages: ModelMessage[], tools: readonly ToolSchema[]) => number;

/**
 * What the agents remember. Every method is one transaction under the user's own rights. What takes a lease fails
 * with LeaseLostError once another worker has it, and everything with StoreUnavailable while the database does not
 * answer; what counts once may be called again when its answer was lost.
 */
export interface Store {
  /** Errors: `not_found` for a session or entity that is not the user's, `conflict` for an unfinished run. */
  startRun(request: StartRequest): Promise<StartedRun | ExistingRun>;
  /**
   * Takes over a run whose lease has expired, or that waited for a person and does no more; null when it has ended,
   * which it does where its user's quota is used up. Errors: `not_found`; RunHasOwnerError; RunAwaitsError;
   * UnreadableRun: it is claimed, and can only be failed.
   */
  claimRun(run_id: string, claim: RunClaim): Promise<OwnedRun | null>;
  /** Whether the run's user has asked for it to stop. */
  heartbeatRun(lease: RunLease): Promise<boolean>;
  /** Lets the next one claim the run at once. */
  releaseRun(lease: RunLease, settled: Settlement | null): Promise<void>;
  /**
   * Has the run wait for a person: gives the event `run_paused` as it is stored. Null where nothing waits any more: then
   * it is released, for whoever claims it next. Counts once.
   */
  parkRun(lease: RunLease, batch: Batch, settled: Settlement | null): Promise<RunEvent | null>;
  /**
   * Counts once. Gives the verdicts on the calls that the batch proposes. Errors: `conflict` when the events do not
   * continue the run's log.
   */
  recordProgress(lease: RunLease, batch: Batch): Promise<Recorded>;
  /**
   * Counts once. Gives the terminal event as it is stored, behind the ends of steps that ended with the run. Errors:
   * CancelledError for an answer that comes too late.
   */
  finishRun(lease: RunLease, outcome: RunOutcome, batch: Batch): Promise<RunEvent[]>;
  /** Ends a run as failed when nothing else can be stored. Gives the terminal event as it is stored. */
  failRun(lease: RunLease, error: Failure): Promise<RunEvent>;
  /** Errors: `not_found`; `conflict` when the step is not ready, not this agent's, or already claimed. */
  claimStep(step: StepRef, agent: Claimant): Promise<ClaimedStep>;
  /** Null when nobody has claimed the step. */
  viewStep(step: StepRef): Promise<StepView | null>;
  /** Stores how far a step is. Counts once. Gives the verdicts on the calls that its rows propose. */
  recordStep(lease: StepLease, progress: StepProgress): Promise<Recorded>;
  /**
   * Stores how far a step is, settles one model call, if any, and reserves the next, as `reserveUsage`.
   * Counts once.
   */
  advanceStep(
    lease: StepLease,
    progress: StepProgress,
    next: Reservation,
    settled: Settlement | null,
  ): Promise<Reserved & Heard>;
  /** Whether the run's user has asked for it to stop. */
  heartbeatStep(lease: StepLease): Promise<boolean>;
  /** Lets the next one claim the step at once; without progress where that is not known. */
  releaseStep(lease: StepLease, progress: StepProgress | null, settled: Settlement | null): Promise<void>;
  /** Counts once. */
  finishStep(lease: StepLease, outcome: StepOutcome, progress: StepProgress): Promise<void>;
  /** Settles one model call, if any, and reserves the next. Counts once. */
  reserveUsage(run_id: string, next: Reservation, settled: Settlement | null): Promise<Reserved & Heard>;
  settleUsage(settled: Settlement): Promise<void>;
  /** What the next summary of the run's session is made of. */
  readUnsummarised(run_id: string): Promise<Unsummarised>;
  /** Keeps a summary of the run's session, and settles its call; false where another one has its number. */
  addSummary(run_id: string, summary: Summary, settled: Settlement | null): Promise<boolean>;
  /**
   * Puts the planner's answer into the thread of a step that asked, so that its next attempt resumes it
   * there. Counts once.
   */
  answerStep(step: StepRef, lease: RunLease, answer: PlannerAnswer): Promise<void>;
}

/** Those who work on runs in this process, and tell one another what the database has told them. */
export interface RunHearing {
  /**
   * `hear` is told what the others of this run have heard. It is named with its user: ids are the users' own, and two of
   * them may have runs of the same one.
   */
  join(run: { user: string; run_id: string }, hear: (answer: Heard) => void): Listening;
}

export interface Listening {
  /** Tells the others. */
  tell(answer: Heard): void;
  /** Looks, for all of them: what this gives, they have heard. */
  look(beat: () => Promise<boolean>): Promise<boolean>;
  /** Has to be called. */
  leave(): void;
}

/** Has a fresh invocation of the planner resume a run that was released; once the signal aborts, nobody waits for it. */
export type Successor = (run_id: string, signal?: AbortSignal) => Promise<void>;

/** Runs one step on `agent-executor` and streams what happens there. Throws AgentError when it can't. */
export type StepInvoker = (step: StepRef, options: { signal: AbortSignal }) => AsyncIterable<StepEvent>;
