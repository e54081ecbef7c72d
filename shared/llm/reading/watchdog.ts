// Ends a model call that the host lets hang. The SDK's own timeout stops counting at the headers, so this
// counts for itself: only the time spent waiting for the host, and only what the host says ends a wait.
import type { Clock } from "../../async/clock.ts";

/** The caller's signal, a wait that was too long, or the end of all waiting. */
export type StopReason = "aborted" | "silence" | "deadline";

export interface Watchdog {
  /** Resolves with the promise's value, or with `stopped` when the wait is over first. */
  wait<T>(promise: Promise<T>): Promise<{ state: "came"; value: T } | { state: "stopped" }>;
  /** A data frame has come: the next one may take as long as any between two. */
  frame(): void;
  /** A sign of life that is no data frame. Before the first one the wait begins anew. */
  heartbeat(): void;
  /** The host has said its last word: what follows may take `limit_ms` in all, whatever comes. */
  ending(limit_ms: number): void;
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
  /** How long each further one may take. */
  idle_ms: number;
  /** The time at which all waiting ends. */
  deadline_at: number;
  /** Called once when it stops, to end the request. */
  onStop(): void;
}

/** A watchdog for one request; the first wait begins now. */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { clock, signal, first_ms, idle_ms, deadline_at, onStop } = options;
  let stopped: StopReason | null = null;
  let wake = () => {};
  let phase: "before the first frame" | "between frames" | "ending" = "before the first frame";
  /** How long may still be waited. Time in which nobody waits, because our reader is slow, is not the host's. */
  let left = first_ms;
  let waiting_since: number | null = clock.now();
  let cancelTimer = () => {};
  let timer_at = Infinity;

  function stop(reason: StopReason): void {
    if (stopped !== null) return;
    stopped = reason;
    close();
    onStop();
    wake();
  }

  function check(): void {
    const now = clock.now();
    timer_at = Infinity;
    if (now >= deadline_at) stop("deadline");
    else if (now >= dueAt(now)) stop("silence");
    else arm(now);
  }

  function dueAt(now: number): number {
    return (waiting_since ?? now) + left;
  }

  /** A timer for an earlier time stays, and looks again when it has come: most waits are short. */
  function arm(now: number): void {
    const at = Math.min(dueAt(now), deadline_at);
    if (at >= timer_at) return;
    cancelTimer();
    timer_at = at;
    cancelTimer = clock.after(at - now, check);
  }

  function pauseWaiting(): void {
    if (waiting_since !== null) left -= clock.now() - waiting_since;
    waiting_since = null;
  }

  function allow(ms: number): void {
    left = ms;
    waiting_since = null;
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
      const now = clock.now();
      waiting_since ??= now;
      if (stopped === null) arm(now);
      return new Promise((resolve, reject) => {
        wake = () => resolve({ state: "stopped" });
        if (stopped !== null) wake();
        promise.then((value) => {
          pauseWaiting();
          resolve({ state: "came", value });
        }, reject);
      });
    },
    frame() {
      if (phase === "ending") return;
      phase = "between frames";
      allow(idle_ms);
    },
    heartbeat() {
      if (phase === "before the first frame") allow(first_ms);
    },
    ending(limit_ms) {
      if (phase === "ending") return;
      phase = "ending";
      allow(Math.min(limit_ms, idle_ms));
    },
    close,
  };
}
