import assert from "node:assert/strict";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { figuresOf, meanOf, NO_FIGURES, sumOf } from "../../../dev/try/figures.ts";
import { execution, read, turnOf } from "./turn_rows.ts";

const USAGE = { ...NO_USAGE, model_calls: 3, input_tokens: 100, output_tokens: 10, cost_usd: 0.5 };
const TIMING = { first_text_ms: 40, total_ms: 90 };

Deno.test("a turn costs what its run says, its executors included", () => {
  const run = {
    usage: USAGE,
    executions: [execution(1, { usage: USAGE })],
    tool_calls: [read("list_tasks")],
  };
  assert.deepEqual(figuresOf(turnOf({ run }).run, TIMING), {
    ...{ models: [], model_calls: 3, tool_calls: 1, input_tokens: 100, output_tokens: 10, cost_usd: 0.5 },
    ...TIMING,
  });
});

Deno.test("a run that has not ended costs what its steps did", () => {
  const run = { usage: null, executions: [execution(1, { usage: USAGE }), execution(2, { usage: USAGE })] };
  const { model_calls, cost_usd } = figuresOf(turnOf({ run }).run, TIMING);
  assert.deepEqual([model_calls, cost_usd], [6, 1]);
});

const one = { ...NO_FIGURES, models: ["a"], model_calls: 1, cost_usd: 0.1, first_text_ms: 10, total_ms: 100 };
const other = {
  ...NO_FIGURES,
  models: ["b", "a"],
  model_calls: 4,
  cost_usd: 0.3,
  first_text_ms: 30,
  total_ms: 300,
};

Deno.test("together, figures add up; the time to the first text is that of the slowest", () => {
  const sum = {
    ...NO_FIGURES,
    models: ["a", "b"],
    model_calls: 5,
    cost_usd: 0.4,
    first_text_ms: 30,
    total_ms: 400,
  };
  assert.deepEqual(sumOf([one, other]), sum);
  assert.deepEqual(sumOf([other, one]), { ...sum, models: ["b", "a"] });
  assert.equal(sumOf([one, { ...other, first_text_ms: null }]).first_text_ms, 10);
});

Deno.test("what a part of it cost is not known, all of it is not", () => {
  assert.equal(sumOf([one, { ...other, cost_usd: null }]).cost_usd, null);
  assert.equal(meanOf([one, { ...other, cost_usd: null }]).cost_usd, null);
});

Deno.test("the mean is of the attempts", () => {
  const { model_calls, cost_usd, total_ms } = meanOf([one, other]);
  assert.deepEqual([model_calls, cost_usd, total_ms], [3, 0.2, 200]);
  assert.equal(meanOf([]).cost_usd, null);
});
