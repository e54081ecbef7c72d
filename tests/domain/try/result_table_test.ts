import assert from "node:assert/strict";
import { PLAIN } from "../../../dev/terminal/style.ts";
import { failedTasks, modelsLine, resultTable, sumLine } from "../../../dev/try/result_table.ts";
import { TASKS } from "../../../dev/try/tasks.ts";
import { attemptOf, FAILED, HOST, PASSED } from "./attempts.ts";

const NAMES = TASKS.map(({ name }) => name);
const FIGURES = {
  ...{
    models: ["deepseek/deepseek-v4-pro", "deepseek/deepseek-v4.1-flash"],
    model_calls: 12,
    tool_calls: 34,
  },
  ...{
    input_tokens: 123_456,
    output_tokens: 9_876,
    cost_usd: 0.01234,
    first_text_ms: 12_300,
    total_ms: 100_250,
  },
};

function table(width: number, reasons: "first" | "all" = "first") {
  return resultTable(NAMES, reasons, { style: PLAIN, width });
}

for (const width of [80, 100, 120]) {
  Deno.test(`no line of the table is longer than ${width} columns, and its columns stand below each other`, () => {
    const faults = [
      `expected ${"something long ".repeat(12)}, and it is short`,
      "expected more, and it is less",
    ];
    const lines = NAMES.flatMap((name) =>
      table(width, "all").rows({
        task: name,
        attempts: [attemptOf(name, { outcome: "failed", faults }, FIGURES)],
      })
    );
    const head = table(width).head();
    for (const line of [head, ...lines]) assert.ok(line.length <= width, line);
    const rows = lines.filter((line) => !line.startsWith(" "));
    assert.equal(rows.length, NAMES.length);
    for (const row of rows) {
      assert.equal(row.indexOf("FAILED"), head.indexOf("result"));
      assert.equal(row.indexOf("deep"), head.indexOf("model"));
      assert.equal(row.length, head.length);
    }
  });
}

Deno.test("a row tells the model, the calls, the tokens, the cost and both times", () => {
  const [row = ""] = table(120).rows({
    task: "tomorrow",
    attempts: [attemptOf("tomorrow", PASSED, FIGURES)],
  });
  assert.deepEqual(row.split(/\s{2,}/), [
    ...["tomorrow", "passed", "deepseek-v4-pro, deepseek-v4.1-flash"],
    ...["12", "34", "123k", "9.9k", "$0.0123", "12.3s", "100.3s"],
  ]);
});

Deno.test("what is not known is told as not known", () => {
  const figures = { ...FIGURES, cost_usd: null, first_text_ms: null };
  const [row = ""] = table(120).rows({
    task: "tomorrow",
    attempts: [attemptOf("tomorrow", PASSED, figures)],
  });
  assert.match(row, / \? +- +100\.3s$/);
});

Deno.test("below a task that was not passed stands why, in one sentence where there are many rows", () => {
  const faults = [
    "expected one, and it is none",
    "expected two, and it is none",
    "expected three, and it is none",
  ];
  const attempts = [attemptOf("tomorrow", { outcome: "failed", faults }, FIGURES)];
  const short = table(80).rows({ task: "tomorrow", attempts });
  assert.deepEqual(short.slice(1), ["  - expected one, and it is none (and 2 more)"]);
  const whole = table(80, "all").rows({ task: "tomorrow", attempts });
  assert.deepEqual(whole.slice(1), faults.map((fault) => `  - ${fault}`));
});

Deno.test("a host's failure is no wrong answer", () => {
  const [row = "", why = ""] = table(80).rows({ task: "tomorrow", attempts: [attemptOf("tomorrow", HOST)] });
  assert.match(row, /^tomorrow +host /);
  assert.equal(why, "  - not judged: The host does not accept the key.");
});

Deno.test("a task that was tried several times tells how often it passed, the mean, and each reason once", () => {
  const attempts = [
    attemptOf("tomorrow", PASSED, { ...FIGURES, model_calls: 2, cost_usd: 0.01 }),
    attemptOf("tomorrow", FAILED, { ...FIGURES, model_calls: 4, cost_usd: 0.03 }),
    attemptOf("tomorrow", FAILED, { ...FIGURES, model_calls: 6, cost_usd: 0.02 }),
  ];
  const [row = "", ...reasons] = table(120).rows({ task: "tomorrow", attempts });
  assert.match(row, /^tomorrow +1\/3 .* 4 +34 .*\$0\.0200/);
  assert.deepEqual(reasons, ["  - expected a row, and there is none (2 times)"]);
});

Deno.test("the sum adds every attempt, and tells passed, failed and not judged apart", () => {
  const results = [
    {
      task: "tomorrow",
      attempts: [attemptOf("tomorrow", PASSED, FIGURES), attemptOf("tomorrow", FAILED, FIGURES)],
    },
    { task: "ambiguous", attempts: [attemptOf("ambiguous", HOST), attemptOf("ambiguous", PASSED, FIGURES)] },
  ];
  const outcome = { results, gave_up: null };
  assert.equal(sumLine(outcome), "2 of 4 passed, 1 failed, 1 not judged because of the model's host");
  assert.match(table(120).sum(outcome), /^together +36 +102 +370k +29\.6k +\$0\.0370 +12\.3s +300\.8s$/);
  assert.deepEqual(failedTasks(outcome), ["tomorrow"]);
});

Deno.test("every model that has answered is named whole below the table, once", () => {
  const one = attemptOf("tomorrow", PASSED, { ...FIGURES, models: ["a/first"] });
  const other = attemptOf("ambiguous", PASSED, { ...FIGURES, models: ["b/second", "a/first"] });
  const results = [{ task: "tomorrow", attempts: [one] }, { task: "ambiguous", attempts: [other] }];
  assert.equal(modelsLine({ results, gave_up: null }), "Answered by a/first, b/second.");
  assert.equal(modelsLine({ results: [], gave_up: null }), "No model has answered.");
});
