// Limits on waiting for a host, on a clock that the test moves.
import assert from "node:assert/strict";
import { createWatchdog } from "../../shared/llm/watchdog.ts";
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
