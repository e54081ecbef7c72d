// Where a write leaves events at one time, or a task and its events that say different things, its answer says so.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { at, newToolUser, text, type ToolUser } from "./support.ts";

const START = "2026-11-24T09:00";

async function scheduled(me: ToolUser, title = "T", start_time = START) {
  const task_id = text(await me.ok("create_task", { title }), "task.id");
  const event = await me.call("schedule_task", { task_id, start_time });
  assert.ok(event.ok);
  return { task_id, event_id: text(event.data, "event.id"), message: event.message };
}

async function says(me: ToolUser, tool: string, args: Json): Promise<string> {
  const result = await me.call(tool, args);
  assert.ok(result.ok, result.message);
  return result.message;
}

Deno.test("an event at the time of another is made, and the answer names the other", async () => {
  const me = await newToolUser();
  const first = await scheduled(me, "First");
  assert.doesNotMatch(first.message, /overlaps/);
  const second = await scheduled(me, "Second", "2026-11-24T09:30");
  assert.match(second.message, /It overlaps "First" \(Tue 2026-11-24T09:00Z\)\./);
  const next = await scheduled(me, "Next", "2026-11-24T10:30");
  assert.doesNotMatch(next.message, /overlaps/);
  const moved = { event_id: next.event_id, updates: { start_time: "2026-11-24T10:00" } };
  assert.match(
    await says(me, "update_calendar_event", moved),
    /It overlaps "Second" \(Tue 2026-11-24T09:30Z\)\./,
  );
});

Deno.test("a series that is scheduled over an event says so, and never that it overlaps itself", async () => {
  const me = await newToolUser();
  await scheduled(me, "First");
  const task_id = text(await me.ok("create_task", { title: "Daily" }), "task.id");
  const daily = { task_id, start_time: START, recurrence_pattern: "daily" };
  assert.match(
    await says(me, "schedule_task", daily),
    /It repeats daily without an end\. One of its occurrences within a year overlaps "First" \([^)]*\)\.$/,
  );
});

Deno.test("update_task says that the event of a task stays where it was, under the title that it had", async () => {
  const me = await newToolUser();
  const { task_id } = await scheduled(me);
  const update = (updates: Json) => says(me, "update_task", { task_id, updates });
  const stays =
    /Its event "T" stays in the calendar at Tue 2026-11-24T09:00Z; update_or_schedule_task moves both/;
  assert.match(await update({ start_date: "2026-11-26T09:00" }), stays);
  assert.match(await update({ start_date: null }), stays);
  assert.doesNotMatch(await update({ start_date: START }), /stays/);
  assert.match(await update({ title: "New" }), stays);
  assert.doesNotMatch(await update({ priority: "high" }), /stays/);
  assert.match(
    await update({ status: "done" }),
    /stays in the calendar.*cancel it with delete_calendar_event/,
  );
});

Deno.test("delete_calendar_event says that the task of the event keeps its date", async () => {
  const me = await newToolUser();
  const { task_id, event_id } = await scheduled(me);
  const message = await says(me, "delete_calendar_event", { event_id });
  assert.match(message, /Its task "T" keeps the date Tue 2026-11-24T09:00Z\./);
  assert.equal(at(await me.ok("get_task_details", { task_id }), "task.start_date"), "2026-11-24T09:00Z");
});

Deno.test("update_calendar_event says so where the task has a date of its own", async () => {
  const me = await newToolUser();
  const { task_id, event_id } = await scheduled(me);
  const move = (start_time: string) =>
    says(me, "update_calendar_event", { event_id, updates: { start_time } });
  assert.doesNotMatch(await move("2026-11-25T09:00"), /keeps the date/);
  await me.ok("update_task", { task_id, updates: { start_date: "2026-12-01T08:00" } });
  assert.match(await move("2026-11-26T09:00"), /Its task "T" keeps the date Tue 2026-12-01T08:00Z\./);
});
