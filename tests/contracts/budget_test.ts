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
  for (
    const [value, wanted] of [
      ["none", "a number"],
      ["NaN", "a number"],
      ["0", "at least 1"],
      ["-5", "at least 1"],
      ["1.5", "a whole number"],
      ["1e30", "at most 9007199254740991"],
    ]
  ) {
    const message = `USER_RUNS_PER_HOUR must be ${wanted}.`;
    assert.throws(() => readBudget({ USER_RUNS_PER_HOUR: value }), { message });
  }
});
