// Every task can be passed: a model that uses the tools that are there leaves the rows that its judge wants.
import assert from "node:assert/strict";
import { TASKS } from "../../../dev/try/tasks.ts";
import { test } from "../../support/test.ts";
import { MEANWHILE, RIGHT } from "./right_model.ts";
import { tryTasks } from "./scripted_tasks.ts";

for (const { name } of TASKS) {
  test(`${name} is passed by a model that does the right thing`, async () => {
    const script = RIGHT[name];
    assert.ok(script);
    const { results } = await tryTasks({ [name]: script }, MEANWHILE);
    assert.deepEqual(results[0]?.attempts[0]?.verdict, { outcome: "passed" });
  });
}
