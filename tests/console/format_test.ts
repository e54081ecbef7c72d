import assert from "node:assert/strict";
import { inARow } from "../../shared/contracts/approval_title.ts";
import * as format from "../../console/parts/format.ts";

Deno.test("durations have as many figures as tell something", () => {
  const cases: [number, string][] = [
    ...[[-3, "0 ms"], [0, "0 ms"], [0.4, "0 ms"], [844.2, "844 ms"], [999, "999 ms"]] as [number, string][],
    ...[[999.6, "1.00 s"], [3_940, "3.94 s"], [9_994, "9.99 s"], [9_996, "10.0 s"]] as [number, string][],
    ...[[59_940, "59.9 s"], [59_960, "1 min"], [125_000, "2 min 5 s"], [3_599_600, "1 h"]] as [
      number,
      string,
    ][],
    ...[[3_840_000, "1 h 4 min"], [90_000_000, "25 h"]] as [number, string][],
  ];
  for (const [ms, said] of cases) assert.equal(format.duration(ms), said);
});

Deno.test("numbers are grouped and counted in words, and a cost that nobody reported is none", () => {
  assert.equal(format.grouped(25_667), "25,667");
  assert.equal(format.counted(1, "change"), "1 change");
  assert.equal(format.counted(1_200, "change"), "1,200 changes");
  assert.equal(format.counted(2, "reply", "replies"), "2 replies");
  assert.equal(format.cost(null), "cost not reported");
  assert.equal(format.cost(0), "$0.00");
  assert.equal(format.cost(0.0042), "$0.0042");
  assert.equal(format.cost(1.5), "$1.50");
});

Deno.test("times are relative in lists, and exact with their zone", () => {
  const now = Date.parse("2026-11-25T15:19:30Z");
  const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  assert.equal(format.ago(before(0), now), "now");
  assert.equal(format.ago(before(-2), now), "now");
  assert.equal(format.ago(before(3), now), "3 min");
  assert.equal(format.ago(before(130), now), "2 h");
  assert.equal(format.ago(before(3 * 24 * 60), now), "3 d");
  assert.equal(format.ago(before(30 * 24 * 60), now, "UTC"), "26 Oct 2026");
  assert.equal(format.clock(before(0), "Europe/Berlin"), "16:19");
  assert.equal(format.exact(before(0), "UTC"), "Wed, 25 Nov 2026, 15:19:30 UTC");
  assert.equal(format.exact("nonsense"), "nonsense");
});

Deno.test("lists read as a sentence has them", () => {
  assert.deepEqual([[], [1], [1, 2], [1, 2, 4]].map(inARow), ["", "1", "1 and 2", "1, 2 and 4"]);
});
