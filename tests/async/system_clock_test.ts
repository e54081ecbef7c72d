import assert from "node:assert/strict";
import { systemClock } from "../../shared/async/system_clock.ts";

Deno.test("a timer that is longer than the runtime's timers can be does not fire at once", async () => {
  const fired: string[] = [];
  for (const ms of [2 ** 31, 2 ** 53, Infinity]) systemClock.after(ms, () => fired.push(`${ms} ms`));
  // Timers that are due at the same time fire in the order in which they were set.
  const after_those = Promise.withResolvers<void>();
  systemClock.after(1, after_those.resolve);
  await after_those.promise;
  assert.deepEqual(fired, []);
});
