// Usage and cost: reported where they were, estimated and marked where they were not.
import assert from "node:assert/strict";
import { readUsage, settleUsage } from "../../../shared/llm/reading/wire_usage.ts";

const ESTIMATES = { estimateInput: () => 7, estimateOutput: () => 3 };
const UNCALLED = {
  estimateInput: () => assert.fail("the input was reported"),
  estimateOutput: () => assert.fail("the output was reported"),
};

Deno.test("nothing is estimated that was reported", () => {
  const reported = readUsage({ prompt_tokens: 10.4, completion_tokens: 0 });
  const usage = settleUsage({ reported, price: null, ...UNCALLED });
  assert.deepEqual(usage, {
    input_tokens: 10,
    output_tokens: 0,
    cached_tokens: 0,
    reasoning_tokens: 0,
    model_calls: 1,
    cost_usd: null,
    estimated: false,
    cost_estimated: false,
  });
});

Deno.test("a cost of 0 that the host reports is a cost", () => {
  const reported = readUsage({ prompt_tokens: 10, completion_tokens: 5, cost: 0 });
  const usage = settleUsage({ reported, price: { input: 1, cached_input: 1, output: 1 }, ...UNCALLED });
  assert.equal(usage.cost_usd, 0);
  assert.deepEqual([usage.estimated, usage.cost_estimated], [false, false]);
});

Deno.test("an estimate is priced from the table", () => {
  const usage = settleUsage({
    reported: null,
    price: { input: 2, cached_input: 1, output: 4 },
    ...ESTIMATES,
  });
  assert.equal(usage.cost_usd, (7 * 2 + 3 * 4) / 1e6);
  assert.deepEqual([usage.estimated, usage.cost_estimated], [true, true]);
});

Deno.test("what is no object holds no usage", () => {
  for (const field of [null, undefined, "many", 7]) assert.equal(readUsage(field), null);
});
