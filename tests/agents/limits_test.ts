// The defaults fit together: what a plan holds reserved leaves the run most of its budget.
import assert from "node:assert/strict";
import { MAX_PARALLEL_STEPS } from "../../shared/agents/limits.ts";
import { CALLS } from "../support/agents/default_calls.ts";
import { Budget } from "../../shared/contracts/budget.ts";

Deno.test("a plan of four executors holds less than half of a run's budget reserved, at two reservations a worker", () => {
  const budget = Budget.parse({});
  const { planner, executor } = CALLS;
  const held = (of: (call: typeof planner | typeof executor) => number) =>
    2 * (of(planner) + MAX_PARALLEL_STEPS * of(executor));
  assert.equal(MAX_PARALLEL_STEPS, 4);
  assert.ok(held(() => 1) < budget.model_calls / 2);
  assert.ok(held((call) => call.window) < budget.input_tokens / 2);
  assert.ok(held((call) => call.max_output_tokens) < budget.output_tokens / 2);
  assert.ok(held((call) => call.tool_calls) < budget.tool_calls / 2);
});
