// What the model says in the turns of the benchmark.
import type { ScriptedTurnInput } from "../../dev/model/script.ts";

export interface Pace {
  first_token_ms: number;
  tokens_per_second: number;
}

type Call = { name: string; arguments: Record<string, string | number> };

export interface Step {
  step_number: number;
  /** Left out for a step of an executor. */
  writer?: true;
  tools: string[];
  depends_on?: number[];
  /** The tool call before the result is handed in. */
  call: Call;
}

export function answer(text: string, pace: Pace): ScriptedTurnInput {
  return { when: { not_tool: "submit_result" }, text, ...pace };
}

export function toolCall(call: Call, pace: Pace): ScriptedTurnInput {
  return { when: { not_tool: "submit_result" }, tool_calls: [call], ...pace };
}

/** All turns of a plan: the plan, one tool call and one result for each step, the answer. */
export function planTurns(steps: readonly Step[], text: string, pace: Pace): ScriptedTurnInput[] {
  const plan = {
    goal: "Bring the benchmark to its end.",
    steps: steps.map(({ step_number, writer, tools, depends_on = [] }) => ({
      step_number,
      title: `Part ${step_number}`,
      task: taskOf(step_number),
      executor_required: writer === undefined,
      tools,
      depends_on,
    })),
  };
  return [
    { when: { tool: "create_plan" }, tool_calls: [{ name: "create_plan", arguments: plan }], ...pace },
    ...steps.flatMap(({ step_number, call }): ScriptedTurnInput[] => {
      const when = { contains: taskOf(step_number), tool: "submit_result" };
      const summary = `Part ${step_number} is done: what was asked for has been looked up and is in order.`;
      const result = { name: "submit_result", arguments: { status: "completed", summary } };
      return [
        { when, tool_calls: [call], ...pace },
        { when, tool_calls: [result], ...pace },
      ];
    }),
    answer(text, pace),
  ];
}

/** The task of a step; it stands in every prompt of the step and in no other. */
export function taskOf(step_number: number): string {
  return `Do the work of part number ${step_number} of the plan.`;
}
