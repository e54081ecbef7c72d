// Lets time pass, on a clock that stands still, whenever nothing else happens: work that waits for timers goes on
// at once, in an order that is always the same.
import { setImmediate } from "node:timers";
import type { FakeClock } from "./fake_clock.ts";

/** No work of a test takes longer, on its clock. */
const PATIENCE_MS = 3_600_000;

/** Resolves with the work. Throws when it waits for something else than time, or for ever. */
export async function passTime<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  const state = { done: false };
  const ended = work.finally(() => state.done = true);
  ended.catch(() => {});
  const late = clock.now() + PATIENCE_MS;
  for (;;) {
    await quiet();
    if (state.done) return await ended;
    if (!clock.next() || clock.now() > late) throw new Error("The work waits for what never comes.");
  }
}

/** Resolves when all that can go on at this time has gone on: microtasks come first. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
