// How long the client waits: for an answer, for the next byte, and between two attempts.
import { AgentClientError, connectionError } from "./client_error.ts";

export interface Timers {
  /** Runs `fn` once, `ms` from now; the function that comes back takes it off again. */
  after(ms: number, fn: () => void): () => void;
}

export interface WaitOptions {
  clock: Timers;
  /** A number from 0 up to 1. */
  random: () => number;
  signal: AbortSignal;
}

/** The server sends a comment every 15 seconds, so a connection this quiet is dead. */
export const IDLE_MS = 45_000;
/** Failures in a row before the client gives up; about a minute of waiting. */
export const MAX_FAILURES = 10;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 10_000;
const MAX_RETRY_AFTER_MS = 60_000;

export const platformTimers: Timers = {
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

/** One signal for all that are there. */
export function anySignal(...signals: (AbortSignal | null | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal instanceof AbortSignal));
}

/** What `work` gives, unless the signal aborts or nothing comes for IDLE_MS. */
export async function inTime<T>(work: Promise<T>, waiting: WaitOptions): Promise<T> {
  const { due, stop } = timer(IDLE_MS, waiting);
  const late = due.then(() => {
    throw connectionError("The server has gone quiet.");
  });
  return await Promise.race([work, late]).finally(stop);
}

/** Due in `ms`, rejected when the signal aborts; neither happens once it was stopped. */
function timer(ms: number, { clock, signal }: WaitOptions): { due: Promise<void>; stop(): void } {
  let stop = () => {};
  const due = new Promise<void>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    const cancel = clock.after(ms, resolve);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    stop = () => {
      cancel();
      signal.removeEventListener("abort", abort);
    };
  });
  return { due, stop };
}

/** Too many streams are open, which passes when one ends. A quota takes longer, and is its user's to know. */
function isSoonOver({ status, retry_after_s = Infinity }: AgentClientError): boolean {
  return status === 429 && retry_after_s * 1000 <= MAX_PAUSE_MS;
}

export interface Attempts {
  /** Waits until it is time to try again. Throws the failure instead when trying again is of no use. */
  failed(thrown: unknown): Promise<void>;
  succeeded(): void;
}

/** Counts failures in a row, with pauses that double and are a matter of chance, so that clients spread out. */
export function createAttempts(waiting: WaitOptions): Attempts {
  const { random, signal } = waiting;
  let failures = 0;
  return {
    succeeded: () => void (failures = 0),
    async failed(thrown) {
      signal.throwIfAborted();
      const failure = thrown instanceof AgentClientError
        ? thrown
        : connectionError("The connection to the server broke.", thrown);
      const passing = failure.retryable &&
        (failure.kind === "connection" || failure.status >= 500 || isSoonOver(failure));
      if (!passing || ++failures >= MAX_FAILURES) throw failure;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), MAX_PAUSE_MS) * (0.5 + random() / 2);
      const asked = Math.min((failure.retry_after_s ?? 0) * 1000, MAX_RETRY_AFTER_MS);
      const { due, stop } = timer(Math.max(pause, asked), waiting);
      await due.finally(stop);
    },
  };
}
