// What some days add up to.
import { cost, grouped } from "./format.ts";
import type { UsageTotal } from "./usage_days.ts";

export function UsageTotals({ total }: { total: UsageTotal }) {
  const cached = total.input_tokens > 0 ? Math.round(total.cached_tokens / total.input_tokens * 100) : 0;
  const facts: [string, string, string?][] = [
    ["Runs", grouped(total.runs)],
    ["Model calls", grouped(total.model_calls)],
    ["Tool calls", grouped(total.tool_calls)],
    ["Tokens in", grouped(total.input_tokens), cached > 0 ? `${cached} % cached` : undefined],
    ["Tokens out", grouped(total.output_tokens)],
    ["Cost", ...costOf(total)],
  ];
  return (
    <dl class="facts block">
      {facts.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} {more && <span class="muted">{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A day without a call costs nothing, whether or not anybody tells costs. */
function costOf({ cost_usd, cost_partly, model_calls }: UsageTotal): [string, string?] {
  if (model_calls > 0 && (cost_usd === null || (cost_partly && cost_usd === 0))) return ["not reported"];
  return [cost(cost_usd ?? 0), cost_partly ? "and some not reported" : undefined];
}
