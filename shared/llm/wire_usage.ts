// What a call cost, from the many shapes in which hosts report it. What a host left out is estimated from
// the texts and marked so.
import { z } from "zod";
import type { Usage } from "../contracts/usage.ts";
import type { ModelPrice } from "./model_table.ts";

/** More than any call can have: a host that says so is mistaken, and Postgres would refuse it. */
const MOST_TOKENS = 10_000_000;
const MOST_USD = 10_000;

const Count = z.number().min(0).max(MOST_TOKENS).transform(Math.round).nullish().catch(null);

const WireUsage = z.object({
  prompt_tokens: Count,
  completion_tokens: Count,
  prompt_tokens_details: z.object({ cached_tokens: Count }).nullish().catch(null),
  /** Includes reasoning: OpenAI, DeepSeek and OpenRouter all count it in `completion_tokens`. */
  completion_tokens_details: z.object({ reasoning_tokens: Count }).nullish().catch(null),
  /** DeepSeek's own name for cached tokens. */
  prompt_cache_hit_tokens: Count,
  /** OpenRouter's credits, which are US dollars. */
  cost: z.number().min(0).max(MOST_USD).nullish().catch(null),
});
export type WireUsage = z.infer<typeof WireUsage>;

/** A `usage` field as it came, or null where it holds no usage. */
export function readUsage(field: unknown): WireUsage | null {
  // Nearly every frame has none, and a failed parse costs more than the whole rest of the frame.
  if (typeof field !== "object" || field === null) return null;
  return WireUsage.safeParse(field).data ?? null;
}

export interface UsageSources {
  reported: WireUsage | null;
  price: ModelPrice | null;
  /** Called only for what the host did not report. */
  estimateInput(): number;
  estimateOutput(): number;
}

/** The usage of one call. A count of 0 counts as not reported: no call has an empty prompt. */
export function settleUsage({ reported, price, estimateInput, estimateOutput }: UsageSources): Usage {
  const input = reported?.prompt_tokens || estimateInput();
  const output = reported?.completion_tokens ?? estimateOutput();
  const cached = Math.min(
    input,
    reported?.prompt_tokens_details?.cached_tokens ?? reported?.prompt_cache_hit_tokens ?? 0,
  );
  const reasoning = Math.min(output, reported?.completion_tokens_details?.reasoning_tokens ?? 0);
  const complete = Boolean(reported?.prompt_tokens) && typeof reported?.completion_tokens === "number";
  const cost = reported?.cost ?? null;
  return {
    input_tokens: input,
    output_tokens: output,
    cached_tokens: cached,
    reasoning_tokens: reasoning,
    model_calls: 1,
    cost_usd: cost ?? priced(price, input - cached, cached, output),
    estimated: !complete,
    cost_estimated: cost === null && price !== null,
  };
}

function priced(price: ModelPrice | null, input: number, cached: number, output: number): number | null {
  if (price === null) return null;
  return (input * price.input + cached * price.cached_input + output * price.output) / 1_000_000;
}
