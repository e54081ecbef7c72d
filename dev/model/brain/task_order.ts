// Which task comes first.
import type { Task } from "./facts.ts";

const PRIORITIES = ["high", "medium", "low"];

/** The most important first; what is begun before what is not, and what depends on other tasks last. */
export function byImportance(a: Task, b: Task): number {
  return rank(a) - rank(b);
}

function rank({ priority, status, has_dependencies }: Task): number {
  const weight = PRIORITIES.indexOf(priority ?? "medium") * 4;
  return weight + (has_dependencies === true ? 2 : 0) + (status === "in_progress" ? 0 : 1);
}
