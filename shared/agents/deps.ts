// What each kind of agent is handed by `compose.ts`: its ports, its settings, and whom it works for.
import type { Clock } from "../async/clock.ts";
import type { ModelCalls } from "./limits.ts";
import type {
  Ids,
  Log,
  Model,
  RunHearing,
  StepInvoker,
  Store,
  Successor,
  TokenCounter,
  ToolSource,
} from "./ports.ts";

/** What every agent needs from the world. */
export interface AgentDeps {
  model: Model;
  tools: ToolSource;
  count: TokenCounter;
  /** How each kind of work calls its model. */
  calls: ModelCalls;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** The pseudonym of the end user, for the model's host. */
  user: string;
  /** How long a lease holds without a heartbeat. */
  lease_seconds: number;
}

export interface PlannerDeps extends AgentDeps {
  store: Store;
  invoke: StepInvoker;
  handOff: Successor;
  /** What the domain is about: ends the sentence "You are the planner of …". */
  about: string;
  /** How long a run may take in all before it has to answer, in milliseconds. */
  wall_ms: number;
  /** When hand-off of this invocation's work is due, in milliseconds since the epoch. */
  deadline_at: number;
  /** Aborts when the platform says that it will end this process. */
  stopping: AbortSignal;
}

export interface ExecutorDeps extends AgentDeps {
  store: Store;
  /** Of this process. */
  hearing: RunHearing;
  /** When hand-off of this invocation's work is due, in milliseconds since the epoch. */
  deadline_at: number;
  /** Aborts when the platform says that it will end this process. */
  stopping: AbortSignal;
}
