// What a user has used up, and what they may, for a client; and what the agents may do for them.
import type { Open } from "../shared/contracts/read_event.ts";
import type { ToolInfo } from "../shared/contracts/tool_info.ts";
import type { UsageDay } from "../shared/contracts/usage_rows.ts";
import type { Limits } from "../shared/contracts/user_limits.ts";
import { PLANNER, queryText, type Requests } from "./requests.ts";
import { listOf, shaped } from "./shapes.ts";

export interface UsageByDayOptions {
  /** Up to today; 30 if it is not given. */
  days?: number;
  /** Whose midnights part the days; UTC if it is not given. */
  time_zone?: string;
}

export interface AccountRequests {
  /** What each of the last days has cost, the newest last; a day without a run, too. */
  usageByDay(options?: UsageByDayOptions): Promise<UsageDay[]>;
  /** The limits that are in force, what is used of them, and when there is room again. */
  limits(): Promise<Limits>;
  /** The tools that the agents have, with words for people and schemas for forms. */
  tools(): Promise<Open<ToolInfo>[]>;
}

const isDays = listOf(shaped<UsageDay>("day"));
const isToolList = shaped<{ tools: Open<ToolInfo>[] }>("tools@named+");
const isLimits = shaped<Limits>("windows@named+ running_runs*");

export function createAccountRequests({ ask, rest }: Requests): AccountRequests {
  return {
    usageByDay: ({ days: p_days, time_zone: p_time_zone } = {}) =>
      rest(`rpc/usage_by_day${queryText({ p_days, p_time_zone })}`, isDays),
    limits: () => ask(`${PLANNER}/limits`, isLimits),
    tools: async () => (await ask(`${PLANNER}/tools`, isToolList)).tools,
  };
}
