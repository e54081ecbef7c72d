// A clock that stands still until a test moves it.
import type { Clock } from "../../../shared/async/clock.ts";

export interface FakeClock extends Clock {
  /** Moves time on, running what falls due on the way, in order. */
  advance(ms: number): void;
  /** Moves time on to the next timer and runs it; false when none is waiting. */
  next(): boolean;
  /** How many timers are waiting. */
  readonly timers: number;
}

export function fakeClock(start = Date.UTC(2026, 10, 22, 12)): FakeClock {
  let now = start;
  let timers: { at: number; fn: () => void }[] = [];
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return () => timers = timers.filter((one) => one !== timer);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter((one) => one.at <= end).toSorted((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((one) => one !== next);
        now = Math.max(now, next.at);
        next.fn();
      }
      now = end;
    },
    next() {
      const first = timers.toSorted((a, b) => a.at - b.at)[0];
      if (!first) return false;
      timers = timers.filter((one) => one !== first);
      now = Math.max(now, first.at);
      first.fn();
      return true;
    },
    get timers() {
      return timers.length;
    },
  };
}
