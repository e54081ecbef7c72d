// The log of one run, kept by its one owner: numbers the events, hands each to the listener at once, and
// writes them with all other rows in as few transactions as the moments that must be durable allow.
import { type Failure, toAgentError } from "../contracts/errors.ts";
import { type AgentRef, type EventBody, isTerminal, RunEvent } from "../contracts/events.ts";
import { cleanJson, JsonObject } from "../contracts/text.ts";
import { emptyBatch, isEmpty, prepend } from "./batch.ts";
import type { Clock, Log, Store } from "./ports.ts";
import type { Batch, EventRow, RunOutcome } from "./records.ts";
import { createTextStream } from "./text_stream.ts";

/** What was sent is stored within this time, for those who follow the run from elsewhere. */
const FLUSH_MS = 1_000;

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
  store: Pick<Store, "recordProgress" | "finishRun" | "failRun">;
  clock: Clock;
  log: Log;
  deliver(event: RunEvent): void;
}

export function createRunLog({ run_id, agent, first, store, clock, log, deliver }: RunLogOptions): RunLog {
  let seq = first.seq;
  let rows = emptyBatch();
  let writing: Promise<void> = Promise.resolve();
  let cancelFlush: (() => void) | null = null;
  deliver(first);

  /** The event as it will be read again: what can't be stored is not sent either. */
  function add(body: EventBody): RunEvent {
    const event = RunEvent.parse({
      ...cleaned({ ...body, agent: body.agent ?? agent }),
      run_id,
      seq: seq + 1,
      at: new Date(clock.now()).toISOString(),
    });
    seq = event.seq;
    rows.events.push(eventRow(event));
    return event;
  }

  function send(body: EventBody) {
    deliver(add(body));
    cancelFlush ??= clock.after(FLUSH_MS, flushSoon);
  }

  const text = createTextStream(clock, (part, delta) => send({ type: "text", part, delta }));

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
    cancelFlush?.();
    cancelFlush = null;
    writing = writing.catch(() => {}).then(write);
    return writing;
  }

  function flushSoon() {
    flush().catch((error) => log.error("cannot record progress", { run_id, error }));
  }

  return {
    run_id,
    get rows() {
      return rows;
    },
    emit(body) {
      text.flush();
      send(body);
    },
    text: text.push,
    flush,
    flushSoon,
    async finish(outcome) {
      text.flush();
      cancelFlush?.();
      await writing.catch(() => {});
      try {
        const event = add(terminalEvent(outcome));
        await store.finishRun(run_id, outcome, rows);
        deliver(event);
      } catch (error) {
        await fail(error);
      }
    },
  };

  /** The last resort: what waits can't be stored, so the run ends as failed without it. */
  async function fail(cause: unknown) {
    log.error("cannot finish the run", { run_id, error: cause });
    const { kind, message, retryable } = toAgentError(cause);
    await store.failRun(run_id, { kind, message, retryable }).catch((error) =>
      log.error("cannot fail the run", { run_id, error })
    );
    const ended = rows.events.at(-1);
    if (ended && isTerminal(ended)) seq = ended.seq - 1;
    deliver(add({ type: "error", kind, message, retryable }));
  }
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
  return { seq, type, at, agent: agent ?? null, data };
}

/** As JSON that Postgres takes, without what is undefined. */
function cleaned(data: object): JsonObject {
  return JsonObject.parse(cleanJson(JSON.parse(JSON.stringify(data))));
}
