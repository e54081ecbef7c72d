import assert from "node:assert/strict";
import { addProject, at, deleteTask, each, newToolUser, NOBODYS_ID, text } from "./support.ts";

Deno.test("search_projects finds by name, description and tags", async () => {
  const me = await newToolUser();
  await addProject(me.user, {
    name: "Website",
    description: "Relaunch of the shop",
    tags: ["Design System"],
  });
  await addProject(me.user, { name: "Kitchen", description: "New cupboards" });
  const names = async (query: string) => each(await me.ok("search_projects", { query }), "projects", "name");
  assert.deepEqual(await names("website"), ["Website"]);
  assert.deepEqual(await names("cupboard"), ["Kitchen"]);
  assert.deepEqual(await names("design system"), ["Website"]);
  assert.deepEqual(await names("balcony"), []);
});

Deno.test("search_projects counts tasks by status and says how much is done, in one request", async () => {
  let requests = 0;
  const counting: typeof fetch = (input, init) => {
    requests++;
    return fetch(input, init);
  };
  const me = await newToolUser({ fetcher: counting });
  for (const name of ["A", "B", "C"]) {
    const project_id = await addProject(me.user, { name, context: name.repeat(900) });
    const ids: string[] = [];
    for (const title of ["1", "2", "3", "4"]) {
      ids.push(text(await me.ok("create_task", { title, project_id }), "task.id"));
    }
    await me.ok("update_task", { task_id: ids[0] ?? "", updates: { status: "done" } });
    await me.ok("update_task", { task_id: ids[1] ?? "", updates: { status: "blocked" } });
    await deleteTask(me.user, ids[3] ?? "");
  }
  requests = 0;
  const data = await me.ok("search_projects", {});
  assert.equal(requests, 1);
  assert.deepEqual(at(data, "projects.0.task_counts"), { backlog: 1, blocked: 1, done: 1 });
  assert.equal(at(data, "projects.0.completion_percentage"), 33);
  assert.equal(text(data, "projects.0.context_preview").length, 500);
  assert.equal(at(data, "total"), 3);
});

Deno.test("search_projects filters by status and by whether there is anything to do, and keeps its limit", async () => {
  const me = await newToolUser();
  const busy = await addProject(me.user, { name: "Busy" });
  await me.ok("create_task", { title: "T", project_id: busy });
  const finished = await addProject(me.user, { name: "Finished", status: "completed" });
  const task_id = text(await me.ok("create_task", { title: "T", project_id: finished }), "task.id");
  await me.ok("update_task", { task_id, updates: { status: "done" } });
  await addProject(me.user, { name: "Idle" });

  const names = async (args: { [key: string]: string | boolean | number }) =>
    each(await me.ok("search_projects", args), "projects", "name");
  assert.deepEqual(await names({ status: "completed" }), ["Finished"]);
  assert.deepEqual(await names({ has_active_tasks: true }), ["Busy"]);
  assert.deepEqual(await names({ has_active_tasks: false }), ["Idle", "Finished"]);
  assert.deepEqual(await names({ has_active_tasks: false, status: "active" }), ["Idle"]);
  const cut = await me.ok("search_projects", { limit: 1 });
  assert.deepEqual([each(cut, "projects", "id").length, at(cut, "total"), at(cut, "has_more")], [1, 3, true]);
});

Deno.test("get_project_details gives the project whole, and with it what is asked for", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, {
    name: "Website",
    context: "z".repeat(3_000),
    tags: ["web"],
  });
  await me.ok("create_task", { title: "Task", project_id });
  for (let n = 1; n <= 11; n++) await me.ok("create_note", { content: `Note ${n}`, project_id });
  await me.ok("create_brain_dump", { content: "Dump", project_id });
  await me.ok("create_note", { content: "Elsewhere" });

  const alone = await me.ok("get_project_details", { project_id });
  assert.equal(text(alone, "project.context").length, 3_000);
  assert.equal(at(alone, "project.tags.0"), "web");
  assert.deepEqual(["tasks", "notes", "brain_dumps"].map((key) => at(alone, `project.${key}`)), [
    undefined,
    undefined,
    undefined,
  ]);
  const tasks = await me.ok("get_project_details", { project_id, include_tasks: true });
  assert.deepEqual(each(tasks, "project.tasks", "title"), ["Task"]);
  assert.equal(at(tasks, "project.notes"), undefined);
  const notes = await me.ok("get_project_details", { project_id, include_notes: true });
  assert.equal(each(notes, "project.notes", "title").length, 10);
  assert.equal(at(notes, "project.notes.0.title"), "Note 11");
  const dumps = await me.ok("get_project_details", { project_id, include_brain_dumps: true });
  assert.deepEqual(each(dumps, "project.brain_dumps", "title"), ["Dump"]);
  assert.equal((await me.fails("get_project_details", { project_id: NOBODYS_ID })).error, "not_found");
});

Deno.test("a project without tasks says so when its tasks are asked for", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Empty" });
  const data = await me.ok("get_project_details", { project_id, include_tasks: true });
  assert.deepEqual(at(data, "project.tasks"), []);
});

Deno.test("update_project changes each field it promises to change, and no other", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "Old", description: "Old", tags: ["old"] });
  const changes = {
    name: "New",
    description: "New description",
    executive_summary: "New summary",
    context: "New context",
    status: "paused",
    start_date: "2026-11-01",
    end_date: "2026-12-24",
    tags: ["a, b", "(c)", '"d"', "e\\f", "{g}"],
  };
  for (const [field, value] of Object.entries(changes)) {
    const before = await me.ok("get_project_details", { project_id });
    const after = await me.ok("update_project", { project_id, updates: { [field]: value } });
    assert.deepEqual(at(after, `project.${field}`), value, field);
    for (const other of Object.keys(changes).filter((name) => name !== field)) {
      assert.deepEqual(
        at(after, `project.${other}`),
        at(before, `project.${other}`),
        `${field} changed ${other}`,
      );
    }
  }
  const { data: row } = await me.user.client.from("projects").select().eq("id", project_id).single();
  assert.deepEqual(row?.tags, changes.tags);
  assert.equal(row?.end_date, "2026-12-24");
  assert.match(row?.slug ?? "", /^project-/);
});

Deno.test("update_project explains what it can't do", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "P", start_date: "2026-11-01" });
  assert.match(
    (await me.fails("update_project", { project_id, updates: {} })).message,
    /at least one of name/,
  );
  const unknown = await me.fails("update_project", { project_id, updates: { title: "T" } });
  assert.match(unknown.message, /Unknown field in updates: "title"/);
  const dates = await me.fails("update_project", { project_id, updates: { end_date: "2026-10-01" } });
  assert.deepEqual(dates, {
    error: "invalid_arguments",
    message: "end_date must not be before start_date.",
  });
  const day = await me.fails("update_project", { project_id, updates: { end_date: "2026-02-30" } });
  assert.match(day.message, /updates\.end_date: must be a date such as/);
  const nobody = await me.fails("update_project", { project_id: NOBODYS_ID, updates: { name: "N" } });
  assert.equal(nobody.error, "not_found");
});
