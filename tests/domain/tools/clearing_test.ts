// Null clears a field, an absent field stays: in every tool that changes rows, for every field that may be empty.
import assert from "node:assert/strict";
import { addProject, at, newToolUser, text } from "./support.ts";

Deno.test("null clears each field of a task that may be empty, and no other", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "P" });
  const parent_task_id = text(await me.ok("create_task", { title: "Parent" }), "task.id");
  const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
  const fields = {
    description: "Why",
    details: "How",
    start_date: "2026-12-01T08:00Z",
    project_id,
    parent_task_id,
    recurrence_ends: "2027-01-01",
    recurrence_pattern: "weekly",
  };
  await me.ok("update_task", { task_id, updates: fields });
  const left: Record<string, unknown> = { ...fields };
  for (const field of Object.keys(fields)) {
    const after = await me.call("update_task", { task_id, updates: { [field]: null } });
    assert.ok(after.ok);
    assert.equal(after.message, `Cleared ${field} of "T".`);
    delete left[field];
    for (const name of Object.keys(fields)) assert.equal(at(after.data, `task.${name}`), left[name], name);
  }
});

Deno.test("a task whose pattern is cleared recurs no more, and one that gets a pattern does", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
  const updates = { recurrence_pattern: "daily", recurrence_ends: "2026-12-24" };
  const set = await me.ok("update_task", { task_id, updates });
  assert.deepEqual([at(set, "task.task_type"), at(set, "task.recurrence_ends")], ["recurring", "2026-12-24"]);
  const cleared = await me.ok("update_task", { task_id, updates: { recurrence_pattern: null } });
  assert.deepEqual([at(cleared, "task.task_type"), at(cleared, "task.recurrence_ends")], [
    "one_off",
    undefined,
  ]);
});

Deno.test("null clears each field of a project that may be empty", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "P", tags: ["old"] });
  const fields = {
    description: "D",
    executive_summary: "S",
    context: "C",
    start_date: "2026-11-01",
    end_date: "2026-12-01",
    tags: ["new"],
  };
  await me.ok("update_project", { project_id, updates: fields });
  for (const field of Object.keys(fields)) {
    const after = await me.ok("update_project", { project_id, updates: { [field]: null } });
    assert.equal(at(after, `project.${field}`), undefined, field);
    assert.equal(at(after, "project.name"), "P");
  }
});

Deno.test("null clears an event's description and the end of its recurrence", async () => {
  const me = await newToolUser();
  const { data: row } = await me.user.client.from("calendar_events").insert({
    title: "E",
    description: "D",
    starts_at: "2026-11-23T09:00:00Z",
    ends_at: "2026-11-23T10:00:00Z",
    recurrence: "daily",
    recurrence_ends: "2026-11-24",
  }).select("id").single();
  const event_id = row?.id ?? "";
  const data = await me.ok("update_calendar_event", {
    event_id,
    scope: "all",
    updates: { description: null },
  });
  assert.deepEqual([at(data, "event.description"), at(data, "event.recurrence_ends")], [
    undefined,
    "2026-11-24",
  ]);
  await me.ok("update_calendar_event", { event_id, scope: "all", updates: { recurrence_ends: null } });
  assert.equal(at(await me.ok("get_calendar_events", {}), "total"), 7);
});

Deno.test("a task never becomes a subtask of its own subtask", async () => {
  const me = await newToolUser();
  const top = text(await me.ok("create_task", { title: "Top" }), "task.id");
  const middle = text(await me.ok("create_task", { title: "Middle", parent_task_id: top }), "task.id");
  const low = text(await me.ok("create_task", { title: "Low", parent_task_id: middle }), "task.id");
  for (const parent_task_id of [top, middle, low]) {
    const refused = await me.fails("update_task", { task_id: top, updates: { parent_task_id } });
    assert.equal(refused.error, "invalid_arguments");
    assert.match(refused.message, /this very task or a subtask of it/);
  }
});
