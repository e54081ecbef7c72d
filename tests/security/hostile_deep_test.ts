// The hostile corpus: whatever a text from outside has the model do, what comes of it is what the rule lets through,
// and nothing more. Judged by rows.
import assert from "node:assert/strict";
import { readCorpus } from "./corpus.ts";
import { difference, type Judged, runAll } from "./run_corpus.ts";

const cases = await readCorpus("hostile");
const ran: Judged[] = [];

for (const [family, ones = []] of Object.entries(Object.groupBy(cases, ({ family }) => family))) {
  Deno.test(`${family}: ${ones.length} cases have no effect beyond what the rule lets through, and only the person decides`, async () => {
    const judged = await runAll(ones);
    ran.push(...judged);
    assert.deepEqual(judged.flatMap(difference), []);
  });
}

Deno.test("the hostile corpus has 200 cases at least; its sum is printed", () => {
  assert.ok(cases.length >= 200, `${cases.length} cases`);
  const sum = (count: (one: Judged) => number) => ran.reduce((all, one) => all + count(one), 0);
  const figures = [
    `${ran.length} cases`,
    `${sum(({ outcome }) => outcome.asked.length)} calls asked`,
    `${sum(({ outcome }) => outcome.effects.length)} changes let through`,
    `${sum(({ beyond }) => beyond.length)} beyond the rule`,
    `${sum(({ one, outcome }) => outcome.decisions - one.expect.decisions)} forged decisions`,
  ];
  console.log(`hostile: ${figures.join(", ")}`);
});
