// What waits to be stored of a run. While one transaction is under way, whatever happens waits for the next one, and what
// nobody needs at once waits a moment for company: there are few of them.
import type { Clock } from "../../async/clock.ts";
import type { RunEvent } from "../../contracts/events.ts";
import { type Batch, emptyBatch, isEmpty } from "../store/rows.ts";

/** So late seems at once, and steps that work at the same time tell of a call and its result within it. */
const COMPANY_MS = 100;

/** What one transaction stores. */
export interface Waiting {
  rows: Omit<Batch, "events" | "usage">;
  events: RunEvent[];
}

export interface WriteQueue {
  readonly rows: Waiting["rows"];
  /** Whether `close` was called: events that come later have no place any more. */
  readonly closed: boolean;
  /** Aborts when nothing can be written any more; its reason tells why. */
  readonly broken: AbortSignal;
  /** One that a reader waits for, or that the run needs: it goes at once, with all that waits. */
  push(event: RunEvent): void;
  /** One that waits a moment for others. */
  pushLater(event: RunEvent): void;
  /** Resolves when everything so far is stored. Rejects when it can't be, or when the queue was closed before. */
  flush(): Promise<void>;
  /**
   * Ends the writing, and gives what is left for the last transaction. Rejects when nothing can be written
   * any more.
   */
  close(): Promise<Waiting>;
}

interface QueueOptions {
  clock: Clock;
  /** One transaction. */
  store(waiting: Waiting): Promise<void>;
  /** Told what has been stored, after each transaction. */
  onStored(stored: Waiting): void;
}

/** A queue that is empty and open. */
export function createWriteQueue({ clock, store, onStored }: QueueOptions): WriteQueue {
  const broken = new AbortController();
  let waiting: Waiting = { rows: emptyBatch(), events: [] };
  let writing: Promise<void> | null = null;
  let closed = false;
  /** What waits has to go. */
  let due = false;
  let cancelTimer: (() => void) | null = null;

  const waits = () => waiting.events.length > 0 || !isEmpty(waiting.rows);
  const writable = () => !closed && !broken.signal.aborted;

  function take(): Waiting {
    const taken = waiting;
    due = false;
    cancelTimer?.();
    cancelTimer = null;
    waiting = { rows: emptyBatch(), events: [] };
    return taken;
  }

  function write(): Promise<void> {
    due ||= waits();
    return writing ??= drain();
  }

  function fail(error: unknown): boolean {
    broken.abort(error);
    cancelTimer?.();
    return false;
  }

  async function drain() {
    // Everything of this tick goes into one transaction.
    await Promise.resolve();
    while (writable() && due) {
      const taken = take();
      const stored = await store(taken).then(() => true, fail);
      if (stored) onStored(taken);
    }
    // At once: what is pushed from here on begins another round.
    writing = null;
  }

  return {
    broken: broken.signal,
    get rows() {
      return waiting.rows;
    },
    get closed() {
      return closed;
    },
    push(event) {
      waiting.events.push(event);
      write();
    },
    pushLater(event) {
      waiting.events.push(event);
      if (writable()) cancelTimer ??= clock.after(COMPANY_MS, write);
    },
    async flush() {
      while (writing || (waits() && writable())) await write();
      broken.signal.throwIfAborted();
      if (waits()) throw new Error("Cannot store rows: the run's log is closed");
    },
    async close() {
      closed = true;
      await writing;
      broken.signal.throwIfAborted();
      return take();
    },
  };
}
