// What a run has used, in words.
import type { Usage } from "../../shared/contracts/usage.ts";
import { MODEL_ID } from "../model/reply.ts";

export function modelCalls(count: number): string {
  return `${count} model call${count === 1 ? "" : "s"}`;
}

/** What it cost, where these models have answered. */
export function costOf({ cost_usd }: Usage, models: readonly string[]): string {
  if (cost_usd !== null) return `$${cost_usd.toFixed(4)}`;
  return models.every((model) => model === MODEL_ID) ? "free, being no language model" : "no price known";
}

export function tokenCounts(usage: Pick<Usage, "input_tokens" | "cached_tokens" | "output_tokens">): string {
  const { input_tokens, cached_tokens, output_tokens } = usage;
  return `${number(input_tokens)} tokens in (${number(cached_tokens)} cached), ${number(output_tokens)} out`;
}

function number(value: number): string {
  return new Intl.NumberFormat("en-US").format(value);
}
