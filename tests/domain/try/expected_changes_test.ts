import assert from "node:assert/strict";
import { changeFaults, text } from "../../../dev/try/expected_changes.ts";
import { created, task, updated, WORKSPACE } from "./scene.ts";

const EXPECTED = {
  change: "created",
  table: "tasks",
  fields: { title: text("Pay"), priority: "high" },
} as const;
const RIGHT = created("tasks", task(50, "Pay", { priority: "high" }));

Deno.test("what changed as expected has no fault, wherever it stands among what is allowed besides", () => {
  const other = created("tasks", task(51, "Rest"));
  assert.deepEqual(changeFaults(RIGHT, [EXPECTED]), []);
  assert.deepEqual(changeFaults([...other, ...RIGHT], [EXPECTED], ({ title }) => title === "Rest"), []);
});

Deno.test("of two rows, the one that is least wrong is held against what was expected, and the other is one too many", () => {
  const other = created("tasks", task(51, "Rest"));
  assert.deepEqual(changeFaults([...other, ...RIGHT], [EXPECTED]), [
    'expected nothing else to change, and the task "Rest" was created',
  ]);
});

Deno.test("one row can't be two that are expected", () => {
  assert.deepEqual(changeFaults(RIGHT, [EXPECTED, EXPECTED]), [
    'expected one of the tasks to be created (title "Pay", priority "high"), and none was',
  ]);
});

Deno.test("a row that was changed into the expected one was not created", () => {
  const renamed = updated({ workspace: WORKSPACE }, "tasks", "Renew the passport", {
    title: "Pay",
    priority: "high",
  });
  assert.deepEqual(changeFaults(renamed, [EXPECTED]), [
    'expected one of the tasks to be created (title "Pay", priority "high"), and none was',
    'expected nothing else to change, and the task "Pay" was updated (title "Renew the passport" to "Pay", priority ' +
    '"medium" to "high")',
  ]);
});

Deno.test("a field that is another, and one that should have stayed, are told with what they hold", () => {
  const [row] = WORKSPACE.tasks;
  assert.ok(row);
  const changes = updated({ workspace: WORKSPACE }, "tasks", row.title, {
    status: "blocked",
    duration_minutes: 5,
  });
  assert.deepEqual(
    changeFaults(changes, [{ change: "updated", table: "tasks", row, fields: { status: "done" } }]),
    [
      `expected status of "${row.title}" to be "done", and it is "blocked"`,
      `expected duration_minutes of "${row.title}" to stay, and it became 5`,
    ],
  );
});
