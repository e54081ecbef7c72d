// What waits to be stored of a run. While one transaction is under way, whatever happens waits for the next one: there
// are as few as the database's speed allows.
import type { RunEvent } from "../../contracts/events.ts";
import { type Batch, emptyBatch, isEmpty } from "../store/rows.ts";

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
  push(event: RunEvent): void;
  /** Resolves when everything so far is stored. Rejects when it can't be, or when the queue was closed before. */
  flush(): Promise<void>;
  /**
   * Ends the writing, and gives what is left for the last transaction. Rejects when nothing can be written
   * any more.
   */
  close(): Promise<Waiting>;
}

interface QueueOptions {
  /** One transaction. */
  store(waiting: Waiting): Promise<void>;
  /** Told what has been stored, after each transaction. */
  onStored(stored: Waiting): void;
}

/** A queue that is empty and open. */
export function createWriteQueue({ store, onStored }: QueueOptions): WriteQueue {
  const broken = new AbortController();
  let waiting: Waiting = { rows: emptyBatch(), events: [] };
  let writing: Promise<void> | null = null;
  let closed = false;

  const waits = () => waiting.events.length > 0 || !isEmpty(waiting.rows);
  const writable = () => !closed && !broken.signal.aborted;

  function take(): Waiting {
    const taken = waiting;
    waiting = { rows: emptyBatch(), events: [] };
    return taken;
  }

  function write(): Promise<void> {
    return writing ??= drain().finally(() => writing = null);
  }

  async function drain() {
    // Everything of this tick goes into one transaction.
    await Promise.resolve();
    while (writable() && waits()) {
      const taken = take();
      try {
        await store(taken);
      } catch (error) {
        broken.abort(error);
        return;
      }
      onStored(taken);
    }
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
