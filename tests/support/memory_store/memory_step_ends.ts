// How the log of the store in memory tells, when a run ends, of steps whose end nobody has told: as their rows say, or
// the run, where an attempt was announced that nobody has claimed.
import type { Batch } from "../../../shared/agents/store/rows.ts";
import type { Clock } from "../../../shared/async/clock.ts";
import { isTerminal, type RunEvent } from "../../../shared/contracts/events.ts";
import { parseEvent } from "../../../shared/db/parsed_rows.ts";
import { addEvent } from "./memory_pauses.ts";
import type { Run, Tables } from "./memory_tables.ts";
import { stored } from "./memory_wire.ts";

/** From the number on that its owner gave the terminal event. */
export function endOfLog(tables: Tables, { id }: Run, { events }: Batch): RunEvent[] {
  const from = events.find(isTerminal)?.seq ?? Infinity;
  return tables.events.filter((event) => event.run_id === id && (isTerminal(event) || event.seq >= from))
    .map((event) => parseEvent(stored(event)));
}

/** Before the terminal event, which is numbered anew. */
export function tellStepEnds(tables: Tables, run: Run, clock: Clock): void {
  const last = tables.events.findLastIndex((event) => event.run_id === run.id && isTerminal(event));
  const [terminal] = tables.events.splice(last, 1);
  logStepEnds(tables, run, clock);
  const seq = tables.events.filter((event) => event.run_id === run.id).length + 1;
  if (terminal) tables.events.push({ ...terminal, seq });
}

function logStepEnds(tables: Tables, run: Run, clock: Clock): void {
  const plan = tables.plans.findLast((one) => one.run_id === run.id);
  if (!plan) return;
  const events = tables.events.filter((event) => event.run_id === run.id);
  const told = events.slice(events.findLastIndex(({ type }) => type === "plan_created"));
  const ofStep = (type: string, step_number: number) =>
    told.filter((event) => event.type === type && event.data.step_number === step_number);
  for (const { step_number } of plan.steps.toSorted((a, b) => a.step_number - b.step_number)) {
    const starts = ofStep("step_start", step_number).length;
    const row = tables.executions.findLast((one) =>
      one.plan_id === plan.id && one.step_number === step_number
    );
    if (ofStep("step_complete", step_number).length > 0 || (!row && starts === 0)) continue;
    const attempt = Math.max(row?.attempt ?? 0, starts);
    const status = row && starts <= row.attempt ? statusOf(row.status) : endOf(run);
    const summary = row?.result?.summary;
    const said = status === "completed"
      ? { summary }
      : status === "cancelled"
      ? { summary: "It was stopped with its run." }
      : failure(summary ?? "The run ended before this step did.");
    addEvent(tables, run, { type: "step_complete", data: { step_number, attempt, status, ...said } }, clock);
  }
}

const failure = (error: string) => ({ summary: error, error });

function endOf({ status }: Run): "cancelled" | "failed" {
  return status === "cancelled" ? "cancelled" : "failed";
}

function statusOf(row: string): "completed" | "cancelled" | "failed" {
  if (row === "completed" || row === "partial") return "completed";
  return row === "cancelled" ? "cancelled" : "failed";
}
