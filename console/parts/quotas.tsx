// What is left of the hour's and the day's quotas, and when there is room again.
import type { Limits } from "../../client/mod.ts";
import { clock, exact, grouped } from "./format.ts";
import { Icon } from "./icons.tsx";
import { percent } from "./span_row.tsx";

const NAMES: Readonly<Record<string, string>> = {
  runs_per_hour: "Runs in an hour",
  runs_per_day: "Runs in a day",
  tokens_per_hour: "Tokens in an hour",
  tokens_per_day: "Tokens in a day",
};

/** From here on a quota is nearly used up. */
const NEAR = 0.8;

export function Quotas({ limits }: { limits: Limits }) {
  return (
    <ul class="quotas">
      {limits.windows.map(({ name, limit, used, free_at }) => (
        <Quota
          key={name}
          name={NAMES[name] ?? name.replaceAll("_", " ")}
          limit={limit}
          used={used}
          free_at={free_at}
        />
      ))}
      <Quota
        name="Runs under way"
        limit={limits.running_runs.limit}
        used={limits.running_runs.used}
        free_at={null}
      />
    </ul>
  );
}

interface QuotaProps {
  name: string;
  limit: number;
  used: number;
  free_at: string | null;
}

function Quota({ name, limit, used, free_at }: QuotaProps) {
  const share = limit > 0 ? Math.min(1, used / limit) : 1;
  const tone = share >= 1 ? "bad" : share >= NEAR ? "warn" : "";
  return (
    <li class="quota block">
      <span class="small muted">{name}</span>
      <span class="quota-numbers">
        {grouped(used)} <span class="muted">of {grouped(limit)}</span>
      </span>
      <span class={`meter ${tone || "accent"}`} aria-hidden="true">
        {share > 0 && <span style={{ width: percent(share) }} />}
      </span>
      {tone !== "" && (
        <span class={`small ${tone}`}>
          <Icon name="warning" />
          {share < 1
            ? "Nearly used up"
            : free_at === null
            ? "Used up"
            : <span title={exact(free_at)}>Used up; room again at {clock(free_at)}</span>}
        </span>
      )}
    </li>
  );
}
