// What the checks of a run look at, and what they report.
import type { RunEvent } from "../../../shared/contracts/events.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import type { RunState } from "../../../shared/contracts/run_state.ts";
import type { ExecutionRow, StoredRun } from "../rows/stored_run.ts";

export type Invariant = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7";

export interface Violation {
  invariant: Invariant;
  problem: string;
}

/** The rows of a run with its log parsed and reduced, and what one client was sent. */
export type Evidence = Omit<StoredRun, "events"> & {
  events: readonly RunEvent[];
  state: RunState;
  streamed: readonly ReadEvent[];
  woke_at: readonly number[];
};

/** The values that stand in the list more than once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) < i))];
}

/** The attempts at one step of one plan, first to last. */
export function attemptsAt(evidence: Evidence, plan_id: string, step_number: number): ExecutionRow[] {
  return evidence.executions
    .filter((row) => row.plan_id === plan_id && row.step_number === step_number)
    .toSorted((a, b) => a.attempt - b.attempt);
}

/** True for the attempts whose result counts. */
export function succeeded({ status }: ExecutionRow): boolean {
  return status === "completed" || status === "partial";
}
