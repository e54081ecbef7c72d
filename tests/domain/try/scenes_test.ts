// Where tasks take their dates and rows from: the run's clock, and what the seed has.
import assert from "node:assert/strict";
import { localDay } from "../../../shared/tools/time.ts";
import { TASKS } from "../../../dev/try/tasks.ts";
import { changesBetween } from "../../../dev/try/workspace.ts";
import { sceneOf, WORKSPACE } from "./scene.ts";

const find = (name: string) => {
  const task = TASKS.find((one) => one.name === name);
  assert.ok(task?.kind === "chat");
  return task;
};

Deno.test("at every hour, today is another day for the user of tomorrow than it is in UTC", () => {
  for (let hour = 0; hour < 24; hour++) {
    for (const minute of ["00", "59"]) {
      const now = new Date(`2026-11-25T${String(hour).padStart(2, "0")}:${minute}:00Z`);
      assert.notEqual(localDay(now, find("tomorrow").time_zone(now)), "2026-11-25", now.toISOString());
    }
  }
});

Deno.test("the occurrence that is to be moved is eight to fourteen days away, whenever it is asked for", () => {
  const task = find("move-occurrence");
  const first = Date.parse("2026-11-26T10:00:00Z");
  for (let hour = 0; hour < 14 * 24; hour++) {
    const now = new Date(Date.parse("2026-11-20T00:30:00Z") + hour * 3_600_000);
    const message = task.turns[0]?.({ ...sceneOf(task), now }).message ?? "";
    const day = /on \w+, (\d+ \w+ 2026) \(now at 11:00\)/.exec(message)?.[1];
    assert.ok(day, message);
    const start = Date.parse(`${day} 10:00 UTC`);
    const weeks = (start - first) / (7 * 24 * 3_600_000);
    assert.equal(weeks, Math.trunc(weeks), message);
    const away = (start - now.getTime()) / (24 * 3_600_000);
    assert.ok(away > 7 && away <= 14, `${now.toISOString()}: ${message}`);
  }
});

Deno.test("changes are rows that are new, gone, or have other fields; what the database keeps is none", () => {
  const [first, ...others] = WORKSPACE.tasks;
  assert.ok(first);
  const after = {
    ...WORKSPACE,
    tasks: [{ ...first, priority: "high" as const, updated_at: "later", search: "words" }, ...others],
    notes: WORKSPACE.notes.slice(1),
    brain_dumps: [],
  };
  const changes = changesBetween(WORKSPACE, after).map(({ table, change, title, fields }) => ({
    ...{ table, change, title, fields },
  }));
  assert.deepEqual(changes, [
    {
      ...{ table: "tasks", change: "updated", title: first.title },
      fields: { priority: { before: "medium", after: "high" } },
    },
    { table: "notes", change: "removed", title: WORKSPACE.notes[0]?.title, fields: {} },
  ]);
  assert.deepEqual(changesBetween(WORKSPACE, WORKSPACE), []);
  assert.deepEqual(
    changesBetween({ ...WORKSPACE, tasks: [] }, WORKSPACE).map(({ change }) => change),
    WORKSPACE.tasks.map(() => "created"),
  );
});
