// The log of one run, kept by its one owner: numbers the events, hands each to the listener at once, and
// writes them with all other rows in as few transactions as the moments that must be durable allow.
import { type Failure, toAgentError } from "../contracts/errors.ts";
import { type AgentRef, type EventBody, RunEvent } from "../contracts/events.ts";
import { cleanJson, type Json } from "../contracts/text.ts";
import { emptyBatch, isEmpty, prepend } from "./batch.ts";
import type { Clock, Log, Store } from "./ports.ts";
import type { Batch, EventRow, RunOutcome } from "./records.ts";
import { createTextStream } from "./text_stream.ts";

export interface RunLog {
  readonly run_id: string;
  /** Rows for the next transaction. */
  readonly rows: Batch;
  /** Numbers an event, sends it, and keeps it for the next transaction. */
  emit(body: EventBody): void;
  /** What the planner says, delta by delta. */
  text(part: number, delta: string): void;
  /** Writes what waits. Rejects when the database refuses it. */
  flush(): Promise<void>;
  /** Writes what waits, soon, without holding anybody up; a failure shows at the next flush. */
  flushSoon(): void;
  /** The end: one transaction with everything that waits, then the terminal event goes out. */
  finish(outcome: RunOutcome): Promise<void>;
}

interface RunLogOptions {
  run_id: string;
  agent: AgentRef;
  /** The `session` event, which `start_run` has stored already. */
  first: RunEvent;
  store: Store;
  clock: Clock;
  log: Log;
  deliver(event: RunEvent): void;
}

export function createRunLog({ run_id, agent, first, store, clock, log, deliver }: RunLogOptions): RunLog {
  let seq = first.seq;
  let rows = emptyBatch();
  let writing: Promise<void> = Promise.resolve();
  deliver(first);

  function number(body: EventBody): RunEvent {
    return RunEvent.parse({
      ...body,
      agent: body.agent ?? agent,
      run_id,
      seq: ++seq,
      at: new Date(clock.now()).toISOString(),
    });
  }

  function emit(body: EventBody) {
    text.flush();
    const event = number(body);
    rows.events.push(eventRow(event));
    deliver(event);
  }

  const text = createTextStream(clock, (part, delta) => {
    const event = number({ type: "text", part, delta });
    rows.events.push(eventRow(event));
    deliver(event);
  });

  async function write() {
    if (isEmpty(rows)) return;
    const batch = rows;
    rows = emptyBatch();
    try {
      await store.recordProgress(run_id, batch);
    } catch (error) {
      prepend(rows, batch);
      throw error;
    }
  }

  function flush(): Promise<void> {
    writing = writing.catch(() => {}).then(write);
    return writing;
  }

  return {
    run_id,
    get rows() {
      return rows;
    },
    emit,
    text: text.push,
    flush,
    flushSoon() {
      flush().catch((error) => log.error("cannot record progress", { run_id, error }));
    },
    async finish(outcome) {
      text.flush();
      await writing.catch(() => {});
      const event = number(terminalEvent(outcome));
      try {
        await store.finishRun(run_id, outcome, { ...rows, events: [...rows.events, eventRow(event)] });
        deliver(event);
      } catch (error) {
        log.error("cannot finish the run", { run_id, error });
        const { kind, message, retryable } = toAgentError(error);
        deliver(RunEvent.parse({ ...event, type: "error", kind, message, retryable }));
      }
    },
  };
}

function terminalEvent(outcome: RunOutcome): EventBody {
  if (outcome.status === "failed") {
    const failure: Failure = outcome.error ?? toAgentError(undefined);
    return { type: "error", kind: failure.kind, message: failure.message, retryable: failure.retryable };
  }
  return {
    type: "done",
    status: outcome.status,
    message_id: outcome.message_id,
    usage: outcome.usage,
    finished_reason: outcome.finished_reason ?? "answered",
  };
}

function eventRow({ seq, type, at, agent, run_id: _, ...data }: RunEvent): EventRow {
  return { seq, type, at, agent: agent ?? null, data: cleanJson(asJson(data)) };
}

/** A parsed event holds only JSON, except for optional fields that are undefined. */
function asJson(data: object): Json {
  return JSON.parse(JSON.stringify(data));
}
