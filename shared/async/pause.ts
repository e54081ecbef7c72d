// A wait that a signal can cut short.
import type { Clock } from "./clock.ts";

/** Resolves after `ms` milliseconds, or as soon as the signal aborts. Never rejects, and leaves no timer behind. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    function onAbort(): void {
      cancel();
      resolve();
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
