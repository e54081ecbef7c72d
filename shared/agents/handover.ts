// When an owner should hand its work on: its invocation is about to be ended from outside, and it has got at least
// one thing done, so that a chain of owners always gets on.
import type { Clock } from "./ports.ts";

export interface Handover {
  /** Aborts when it is time. The work stops at the next point where it can be taken up again. */
  signal: AbortSignal;
  /** Something that can be taken up again has been stored. */
  progress(): void;
  stop(): void;
}

/** `deadline_ms` from now on; `stopping` aborts when the platform says that it will end the process. */
export function createHandover(
  { clock, deadline_ms, stopping }: { clock: Clock; deadline_ms: number; stopping: AbortSignal },
): Handover {
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

  const cancel = deadline_ms <= 0 ? () => {} : clock.after(deadline_ms, fallDue);
  if (deadline_ms <= 0 || stopping.aborted) fallDue();
  else stopping.addEventListener("abort", fallDue, { once: true });

  return {
    signal: controller.signal,
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
