// The clock of the process.
import type { Clock } from "./clock.ts";

/** `setTimeout` fires at once for anything longer. No process lives for these 25 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
