import assert from "node:assert/strict";
import { startHeartbeat } from "../../../shared/agents/durable/lease_heartbeat.ts";
import { AgentError, LeaseLostError } from "../../../shared/contracts/errors.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { quiet } from "../../support/ports/pass_time.ts";

const LEASE_SECONDS = 15;

/** A heart whose beats go as the list says; those that are not listed go well. */
function start(beats: (boolean | Error)[] = []) {
  const clock = fakeClock();
  const logged: string[] = [];
  let made = 0;
  const heart = startHeartbeat({
    beat() {
      made += 1;
      const next = beats.shift() ?? false;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    clock,
    lease_seconds: LEASE_SECONDS,
    log: { error: (message) => logged.push(message) },
  });
  return {
    heart,
    clock,
    logged,
    made: () => made,
    async pass(ms: number) {
      clock.advance(ms);
      await quiet();
    },
  };
}

/** A heart whose beats are answered when the test says so. */
function waiting() {
  const clock = fakeClock();
  const answers: PromiseWithResolvers<boolean>[] = [];
  const heart = startHeartbeat({
    beat() {
      const answer = Promise.withResolvers<boolean>();
      answers.push(answer);
      return answer.promise;
    },
    clock,
    lease_seconds: LEASE_SECONDS,
    log: { error() {} },
  });
  return {
    heart,
    clock,
    answers,
    made: () => answers.length,
    async pass(ms: number) {
      clock.advance(ms);
      await quiet();
    },
  };
}

Deno.test("it beats every 600 ms, so that a cancel is seen within a second", async () => {
  const { heart, made, pass } = start([false, false, true]);
  for (const beats of [1, 2]) {
    await pass(600);
    assert.equal(made(), beats);
    assert.equal(heart.cancelled.aborted, false);
  }
  await pass(600);
  assert.equal(heart.cancelled.aborted, true);
  assert.equal(heart.lost.aborted, false);
});

Deno.test("a beat out of turn knows of a cancel at once, and changes nothing about the turns", async () => {
  const { heart, made, pass } = start([true]);
  await heart.beatNow();
  assert.equal(heart.cancelled.aborted, true);
  await pass(599);
  assert.equal(made(), 1);
  await pass(1);
  assert.equal(made(), 2);
});

Deno.test("after a cancel it goes on beating: the worker still has to put things in order", async () => {
  const { made, pass } = start([true]);
  await pass(600);
  await pass(600);
  assert.equal(made(), 2);
});

Deno.test("the next beat waits for the answer to the last, as long as that takes less than a fifth of the lease", async () => {
  const { heart, made, pass, clock, answers } = waiting();
  await pass(600);
  await pass(2_999);
  assert.equal(made(), 1);
  answers[0]?.resolve(false);
  await quiet();
  await pass(599);
  assert.equal(made(), 1);
  await pass(1);
  assert.equal(made(), 2);
  heart.stop();
  assert.equal(clock.timers, 0);
});

Deno.test("a beat that hangs costs nobody a lease: the next ones are made without it, and its answer still counts", async () => {
  const { heart, made, pass, clock, answers } = waiting();
  for (const beats of [1, 2, 3]) {
    await pass(beats === 1 ? 600 : 3_600);
    assert.equal(made(), beats);
  }
  answers[0]?.resolve(true);
  await quiet();
  assert.equal(heart.cancelled.aborted, true);
  heart.stop();
  assert.equal(clock.timers, 0);
});

Deno.test("a lease that is lost stops the worker and the beating", async () => {
  const { heart, clock, made, pass } = start([new LeaseLostError("stale")]);
  await pass(600);
  assert.ok(heart.lost.reason instanceof LeaseLostError);
  assert.equal(heart.cancelled.aborted, false);
  await pass(5_000);
  assert.equal(made(), 1);
  assert.equal(clock.timers, 0);
});

Deno.test("a beat that fails is logged and made again", async () => {
  const { heart, logged, made, pass } = start([new AgentError("internal", "The database is down."), true]);
  await pass(600);
  assert.equal(logged.length, 1);
  assert.equal(heart.lost.aborted, false);
  await pass(600);
  assert.equal(made(), 2);
  assert.equal(heart.cancelled.aborted, true);
});

Deno.test("once stopped there is no further beat, not even when one is under way", async () => {
  const { heart, clock, made, pass } = start();
  clock.advance(600);
  heart.stop();
  await quiet();
  await pass(5_000);
  assert.equal(made(), 1);
  assert.equal(clock.timers, 0);
});
