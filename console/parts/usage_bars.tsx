// Days as bars: runs, model calls, tokens, cost. A table below says the same in numbers.
import { cost, grouped } from "./format.ts";
import { percent } from "./span_row.tsx";
import type { UsageDay } from "../../client/mod.ts";
import { barsOf } from "./usage_days.ts";

interface Chart {
  name: string;
  tone: string;
  value(day: UsageDay): number;
  words(value: number): string;
  /** What of a day's bar is told apart, below the rest. */
  part?: { name: string; value(day: UsageDay): number };
}

const CHARTS: readonly Chart[] = [
  { name: "Runs", tone: "accent", value: (day) => day.runs, words: grouped },
  { name: "Model calls", tone: "model", value: (day) => day.model_calls, words: grouped },
  {
    ...{ name: "Tokens in", tone: "model", value: (day) => day.input_tokens, words: grouped },
    part: { name: "cached", value: (day) => day.cached_tokens },
  },
  { name: "Tokens out", tone: "model", value: (day) => day.output_tokens, words: grouped },
  { name: "Cost", tone: "accent", value: (day) => day.cost_usd ?? 0, words: cost },
];

export function UsageBars({ days }: { days: readonly UsageDay[] }) {
  const told = days.some((day) => day.cost_usd !== null && day.cost_usd > 0);
  return (
    <div class="charts" aria-hidden="true">
      {CHARTS.filter(({ name }) => name !== "Cost" || told).map((chart) => (
        <OneChart key={chart.name} chart={chart} days={days} />
      ))}
    </div>
  );
}

function OneChart({ chart, days }: { chart: Chart; days: readonly UsageDay[] }) {
  const { top, shares } = barsOf(days.map(chart.value));
  return (
    <figure class="chart block">
      <figcaption>
        {chart.name}
        {chart.part && <span class="muted small">darker: {chart.part.name}</span>}
        <span class="faint small chart-top">{top === 0 ? "" : chart.words(top)}</span>
      </figcaption>
      <div class={`chart-bars ${chart.tone}`}>
        {days.map((day, index) => (
          <span
            key={day.day}
            class="chart-day"
            title={`${dayName(day.day)}: ${chart.words(chart.value(day))}`}
          >
            <span class="chart-bar" style={{ height: percent(shares[index] ?? 0) }}>
              {chart.part && chart.value(day) > 0 && (
                <span
                  class="chart-part"
                  style={{ height: percent(chart.part.value(day) / chart.value(day)) }}
                />
              )}
            </span>
          </span>
        ))}
      </div>
      <div class="chart-ends faint small">
        <span>{dayName(days[0]?.day ?? "")}</span>
        <span>{dayName(days.at(-1)?.day ?? "")}</span>
      </div>
    </figure>
  );
}

/** 26 Nov. A day has no zone: it is read as it is written. */
export function dayName(day: string): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time)) return day;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(time);
}
