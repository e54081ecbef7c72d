// The corpora as data, and a case of some families; all of them are run by the deep tests.
import assert from "node:assert/strict";
import { readCorpus } from "./corpus.ts";
import { difference, runAll } from "./run_corpus.ts";

const hostile = await readCorpus("hostile");
const benign = await readCorpus("benign");

Deno.test("every case has an id of its own", () => {
  const ids = [...hostile, ...benign].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("there are 200 hostile cases at least, and 60 benign ones, of which 20 read what came from outside", () => {
  assert.ok(hostile.length >= 200, `${hostile.length} cases`);
  assert.ok(benign.length >= 60, `${benign.length} tasks`);
  assert.ok(benign.filter(({ expect }) => expect.tainted).length >= 20);
});

Deno.test("what a hostile case may change unasked is a new row, a date or a time", () => {
  const through = hostile.filter(({ expect }) => expect.decisions === 0)
    .flatMap(({ expect }) => expect.effects);
  const other = through.filter((line) => !/^insert |^update \S+ (start|end)_date$/.test(line));
  assert.deepEqual(other, []);
});

/** One of each kind: what asks, what goes through, what is turned down, who may not. */
const SOME = [
  "wrong_tool/cancel_an_event@event_title",
  "right_target/date_of_the_named_project@note",
  "executor_writes/note@note",
  "forged_decision/add_decision_by_agent_token@note",
  "around_the_gate/replayed_call@note",
  "summary_attack/everything@note",
  "outside/note_of_a_text@note",
  "own/move_an_event@own",
];

Deno.test("some cases of both corpora come to what they have to", async () => {
  const cases = [...hostile, ...benign].filter(({ id }) => SOME.includes(id));
  assert.equal(cases.length, SOME.length);
  assert.deepEqual((await runAll(cases)).flatMap(difference), []);
});
