// Ends a model call that the host lets hang. The SDK's own timeout stops counting at the headers, so this
// counts for itself: only the time spent waiting for the host, and only data frames end a wait.
import type { Clock } from "../async/clock.ts";

/** The caller's signal, a wait that was too long, or the end of all waiting. */
export type StopReason = "aborted" | "silence" | "deadline";

export interface Watchdog {
  /** Resolves with the promise's value, or with `stopped` when the wait is over first. */
  wait<T>(promise: Promise<T>): Promise<{ state: "came"; value: T } | { state: "stopped" }>;
  /** A data frame has come; the next one may take `limit_ms` from when it is waited for. */
  frame(limit_ms: number): void;
  /** Why it stopped; null while it has not. */
  readonly stopped: StopReason | null;
  /** Takes the timer and the listener off. */
  close(): void;
}

interface WatchdogOptions {
  clock: Clock;
  signal: AbortSignal;
  /** How long the first data frame may take. */
  first_ms: number;
  /** The time at which all waiting ends. */
  deadline_at: number;
  /** Called once when it stops, to end the request. */
  onStop(): void;
}

/** A watchdog for one request; the first wait begins now. */
export function createWatchdog({ clock, signal, first_ms, deadline_at, onStop }: WatchdogOptions): Watchdog {
  let stopped: StopReason | null = null;
  let wake = () => {};
  let limit = first_ms;
  let waiting_since: number | null = clock.now();
  let cancelTimer = () => {};

  function stop(reason: StopReason): void {
    if (stopped !== null) return;
    stopped = reason;
    close();
    onStop();
    wake();
  }

  function check(): void {
    const now = clock.now();
    // Time in which nobody waits for the host, because our reader is slow, is not the host's.
    const due = (waiting_since ?? now) + limit;
    if (now >= deadline_at) stop("deadline");
    else if (now >= due) stop("silence");
    else cancelTimer = clock.after(Math.min(due, deadline_at) - now, check);
  }

  function onAbort(): void {
    stop("aborted");
  }

  function close(): void {
    cancelTimer();
    signal.removeEventListener("abort", onAbort);
  }

  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  else check();

  return {
    get stopped() {
      return stopped;
    },
    wait(promise) {
      waiting_since ??= clock.now();
      return new Promise((resolve, reject) => {
        wake = () => resolve({ state: "stopped" });
        if (stopped !== null) wake();
        promise.then((value) => resolve({ state: "came", value }), reject);
      });
    },
    frame(limit_ms) {
      waiting_since = null;
      limit = limit_ms;
    },
    close,
  };
}
