// The turns of a day, and how often each kind of them comes.
import type { ScriptedTurnInput } from "../../../dev/model/script.ts";
import { answer, type Pace, planTurns, type Step, toolCall } from "../scripted.ts";

export const KINDS = ["simple", "tool", "complex"] as const;
export type Kind = (typeof KINDS)[number];

/** Shares of all turns; they add up to 1. */
export type Mix = Record<Kind, number>;
export const MIX: Mix = { simple: 0.7, tool: 0.2, complex: 0.1 };

export const WHAT: Record<Kind, string> = {
  simple: "an answer (1 model call)",
  tool: "a tool, then an answer (2 model calls)",
  complex: "a plan of 4 executors' steps, then an answer (10 model calls)",
};

const PACE: Pace = { first_token_ms: 300, tokens_per_second: 50 };
const LIST = { name: "list_tasks", arguments: { limit: 10 } };
const ANSWER =
  "There are three open tasks. The first of them is due on Friday, and the two others can wait. ";

/** What the model says in one turn of the kind, as fast as models write. */
export function scriptOf(kind: Kind): ScriptedTurnInput[] {
  switch (kind) {
    case "simple":
      return [answer(ANSWER.repeat(3), PACE)];
    case "tool":
      return [toolCall(LIST, PACE), answer(ANSWER.repeat(3), PACE)];
    case "complex":
      return planTurns([1, 2, 3, 4].map(look), ANSWER.repeat(6), PACE);
  }
}

const look = (step_number: number): Step => ({ step_number, tools: ["list_tasks"], call: LIST });
