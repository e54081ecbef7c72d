// Runs in a table; on a phone each is a card of the same cells.
import type { ListedRun } from "../data/runs_data.ts";
import { formatRoute } from "../route.ts";
import { ago, cost, duration, exact, grouped } from "./format.ts";
import { RunActions } from "./run_actions.tsx";
import { StatePill } from "./state_pill.tsx";
import { useNow } from "./use_now.ts";

interface RunTableProps {
  runs: readonly ListedRun[];
  writes: ReadonlyMap<string, number>;
  changed(): void;
}

export function RunTable({ runs, writes, changed }: RunTableProps) {
  const now = useNow(true, runs.some((run) => run.finished_at === null) ? 1_000 : 30_000);
  return (
    <table class="run-table">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Message</th>
          <th scope="col">Strategy</th>
          <th scope="col">Started</th>
          <th scope="col" class="number">Time</th>
          <th scope="col" class="number">Model calls</th>
          <th scope="col" class="number">Tokens</th>
          <th scope="col" class="number">Cost</th>
          <th scope="col" class="number">Writes</th>
          <th scope="col">
            <span class="vh">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.id} run={run} writes={writes.get(run.id)} now={now} changed={changed} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  run: ListedRun;
  writes: number | undefined;
  now: number;
  changed(): void;
}

function Row({ run, writes, now, changed }: RowProps) {
  const { usage } = run;
  const end = run.finished_at === null ? now : Date.parse(run.finished_at);
  const lost = run.status === "running" && Date.parse(run.lease_expires_at) < now;
  return (
    <tr>
      <td class="run-state">
        <StatePill state={lost ? "abandoned" : run.status} />
        {ODD_ENDS[run.finished_reason ?? ""] && (
          <span class="warn small">{ODD_ENDS[run.finished_reason ?? ""]}</span>
        )}
      </td>
      <td class="run-message">
        <a class="cut" href={formatRoute({ page: "trace", run: run.id })} title={run.message ?? undefined}>
          {run.message ?? "The text was deleted"}
        </a>
      </td>
      <td class="run-strategy muted">{run.strategy?.replaceAll("_", " ") ?? "–"}</td>
      <td class="run-started muted">
        <time dateTime={run.created_at} title={exact(run.created_at)} tabIndex={0}>
          {ago(run.created_at, now)}
        </time>
      </td>
      <td class="number run-time">{duration(end - Date.parse(run.created_at))}</td>
      <td class="number" data-name="Model calls">{usage ? grouped(usage.model_calls) : "–"}</td>
      <td class="number" data-name="Tokens">
        {usage ? grouped(usage.input_tokens + usage.output_tokens) : "–"}
      </td>
      <td class="number muted" data-name="Cost">
        {usage && usage.cost_usd !== null
          ? cost(usage.cost_usd)
          : run.finished_at === null
          ? "–"
          : "not reported"}
      </td>
      <td class="number" data-name="Writes">
        {writes === undefined
          ? ""
          : writes === 0
          ? <span class="muted">0</span>
          : <span class="write">{writes}</span>}
      </td>
      <td class="run-actions">
        <RunActions run={run} now={now} changed={changed} look="small" />
      </td>
    </tr>
  );
}

/** Ends that a state does not tell of. */
const ODD_ENDS: Readonly<Record<string, string>> = {
  limit: "at a limit",
  budget: "at its budget",
  length: "cut off",
  superseded: "by a new message",
};
