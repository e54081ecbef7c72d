// What a user has used up, and what they may, for a client.
import type { UsageDay } from "../shared/contracts/usage_rows.ts";
import type { Limits } from "../shared/contracts/user_limits.ts";
import type { Requests } from "./requests.ts";
import { shaped } from "./shapes.ts";

export interface UsageByDayOptions {
  /** Up to today; 30 if it is not given. */
  days?: number;
  /** Whose midnights part the days; UTC if it is not given. */
  time_zone?: string;
}

export interface UsageRequests {
  /** What each of the last days has cost, the newest last; a day without a run, too. */
  usageByDay(options?: UsageByDayOptions): Promise<UsageDay[]>;
  /** The limits that are in force, what is used of them, and when there is room again. */
  limits(): Promise<Limits>;
}

const isDay = shaped<UsageDay>(
  "day runs# model_calls# tool_calls# input_tokens# cached_tokens# output_tokens# cost_usd#~",
);
const isLimits = shaped<Limits>("windows@window+ running_runs@count");

export function createUsageRequests({ ask, rows }: Requests): UsageRequests {
  return {
    usageByDay: ({ days: p_days, time_zone: p_time_zone } = {}) =>
      rows("rpc/usage_by_day", { p_days, p_time_zone }, isDay),
    limits: () => ask("/functions/v1/agent-planner/limits", isLimits),
  };
}
