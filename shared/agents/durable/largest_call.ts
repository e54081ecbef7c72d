// The largest model call of a run: calls of this size may be reserved side by side, whoever makes them.
import type { LargestCall } from "../../contracts/budget.ts";
import type { ModelCalls } from "../limits.ts";
import type { Model, TokenPrice } from "../ports.ts";

/** By each of its parts, over all kinds of work; a long message, or a turn with many tool calls, may exceed it. */
export function largestCall(calls: ModelCalls, { prices }: Pick<Model, "prices">): LargestCall {
  const kinds = Object.values(calls).map((call) => {
    const input_tokens = Math.max(call.opening, call.window);
    const { max_output_tokens: output_tokens, tool_calls, profile } = call;
    return {
      input_tokens,
      output_tokens,
      tool_calls,
      cost_usd: costOf(prices[profile], { input_tokens, output_tokens }),
    };
  });
  const most = (of: (kind: typeof kinds[number]) => number) => Math.max(...kinds.map(of));
  return {
    input_tokens: most(({ input_tokens }) => input_tokens),
    output_tokens: most(({ output_tokens }) => output_tokens),
    tool_calls: most(({ tool_calls }) => tool_calls),
    cost_usd: kinds.every(({ cost_usd }) => cost_usd === null) ? null : most(({ cost_usd }) => cost_usd ?? 0),
  };
}

/** Of so many tokens, in dollars; null where the price is not known. */
export function costOf(
  price: TokenPrice | null,
  { input_tokens, output_tokens }: { input_tokens: number; output_tokens: number },
): number | null {
  return price && (input_tokens * price.input + output_tokens * price.output) / 1_000_000;
}
