// The defaults fit together: what a plan holds reserved leaves the run most of its budget.
import assert from "node:assert/strict";
import { MAX_PARALLEL_STEPS, MODEL_CALLS } from "../../shared/agents/limits.ts";
import { Budget } from "../../shared/contracts/budget.ts";

Deno.test("a plan of four executors holds less than half of a run's budget reserved, at two reservations a worker", () => {
  const budget = Budget.parse({});
  const { planner, executor } = MODEL_CALLS;
  const held = (of: (call: typeof planner | typeof executor) => number) =>
    2 * (of(planner) + MAX_PARALLEL_STEPS * of(executor));
  assert.equal(MAX_PARALLEL_STEPS, 4);
  assert.ok(held(() => 1) < budget.model_calls / 2);
  assert.ok(held((call) => call.budget) < budget.input_tokens / 2);
  assert.ok(held((call) => call.max_output_tokens) < budget.output_tokens / 2);
  assert.ok(held((call) => call.tool_calls) < budget.tool_calls / 2);
});
