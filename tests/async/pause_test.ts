// A wait between two attempts ends when its time has come, or when the caller has had enough.
import assert from "node:assert/strict";
import { pause } from "../../shared/async/pause.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";
import { quiet } from "../support/ports/pass_time.ts";

Deno.test("a pause lasts as long as it should and leaves nothing behind", async () => {
  const clock = fakeClock();
  let over = false;
  const pausing = pause(clock, 100).then(() => void (over = true));
  clock.advance(99);
  await quiet();
  assert.equal(over, false);
  clock.advance(1);
  await pausing;
  assert.equal(clock.timers, 0);
});

Deno.test("an abort ends a pause at once and takes its timer off", async () => {
  const clock = fakeClock();
  const controller = new AbortController();
  const pausing = pause(clock, 100, controller.signal);
  controller.abort();
  await pausing;
  assert.equal(clock.timers, 0);
});

Deno.test("with a signal that is aborted already there is no pause", async () => {
  const clock = fakeClock();
  await pause(clock, 100, AbortSignal.abort());
  assert.equal(clock.timers, 0);
});
