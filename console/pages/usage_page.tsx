// What the agents have cost, day by day, and what is left of the quotas.
import { useState } from "preact/hooks";
import { useData } from "../data/use_data.ts";
import { readDays, readLimits } from "../data/usage_data.ts";
import { Loading } from "../parts/loading.tsx";
import { PageHead, type PageProps } from "../parts/page_head.tsx";
import { Quotas } from "../parts/quotas.tsx";
import { UsageBars } from "../parts/usage_bars.tsx";
import { totalOf } from "../parts/usage_days.ts";
import { UsageTable } from "../parts/usage_table.tsx";
import { UsageTotals } from "../parts/usage_totals.tsx";
import { useKept, useLoaded } from "../parts/use_loaded.ts";
import { setParams } from "../navigate.ts";

const SPANS = [7, 30, 90];

export function UsagePage({ params, open_menu }: PageProps & { params: Record<string, string> }) {
  const data = useData();
  const [reading, setReading] = useState(0);
  const days = SPANS.find((span) => String(span) === params.days) ?? 30;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const usage = useKept(useLoaded(data, `${days} ${reading}`, () => readDays(data, days, zone)));
  const limits = useKept(useLoaded(data, `${reading}`, () => readLimits(data)));
  return (
    <>
      <PageHead title="Usage" open_menu={open_menu}>
        <button type="button" class="button" onClick={() => setReading(reading + 1)}>Refresh</button>
      </PageHead>
      <div class="usage">
        <section aria-labelledby="quotas-title">
          <h2 id="quotas-title">Quotas</h2>
          <Loading of={limits}>{(value) => <Quotas limits={value} />}</Loading>
        </section>
        <section aria-labelledby="days-title">
          <div class="usage-head">
            <h2 id="days-title">The last {days} days</h2>
            <span class="muted small">Days of {zone}</span>
            <div class="filters" role="group" aria-label="How many days">
              {SPANS.map((span) => (
                <button
                  type="button"
                  key={span}
                  class="filter"
                  aria-pressed={span === days}
                  onClick={() => setParams({ days: span === 30 ? undefined : String(span) })}
                >
                  {span} days
                </button>
              ))}
            </div>
          </div>
          <Loading of={usage}>
            {(found) => (
              <>
                <UsageTotals total={totalOf(found)} />
                <UsageBars days={found} />
                <UsageTable days={found} />
              </>
            )}
          </Loading>
        </section>
      </div>
    </>
  );
}
