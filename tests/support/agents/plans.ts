// Plans as a scripted model writes them.
import type { ScriptedTurnInput } from "../models/script.ts";

export interface PlannedStep {
  step_number: number;
  title?: string;
  task?: string;
  executor_required?: boolean;
  tools?: string[];
  depends_on?: number[];
}

/** The turn in which the planner's model calls `create_plan`. */
export function planTurn(steps: PlannedStep[], goal = "Do it"): ScriptedTurnInput {
  return {
    when: { tool: "create_plan" },
    tool_calls: [{ name: "create_plan", arguments: planArguments(steps, goal) }],
  };
}

export function planArguments(steps: PlannedStep[], goal = "Do it") {
  return {
    goal,
    steps: steps.map(({ step_number, ...step }) => ({
      step_number,
      title: step.title ?? `Step ${step_number}`,
      task: step.task ?? `Do the work of step number ${step_number}.`,
      executor_required: step.executor_required ?? true,
      tools: step.tools ?? ["list_books"],
      depends_on: step.depends_on ?? [],
    })),
  };
}

/** Matches the model calls that work on the step: its task stands in the prompt. */
export function onStep(step_number: number) {
  return { contains: `Do the work of step number ${step_number}.`, tool: "submit_result" };
}

/** The turn in which an agent hands in the result of a step. */
export function submitTurn(step_number: number, result: Record<string, unknown> = {}): ScriptedTurnInput {
  const summary = `Step ${step_number} is done.`;
  const args = JSON.parse(JSON.stringify({ status: "completed", summary, ...result }));
  return { when: onStep(step_number), tool_calls: [{ name: "submit_result", arguments: args }] };
}

/** The planner's last turn: an answer in text. */
export function answerTurn(text = "All done."): ScriptedTurnInput {
  return { when: { not_tool: "submit_result" }, text };
}
