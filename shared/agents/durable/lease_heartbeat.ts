// Keeps a worker's lease, and tells the worker whether the user wants the run to stop, and whether it is fenced out. The
// answers to what it writes say the first as well; a worker that has written nothing for a second looks for itself.
import { LeaseLostError } from "../../contracts/errors.ts";
import type { Clock } from "../../async/clock.ts";
import type { Log } from "../ports.ts";
import type { Heard } from "../store/rows.ts";

/** A beat is due after this part of the lease, however much the worker hears. */
const BEAT = 1 / 3;
/** Who has heard nothing for so long beats, too: a cancel is heard within this time and one look at the database. */
const SILENT_MS = 1_000;
/** A beat that has had no answer for this part of the lease is not waited for: one call that hangs costs no lease. */
const PATIENCE = 1 / 5;

export interface Heartbeat {
  /** Aborts when the user has asked for the run to stop. */
  cancelled: AbortSignal;
  /** Aborts when another worker has taken over: whatever this one still does has no effect. */
  lost: AbortSignal;
  /** Takes note of what the database has answered to something that the worker wrote. */
  heard(answer: Heard): void;
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

/** Beats until `stop` is called. A beat that fails, or hangs, is made again a second later. */
export function startHeartbeat({ beat, clock, log, lease_seconds }: HeartbeatOptions): Heartbeat {
  const cancelled = new AbortController();
  const lost = new AbortController();
  const lease_ms = lease_seconds * 1_000;
  let stopped = false;
  let beaten_at = clock.now();
  let heard_at = beaten_at;
  let cancelTimer = () => {};

  const due_ms = () => Math.min(beaten_at + lease_ms * BEAT, heard_at + SILENT_MS) - clock.now();

  function heard({ cancelled: asked }: Heard) {
    heard_at = clock.now();
    if (asked) cancelled.abort();
  }

  async function beatNow() {
    beaten_at = clock.now();
    try {
      heard({ cancelled: await beat() });
    } catch (error) {
      if (error instanceof LeaseLostError) lost.abort(error);
      else log.error("a heartbeat failed", { error });
    }
  }

  function wait() {
    if (!stopped && !lost.signal.aborted) cancelTimer = clock.after(Math.max(0, due_ms()), wake);
  }

  function wake() {
    if (due_ms() > 0) return wait();
    let waited = false;
    function goOn() {
      if (waited) return;
      waited = true;
      cancelTimer();
      heard_at = clock.now();
      wait();
    }
    cancelTimer = clock.after(lease_ms * PATIENCE, goOn);
    beatNow().finally(goOn);
  }

  wait();
  return {
    cancelled: cancelled.signal,
    lost: lost.signal,
    heard,
    beatNow,
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}
