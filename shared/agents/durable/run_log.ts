// The log of one run, kept by its one owner: numbers the events, writes them with all other rows, and only then
// sends them, so that nobody has seen what a takeover would not find.
import { type EventBody, type EventType, RunEvent } from "../../contracts/events.ts";
import { storableJson } from "../../contracts/storable_json.ts";
import { inStoredOrder } from "../../contracts/text.ts";
import { addUsage, NO_USAGE, type Usage } from "../../contracts/usage.ts";
import { createEventDedup, type KnownEvents } from "./event_dedup.ts";
import type { Clock } from "../../async/clock.ts";
import type { HandOff } from "./hand_off.ts";
import type { Log, Store } from "../ports.ts";
import type { OwnedRun, RunLease, RunOutcome, Settlement, TextPart } from "../store/records.ts";
import { type Batch, eventRow, type ProposedCall, type Verdict, type Verdicts } from "../store/rows.ts";
import { storeEnd, storeFailure } from "./run_end.ts";
import { createTextCoalescer } from "./text_coalescer.ts";
import { createWriteQueue, type Waiting } from "./write_queue.ts";

export interface RunLog {
  readonly lease: RunLease;
  /** Rows for the next transaction; they go with the next event, or at the next flush. */
  readonly rows: Waiting["rows"];
  /** What the planner's own calls have cost, in all. */
  readonly usage: Usage;
  /** Aborts when nothing can be written any more; its reason tells why. */
  readonly broken: AbortSignal;
  /**
   * Numbers an event, writes it and sends it; one that the log has already, or that comes after `finish`, is
   * dropped.
   */
  emit(body: EventBody): void;
  /** What the planner says, delta by delta. */
  text(part: TextPart, delta: string): void;
  spend(usage: Usage): void;
  /** Resolves when everything so far is stored. Rejects when it can't be, or when the run has ended without it. */
  flush(): Promise<void>;
  /** Stores calls before they are made, and everything so far; what came of them. Rejects as `flush` does. */
  propose(rows: readonly ProposedCall[]): Promise<Verdicts>;
  /**
   * The pause: one transaction with everything that waits, after which the run is nobody's. False where it need not wait
   * for a person: all is decided by then. Rejects as `flush` does.
   */
  park(settled: Settlement | null): Promise<boolean>;
  /** The end: one transaction with everything that waits. False when the run is not ours to end any more. */
  finish(outcome: RunOutcome): Promise<boolean>;
}

interface RunLogOptions {
  owned: Pick<OwnedRun, "run_id" | "generation" | "agent_id" | "usage" | "last_seq">;
  known_events: KnownEvents;
  store: Pick<Store, "recordProgress" | "parkRun" | "finishRun" | "failRun">;
  clock: Clock;
  log: Log;
  deliver(event: RunEvent): void;
  /** Told of each checkpoint: something from which the run can be resumed has been stored. Once it is due, none waits. */
  handOff: Pick<HandOff, "due" | "progress">;
}

/** The log of a run that its owner has just claimed or started. */
export function createRunLog(options: RunLogOptions): RunLog {
  const { owned, store, handOff, deliver } = options;
  const lease = { run_id: owned.run_id, generation: owned.generation };
  const known = createEventDedup(options.known_events);
  const number = createNumbering(options);
  let usage = owned.usage ?? NO_USAGE;
  let last_stored = owned.last_seq;
  const verdicts = new Map<string, Verdict>();
  let tainted_from: number | undefined;
  const queue = createWriteQueue({
    clock: options.clock,
    async store(waiting) {
      const given = await store.recordProgress(lease, batchOf(waiting, usage));
      for (const [id, verdict] of Object.entries(given.verdicts)) verdicts.set(id, verdict);
      tainted_from = given.tainted_from;
    },
    onStored(waiting) {
      send(waiting.events.map((event) => asStored(event, tainted_from)));
      if (isCheckpoint(waiting)) handOff.progress();
    },
  });
  const text = createTextCoalescer(options.clock, (part, delta) => emit({ type: "text", ...part, delta }));

  function emit(body: EventBody) {
    const fresh = queue.closed ? null : known.fresh(body);
    if (fresh === null) return;
    if (LATER.has(fresh.type) && !handOff.due) queue.pushLater(number.next(fresh));
    else queue.push(number.next(fresh));
  }

  function send(events: RunEvent[]) {
    last_stored = events.at(-1)?.seq ?? last_stored;
    events.forEach(deliver);
  }

  /** The last events of a log come with those that end it, as they are stored: all of them after what taints the run. */
  function sendUpTo(last: RunEvent[], events: RunEvent[]) {
    send([...events.map((event) => asStored(event, last[0]?.tainted && 0)), ...last]);
  }

  return {
    lease,
    broken: queue.broken,
    get rows() {
      return queue.rows;
    },
    get usage() {
      return usage;
    },
    emit(body) {
      text.flush();
      emit(body);
    },
    text: text.push,
    spend: (more) => void (usage = addUsage(usage, more)),
    flush() {
      text.flush();
      return queue.flush();
    },
    async propose(rows) {
      queue.rows.tool_calls.push(...rows);
      text.flush();
      await queue.flush();
      return Object.fromEntries(rows.flatMap(({ id }) => {
        const verdict = verdicts.get(id);
        return verdict === undefined ? [] : [[id, verdict]];
      }));
    },
    async park(settled) {
      text.flush();
      const waiting = await queue.close();
      const paused = await store.parkRun(lease, batchOf(waiting, usage), settled);
      // Without a pause nobody has said here from where on they are tainted: readers have them from the log.
      if (paused) sendUpTo([paused], waiting.events);
      return paused !== null;
    },
    async finish(outcome) {
      text.flush();
      try {
        const waiting = await queue.close();
        const batch = batchOf(waiting, usage);
        const end = await storeEnd(outcome, { lease, store, batch, last: number.last });
        sendUpTo(end, waiting.events);
        return true;
      } catch (error) {
        const terminal = await storeFailure(error, { ...options, lease });
        // Where events were stored and their answer was lost, nobody is sent a log with a gap: readers come again.
        if (terminal?.seq === last_stored + 1) send([terminal]);
        return terminal !== null;
      }
    },
  };
}

/** Many of them come at a time, and nobody acts on one alone. */
const LATER: ReadonlySet<EventType> = new Set<EventType>([
  "analysis",
  "tool_call",
  "tool_result",
  "executor_spawned",
  "step_start",
  "executor_result",
  "step_complete",
]);

/** An event as it is read again: the database says from which one on a run was tainted. */
function asStored(event: RunEvent, tainted_from: number | undefined): RunEvent {
  return tainted_from === undefined || event.seq < tainted_from
    ? event
    : RunEvent.parse({ ...event, tainted: true });
}

function batchOf({ rows, events }: Waiting, usage: Usage): Batch {
  return { ...rows, events: events.map(eventRow), usage };
}

/** Text alone is none: it is said again. */
function isCheckpoint({ rows, events }: Waiting): boolean {
  return rows.messages.length > 0 || events.some((event) => event.type !== "text");
}

/** Makes events as they will be read again: what can't be stored is not sent either. */
function createNumbering({ owned, clock }: Pick<RunLogOptions, "owned" | "clock">) {
  const planner = { id: owned.agent_id, type: "planner" as const };
  let given = owned.last_seq;

  function numbered(body: EventBody, seq: number): RunEvent {
    const at = new Date(clock.now()).toISOString();
    return RunEvent.parse(
      inStoredOrder(storableJson({ ...body, agent: body.agent ?? planner, run_id: owned.run_id, seq, at })),
    );
  }

  return {
    next: (body: EventBody) => numbered(body, ++given),
    /** The terminal event, which comes after all of them. */
    last: (body: EventBody) => numbered(body, given + 1),
  };
}
