// How each kind of work calls its model where the environment sets nothing.
import { largestCall } from "../../../shared/agents/durable/largest_call.ts";
import { modelCalls } from "../../../shared/agents/limits.ts";
import { Budget, type RunLimits } from "../../../shared/contracts/budget.ts";
import { PromptWindows } from "../../../shared/contracts/prompt_windows.ts";

export const CALLS = modelCalls(PromptWindows.parse({}));

/** What the functions state then, for models whose price is not known. */
export const LIMITS: RunLimits = {
  ...Budget.parse({}),
  priced: false,
  largest_call: largestCall(CALLS, { prices: { balanced: null, speed: null } }),
};
