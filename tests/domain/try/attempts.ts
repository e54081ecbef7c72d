// Attempts as they come out of a run, for tests of what is made of them.
import type { Attempt, Verdict } from "../../../dev/try/attempt.ts";
import { type Figures, NO_FIGURES } from "../../../dev/try/figures.ts";
import type { Task } from "../../../dev/try/task.ts";
import { TASKS } from "../../../dev/try/tasks.ts";

export const PASSED: Verdict = { outcome: "passed" };
export const FAILED: Verdict = { outcome: "failed", faults: ["expected a row, and there is none"] };
export const HOST: Verdict = { outcome: "host", reason: "The host does not accept the key." };

export function attemptOf(task: string, verdict: Verdict, figures: Partial<Figures> = {}): Attempt {
  return { task, verdict, figures: { ...NO_FIGURES, ...figures }, turns: [] };
}

/** The first tasks, so many. */
export function someTasks(count: number): readonly Task[] {
  return TASKS.slice(0, count);
}
