// How rows come into the tables of the store in memory, and how they come out again.
import type { Clock } from "../../../shared/async/clock.ts";
import type { Reservation, Reserved, Settlement } from "../../../shared/agents/store/records.ts";
import type { Batch, EventRow, Heard, MessageRow } from "../../../shared/agents/store/rows.ts";
import { AgentError } from "../../../shared/contracts/errors.ts";
import { appendCalls } from "./memory_calls.ts";
import type { Run, Tables } from "./memory_tables.ts";

/** Rows that are there already are left alone: they come again when the answer to the first time was lost. */
export function appendRows(tables: Tables, run_id: string, batch: Partial<Batch>, now: string): void {
  const fresh = <Row extends { id: string }>(table: readonly { id: string }[], rows: Row[] = []) =>
    rows.filter((row) => !table.some((one) => one.id === row.id));
  checkMessages(tables, batch.messages ?? []);
  const open = { run_id, created_at: now, finished_at: null };
  for (const row of fresh(tables.plans, batch.plans)) {
    tables.plans.push({ ...open, ...row, status: "pending" });
  }
  for (const { id, status } of batch.plan_updates ?? []) {
    const plan = tables.plans.find((one) => one.id === id && one.run_id === run_id);
    const finished_at = status === "executing" ? null : now;
    const stopped = status === "failed" && findRun(tables, run_id).cancel_requested_at !== null;
    if (plan?.finished_at === null && !stopped) Object.assign(plan, { status, finished_at });
  }
  for (const row of fresh(tables.threads, batch.threads)) {
    tables.threads.push({ ...open, ...row, status: "active" });
  }
  for (const { thread_id, initial_context } of batch.openings ?? []) {
    const thread = tables.threads.find((one) => one.id === thread_id);
    if (!thread || tables.messages.some((one) => one.agent_session_id === thread_id)) continue;
    thread.initial_context = { ...thread.initial_context, ...initial_context };
  }
  for (const row of fresh(tables.executions, batch.executions)) {
    tables.executions.push({
      ...row,
      run_id,
      session_id: findRun(tables, run_id).session_id,
      worker: null,
      executor_agent_id: null,
      agent_session_id: null,
      result: null,
      usage: null,
      tool_calls_made: 0,
      duration_ms: null,
      lease_generation: 1,
      owner_reservation_id: null,
      lease_seconds: 0,
      lease_expires_at: 0,
      released: false,
      created_at: now,
      finished_at: now,
    });
  }
  for (const { execution_id, usage } of batch.step_usage ?? []) {
    const execution = tables.executions.find((one) => one.id === execution_id && one.run_id === run_id);
    if (execution?.status === "running") execution.usage = usage;
  }
  for (const row of fresh(tables.messages, batch.messages)) {
    tables.messages.push({ ...row, run_id });
  }
  appendCalls(tables, run_id, batch.tool_calls ?? [], now);
}

/** What a worker of the run is told of each of its writes. */
export function heard({ cancel_requested_at }: Run): Heard {
  return cancel_requested_at === null ? {} : { cancelled: true };
}

/** Messages continue their threads: a gap, or another message under a number that is taken, refuses all. */
export function checkMessages({ messages }: Tables, rows: readonly MessageRow[]): void {
  const added = rows.filter(({ id }) => !messages.some((one) => one.id === id));
  for (const thread_id of new Set(added.map((row) => row.agent_session_id))) {
    const numbers = [...messages, ...added].flatMap((row) =>
      row.agent_session_id === thread_id ? [row.seq] : []
    );
    if (new Set(numbers).size < numbers.length) {
      throw new AgentError("internal", `Thread ${thread_id} has another message under this number.`);
    }
    if (Math.max(...numbers) !== numbers.length) {
      throw new AgentError("conflict", "A message of the thread is missing.");
    }
  }
}

/** Events that are there already must be the same; a gap, or another event under a taken number, refuses all. */
export function appendEvents(tables: Tables, run_id: string, events: readonly EventRow[]): void {
  const own = tables.events.filter((event) => event.run_id === run_id);
  const text = ({ type, at, agent, data }: EventRow) => JSON.stringify([type, at, agent, data]);
  const fresh = events.filter((event) => event.seq > own.length);
  const known = events.filter((event) => event.seq <= own.length);
  if (
    known.some((event) => text(event) !== text(own[event.seq - 1] ?? event)) ||
    fresh.some((event, i) => event.seq !== own.length + 1 + i)
  ) {
    throw new AgentError("conflict", "The run's log has moved on.");
  }
  tables.events.push(...fresh.map((event) => ({ ...event, run_id })));
}

export function settle({ settlements, reservations }: Tables, settled: Settlement | null): void {
  if (settled === null || settlements.some((one) => one.id === settled.id)) return;
  if (reservations.some((one) => one.id === settled.id)) settlements.push(settled);
}

/** There is no budget here, so no call breaks one. */
export function reserve({ reservations }: Tables, run_id: string, next: Reservation): Reserved {
  if (!reservations.some((one) => one.id === next.id)) reservations.push({ ...next, run_id });
  return { broken_budget: null, allowed: true, tool_calls: next.tool_calls };
}

/** Errors: `not_found`. */
export function findRun({ runs }: Tables, run_id: string): Run {
  const run = runs.find((one) => one.id === run_id);
  if (!run) throw new AgentError("not_found", "There is no such run.");
  return run;
}

export function messagesOf({ messages }: Tables, thread_id: string | null): Nullable[] {
  return messages.filter((one) => one.agent_session_id === thread_id).toSorted((a, b) => a.seq - b.seq).map(
    nullable,
  );
}

type Nullable = ReturnType<typeof nullable>;

function nullable({ detail, tool_calls, tool_call_id, reasoning, echo, cut_off, ...row }: MessageRow) {
  return {
    ...row,
    detail: detail ?? null,
    tool_calls: tool_calls ?? null,
    tool_call_id: tool_call_id ?? null,
    reasoning: reasoning ?? null,
    echo: echo ?? null,
    cut_off: cut_off ?? null,
  };
}

export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** So long after a run's end its message, sent again, may be a repetition. */
const REPEATED_WITHIN_MS = 600_000;

/** Whether the message of a run, sent again without a key, is that run: `private.run_of_made_key`. */
export function holdsItsKey(tables: Tables, run: Run, now: number): boolean {
  const { session_id, cancel_requested_at, finished_at, delivered } = run;
  if (cancel_requested_at !== null || tables.runs.findLast((one) => one.session_id === session_id) !== run) {
    return false;
  }
  return finished_at === null || (!delivered && Date.parse(finished_at) > now - REPEATED_WITHIN_MS);
}
