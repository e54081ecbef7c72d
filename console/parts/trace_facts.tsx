// What a run came to, in a line of facts.
import type { TraceRows } from "../data/trace_rows.ts";
import { cost, counted, duration, grouped } from "./format.ts";
import { pausesOf } from "./pauses.ts";
import { StatePill } from "./state_pill.tsx";
import { usageOf } from "./trace_usage.ts";

interface TraceFactsProps {
  rows: TraceRows;
  state: string;
  /** The moment up to which an unfinished run is told of. */
  end: number;
}

export function TraceFacts({ rows, state, end }: TraceFactsProps) {
  const { run, tool_calls } = rows;
  const usage = usageOf(rows);
  const waited = pausesOf(rows.moments, end).reduce((sum, pause) => sum + pause.end - pause.start, 0);
  const tools = tool_calls.filter((call) => call.access !== null);
  const writes = tools.filter((call) => call.access === "write" && call.status === "succeeded").length;
  const cached = usage && usage.input_tokens > 0
    ? Math.round(usage.cached_tokens / usage.input_tokens * 100)
    : 0;
  return (
    <dl class="facts" tabIndex={0} aria-label="Facts of the run">
      <div class="narrow">
        <dt>State</dt>
        <dd>
          <StatePill state={state} />
        </dd>
      </div>
      <Fact name="Time" more={waited > 0 && `waited ${duration(waited)}`}>
        {duration(Math.max(0, end - Date.parse(run.created_at) - waited))}
      </Fact>
      <Fact name="Strategy">{run.strategy?.replaceAll("_", " ") ?? "not chosen yet"}</Fact>
      <Fact name="Model calls">{grouped(usage?.model_calls ?? rows.model_calls.length)}</Fact>
      <Fact name="Tool calls" more={writes > 0 && <span class="write">{counted(writes, "write")}</span>}>
        {grouped(tools.length)}
      </Fact>
      <Fact name="Tokens in" more={cached > 0 && `${cached} % cached`}>{told(usage?.input_tokens)}</Fact>
      <Fact name="Tokens out">{told(usage?.output_tokens)}</Fact>
      <Fact name="Cost">
        {usage === null
          ? "told at the end"
          : usage.cost_usd === null
          ? <span class="muted">not reported</span>
          : cost(usage.cost_usd)}
      </Fact>
      <Fact name="Taken over">{["no", "once", "twice"][run.takeovers] ?? `${run.takeovers} times`}</Fact>
    </dl>
  );
}

function told(tokens: number | undefined) {
  return tokens === undefined ? <span class="muted">told at the end</span> : grouped(tokens);
}

interface FactProps {
  name: string;
  more?: preact.ComponentChildren;
  children: preact.ComponentChildren;
}

function Fact({ name, more, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children} {more ? <span class="muted">{more}</span> : null}
      </dd>
    </div>
  );
}
