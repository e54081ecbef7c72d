// Every task that a model is tried on, in the order in which they are run.
import { nearest } from "../../shared/llm/models/row_faults.ts";
import type { Task } from "./task.ts";
import { CONVERSATIONS } from "./tasks/conversations.ts";
import { LOOK_UPS } from "./tasks/look_ups.ts";
import { MISSION } from "./tasks/mission.ts";
import { WRITES } from "./tasks/writes.ts";

export const TASKS: readonly Task[] = [...MISSION, ...LOOK_UPS, ...WRITES, ...CONVERSATIONS];

/** The tasks of these names, or all. A sentence where one is of no task. */
export function tasksNamed(names: readonly string[]): { tasks: readonly Task[] } | { problem: string } {
  const unknown = names.find((name) => TASKS.every((task) => task.name !== name));
  if (unknown !== undefined) {
    const known = TASKS.map(({ name }) => name);
    const meant = nearest(unknown, known);
    const hint = meant === null
      ? `The tasks are: ${known.join(", ")}.`
      : `Did you mean ${meant}? --list has all.`;
    return { problem: `There is no task "${unknown}". ${hint}` };
  }
  return { tasks: names.length === 0 ? TASKS : TASKS.filter(({ name }) => names.includes(name)) };
}
