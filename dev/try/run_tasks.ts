// All attempts at all tasks: one after the other, because hosts limit rates, or several side by side. A host that
// fails again and again ends everything.
import type { Attempt } from "./attempt.ts";
import { runsOf, type Task } from "./task.ts";

/** So many failures of the host in a row say that the next one would fail as well. */
const HOST_FAILURES = 3;

export interface TaskResult {
  task: string;
  attempts: Attempt[];
}

export interface Plan {
  tasks: readonly Task[];
  /** How often each is tried. */
  times: number;
  /** How many attempts run at a time. */
  parallel: number;
}

export interface Outcome {
  results: TaskResult[];
  /** Why the rest was not tried, where the host failed too often. */
  gave_up: string | null;
}

/** Tells each task's result as soon as all of its attempts have ended, and at the end those that were broken off. */
export async function runTasks(
  { tasks, times, parallel }: Plan,
  attempt: (task: Task) => Promise<Attempt>,
  onResult: (result: TaskResult) => void,
): Promise<Outcome> {
  const waiting = tasks.flatMap((task) => Array.from({ length: times }, () => task));
  const done = new Map<string, Attempt[]>(tasks.map(({ name }) => [name, []]));
  const results: TaskResult[] = [];
  let in_a_row = 0;
  let gave_up: string | null = null;

  const tell = (task: string, attempts: Attempt[]): void => {
    results.push({ task, attempts });
    onResult({ task, attempts });
  };
  const work = async (): Promise<void> => {
    for (let task = waiting.shift(); task && gave_up === null; task = waiting.shift()) {
      const one = await attempt(task);
      in_a_row = one.verdict.outcome === "host" ? in_a_row + 1 : 0;
      if (one.verdict.outcome === "host" && in_a_row >= HOST_FAILURES) gave_up ??= one.verdict.reason;
      const attempts = done.get(task.name) ?? [];
      attempts.push(one);
      if (attempts.length === times) tell(task.name, attempts);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  for (const [task, attempts] of done) {
    if (attempts.length > 0 && attempts.length < times) tell(task, attempts);
  }
  return { results, gave_up };
}

/** How many runs all attempts make at most. */
export function mostRuns({ tasks, times }: Plan): number {
  return times * tasks.reduce((sum, task) => sum + runsOf(task), 0);
}

/** Whether a call of the model failed a run, by the host's fault or by the model's. */
export function isOfCall({ results }: Outcome): boolean {
  return results.flatMap(({ attempts }) => attempts)
    .some(({ verdict, turns }) =>
      verdict.outcome === "host" ||
      verdict.outcome === "failed" && turns.some(({ run }) => run.error !== null)
    );
}

/** 0 where all passed, 1 where one did not, 2 where the host kept the rest, or all of them, from being judged. */
export function exitCode({ results, gave_up }: Outcome): 0 | 1 | 2 {
  if (gave_up !== null) return 2;
  const all = results.flatMap(({ attempts }) => attempts);
  if (all.length > 0 && all.every(({ verdict }) => verdict.outcome === "host")) return 2;
  return all.length > 0 && all.every(({ verdict }) => verdict.outcome === "passed") ? 0 : 1;
}
