import assert from "node:assert/strict";
import { startHeartbeat } from "../../../shared/agents/durable/lease_heartbeat.ts";
import { AgentError, LeaseLostError } from "../../../shared/contracts/errors.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { quiet } from "../../support/ports/pass_time.ts";

const LEASE_SECONDS = 15;

/** A heart whose beats go as the list says; those that are not listed go well. */
function start(beats: (boolean | Error)[] = [], { lease_seconds = LEASE_SECONDS } = {}) {
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
    lease_seconds,
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

Deno.test("one that hears nothing looks every second, so that a cancel is seen soon after it", async () => {
  const { heart, made, pass } = start([false, false, true]);
  for (const beats of [1, 2]) {
    await pass(999);
    assert.equal(made(), beats - 1);
    await pass(1);
    assert.equal(made(), beats);
    assert.equal(heart.cancelled.aborted, false);
  }
  await pass(1_000);
  assert.equal(heart.cancelled.aborted, true);
  assert.equal(heart.lost.aborted, false);
});

Deno.test("one that hears something with each of its writes beats every third of a lease", async () => {
  const { heart, made, pass } = start();
  for (let ms = 0; ms < 30_000; ms += 500) {
    await pass(500);
    heart.heard({});
  }
  assert.equal(made(), 6);
  assert.equal(heart.cancelled.aborted, false);
});

Deno.test("a short lease is renewed in time, whoever looks how often", async () => {
  const { made, pass } = start([], { lease_seconds: 1.5 });
  for (const beats of [1, 2, 3]) {
    await pass(500);
    assert.equal(made(), beats);
  }
});

Deno.test("a write whose answer tells of a cancel is as good as a look", () => {
  const { heart, made } = start();
  heart.heard({ cancelled: true });
  assert.equal(heart.cancelled.aborted, true);
  assert.equal(made(), 0);
});

Deno.test("a beat out of turn knows of a cancel at once, and is a look like any other", async () => {
  const { heart, made, pass } = start([true]);
  await pass(500);
  await heart.beatNow();
  assert.equal(heart.cancelled.aborted, true);
  await pass(999);
  assert.equal(made(), 1);
  await pass(1);
  assert.equal(made(), 2);
});

Deno.test("after a cancel it goes on beating: the worker still has to put things in order", async () => {
  const { made, pass } = start([true]);
  await pass(1_000);
  await pass(1_000);
  assert.equal(made(), 2);
});

Deno.test("the next beat waits for the answer to the last, as long as that takes less than a fifth of the lease", async () => {
  const { heart, made, pass, clock, answers } = waiting();
  await pass(1_000);
  await pass(2_999);
  assert.equal(made(), 1);
  answers[0]?.resolve(false);
  await quiet();
  await pass(999);
  assert.equal(made(), 1);
  await pass(1);
  assert.equal(made(), 2);
  heart.stop();
  assert.equal(clock.timers, 0);
});

Deno.test("a beat that hangs costs nobody a lease: the next ones are made without it, and its answer still counts", async () => {
  const { heart, made, pass, clock, answers } = waiting();
  for (const beats of [1, 2, 3]) {
    await pass(beats === 1 ? 1_000 : 4_000);
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
  await pass(1_000);
  assert.ok(heart.lost.reason instanceof LeaseLostError);
  assert.equal(heart.cancelled.aborted, false);
  await pass(5_000);
  assert.equal(made(), 1);
  assert.equal(clock.timers, 0);
});

Deno.test("a beat that fails is logged and made again", async () => {
  const { heart, logged, made, pass } = start([new AgentError("internal", "The database is down."), true]);
  await pass(1_000);
  assert.equal(logged.length, 1);
  assert.equal(heart.lost.aborted, false);
  await pass(1_000);
  assert.equal(made(), 2);
  assert.equal(heart.cancelled.aborted, true);
});

Deno.test("once stopped there is no further beat, not even when one is under way", async () => {
  const { heart, clock, made, pass } = start();
  clock.advance(1_000);
  heart.stop();
  await quiet();
  await pass(5_000);
  assert.equal(made(), 1);
  assert.equal(clock.timers, 0);
});
