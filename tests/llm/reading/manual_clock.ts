// Time for tests that move it themselves.
import type { Clock } from "../../../shared/async/clock.ts";

export interface ManualClock extends Clock {
  /** Lets so many milliseconds pass. */
  pass(ms: number): void;
  /** How many timers are set. */
  pending(): number;
}

/** A clock that stands still until it is told to pass some time, and runs what falls due on the way. */
export function manualClock(): ManualClock {
  let now = 0;
  const timers = new Map<object, { at: number; fn: () => void }>();
  return {
    now: () => now,
    after(ms: number, fn: () => void) {
      const key = {};
      timers.set(key, { at: now + ms, fn });
      return () => void timers.delete(key);
    },
    pass(ms: number) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(([, timer]) =>
          timer.at <= end
        ).toSorted(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due[0]);
        now = due[1].at;
        due[1].fn();
      }
      now = end;
    },
    pending: () => timers.size,
  };
}
