// What is done again, after which pauses, and when it is given up.
import assert from "node:assert/strict";
import { pausesWithin, retry } from "../../shared/async/retry.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";
import { passTime } from "../support/ports/pass_time.ts";

const DOWN = new Error("down");
const WRONG = new Error("wrong");

/** Work that fails in this order, each attempt taking `takes_ms`, and then succeeds; with the times of the attempts. */
function failing(failures: Error[], takes_ms = 0) {
  const clock = fakeClock();
  const began = clock.now();
  const times: number[] = [];
  async function work() {
    times.push(clock.now() - began);
    const failure = failures[times.length - 1];
    if (takes_ms > 0) await new Promise<void>((resolve) => void clock.after(takes_ms, resolve));
    if (failure) throw failure;
    return "done";
  }
  const run = (pauses: Iterable<number>) =>
    passTime(clock, retry(work, { pauses, passes: (error) => error === DOWN, clock }));
  return { clock, times, run };
}

Deno.test("work that fails in a passing way is done again after each pause, until it succeeds", async () => {
  const { run, times } = failing([DOWN, DOWN]);
  assert.equal(await run([10, 20, 40]), "done");
  assert.deepEqual(times, [0, 10, 30]);
});

Deno.test("what does not pass is thrown at once, also after what did", async () => {
  const { run, times } = failing([DOWN, WRONG]);
  await assert.rejects(run([10, 20, 40]), WRONG);
  assert.equal(times.length, 2);
});

Deno.test("when the pauses are used up, the last error counts", async () => {
  const { run, times } = failing([DOWN, DOWN, DOWN, DOWN]);
  await assert.rejects(run([10, 20]), DOWN);
  assert.equal(times.length, 3);
});

Deno.test("pauses within a time grow up to a second, and the last attempt is made when the time is up", async () => {
  const { run, times, clock } = failing(Array.from({ length: 99 }, () => DOWN));
  await assert.rejects(run(pausesWithin(5_000, clock)), DOWN);
  assert.deepEqual(times, [0, 100, 300, 700, 1_500, 2_500, 3_500, 4_500, 5_000]);
});

Deno.test("attempts that hang use the time up, and one more is made when it is", async () => {
  const { run, times, clock } = failing(Array.from({ length: 99 }, () => DOWN), 2_000);
  await assert.rejects(run(pausesWithin(5_000, clock)), DOWN);
  assert.deepEqual(times, [0, 2_100, 4_300, 6_300]);
});
