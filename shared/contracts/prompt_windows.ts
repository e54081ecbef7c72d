// How long the prompts of the agents may get, in tokens. What opens a thread has a bound of its own; beyond that there is
// a window for what tools bring, which the environment sets.
import { z } from "zod";
import { readSettings } from "./settings.ts";

/** Of the prompt that opens a thread; a user's long message may exceed it. */
export const OPENING_TOKENS = { planner: 5_000, executor: 1_500 } as const;

/** Of any later prompt, whole. */
export const PromptWindows = z.object({
  planner: z.coerce.number().int().min(OPENING_TOKENS.planner).default(12_000),
  executor: z.coerce.number().int().min(OPENING_TOKENS.executor).default(8_000),
});
export type PromptWindows = z.infer<typeof PromptWindows>;

export const WINDOW_VARIABLES: Record<keyof PromptWindows, string> = {
  planner: "PLANNER_WINDOW_TOKENS",
  executor: "EXECUTOR_WINDOW_TOKENS",
};

/** The windows that the environment sets. Throws a sentence that names the variable which is wrong. */
export function readPromptWindows(env: Record<string, string | undefined>): PromptWindows {
  return readSettings(PromptWindows, WINDOW_VARIABLES, env);
}
