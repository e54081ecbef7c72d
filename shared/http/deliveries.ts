// Ends of runs on their way to their readers. A user who has read one, and says the same again at once, must not get it
// a second time: a start waits until what this process has given its user is noted.
import type { Clock } from "../async/clock.ts";
import { pause } from "../async/pause.ts";

/** A reader who takes longer than this to read an end has not got it yet. */
const PATIENCE_MS = 2_000;

export interface Deliveries {
  /** From now on until `noting` has settled, the user is being given the end of a run. */
  add(user_id: string, noting: Promise<unknown>): void;
  /** Resolves when all of the user's are noted, or after two seconds. */
  noted(user_id: string): Promise<void>;
}

/** Those of one process. */
export function createDeliveries(clock: Clock): Deliveries {
  const under_way = new Map<string, Set<Promise<void>>>();

  return {
    add(user_id, noting) {
      const own = under_way.get(user_id) ?? new Set();
      under_way.set(user_id, own);
      const settled = noting.then(() => {}, () => {}).finally(() => {
        own.delete(settled);
        if (own.size === 0) under_way.delete(user_id);
      });
      own.add(settled);
    },
    async noted(user_id) {
      const own = under_way.get(user_id);
      if (!own) return;
      const late = new AbortController();
      await Promise.race([Promise.all(own), pause(clock, PATIENCE_MS, late.signal)]);
      late.abort();
    },
  };
}
