// Renews a worker's lease every 600 ms, which tells it at the same time whether the user wants the run to stop, and
// whether it is fenced out.
import { LeaseLostError } from "../../contracts/errors.ts";
import type { Clock } from "../../async/clock.ts";
import type { Log } from "../ports.ts";

/** A cancel is seen within this time and one look at the database. */
const EVERY_MS = 600;
/** A beat that has had no answer for this part of the lease is not waited for: one call that hangs costs no lease. */
const PATIENCE = 1 / 5;

export interface Heartbeat {
  /** Aborts when the user has asked for the run to stop. */
  cancelled: AbortSignal;
  /** Aborts when another worker has taken over: whatever this one still does has no effect. */
  lost: AbortSignal;
  /** Beats now, out of turn, and resolves when that has told what it can. */
  beatNow(): Promise<void>;
  stop(): void;
}

interface HeartbeatOptions {
  /** Renews the lease; true when the user has asked for the run to stop. */
  beat(): Promise<boolean>;
  clock: Clock;
  log: Log;
  lease_seconds: number;
}

/** Beats until `stop` is called. A beat that fails, or hangs, is made again at the next turn. */
export function startHeartbeat({ beat, clock, log, lease_seconds }: HeartbeatOptions): Heartbeat {
  const cancelled = new AbortController();
  const lost = new AbortController();
  let stopped = false;
  let cancelTimer = clock.after(EVERY_MS, next);

  async function beatNow() {
    try {
      if (await beat()) cancelled.abort();
    } catch (error) {
      if (error instanceof LeaseLostError) lost.abort(error);
      else log.error("a heartbeat failed", { error });
    }
  }

  function next() {
    let waited = false;
    function goOn() {
      if (waited) return;
      waited = true;
      cancelTimer();
      if (!stopped && !lost.signal.aborted) cancelTimer = clock.after(EVERY_MS, next);
    }
    cancelTimer = clock.after(lease_seconds * 1_000 * PATIENCE, goOn);
    beatNow().finally(goOn);
  }

  return {
    cancelled: cancelled.signal,
    lost: lost.signal,
    beatNow,
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}
