// What a run has cost: as its row says once it has ended, and before that as its model calls add up.
import type { TraceRows, TraceUsage } from "../data/trace_rows.ts";

/** Null where nothing is known yet. */
export function usageOf({ run, model_calls }: TraceRows): TraceUsage | null {
  if (run.finished_at !== null && run.usage !== null) return run.usage;
  const told = model_calls.filter((call) => call.input_tokens !== null);
  if (told.length === 0) return null;
  const sum = (count: (call: typeof told[number]) => number | null) =>
    told.reduce((total, call) => total + (count(call) ?? 0), 0);
  return {
    model_calls: model_calls.length,
    input_tokens: sum((call) => call.input_tokens),
    cached_tokens: sum((call) => call.cached_tokens),
    output_tokens: sum((call) => call.output_tokens),
    cost_usd: told.some((call) => call.cost_usd === null) ? null : sum((call) => call.cost_usd),
  };
}
