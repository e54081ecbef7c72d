// Limits on waiting for a host, on a clock that the test moves.
import assert from "node:assert/strict";
import fc from "fast-check";
import { createWatchdog } from "../../../shared/llm/reading/watchdog.ts";
import { manualClock } from "./manual_clock.ts";

function watched(changes: { deadline_at?: number; signal?: AbortSignal } = {}) {
  const clock = manualClock();
  let stops = 0;
  const watchdog = createWatchdog({
    clock,
    signal: changes.signal ?? new AbortController().signal,
    first_ms: 100,
    idle_ms: 50,
    deadline_at: changes.deadline_at ?? 10_000,
    onStop: () => void (stops += 1),
  });
  return { clock, watchdog, stops: () => stops };
}

const never = new Promise<never>(() => {});

Deno.test("the first frame has its own limit, which headers don't lift", async () => {
  const { clock, watchdog, stops } = watched();
  clock.pass(60);
  assert.deepEqual(await watchdog.wait(Promise.resolve("headers")), { state: "came", value: "headers" });
  const waiting = watchdog.wait(never);
  clock.pass(40);
  assert.deepEqual(await waiting, { state: "stopped" });
  assert.equal(watchdog.stopped, "silence");
  assert.equal(stops(), 1);
  assert.equal(clock.pending(), 0);
});

Deno.test("a frame lifts the limit and sets the next one", async () => {
  const { clock, watchdog } = watched();
  clock.pass(90);
  watchdog.frame();
  const waiting = watchdog.wait(never);
  clock.pass(49);
  assert.equal(watchdog.stopped, null);
  clock.pass(1);
  assert.deepEqual(await waiting, { state: "stopped" });
});

Deno.test("the time that a slow reader takes is not the host's", () => {
  const { clock, watchdog } = watched();
  watchdog.frame();
  clock.pass(5_000);
  assert.equal(watchdog.stopped, null);
  void watchdog.wait(never);
  clock.pass(49);
  assert.equal(watchdog.stopped, null);
  clock.pass(51);
  assert.equal(watchdog.stopped, "silence");
});

Deno.test("the deadline ends everything, frames or not", () => {
  const { clock, watchdog } = watched({ deadline_at: 120 });
  for (let at = 0; at < 110; at += 10) {
    watchdog.frame();
    clock.pass(10);
  }
  assert.equal(watchdog.stopped, null);
  clock.pass(10);
  assert.equal(watchdog.stopped, "deadline");
});

Deno.test("an abort ends a wait at once", async () => {
  const controller = new AbortController();
  const { watchdog, clock, stops } = watched({ signal: controller.signal });
  const waiting = watchdog.wait(never);
  controller.abort();
  assert.deepEqual(await waiting, { state: "stopped" });
  assert.equal(watchdog.stopped, "aborted");
  clock.pass(50_000);
  assert.equal(watchdog.stopped, "aborted");
  assert.equal(stops(), 1);
});

Deno.test("after the end every wait is over before it begins", async () => {
  const { watchdog } = watched({ signal: AbortSignal.abort() });
  assert.deepEqual(await watchdog.wait(Promise.resolve(1)), { state: "stopped" });
});

Deno.test("what the host throws passes through", async () => {
  const { watchdog } = watched();
  await assert.rejects(watchdog.wait(Promise.reject(new Error("reset"))), /reset/);
});

Deno.test("a closed watchdog leaves neither timer nor listener", () => {
  const controller = new AbortController();
  const { watchdog, clock } = watched({ signal: controller.signal });
  watchdog.close();
  controller.abort();
  assert.equal(clock.pending(), 0);
  assert.equal(watchdog.stopped, null);
});

const Step = fc.record({
  wait_ms: fc.integer({ min: 0, max: 130 }),
  comes: fc.constantFrom("frame", "heartbeat", "ending", "headers"),
  read_ms: fc.integer({ min: 0, max: 300 }),
});

interface Stop {
  at: number;
  reason: string | null;
}

/** When a watchdog with these limits has to stop, by adding up. */
function expectedStop(
  steps: (typeof Step extends fc.Arbitrary<infer T> ? T : never)[],
  deadline_at: number,
): Stop {
  let now = 0;
  let left = 100;
  let phase = "first";
  for (const { wait_ms, comes, read_ms } of steps) {
    const at = Math.min(now + left, deadline_at);
    if (now + wait_ms >= at) return { at, reason: at === deadline_at ? "deadline" : "silence" };
    now += wait_ms;
    left -= wait_ms;
    if (comes === "frame" && phase !== "ending") [phase, left] = ["idle", 50];
    if (comes === "heartbeat" && phase === "first") left = 100;
    if (comes === "ending" && phase !== "ending") [phase, left] = ["ending", 20];
    now += read_ms;
    if (now >= deadline_at) return { at: deadline_at, reason: "deadline" };
  }
  return { at: now, reason: null };
}

Deno.test("it stops when the time spent waiting has used up the limit in force, not before and not after", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(Step, { maxLength: 12 }),
      fc.integer({ min: 1, max: 1_500 }),
      async (steps, end) => {
        const { clock, watchdog } = watched({ deadline_at: end });
        let stopped_at: number | null = null;
        const pass = (ms: number) => {
          for (let left = ms; left > 0 && watchdog.stopped === null; left -= 1) clock.pass(1);
          if (watchdog.stopped !== null) stopped_at ??= clock.now();
        };
        for (const { wait_ms, comes, read_ms } of steps) {
          const coming = Promise.withResolvers<void>();
          const waiting = watchdog.wait(coming.promise);
          pass(wait_ms);
          coming.resolve();
          await waiting;
          if (watchdog.stopped !== null) break;
          if (comes === "frame") watchdog.frame();
          if (comes === "heartbeat") watchdog.heartbeat();
          if (comes === "ending") watchdog.ending(20);
          pass(read_ms);
          if (watchdog.stopped !== null) break;
        }
        const stop: Stop = { at: stopped_at ?? clock.now(), reason: watchdog.stopped };
        assert.deepEqual(stop, expectedStop(steps, end));
        watchdog.close();
        assert.equal(clock.pending(), 0);
      },
    ),
    { numRuns: 300 },
  );
});
