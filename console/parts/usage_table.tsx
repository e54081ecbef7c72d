// The days in numbers, newest first; days without a run are left out.
import { cost, grouped } from "./format.ts";
import { dayName } from "./usage_bars.tsx";
import type { UsageDay } from "../../client/mod.ts";

export function UsageTable({ days }: { days: readonly UsageDay[] }) {
  const used = days.filter((day) => day.model_calls > 0 || day.runs > 0).toReversed();
  if (used.length === 0) return <p class="empty">No run in these days.</p>;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Usage by day">
      <table class="usage-table">
        <caption class="vh">Usage by day, newest first. Days without a run are left out.</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" class="number">Runs</th>
            <th scope="col" class="number">Model calls</th>
            <th scope="col" class="number">Tool calls</th>
            <th scope="col" class="number">Tokens in</th>
            <th scope="col" class="number">Cached</th>
            <th scope="col" class="number">Tokens out</th>
            <th scope="col" class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          {used.map((day) => (
            <tr key={day.day}>
              <th scope="row">{dayName(day.day)}</th>
              <td class="number">{grouped(day.runs)}</td>
              <td class="number">{grouped(day.model_calls)}</td>
              <td class="number">{grouped(day.tool_calls)}</td>
              <td class="number">{grouped(day.input_tokens)}</td>
              <td class="number muted">{grouped(day.cached_tokens)}</td>
              <td class="number">{grouped(day.output_tokens)}</td>
              <td class="number muted">{cost(day.cost_usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
