// A step of an executor as its rows show it. Where the planner does not have its stream, because an earlier owner of
// the run called the executor or the connection to it broke, they tell what it does, as if it had been streamed; where
// the planner has it, they tell whether the worker lives: one that dies, or stands still, may leave a connection behind
// that says nothing for ever.
import { pause } from "../../async/pause.ts";
import { CancelledError } from "../../contracts/errors.ts";
import type { Clock } from "../../async/clock.ts";
import type { Store, ToolSource } from "../ports.ts";
import type { StepRef, StepView } from "../store/records.ts";
import type { RunLog } from "../durable/run_log.ts";
import { announceStep } from "./announce_step.ts";

const POLL_MS = 250;

interface Waiting {
  store: Pick<Store, "viewStep">;
  clock: Clock;
  run: Pick<RunLog, "emit">;
  tools: Pick<ToolSource, "catalogue">;
  /** Told of every attempt so far: an earlier owner may have died before it had announced one. */
  begun(attempt: number): void;
  /** Ends the waiting: the run was cancelled, or is not ours any more. */
  signal: AbortSignal;
  hand_off_due: AbortSignal;
}

/** Resolves when the step has no worker: it has ended, its lease has expired, or no executor has claimed it (null). */
export async function pollStep(ref: StepRef, waiting: Waiting): Promise<StepView | null | "suspended"> {
  const { store, clock, signal, hand_off_due } = waiting;
  for (;;) {
    if (signal.aborted) throw new CancelledError();
    const view = await store.viewStep(ref);
    if (view) announceStep(ref, view, waiting);
    if (view?.status !== "running" || view.lease_expired) return view;
    if (hand_off_due.aborted) return "suspended";
    await pause(clock, POLL_MS, AbortSignal.any([signal, hand_off_due]));
  }
}

/**
 * Aborts when the lease of the step's worker has expired. Looks once a lease, until `stop` aborts; a look that fails is
 * made again.
 */
export function leaseExpired(
  ref: StepRef,
  { store, clock, lease_seconds, stop }: Pick<Waiting, "store" | "clock"> & {
    lease_seconds: number;
    stop: AbortSignal;
  },
): AbortSignal {
  const expired = new AbortController();
  async function watch() {
    while (!stop.aborted && !expired.signal.aborted) {
      await pause(clock, lease_seconds * 1_000, stop);
      if (stop.aborted) return;
      const view = await store.viewStep(ref).catch(() => null);
      if (view?.lease_expired) expired.abort();
    }
  }
  watch();
  return expired.signal;
}
