// The days of the usage page: what they add up to, and how long each bar is.
import type { UsageDay } from "../../client/mod.ts";

export interface UsageTotal extends Omit<UsageDay, "day"> {
  /** Of some days with a call nobody told the cost. */
  cost_partly: boolean;
}

/** What nobody has told the cost of is left out of the sum; where nobody told any, it is null. */
export function totalOf(days: readonly UsageDay[]): UsageTotal {
  const none: UsageTotal = {
    ...{ runs: 0, model_calls: 0, tool_calls: 0 },
    ...{ input_tokens: 0, cached_tokens: 0, output_tokens: 0, cost_usd: null, cost_partly: false },
  };
  return days.reduce<UsageTotal>((sum, day) => ({
    runs: sum.runs + day.runs,
    model_calls: sum.model_calls + day.model_calls,
    tool_calls: sum.tool_calls + day.tool_calls,
    input_tokens: sum.input_tokens + day.input_tokens,
    cached_tokens: sum.cached_tokens + day.cached_tokens,
    output_tokens: sum.output_tokens + day.output_tokens,
    cost_usd: day.cost_usd === null ? sum.cost_usd : (sum.cost_usd ?? 0) + day.cost_usd,
    cost_partly: sum.cost_partly || (day.cost_usd === null && day.model_calls > 0),
  }), none);
}

/** How high each day's bar is, from 0 to 1, and what the highest stands for. */
export function barsOf(values: readonly number[]): { top: number; shares: number[] } {
  const most = Math.max(0, ...values);
  const top = roundUp(most);
  return { top, shares: values.map((value) => top === 0 ? 0 : value / top) };
}

/** To 1, 2, 2.5 or 5 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((top) => top >= value) ?? value;
}
