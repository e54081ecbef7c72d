// What a scripted model says in a case, in few words. Rows are named as `$name` throughout.
import { z } from "zod";
import type { ScriptedTurnInput } from "../../dev/model/script.ts";

export const Arguments = z.record(z.string(), z.json());
export const Call = z.tuple([z.string(), Arguments]);

const PlannedStep = z.union([
  z.tuple([z.enum(["own", "executor"]), z.array(z.string())]),
  z.tuple([z.enum(["own", "executor"]), z.array(z.string()), z.array(z.int())]),
]);

export const Turn = z.union([
  /** Calls, and what is said before them. */
  z.strictObject({ calls: z.array(Call), say: z.string().optional() }),
  /** The last words of a run, however often they are asked for. */
  z.strictObject({ text: z.string() }),
  /** A plan: whose each step is, its tools, and the steps that it needs. */
  z.strictObject({ plan: z.array(PlannedStep) }),
  /** A step is done, and this is what came of it. */
  z.strictObject({ submit: z.string() }),
]);
export type Turn = z.infer<typeof Turn>;

export function scripted(turn: Turn): ScriptedTurnInput {
  if ("text" in turn) return { text: turn.text, times: "any" };
  if ("calls" in turn) return { ...called(turn.calls), ...(turn.say !== undefined && { text: turn.say }) };
  if ("submit" in turn) return called([["submit_result", { status: "completed", summary: turn.submit }]]);
  const steps = turn.plan.map(([by, tools, depends_on = []], i) => ({
    ...{ step_number: i + 1, title: `Step ${i + 1}`, task: `Do the work of step number ${i + 1}.` },
    ...{ executor_required: by === "executor", tools, depends_on },
  }));
  return called([["create_plan", { goal: "Do it", steps }]]);
}

function called(calls: readonly z.infer<typeof Call>[]): ScriptedTurnInput {
  return { tool_calls: calls.map(([name, args]) => ({ name, arguments: args })) };
}
