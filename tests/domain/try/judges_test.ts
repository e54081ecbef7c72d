// Every judge passes what is right, and nothing else: each way to be wrong fails, and says what it expected.
import assert from "node:assert/strict";
import { TASKS } from "../../../dev/try/tasks.ts";
import { CONVERSATION_CASES } from "./conversation_cases.ts";
import { LOOK_UP_CASES } from "./look_up_cases.ts";
import { MISSION_CASES } from "./mission_cases.ts";
import { sceneOf } from "./scene.ts";
import { WRITE_TASK_CASES } from "./write_task_cases.ts";

const CASES = [...MISSION_CASES, ...LOOK_UP_CASES, ...WRITE_TASK_CASES, ...CONVERSATION_CASES];

Deno.test("every task has cases", () => {
  assert.deepEqual(CASES.map(({ task }) => task).toSorted(), TASKS.map(({ name }) => name).toSorted());
});

for (const cases of CASES) {
  const task = TASKS.find(({ name }) => name === cases.task);
  assert.ok(task);
  const scene = sceneOf(task);

  Deno.test(`${cases.task} is passed by rows that are right`, () => {
    const passes = cases.passes(scene);
    assert.ok(passes.length > 0);
    for (const turns of passes) assert.deepEqual(task.judge({ scene, turns }), []);
  });

  for (const [wrong, turns] of Object.entries(cases.fails(scene))) {
    Deno.test(`${cases.task} is not passed where ${wrong}`, () => {
      const faults = task.judge({ scene, turns });
      assert.ok(faults.length > 0, "the judge has passed it");
      for (const fault of faults) assert.match(fault, /^(turn \d: )?expected .+, and .+/);
    });
  }
}
