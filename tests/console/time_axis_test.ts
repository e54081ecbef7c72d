import assert from "node:assert/strict";
import { barOf } from "../../console/parts/bar.ts";
import { pausesOf } from "../../console/parts/pauses.ts";
import { tickStep, timeAxis } from "../../console/parts/time_axis.ts";
import { at } from "./trace_support.ts";

const HOUR = 3_600_000;

Deno.test("without a pause the axis is straight, and its ticks are 1, 2 or 5 times a power of ten", () => {
  const axis = timeAxis({ start: 0, end: 16_700 }, [], 380);
  assert.equal(axis.share(8_350), 0.5);
  assert.deepEqual(axis.ticks.map(({ ms }) => ms), [0, 5_000, 10_000, 15_000]);
});

Deno.test("a tick has at least 80 pixels, whatever the length", () => {
  for (const width of [120, 320, 380, 900, 2_000]) {
    for (const ms of [1, 7, 44, 999, 12_345, 59_000, 61_000, 20 * 60_000, 5 * HOUR, 70 * HOUR]) {
      const step = tickStep(ms, width);
      assert(ms / step <= Math.max(1, width / 80), `${ms} ms on ${width} px: a tick each ${step} ms`);
    }
  }
});

Deno.test("hours of waiting for a person take little of the axis, and no work loses its place", () => {
  const axis = timeAxis(
    { start: 0, end: 20 * HOUR + 10_000 },
    [{ start: 5_000, end: 5_000 + 20 * HOUR }],
    600,
  );
  assert.equal(axis.pauses.length, 1);
  const wait = axis.share(5_000 + 20 * HOUR) - axis.share(5_000);
  assert(wait > 0.03 && wait < 0.1, `the pause takes ${wait}`);
  assert.equal(axis.elapsed(20 * HOUR + 10_000), 10_000);
  assert.equal(axis.ticks.at(-1)?.ms, 10_000);
  assert.equal(axis.ticks.at(-1)?.share, 1);
});

Deno.test("a pause that is short beside the work is drawn as long as it was", () => {
  const axis = timeAxis({ start: 0, end: 10_000 }, [{ start: 5_000, end: 5_100 }], 600);
  assert.deepEqual(axis.pauses, []);
  assert.equal(axis.share(5_000), 0.5);
});

Deno.test("shares never go back, with pauses that touch the ends, too", () => {
  const axis = timeAxis({ start: 0, end: 3 * HOUR }, [{ start: -5, end: HOUR }, {
    start: 2 * HOUR,
    end: 4 * HOUR,
  }], 600);
  let before = 0;
  for (let moment = 0; moment <= 3 * HOUR; moment += HOUR / 60) {
    const share = axis.share(moment);
    assert(share >= before && share <= 1);
    before = share;
  }
  assert.equal(axis.share(0), 0);
  assert.equal(axis.share(3 * HOUR), 1);
});

Deno.test("a run waits from each pause to the first decision, and a pause that nobody ended lasts until now", () => {
  const moments = [["run_paused", 10], ["approval_decided", 30], ["approval_decided", 31], [
    "run_paused",
    50,
  ]] as const;
  const found = pausesOf(
    moments.map(([type, ms]) => ({ type, at: at(ms), why: null, strategy: null })),
    Date.parse(at(99)),
  );
  assert.deepEqual(
    found.map(({ start, end }) => [start - Date.parse(at(0)), end - Date.parse(at(0))]),
    [[10, 30], [50, 99]],
  );
});

Deno.test("a bar's duration stands behind it, before it where there is no room, and inside where there is neither", () => {
  const axis = timeAxis({ start: 0, end: 1_000 }, [], 600);
  assert.deepEqual(barOf({ start: 100, end: 200 }, axis, 600), { left: 0.1, width: 0.1, label: "after" });
  assert.equal(barOf({ start: 900, end: 950 }, axis, 600).label, "before");
  assert.equal(barOf({ start: 0, end: 1_000 }, axis, 600).label, "inside");
});

Deno.test("the bar of what goes on reaches to the end of the axis", () => {
  const { left, width } = barOf({ start: 600, end: null }, timeAxis({ start: 0, end: 1_000 }, [], 600), 600);
  assert.equal(left + width, 1);
});
