import assert from "node:assert/strict";
import { addProject, at, deleteTask, each, newToolUser, NOBODYS_ID, text } from "./support.ts";

Deno.test("list_tasks gives tasks with and without a project, abbreviated, and says how many there are", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Website" });
  await me.ok("create_task", { title: "Lone" });
  await me.ok("create_task", { title: "Copy", project_id, description: "x".repeat(300), priority: "high" });

  const data = await me.ok("list_tasks", {});
  assert.deepEqual(each(data, "tasks", "title"), ["Copy", "Lone"]);
  assert.equal(at(data, "total"), 2);
  assert.equal(at(data, "has_more"), false);
  assert.equal(at(data, "tasks.0.project_name"), "Website");
  assert.equal(text(data, "tasks.0.description_preview").length, 100);
  assert.equal(at(data, "tasks.0.duration_minutes"), 60);
});

Deno.test("list_tasks filters by project, status, priority and date", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Website" });
  const done = text(await me.ok("create_task", { title: "Done", project_id, priority: "low" }), "task.id");
  await me.ok("update_task", { task_id: done, updates: { status: "done" } });
  await me.ok("create_task", {
    title: "Dated",
    project_id,
    priority: "high",
    start_date: "2026-11-30T09:00",
  });
  await me.ok("create_task", { title: "Elsewhere", priority: "medium" });

  const titles = async (args: { [key: string]: string | string[] | boolean | number | null }) =>
    each(await me.ok("list_tasks", args), "tasks", "title");
  assert.deepEqual(await titles({ project_id }), ["Dated", "Done"]);
  assert.deepEqual(await titles({ status: ["done"] }), ["Done"]);
  assert.deepEqual(await titles({ status: ["backlog", "done"], project_id }), ["Dated", "Done"]);
  assert.deepEqual(await titles({ priority: ["low", "medium"] }), ["Elsewhere", "Done"]);
  assert.deepEqual(await titles({ has_date: true }), ["Dated"]);
  assert.deepEqual(await titles({ has_date: false, sort_by: "created_at" }), ["Elsewhere", "Done"]);
  assert.deepEqual(await titles({ status: [], priority: [], project_id: null }), [
    "Dated",
    "Elsewhere",
    "Done",
  ]);
});

Deno.test("list_tasks sorts as asked and cuts at the limit without hiding that it did", async () => {
  const me = await newToolUser();
  await me.ok("create_task", { title: "First", priority: "low", start_date: "2026-12-03" });
  await me.ok("create_task", { title: "Second", priority: "high" });
  await me.ok("create_task", { title: "Third", priority: "medium", start_date: "2026-12-01" });

  const titles = async (sort_by: string) => each(await me.ok("list_tasks", { sort_by }), "tasks", "title");
  assert.deepEqual(await titles("priority"), ["Second", "Third", "First"]);
  assert.deepEqual(await titles("start_date"), ["Third", "First", "Second"]);
  assert.deepEqual(await titles("created_at"), ["Third", "Second", "First"]);

  const cut = await me.ok("list_tasks", { limit: 2 });
  assert.equal(each(cut, "tasks", "id").length, 2);
  assert.equal(at(cut, "total"), 3);
  assert.equal(at(cut, "has_more"), true);
  assert.equal(each(await me.ok("list_tasks", { limit: 5000 }), "tasks", "id").length, 3);
});

Deno.test("list_tasks flags subtasks, dependencies, recurrence and what is overdue on the user's day", async () => {
  const auckland = await newToolUser({ time_zone: "Pacific/Auckland" });
  // It is noon of 22 November in UTC, so it is the 23rd in Auckland already.
  const parent = text(
    await auckland.ok("create_task", { title: "Parent", start_date: "2026-11-22T20:00" }),
    "task.id",
  );
  const child = await auckland.ok("create_task", {
    title: "Child",
    parent_task_id: parent,
    task_type: "recurring",
    start_date: "2026-11-23",
  });
  const { error } = await auckland.user.client.from("tasks").update({ dependencies: [parent] })
    .eq("id", text(child, "task.id"));
  assert.equal(error, null);

  const data = await auckland.ok("list_tasks", { sort_by: "start_date" });
  assert.deepEqual(each(data, "tasks", "title"), ["Parent", "Child"]);
  assert.deepEqual(each(data, "tasks", "has_subtasks"), [true, undefined]);
  assert.deepEqual(each(data, "tasks", "has_dependencies"), [undefined, true]);
  assert.deepEqual(each(data, "tasks", "is_recurring"), [undefined, true]);
  assert.deepEqual(each(data, "tasks", "is_overdue"), [true, undefined]);
  assert.deepEqual(each(data, "tasks", "start_date"), ["2026-11-22T20:00+13:00", "2026-11-23"]);

  // The same tasks seen from UTC, where it is still the 22nd: nothing is overdue.
  const utc = await newToolUser({ user: auckland.user });
  assert.deepEqual(each(await utc.ok("list_tasks", {}), "tasks", "is_overdue"), [undefined, undefined]);
});

Deno.test("a project that does not exist is not the same as one without tasks", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Empty" });
  assert.equal(at(await me.ok("list_tasks", { project_id }), "total"), 0);
  assert.equal((await me.fails("list_tasks", { project_id: NOBODYS_ID })).error, "not_found");
});

Deno.test("a deleted task that has all the words hides none that is named like them", async () => {
  const me = await newToolUser();
  await me.ok("create_task", { title: "Inventory" });
  await deleteTask(me.user, text(await me.ok("create_task", { title: "Inventry" }), "task.id"));
  assert.deepEqual(each(await me.ok("list_tasks", { query: "Inventry" }), "tasks", "title"), ["Inventory"]);
});

Deno.test("a deleted task is invisible to every tool", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "P" });
  const kept = text(await me.ok("create_task", { title: "Kept", project_id }), "task.id");
  const task_id = text(
    await me.ok("create_task", { title: "Gone", project_id, parent_task_id: kept }),
    "task.id",
  );
  await me.user.client.from("tasks").update({ dependencies: [task_id] }).eq("id", kept);
  await deleteTask(me.user, task_id);

  assert.deepEqual(each(await me.ok("list_tasks", {}), "tasks", "title"), ["Kept"]);
  assert.equal(at(await me.ok("list_tasks", {}), "tasks.0.has_subtasks"), undefined);
  const details = await me.ok("get_task_details", { task_id: kept });
  assert.equal(at(details, "task.subtasks"), undefined);
  assert.equal(at(details, "task.dependencies"), undefined);
  const project = await me.ok("get_project_details", { project_id, include_tasks: true });
  assert.deepEqual(each(project, "project.tasks", "title"), ["Kept"]);
  assert.equal(at(await me.ok("search_projects", {}), "projects.0.task_counts.backlog"), 1);
  for (
    const [name, args] of [
      ["get_task_details", { task_id }],
      ["get_task_calendar_events", { task_id }],
      ["check_task_has_calendar_event", { task_id }],
      ["update_task", { task_id, updates: { title: "Back" } }],
      ["create_task", { title: "Child", parent_task_id: task_id }],
      ["schedule_task", { task_id, start_time: "2026-11-23T09:00" }],
      ["update_or_schedule_task", { task_id, start_time: "2026-11-23T09:00" }],
    ] as const
  ) assert.equal((await me.fails(name, args)).error, "not_found", name);
});

Deno.test("get_task_details gives the task whole, with subtasks and project as asked", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, {
    name: "Website",
    context: "Teal and sand",
    description: "Relaunch",
  });
  const first = text(await me.ok("create_task", { title: "First" }), "task.id");
  const created = await me.ok("create_task", { title: "Copy", project_id, description: "y".repeat(5_000) });
  const task_id = text(created, "task.id");
  await me.ok("update_task", { task_id, updates: { details: "Ask Anna" } });
  await me.user.client.from("tasks").update({ dependencies: [first] }).eq("id", task_id);
  await me.ok("create_task", { title: "Quotes", parent_task_id: task_id });

  const usual = await me.ok("get_task_details", { task_id });
  assert.equal(text(usual, "task.description").length, 5_000);
  assert.equal(at(usual, "task.details"), "Ask Anna");
  assert.equal(at(usual, "task.project_name"), "Website");
  assert.equal(at(usual, "task.project"), undefined);
  assert.deepEqual(each(usual, "task.subtasks", "title"), ["Quotes"]);
  assert.deepEqual(each(usual, "task.dependencies", "title"), ["First"]);

  const other = await me.ok("get_task_details", {
    task_id,
    include_subtasks: false,
    include_project_context: true,
  });
  assert.equal(at(other, "task.subtasks"), undefined);
  assert.equal(at(other, "task.project.context"), "Teal and sand");
  assert.equal(at(other, "task.project.description"), "Relaunch");
});

Deno.test("create_task writes every field, and returns the row as it is in the database", async () => {
  const me = await newToolUser({ time_zone: "Europe/Berlin" });
  const project_id = await addProject(me.user, { name: "Website" });
  const parent_task_id = text(await me.ok("create_task", { title: "Parent", project_id }), "task.id");
  const data = await me.ok("create_task", {
    title: "  Write\nthe copy\u0000 ",
    description: "Six pages\u0000 \ud800",
    project_id,
    priority: "high",
    task_type: "recurring",
    duration_minutes: 90,
    start_date: "2026-11-24T09:30",
    parent_task_id,
  });
  const { data: row } = await me.user.client.from("tasks").select().eq("id", text(data, "task.id")).single();
  assert.equal(row?.user_id, me.user.id);
  assert.equal(row?.title, "Write the copy");
  assert.equal(row?.description, "Six pages \ufffd");
  assert.equal(row?.project_id, project_id);
  assert.equal(row?.priority, "high");
  assert.equal(row?.task_type, "recurring");
  assert.equal(row?.duration_minutes, 90);
  assert.equal(new Date(row?.start_date ?? "").toISOString(), "2026-11-24T08:30:00.000Z");
  assert.equal(row?.parent_task_id, parent_task_id);
  assert.equal(at(data, "task.start_date"), "2026-11-24T09:30+01:00");
  assert.equal(at(data, "task.project_name"), "Website");

  const plain = await me.ok("create_task", { title: "Plain" });
  assert.deepEqual(
    [
      at(plain, "task.priority"),
      at(plain, "task.task_type"),
      at(plain, "task.duration_minutes"),
      at(plain, "task.status"),
    ],
    ["medium", "one_off", 60, "backlog"],
  );
});

Deno.test("a subtask belongs to its parent's project unless told otherwise", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "A" });
  const other = await addProject(me.user, { name: "B" });
  const parent_task_id = text(await me.ok("create_task", { title: "Parent", project_id }), "task.id");
  assert.equal(at(await me.ok("create_task", { title: "C", parent_task_id }), "task.project_id"), project_id);
  const told = await me.ok("create_task", { title: "D", parent_task_id, project_id: other });
  assert.equal(at(told, "task.project_id"), other);
});

Deno.test("create_task says which parent is missing", async () => {
  const me = await newToolUser();
  const project = await me.fails("create_task", { title: "T", project_id: NOBODYS_ID });
  assert.deepEqual([project.error, /project_id/.test(project.message)], ["not_found", true]);
  const parent = await me.fails("create_task", { title: "T", parent_task_id: NOBODYS_ID });
  assert.deepEqual([parent.error, /parent_task_id/.test(parent.message)], ["not_found", true]);
});

Deno.test("update_task changes each field it promises to change, and no other", async () => {
  const me = await newToolUser({ time_zone: "America/New_York" });
  const created = await me.ok("create_task", { title: "Old", description: "Old", priority: "low" });
  const task_id = text(created, "task.id");
  const changes = {
    title: "New",
    description: "New description",
    details: "New details",
    status: "blocked",
    priority: "high",
    start_date: "2026-12-01T08:00",
    duration_minutes: 15,
  };
  for (const [field, value] of Object.entries(changes)) {
    const before = await me.ok("get_task_details", { task_id });
    const after = await me.ok("update_task", { task_id, updates: { [field]: value } });
    const expected = field === "start_date" ? "2026-12-01T08:00-05:00" : value;
    assert.equal(at(after, `task.${field}`), expected, field);
    for (const other of Object.keys(changes).filter((name) => name !== field)) {
      assert.equal(at(after, `task.${other}`), at(before, `task.${other}`), `${field} changed ${other}`);
    }
  }
  const { data: row } = await me.user.client.from("tasks").select().eq("id", task_id).single();
  assert.equal(new Date(row?.start_date ?? "").toISOString(), "2026-12-01T13:00:00.000Z");
  assert.equal(row?.details, "New details");
});

Deno.test("a task is completed when it becomes done and no longer when it leaves done", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
  const done = await me.ok("update_task", { task_id, updates: { status: "done" } });
  assert.ok(text(done, "task.completed_at"));
  const again = await me.ok("update_task", { task_id, updates: { title: "T2" } });
  assert.equal(at(again, "task.completed_at"), at(done, "task.completed_at"));
  const open = await me.ok("update_task", { task_id, updates: { status: "in_progress" } });
  assert.equal(at(open, "task.completed_at"), undefined);
});

Deno.test("update_task refuses updates that would change nothing, and fields that stand at the wrong level", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
  const none = await me.fails("update_task", { task_id, updates: {} });
  assert.deepEqual([none.error, /at least one of title/.test(none.message)], ["invalid_arguments", true]);
  const nulls = await me.fails("update_task", { task_id, updates: { title: null, status: null } });
  assert.equal(nulls.error, "invalid_arguments");
  const flat = await me.fails("update_task", { task_id, status: "done" });
  assert.match(flat.message, /updates is required/);
  assert.match(flat.message, /Unknown argument: "status"/);
  const unknown = await me.fails("update_task", { task_id, updates: { state: "done" } });
  assert.match(
    unknown.message,
    /Unknown field in updates: "state"\. Known: title, description, details, status/,
  );
  const value = await me.fails("update_task", { task_id, updates: { status: "finished" } });
  assert.match(value.message, /updates\.status: expected one of "backlog"\|"in_progress"\|"done"\|"blocked"/);
});
