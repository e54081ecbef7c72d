// The log of a run over a store that does as a script says, for tests of the log alone.
import assert from "node:assert/strict";
import type { OwnedRun, RunOutcome, Settlement } from "../../../shared/agents/store/records.ts";
import type { Batch, MessageRow, ProposedCall, Verdicts } from "../../../shared/agents/store/rows.ts";
import { knownEvents } from "../../../shared/agents/durable/event_dedup.ts";
import { createRunLog } from "../../../shared/agents/durable/run_log.ts";
import type { Failure } from "../../../shared/contracts/errors.ts";
import { RunEvent } from "../../../shared/contracts/events.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { fakeClock } from "../ports/fake_clock.ts";
import { verdictOf } from "./verdicts.ts";
import { AGENT_ID, ownedRun, RUN_ID, THREAD_ID } from "./owned_run.ts";
import { messageId } from "./stored_thread.ts";

interface Script {
  owned?: OwnedRun;
  /** What becomes of each transaction; those that are not named succeed at once. */
  transactions?: (() => Promise<void>)[];
  /** What the store says of proposals; else it approves them. */
  verdicts?: Verdicts;
  finish?: (outcome: RunOutcome) => Promise<void>;
  fail?: () => Promise<RunEvent>;
  /** Gives the pause; else there is none. */
  park?: (batch: Batch) => Promise<RunEvent>;
  /** The hand-off is due. */
  due?: boolean;
}

/** A run's log over a store that does as the script says and remembers what it took. */
export function openLog(
  { owned = ownedRun(), transactions = [], verdicts, finish, fail, park, due = false }: Script = {},
) {
  const clock = fakeClock();
  const sent: RunEvent[] = [];
  const asked: Batch[] = [];
  const stored: Batch[] = [];
  const outcomes: RunOutcome[] = [];
  const failures: Failure[] = [];
  const parked: (Settlement | null)[] = [];
  let progress = 0;
  const run = createRunLog({
    owned,
    known_events: knownEvents(owned.events),
    store: {
      async recordProgress(_lease, batch) {
        asked.push(structuredClone(batch));
        await transactions.shift()?.();
        stored.push(structuredClone(batch));
        const approved = batch.tool_calls.map(({ id }) => [id, verdictOf("approved")]);
        return { verdicts: verdicts ?? Object.fromEntries(approved) };
      },
      async parkRun(_lease, batch, settled) {
        stored.push(structuredClone(batch));
        parked.push(settled);
        return await park?.(batch) ?? null;
      },
      async finishRun(_lease, outcome, batch) {
        await finish?.(outcome);
        outcomes.push(outcome);
        stored.push(structuredClone(batch));
        return [asStored(batch, { usage: { ...NO_USAGE, model_calls: 7 } })];
      },
      failRun(_lease, failure) {
        failures.push(failure);
        return fail?.() ?? Promise.resolve(endOf(stored));
      },
    },
    clock,
    log: { error() {} },
    deliver: (event) => sent.push(event),
    handOff: { due, progress: () => progress += 1 },
  });
  return { run, clock, sent, asked, stored, outcomes, failures, parked, progress: () => progress };
}

export function pausedAfter(seq: number): RunEvent {
  const at = "2026-11-22T12:00:00.000Z";
  return { type: "run_paused", seq: seq + 1, run_id: RUN_ID, at, open: [THREAD_ID], expires_at: at };
}

/** The terminal event of a batch, as the database stores it. */
export function asStored({ events }: Batch, more: object): RunEvent {
  const { data, agent, ...head } = events.at(-1) ?? assert.fail("there is no event");
  return RunEvent.parse({ ...head, ...data, ...more, run_id: RUN_ID, ...(agent && { agent }) });
}

/** The failure that the database adds to what it holds, on its own clock. */
export function endOf(stored: Batch[]): RunEvent {
  const last = stored.flatMap((batch) => batch.events).at(-1)?.seq ?? 1;
  const failure = { type: "error" as const, kind: "internal" as const, message: "No.", retryable: false };
  return { seq: last + 1, run_id: RUN_ID, at: "2000-01-01T00:00:00.000Z", ...failure };
}

export const PART = { part: 1, message_id: messageId(1) };

export const ANSWERED: RunOutcome = {
  status: "completed",
  strategy: "simple",
  usage: NO_USAGE,
  finished_reason: "answered",
  settlement: null,
};
export const message = (seq: number): MessageRow => ({
  id: crypto.randomUUID(),
  agent_session_id: THREAD_ID,
  seq,
  kind: "turn",
  sender_type: "planner",
  sender_agent_id: AGENT_ID,
  role: "assistant",
  content: "Hi.",
  created_at: "2026-11-22T12:00:00.000Z",
});

export const proposal = (): ProposedCall => ({
  ...{ id: crypto.randomUUID(), agent_id: AGENT_ID, agent_session_id: THREAD_ID, tool_call_id: "a" },
  ...{ tool_name: "change", access: "write", arguments: {}, status: "proposed", result: null },
  created_at: "2026-11-22T12:00:00.000Z",
});

export const numbers = (batches: Batch[]) => batches.map((batch) => batch.events.map((event) => event.seq));
export const types = (events: RunEvent[]) => events.map((event) => `${event.seq} ${event.type}`);
