// Work that may fail for a moment, done again until it succeeds or has failed for too long.
import type { Clock } from "./clock.ts";
import { pause } from "./pause.ts";

export interface RetryOptions {
  /** Milliseconds to wait before each further attempt; where they end, the last error counts. */
  pauses: Iterable<number>;
  /** Whether what was thrown may pass. */
  passes(error: unknown): boolean;
  clock: Clock;
}

/** The result of the first attempt that succeeds. Throws the error of the last one, or the first that does not pass. */
export async function retry<T>(work: () => Promise<T>, { pauses, passes, clock }: RetryOptions): Promise<T> {
  const left = pauses[Symbol.iterator]();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const next = passes(error) ? left.next() : { done: true as const };
      if (next.done) throw error;
      await pause(clock, next.value);
    }
  }
}

const FIRST_MS = 100;
/** The return of a database that was away is noticed within this time. */
const LONGEST_MS = 1_000;

/**
 * Growing pauses for as long as `ms` from the call of this function, however long the attempts between them take. The
 * last attempt begins when the time is up, so that what is over by then is not missed.
 */
export function pausesWithin(ms: number, clock: Clock): Iterable<number> {
  return growing(clock.now() + ms, clock);
}

function* growing(until: number, clock: Clock): Iterable<number> {
  for (let next = FIRST_MS;; next = Math.min(next * 2, LONGEST_MS)) {
    const left = until - clock.now();
    if (left <= next) return void (yield Math.max(left, 0));
    yield next;
  }
}
