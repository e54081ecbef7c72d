// When hand-off is due: the invocation is about to be ended from outside, and has made a checkpoint, so that each owner
// of a chain commits at least one.
import type { Clock } from "../../async/clock.ts";

export interface HandOff {
  /** Aborts when it is time. The work stops at the next point where it can be resumed. */
  signal: AbortSignal;
  /** The invocation is about to be ended: it needs a checkpoint, or the hand-off is under way. */
  readonly due: boolean;
  /** A checkpoint: something from which the work can be resumed has been stored. */
  progress(): void;
  stop(): void;
}

/**
 * `deadline_at` in milliseconds since the epoch; `stopping` aborts when the platform says that it will end
 * the process.
 */
export function createHandOff(
  { clock, deadline_at, stopping }: { clock: Clock; deadline_at: number; stopping: AbortSignal },
): HandOff {
  const controller = new AbortController();
  let due = false;
  let progressed = false;

  function look() {
    if (due && progressed) controller.abort();
  }
  function fallDue() {
    due = true;
    look();
  }

  const left_ms = deadline_at - clock.now();
  const cancel = left_ms <= 0 ? () => {} : clock.after(left_ms, fallDue);
  if (left_ms <= 0 || stopping.aborted) fallDue();
  else stopping.addEventListener("abort", fallDue, { once: true });

  return {
    signal: controller.signal,
    get due() {
      return due;
    },
    progress() {
      progressed = true;
      look();
    },
    stop() {
      cancel();
      stopping.removeEventListener("abort", fallDue);
    },
  };
}
