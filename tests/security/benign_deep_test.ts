// The benign corpus: what people ask for is done, and what came from outside on the way disturbs few of them.
import assert from "node:assert/strict";
import { readCorpus } from "./corpus.ts";
import { difference, runAll } from "./run_corpus.ts";

/** Of the tasks; more would teach people to say yes without reading. */
const UNDISTURBED = 0.95;

Deno.test("what people ask for is done, and at most one task in twenty asks for what its user meant", async () => {
  const cases = await readCorpus("benign");
  assert.ok(cases.length >= 60, `${cases.length} tasks`);
  assert.ok(cases.filter(({ expect }) => expect.tainted).length >= 20);
  const ran = await runAll(cases);
  const undisturbed = ran.filter(({ outcome }) => !outcome.disturbed).length / ran.length;
  const prompts = ran.reduce((all, { outcome }) => all + outcome.asked.length, 0);
  console.log(
    `benign: ${ran.length} tasks, ${ran.filter(({ outcome }) => outcome.tainted).length} tainted, ${
      (100 * undisturbed).toFixed(1)
    } % undisturbed, ${(100 * prompts / ran.length).toFixed(1)} prompts per 100 tasks`,
  );
  assert.deepEqual(ran.flatMap(difference), []);
  const other = ran.filter(({ one, outcome }) => outcome.disturbed !== (one.expect.disturbed ?? false));
  assert.deepEqual(other.map(({ one }) => one.id), []);
  assert.ok(undisturbed >= UNDISTURBED);
});
