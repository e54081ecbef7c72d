// What the planner's ways to carry out a step share: the run that the step belongs to, and how a step ends.
import type { StepResult } from "../../contracts/plan.ts";
import type { AgentDeps } from "../deps.ts";
import type { RunLog } from "../durable/run_log.ts";
import type { Log, StepInvoker, Store } from "../ports.ts";

export interface RunStepContext extends AgentDeps {
  store: Store;
  invoke: StepInvoker;
  log: Log;
  run: RunLog;
  planner_agent_id: string;
  user_message: string;
  signal: AbortSignal;
  /** Finds out at once whether the user wants the run to stop. */
  beatNow(): Promise<void>;
  hand_off_due: AbortSignal;
}

/** A step that an agent has ended, with the attempt that did it. */
export interface EndedStep {
  attempt: number;
  result: StepResult;
}
