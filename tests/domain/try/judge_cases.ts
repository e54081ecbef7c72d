// The form of a judge's cases: rows that pass, and rows that are wrong in one way each.
import type { Scene, TurnRows } from "../../../dev/try/task.ts";
import { type TurnFields, turnOf, UNANSWERED } from "./turn_rows.ts";

export interface JudgeCases {
  task: string;
  passes(scene: Scene): TurnRows[][];
  /** By what is wrong with them. */
  fails(scene: Scene): Record<string, TurnRows[]>;
}

/** One turn in every way in which a turn can be without an answer, with all else as it should be. */
export function unanswered(right: TurnFields): Record<string, TurnRows[]> {
  return Object.fromEntries(
    Object.entries(UNANSWERED).map((
      [name, run],
    ) => [name, [turnOf({ ...right, run: { ...right.run, ...run } })]]),
  );
}
