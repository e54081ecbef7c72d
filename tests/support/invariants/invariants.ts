// The invariants of a run that has ended, as far as its rows and the stream of one client can show them:
//   I1 one worker at a time     I2 every effect once, in order      I3 the user's message kept and answered once
//   I4 one gap-free log         I5 stored state == reduced log      I6 what was streamed is what is stored
//   I7 nothing starts after a cancel
import { AssertionError } from "node:assert/strict";
import type { Sql } from "postgres";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import { initialRunState, reduceRun } from "../../../shared/contracts/run_state.ts";
import { parseEvent } from "../../../shared/db/parsed_rows.ts";
import { approvalViolations } from "./approvals.ts";
import { cancelViolations } from "./cancel.ts";
import { conversationViolations } from "./conversation.ts";
import { eventLogViolations } from "./event_log.ts";
import type { Evidence, Violation } from "./evidence.ts";
import { openRowViolations } from "./open_rows.ts";
import { runStateViolations } from "./run_state.ts";
import { stepViolations } from "./steps.ts";
import { streamViolations } from "./stream.ts";
import { takeoverViolations } from "./takeovers.ts";
import { threadViolations } from "./threads.ts";
import { toolCallViolations } from "./tool_calls.ts";
import { wordViolations } from "./row_words.ts";
import { readStoredRun, type StoredRun } from "../rows/stored_run.ts";

/** What a client got of the run, over however many connections: its events in the order in which they came. */
export interface Seen {
  streamed: readonly ReadEvent[];
  /** When processes that stood still went on, in milliseconds since the epoch. */
  woke_at?: readonly number[];
}

/** Throws an AssertionError that names every invariant (I1 to I7) that the ended run breaks, and how. */
export async function checkInvariants(sql: Sql, run_id: string, seen: Seen): Promise<void> {
  await assertInvariants(await readStoredRun(sql, run_id), seen);
}

/** The same for rows that have been read already. */
export async function assertInvariants(rows: StoredRun, seen: Seen): Promise<void> {
  const violations = await violationsOf(rows, seen);
  if (violations.length === 0) return;
  const lines = violations.map(({ invariant, problem }) => `${invariant}: ${problem}`);
  throw new AssertionError({ message: `Run ${rows.run.id} (${rows.run.status})\n${lines.join("\n")}` });
}

async function violationsOf(rows: StoredRun, { streamed, woke_at = [] }: Seen): Promise<Violation[]> {
  const events: RunEvent[] = [];
  for (const row of rows.events) {
    try {
      events.push(parseEvent(row));
    } catch (error) {
      return [{ invariant: "I4", problem: `event ${row.seq} (${row.type}) can't be read: ${error}` }];
    }
  }
  const state = events.reduce(reduceRun, initialRunState(rows.run.id));
  const evidence: Evidence = { ...rows, events, state, streamed, woke_at };
  return [
    ...eventLogViolations(evidence),
    ...takeoverViolations(evidence),
    ...approvalViolations(evidence),
    ...streamViolations(evidence),
    ...conversationViolations(evidence),
    ...openRowViolations(evidence),
    ...runStateViolations(evidence),
    ...stepViolations(evidence),
    ...threadViolations(evidence),
    ...wordViolations(evidence),
    ...await Array.fromAsync(toolCallViolations(evidence)),
    ...cancelViolations(evidence),
  ];
}
