// What a run cost, as the model's host reported it. Output tokens include reasoning tokens.
import { z } from "zod";

const Count = z.int().min(0);

export const Usage = z.object({
  input_tokens: Count,
  output_tokens: Count,
  /** The part of the input that the host served from its prompt cache. */
  cached_tokens: Count,
  reasoning_tokens: Count,
  model_calls: Count,
  /** In US dollars; null where neither the host nor a price says what some part of it cost. */
  cost_usd: z.number().min(0).nullable(),
  /** True where the host did not report some of the tokens, so that they were counted here. */
  estimated: z.boolean(),
  /** True where the host did not report some of the cost, so that it was made of prices. */
  cost_estimated: z.boolean(),
});
export type Usage = z.infer<typeof Usage>;

export const NO_USAGE: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  reasoning_tokens: 0,
  model_calls: 0,
  cost_usd: 0,
  estimated: false,
  cost_estimated: false,
};

/** The sum of two usages; what is unknown of one is unknown of both. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cached_tokens: a.cached_tokens + b.cached_tokens,
    reasoning_tokens: a.reasoning_tokens + b.reasoning_tokens,
    model_calls: a.model_calls + b.model_calls,
    cost_usd: a.cost_usd === null || b.cost_usd === null ? null : a.cost_usd + b.cost_usd,
    estimated: a.estimated || b.estimated,
    cost_estimated: a.cost_estimated || b.cost_estimated,
  };
}
