// The log of one run, kept by its one owner: numbers the events, writes them with all other rows, and only then
// sends them, so that nobody has seen what another owner would not find. While one transaction is under way,
// whatever happens waits for the next one: there are as few as the database's speed allows.
import {
  CancelledError,
  type Failure,
  LeaseLostError,
  StoreUnavailable,
  toAgentError,
} from "../../contracts/errors.ts";
import { type EventBody, RunEvent } from "../../contracts/events.ts";
import { storableJson } from "../../contracts/storable_json.ts";
import { inStoredOrder } from "../../contracts/text.ts";
import { addUsage, NO_USAGE, type Usage } from "../../contracts/usage.ts";
import { createEventDedup, type KnownEvents } from "./event_dedup.ts";
import type { Clock, Log, Store } from "../ports.ts";
import type { OwnedRun, RunLease, RunOutcome, TextPart } from "../store/records.ts";
import { type Batch, emptyBatch, type EventRow, isEmpty } from "../store/rows.ts";
import { createTextCoalescer } from "./text_coalescer.ts";

export interface RunLog {
  readonly lease: RunLease;
  /** Rows for the next transaction; they go with the next event, or at the next flush. */
  readonly rows: Omit<Batch, "events" | "usage">;
  /** What the planner's own calls have cost, in all. */
  readonly usage: Usage;
  /** Aborts when nothing can be written any more; its reason tells why. */
  readonly broken: AbortSignal;
  /** Numbers an event, writes it and sends it; one that the log has already, or that comes after `finish`, is dropped. */
  emit(body: EventBody): void;
  /** What the planner says, delta by delta. */
  text(part: TextPart, delta: string): void;
  spend(usage: Usage): void;
  /** Resolves when everything so far is stored. Rejects when it can't be, or when the run has ended without it. */
  flush(): Promise<void>;
  /** The end: one transaction with everything that waits. False when the run is not ours to end any more. */
  finish(outcome: RunOutcome): Promise<boolean>;
}

interface RunLogOptions {
  owned: Pick<OwnedRun, "run_id" | "generation" | "agent_id" | "usage" | "last_seq">;
  known_events: KnownEvents;
  store: Pick<Store, "recordProgress" | "finishRun" | "failRun">;
  clock: Clock;
  log: Log;
  deliver(event: RunEvent): void;
  /** Told when something has been stored from which the run could go on. */
  onProgress(): void;
}

export function createRunLog(options: RunLogOptions): RunLog {
  const { owned, store, clock, log, deliver, onProgress } = options;
  const { run_id, generation } = owned;
  const lease = { run_id, generation };
  const planner = { id: owned.agent_id, type: "planner" as const };
  const announced = createEventDedup(options.known_events);
  const broken = new AbortController();
  let usage = owned.usage ?? NO_USAGE;
  /** The last number that was given, and the last that has been stored. */
  let seq = owned.last_seq;
  let stored = seq;
  let rows = emptyBatch();
  let events: RunEvent[] = [];
  let writing: Promise<void> | null = null;
  let closing = false;

  /** The event as it will be read again: what can't be stored is not sent either. */
  function numbered(body: EventBody, seq: number): RunEvent {
    const at = new Date(clock.now()).toISOString();
    return RunEvent.parse(
      inStoredOrder(storableJson({ ...body, agent: body.agent ?? planner, run_id, seq, at })),
    );
  }

  function send(body: EventBody) {
    if (closing || !announced.note(body)) return;
    events.push(numbered(body, ++seq));
    write();
  }

  /** Everything that waits, to be written in one transaction. */
  function take(): { batch: Batch; sent: RunEvent[] } {
    const batch = { ...rows, events: events.map(eventRow), usage };
    const sent = events;
    rows = emptyBatch();
    events = [];
    return { batch, sent };
  }

  const waits = () => events.length > 0 || !isEmpty(rows);

  function write(): Promise<void> {
    return writing ??= drain().finally(() => writing = null);
  }

  async function drain() {
    // Everything of this tick goes into one transaction.
    await Promise.resolve();
    while (!closing && !broken.signal.aborted && waits()) {
      const { batch, sent } = take();
      try {
        await store.recordProgress(lease, batch);
      } catch (error) {
        broken.abort(error);
        return;
      }
      arrived(sent);
      if (batch.messages.length > 0 || sent.some((event) => event.type !== "text")) onProgress();
    }
  }

  function arrived(sent: RunEvent[]) {
    stored = sent.at(-1)?.seq ?? stored;
    sent.forEach(deliver);
  }

  const text = createTextCoalescer(clock, (part, delta) => send({ type: "text", ...part, delta }));

  async function flush() {
    while (writing || (waits() && !closing && !broken.signal.aborted)) await write();
    broken.signal.throwIfAborted();
    if (waits()) throw new Error("Cannot store rows: the run's log is closed");
  }

  async function end(outcome: RunOutcome, { batch, sent }: ReturnType<typeof take>) {
    const terminal = numbered(terminalEvent(outcome), seq + 1);
    const total = await store.finishRun(lease, outcome, {
      ...batch,
      events: [...batch.events, eventRow(terminal)],
    });
    arrived([...sent, terminal.type === "done" ? { ...terminal, usage: total } : terminal]);
  }

  return {
    lease,
    broken: broken.signal,
    get rows() {
      return rows;
    },
    get usage() {
      return usage;
    },
    emit(body) {
      text.flush();
      send(body);
    },
    text: text.push,
    spend: (more) => void (usage = addUsage(usage, more)),
    flush() {
      text.flush();
      return flush();
    },
    async finish(outcome) {
      text.flush();
      closing = true;
      await writing;
      try {
        broken.signal.throwIfAborted();
        const waiting = take();
        await end(outcome, waiting).catch((error) => {
          if (!(error instanceof CancelledError)) throw error;
          // The user was faster.
          const { strategy, usage, settlement } = outcome;
          const finished_reason = "cancelled";
          return end({ status: "cancelled", strategy, usage, finished_reason, settlement }, waiting);
        });
        return true;
      } catch (error) {
        return await fail(error);
      }
    },
  };

  /** The last resort: what waits can't be stored, so the run ends as failed without it, unless this owner is fenced out. */
  async function fail(cause: unknown): Promise<boolean> {
    log.error("cannot finish the run", { run_id, error: cause });
    // The next owner settles the rest: what only passes may have passed by then.
    if (cause instanceof LeaseLostError || cause instanceof StoreUnavailable) return false;
    const { kind, message, retryable } = toAgentError(cause);
    try {
      if (!await store.failRun(lease, { kind, message, retryable })) return false;
    } catch (error) {
      log.error("cannot fail the run", { run_id, error });
      return false;
    }
    deliver(numbered({ type: "error", kind, message, retryable }, stored + 1));
    return true;
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
