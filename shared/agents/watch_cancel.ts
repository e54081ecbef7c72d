// Looks, while a run is being worked on, whether its user wants it to stop. The flag is a row, so it is seen
// wherever the work is done: by the planner, and by every executor.
import type { Clock, Log, Store } from "./ports.ts";

/** A cancel is seen within this time and one look at the database. */
const EVERY_MS = 600;

export interface CancelWatch {
  /** Aborts when the user has asked for the run to stop. */
  signal: AbortSignal;
  stop(): void;
}

interface WatchOptions {
  run_id: string;
  store: Pick<Store, "cancelRequested">;
  clock: Clock;
  log: Log;
}

/** Watches until `stop` is called. A look that fails is tried again at the next turn. */
export function watchCancel({ run_id, store, clock, log }: WatchOptions): CancelWatch {
  const controller = new AbortController();
  let stopped = false;
  let cancelTimer = clock.after(EVERY_MS, look);

  function look() {
    store.cancelRequested(run_id)
      .then((requested) => requested && controller.abort())
      .catch((error) => log.error("cannot look for a cancel", { run_id, error }))
      .finally(() => {
        if (!stopped && !controller.signal.aborted) cancelTimer = clock.after(EVERY_MS, look);
      });
  }

  return {
    signal: controller.signal,
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}
