import assert from "node:assert/strict";
import { readBudget } from "../../shared/contracts/budget.ts";

Deno.test("without settings there is a budget all the same", () => {
  const budget = readBudget({});
  assert.ok(Object.values(budget).every((limit) => limit > 0));
  assert.deepEqual(readBudget({ RUN_MAX_MODEL_CALLS: "" }), budget, "an empty variable counts as unset");
});

Deno.test("each limit is set by its own variable", () => {
  assert.equal(readBudget({ RUN_MAX_COST_USD: "0.25" }).cost_usd, 0.25);
  assert.equal(readBudget({ USER_TOKENS_PER_DAY: "77" }).tokens_per_day, 77);
});

Deno.test("a limit that is no positive number stops the start, and names its variable", () => {
  for (const value of ["none", "0", "-5", "NaN"]) {
    assert.throws(() => readBudget({ USER_RUNS_PER_HOUR: value }), /USER_RUNS_PER_HOUR/);
  }
});
