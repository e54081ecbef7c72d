// Workers of one run in one process: what one of them hears, all have heard.
import assert from "node:assert/strict";
import { startHeartbeat } from "../../../shared/agents/durable/lease_heartbeat.ts";
import { createRunHearing } from "../../../shared/agents/durable/run_hearing.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { quiet } from "../../support/ports/pass_time.ts";

/** Workers of these runs, begun at the same time; each look goes as `look` says, and is listed with its moment. */
function workers(run_ids: string[], look: (number: number) => Promise<boolean>) {
  const clock = fakeClock();
  const began = clock.now();
  const hearing = createRunHearing();
  const looks: [number, number][] = [];
  const hearts = run_ids.map((run_id, number) => {
    const beat = () =>
      listening.look(() => {
        looks.push([clock.now() - began, number]);
        return look(number);
      });
    const heart = startHeartbeat({ beat, clock, lease_seconds: 15, log: { error() {} } });
    const listening = hearing.join({ user: "u", run_id }, heart.heard);
    return { ...heart, ...listening };
  });
  return {
    hearts,
    looks,
    clock,
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 100) {
        clock.advance(100);
        await quiet();
      }
    },
    cancelled: () => hearts.map(({ cancelled }) => cancelled.aborted),
  };
}

Deno.test("of four that hear nothing one looks each second, and each beats every third of a lease", async () => {
  const { looks, pass } = workers(["a", "a", "a", "a"], () => Promise.resolve(false));
  await pass(4_900);
  assert.deepEqual(looks.map(([ms]) => ms), [1_000, 2_000, 3_000, 4_000]);
  await pass(10_100);
  for (const number of [0, 1, 2, 3]) {
    const own = looks.filter((look) => look[1] === number).map(([ms]) => ms);
    const gaps = [...own, 15_000].map((ms, i) => ms - (own[i - 1] ?? 0));
    assert.ok(Math.max(...gaps) <= 5_000, `worker ${number} beat at ${own}`);
  }
});

Deno.test("a cancel that one of them hears of has been heard by all, and by nobody else", async () => {
  const looking = workers(["a", "a", "b"], (number) => Promise.resolve(number < 2));
  await looking.pass(1_000);
  assert.deepEqual(looking.cancelled(), [true, true, false]);
  const told = workers(["a", "a", "b"], () => Promise.resolve(false));
  told.hearts[1]?.tell({ cancelled: true });
  assert.deepEqual(told.cancelled(), [true, false, false]);
});

Deno.test("a look that fails or hangs keeps the others from looking for one second, not longer", async () => {
  for (const bad of [() => Promise.reject(new Error("down")), () => new Promise<never>(() => {})]) {
    const { looks, pass, cancelled } = workers(
      ["a", "a"],
      (number) => number === 0 ? bad() : Promise.resolve(true),
    );
    await pass(2_000);
    assert.deepEqual(looks.filter(([, number]) => number === 1), [[2_000, 1]]);
    assert.deepEqual(cancelled(), [true, true]);
  }
});

Deno.test("however many looks fail or hang, one that can look has looked a second later", async () => {
  for (const bad of [() => Promise.reject(new Error("down")), () => new Promise<never>(() => {})]) {
    const { hearts, looks, pass } = workers(
      ["a", "a", "a", "a"],
      (number) => number < 3 ? bad() : Promise.resolve(true),
    );
    await pass(2_000);
    assert.deepEqual(looks.filter(([, number]) => number === 3), [[2_000, 3]]);
    assert.ok(hearts.every(({ cancelled }) => cancelled.aborted));
  }
});

Deno.test("one that has left hears nothing more, and nobody is told that it has stopped looking", async () => {
  const { hearts, looks, pass, cancelled } = workers(["a", "a"], () => Promise.resolve(true));
  hearts[0]?.leave();
  hearts[0]?.stop();
  await pass(1_000);
  assert.deepEqual(looks, [[1_000, 1]]);
  assert.deepEqual(cancelled(), [false, true]);
});
