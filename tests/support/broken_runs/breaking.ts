// The tools with which tests break a copy of a good run by hand.
import assert from "node:assert/strict";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import type { StoredRun } from "../rows/stored_run.ts";
import type { Invariant } from "../invariants/evidence.ts";

export interface Fault {
  /** In words. */
  what: string;
  invariant: Invariant;
  /** What the checker says of it. */
  says: RegExp;
  make(rows: StoredRun, streamed: RunEvent[]): void;
}

/** The first item that fits. Throws when there is none. */
export function first<T>(items: readonly T[], fits: (item: T) => boolean = () => true): T {
  const item = items.find(fits);
  assert.ok(item, "the good run lacks what was to be broken");
  return item;
}

/** Takes the first item that fits out of the list. */
export function remove<T>(items: T[], fits: (item: T) => boolean): void {
  items.splice(items.indexOf(first(items, fits)), 1);
}

/** Takes an event out of the log and the stream, and closes the gap. */
export function forget(rows: StoredRun, streamed: RunEvent[], fits: (event: RunEvent) => boolean): void {
  const { seq } = first(streamed, fits);
  rows.events.splice(seq - 1, 1);
  streamed.splice(seq - 1, 1);
  for (const list of [rows.events, streamed]) list.forEach((event, i) => event.seq = i + 1);
}

/** Repeats an event right behind itself, in the log and the stream. */
export function repeat(rows: StoredRun, streamed: RunEvent[], fits: (event: RunEvent) => boolean): void {
  const { seq } = first(streamed, fits);
  rows.events.splice(seq, 0, structuredClone(first(rows.events, (row) => row.seq === seq)));
  streamed.splice(seq, 0, structuredClone(first(streamed, (event) => event.seq === seq)));
  for (const list of [rows.events, streamed]) list.forEach((event, i) => event.seq = i + 1);
}

/** Changes an event in the log and the stream alike. */
export function change(
  rows: StoredRun,
  streamed: RunEvent[],
  type: string,
  fields: Record<string, string | number>,
) {
  const row = first(rows.events, (one) => one.type === type);
  Object.assign(row.data, fields);
  Object.assign(first(streamed, (one) => one.seq === row.seq), fields);
}

/** Adds an attempt at step 2, so many seconds after the one there is. */
export function again(
  executions: StoredRun["executions"],
  status: "failed" | "completed",
  seconds = 1,
): void {
  const last = first(executions, (row) => row.step_number === 2);
  const created_at = new Date(Date.parse(last.finished_at ?? "") + seconds * 1000).toISOString();
  executions.push({ ...last, id: crypto.randomUUID(), attempt: 2, status, created_at });
}

/** Fits the messages of the same thread that come after this one. */
export function follows({ agent_session_id, seq }: StoredRun["messages"][number]) {
  return (other: StoredRun["messages"][number]) =>
    other.agent_session_id === agent_session_id && other.seq > seq;
}
