// How much a run and a user may spend. Numbers come from the environment; each has a default that a person in
// conversation does not meet, and a loop that has gone wrong does.
import { z } from "zod";
import { readSettings } from "./settings.ts";

const Count = z.coerce.number().int().min(1);

export const Budget = z.object({
  // Per run, executors included.
  model_calls: Count.default(60),
  tool_calls: Count.default(150),
  input_tokens: Count.default(400_000),
  output_tokens: Count.default(80_000),
  cost_usd: z.coerce.number().positive().default(1),
  wall_ms: Count.default(900_000),
  // Per user, in any rolling hour and day.
  tokens_per_hour: Count.default(2_000_000),
  tokens_per_day: Count.default(10_000_000),
  runs_per_hour: Count.default(120),
  runs_per_day: Count.default(1_000),
  // Per user, at the same time.
  running_runs: Count.default(5),
});
export type Budget = z.infer<typeof Budget>;

/** What the functions state at each start, claim and reservation. */
export type RunLimits = Budget & {
  /** Every model that may be asked has a known price: the limit of dollars holds before a call is made. */
  priced: boolean;
  largest_call: LargestCall;
};

/** What the largest model call of a run reserves: how much those that are under way may come to. */
export type LargestCall = {
  input_tokens: number;
  output_tokens: number;
  tool_calls: number;
  /** Null where no price is known. */
  cost_usd: number | null;
};

export const BUDGET_VARIABLES: Record<keyof Budget, string> = {
  model_calls: "RUN_MAX_MODEL_CALLS",
  tool_calls: "RUN_MAX_TOOL_CALLS",
  input_tokens: "RUN_MAX_INPUT_TOKENS",
  output_tokens: "RUN_MAX_OUTPUT_TOKENS",
  cost_usd: "RUN_MAX_COST_USD",
  wall_ms: "RUN_MAX_MS",
  tokens_per_hour: "USER_TOKENS_PER_HOUR",
  tokens_per_day: "USER_TOKENS_PER_DAY",
  runs_per_hour: "USER_RUNS_PER_HOUR",
  runs_per_day: "USER_RUNS_PER_DAY",
  running_runs: "USER_RUNNING_RUNS",
};

/** The budget that the environment sets. Throws a sentence that names the variable which is wrong. */
export function readBudget(env: Record<string, string | undefined>): Budget {
  return readSettings(Budget, BUDGET_VARIABLES, env);
}
