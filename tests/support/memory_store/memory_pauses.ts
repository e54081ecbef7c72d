// How a run of the store in memory waits for a person, and what its log says of that.
import type { Clock } from "../../../shared/async/clock.ts";
import type { EventRow } from "../../../shared/agents/store/rows.ts";
import { closeUndecided, decisionOf, expireCalls, waitingCalls } from "./memory_calls.ts";
import { isoTime } from "./memory_rows.ts";
import type { CallRow, Run, Tables } from "./memory_tables.ts";

export function isAwaitingRun(tables: Tables, run: Run, clock: Clock): boolean {
  return run.status === "awaiting_approval" && run.cancel_requested_at === null &&
    waitingCalls(tables, run.id, clock).length > 0;
}

export function pauseRun(tables: Tables, run: Run, open: readonly CallRow[], clock: Clock): void {
  run.status = "awaiting_approval";
  const [expires_at] = open.map(({ asked }) => asked?.expires_at).toSorted();
  addEvent(tables, run, { type: "run_paused", data: { open: open.map(({ id }) => id), expires_at } }, clock);
}

/** What was to be decided is not done. */
export function supersedeCalls(tables: Tables, run: Run, clock: Clock): void {
  const open = waitingCalls(tables, run.id, clock);
  expireCalls(tables, run.id, clock);
  closeUndecided(open, "superseded", isoTime(clock));
  for (const { id, error, asked, run_id, arguments: args } of tables.tool_calls) {
    const decision = decisionOf(error, asked);
    if (run_id !== run.id || decision === null) continue;
    const told = tables.events.some(({ type, data }) =>
      type === "approval_decided" && data.tool_call_id === id
    );
    const { reason, ...decided } = decision;
    const edited = decided.edited && { arguments: args };
    const data = { tool_call_id: id, ...decided, ...edited, ...(reason !== null && { reason }) };
    if (!told) addEvent(tables, run, { type: "approval_decided", data }, clock);
  }
}

/** Where the log ends. */
export function addEvent(
  { events }: Tables,
  { id: run_id }: Run,
  event: Pick<EventRow, "type" | "data">,
  clock: Clock,
): void {
  const seq = events.filter((one) => one.run_id === run_id).length + 1;
  events.push({ run_id, seq, at: isoTime(clock), agent: null, ...event });
}
