// Looks after an executor while the planner listens to it: a machine that dies, or stands still, may leave a
// connection behind that says nothing for ever. The lease of the step tells.
import type { Clock, Store } from "../ports.ts";
import type { StepRef } from "../store/records.ts";

export interface StepWatch {
  /** Aborts when the step's worker is gone. */
  gone: AbortSignal;
  stop(): void;
}

interface WatchOptions {
  store: Pick<Store, "viewStep">;
  clock: Clock;
  lease_seconds: number;
}

/** Looks once a lease, until `stop` is called. A look that fails is made again. */
export function watchStep(ref: StepRef, { store, clock, lease_seconds }: WatchOptions): StepWatch {
  const gone = new AbortController();
  let stopped = false;
  const next = () => clock.after(lease_seconds * 1_000, look);
  let cancel = next();

  function look() {
    store.viewStep(ref)
      .then((view) => view?.ownerless && gone.abort(), () => {})
      .finally(() => {
        if (!stopped && !gone.signal.aborted) cancel = next();
      });
  }

  return {
    gone: gone.signal,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
