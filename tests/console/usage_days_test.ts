import assert from "node:assert/strict";
import type { UsageDay } from "../../client/mod.ts";
import { barsOf, totalOf } from "../../console/parts/usage_days.ts";

const day = (changes: Partial<UsageDay>): UsageDay => ({
  ...{ day: "2026-11-26", runs: 1, model_calls: 2, tool_calls: 3 },
  ...{ input_tokens: 100, cached_tokens: 40, output_tokens: 10, cost_usd: null },
  ...changes,
});

Deno.test("days add up, and a cost that nobody reported is no zero", () => {
  assert.deepEqual(totalOf([day({}), day({})]), {
    ...{ runs: 2, model_calls: 4, tool_calls: 6, input_tokens: 200, cached_tokens: 80, output_tokens: 20 },
    ...{ cost_usd: null, cost_partly: true },
  });
  assert.equal(totalOf([day({ cost_usd: 0.25 }), day({}), day({ cost_usd: 0 })]).cost_usd, 0.25);
  assert.equal(totalOf([]).cost_usd, null);
  const quiet = day({ model_calls: 0, runs: 0, cost_usd: 0 });
  assert.equal(totalOf([day({ cost_usd: 0.25 }), quiet]).cost_partly, false);
});

Deno.test("bars are shares of a round number that is at least the highest", () => {
  assert.deepEqual(barsOf([0, 12, 24]), { top: 25, shares: [0, 12 / 25, 24 / 25] });
  assert.deepEqual(barsOf([0, 0]), { top: 0, shares: [0, 0] });
  for (const most of [1, 3, 9, 11, 99, 101, 25_667, 0.003]) assert(barsOf([most]).top >= most);
});
