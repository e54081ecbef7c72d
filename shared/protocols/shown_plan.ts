// A plan as other people's clients are shown it: without tasks and tools, which are long and stand in its row.
import type { PlanState, StepState } from "../contracts/run_state.ts";

export type ShownStep = Pick<
  StepState,
  "step_number" | "title" | "executor_required" | "depends_on" | "state" | "attempt" | "summary" | "error"
>;

export interface ShownPlan extends Pick<PlanState, "id" | "revision" | "goal"> {
  steps: ShownStep[];
}

export function shownPlan({ id, revision, goal, steps }: PlanState): ShownPlan {
  return { id, revision, goal, steps: steps.map(shownStep) };
}

export function shownStep(step: StepState): ShownStep {
  const { step_number, title, executor_required, depends_on, state, attempt, summary, error } = step;
  return { step_number, title, executor_required, depends_on, state, attempt, summary, error };
}
