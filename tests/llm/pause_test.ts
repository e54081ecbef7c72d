// A wait between two attempts ends when its time has come, or when the caller has had enough.
import assert from "node:assert/strict";
import { pause } from "../../shared/llm/pause.ts";
import { manualClock } from "./manual_clock.ts";

Deno.test("a pause lasts as long as it should and leaves nothing behind", async () => {
  const clock = manualClock();
  let over = false;
  const pausing = pause(clock, 100, new AbortController().signal).then(() => void (over = true));
  clock.pass(99);
  await Promise.resolve();
  assert.equal(over, false);
  clock.pass(1);
  await pausing;
  assert.equal(clock.pending(), 0);
});

Deno.test("an abort ends a pause at once and takes its timer off", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const pausing = pause(clock, 100, controller.signal);
  controller.abort();
  await pausing;
  assert.equal(clock.pending(), 0);
});

Deno.test("with a signal that is aborted already there is no pause", async () => {
  const clock = manualClock();
  await pause(clock, 100, AbortSignal.abort());
  assert.equal(clock.pending(), 0);
});
