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
const IDLE_MS = 45_000;
/** Failures in a row before the client gives up; about a minute of waiting. */
const MAX_FAILURES = 10;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 10_000;
const MAX_RETRY_AFTER_MS = 60_000;

const platformTimers: Timers = {
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

/** The platform's time and chance, where no other is given, and one signal for all that are there. */
export function waitingFor(
  { clock = platformTimers, random = Math.random }: Partial<WaitOptions>,
  ...signals: (AbortSignal | null | undefined)[]
): WaitOptions {
  return { clock, random, signal: AbortSignal.any(signals.filter((signal) => !!signal)) };
}

/** What `work` gives, unless the signal aborts or nothing comes for IDLE_MS. */
export function inTime<T>(work: Promise<T>, waiting: WaitOptions): Promise<T> {
  return unlessAborted(waiting, (resolve, reject) => {
    work.then(resolve, reject);
    return waiting.clock.after(IDLE_MS, () => reject(connectionError("The server has gone quiet.")));
  });
}

/** A promise that the signal rejects, too. What `begin` gives is done at its end, whichever that is. */
function unlessAborted<T>(
  { signal }: WaitOptions,
  begin: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
): Promise<T> {
  const over = new AbortController();
  return new Promise<T>((resolve, reject) => {
    // First, so that work which fails for the same reason fails into this promise, and not into nothing.
    over.signal.addEventListener("abort", begin(resolve, reject));
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), over);
  }).finally(() => over.abort());
}

/**
 * Waits until it is time to try again, after so many failures in a row. Throws the last one instead when trying again
 * is of no use. Pauses double and are a matter of chance, so that clients spread out.
 */
export async function pauseAfter(thrown: unknown, failures: number, waiting: WaitOptions): Promise<void> {
  const { clock, random, signal } = waiting;
  signal.throwIfAborted();
  const failure = thrown instanceof AgentClientError
    ? thrown
    : connectionError("The connection to the server broke.", thrown);
  const { retryable, kind, status, retry_after_s } = failure;
  // Too many streams are open, which passes when one ends. A quota takes longer, and is its user's to know.
  const soon = status === 429 && (retry_after_s ?? Infinity) * 1000 <= MAX_PAUSE_MS;
  const passing = retryable && (kind === "connection" || status >= 500 || soon);
  if (!passing || failures >= MAX_FAILURES) throw failure;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), MAX_PAUSE_MS) * (0.5 + random() / 2);
  const asked = Math.min((retry_after_s ?? 0) * 1000, MAX_RETRY_AFTER_MS);
  await unlessAborted<void>(waiting, (resolve) => clock.after(Math.max(pause, asked), resolve));
}
