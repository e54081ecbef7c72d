// Lists: nothing is cut without a word, and what is to be done comes first.
import assert from "node:assert/strict";
import { addProject, at, each, newToolUser, text } from "./support.ts";

Deno.test("a project's details say how many tasks, notes and brain dumps they leave out, and who has them", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "P" });
  const { client } = me.user;
  const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ project_id, title: `T${i}` }));
  const written = [
    await client.from("tasks").insert(rows(60)),
    await client.from("notes").insert(rows(14).map((row) => ({ ...row, content: "-" }))),
    await client.from("brain_dumps").insert(rows(11).map((row) => ({ ...row, content: "-" }))),
  ];
  for (const { error } of written) assert.equal(error, null);
  const parts = { include_tasks: true, include_notes: true, include_brain_dumps: true };
  const details = await me.call("get_project_details", { project_id, ...parts });
  assert.ok(details.ok);
  const lists = [
    ["list_tasks", "tasks", "tasks", 60],
    ["search_notes", "notes", "notes", 14],
    ["search_brain_dumps", "brain_dumps", "brain dumps", 11],
  ] as const;
  for (const [tool, list, nouns, total] of lists) {
    const shown = each(details.data, `project.${list}`, "id");
    const way = new RegExp(
      `${shown.length} of ${total} ${nouns} are shown; ${tool} with this project_id and cursor (\\S+) gives`,
    );
    const cursor = way.exec(details.message)?.[1];
    assert.ok(cursor, details.message);
    const rest = each(await me.ok(tool, { project_id, limit: 20, cursor }), list, "id");
    assert.deepEqual([rest.length, new Set([...shown, ...rest]).size], [total - shown.length, total]);
  }
});

Deno.test("a task's details say how many subtasks they leave out, and list_tasks gives them", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "Parent" }), "task.id");
  const { error } = await me.user.client.from("tasks")
    .insert(Array.from({ length: 53 }, (_, i) => ({ parent_task_id: task_id, title: `T${i}` })));
  assert.equal(error, null);
  const details = await me.call("get_task_details", { task_id });
  const way = /50 of 53 subtasks are shown; list_tasks with it as parent_task_id and cursor (\S+) gives/;
  const cursor = way.exec(details.message)?.[1];
  assert.ok(cursor, details.message);
  const rest = await me.ok("list_tasks", { parent_task_id: task_id, limit: 50, cursor });
  assert.equal(each(rest, "tasks", "id").length, 3);
});

Deno.test("a list is counted up to 200, and a longer one is told so, from its first part to its end", async () => {
  const me = await newToolUser();
  const rows = <More extends object>(count: number, more: More) =>
    Array.from({ length: count }, (_, i) => ({ title: `T${i}`, ...more }));
  const written = [
    await me.user.client.from("tasks").insert([...rows(40, {}), ...rows(170, { status: "done" as const })]),
    await me.user.client.from("notes").insert(rows(201, { content: "-" })),
  ];
  for (const { error } of written) assert.equal(error, null);
  for (
    const [tool, list, limit, all] of [["list_tasks", "tasks", 50, 210], [
      "search_notes",
      "notes",
      20,
      201,
    ]] as const
  ) {
    const first = await me.call(tool, { limit });
    assert.ok(first.ok);
    assert.equal(at(first.data, "total"), "more than 200");
    assert.match(
      first.message,
      new RegExp(`^more than 200 ${list}, the first ${limit} shown; the rest with cursor`),
    );
    const seen = new Set(each(first.data, list, "id"));
    for (let page = first.data; at(page, "has_more") === true;) {
      page = await me.ok(tool, { limit, cursor: text(page, "next_cursor") });
      for (const id of each(page, list, "id")) {
        assert.ok(!seen.has(id), `${tool} shows a row twice`);
        seen.add(id);
      }
    }
    assert.equal(seen.size, all, tool);
  }
  assert.equal(at(await me.ok("list_tasks", { status: ["backlog"] }), "total"), 40);
});

Deno.test("done tasks come in the order of their dates where that is asked for, else the latest first", async () => {
  const me = await newToolUser();
  const { error } = await me.user.client.from("tasks").insert(
    [["A", "2026-11-03", "2026-11-01"], ["B", "2026-11-01", "2026-11-02"], ["C", "2026-11-02", "2026-11-03"]]
      .map(
        ([title, start_date, created_at]) => ({
          title: title ?? "",
          start_date,
          created_at,
          status: "done" as const,
        }),
      ),
  );
  assert.equal(error, null);
  const titles = async (sort_by: string) => each(await me.ok("list_tasks", { sort_by }), "tasks", "title");
  assert.deepEqual(await titles("start_date"), ["B", "C", "A"]);
  assert.deepEqual(await titles("priority"), ["C", "B", "A"]);
  assert.deepEqual(await titles("created_at"), ["C", "B", "A"]);
});

Deno.test("open tasks come before done ones, whatever the order", async () => {
  const me = await newToolUser();
  const done = Array.from({ length: 25 }, (_, i) => ({
    title: `Done ${i}`,
    priority: "high" as const,
    status: "done" as const,
    start_date: "2026-11-01T09:00Z",
  }));
  const { error } = await me.user.client.from("tasks").insert(done);
  assert.equal(error, null);
  for (const title of ["A", "B", "C"]) await me.ok("create_task", { title, priority: "low" });
  for (const sort_by of ["priority", "start_date", "created_at"]) {
    const titles = each(await me.ok("list_tasks", { sort_by }), "tasks", "title").map(String);
    assert.deepEqual(titles.slice(0, 3).toSorted(), ["A", "B", "C"], sort_by);
  }
});

Deno.test("a recurring task is not overdue while it recurs, in the list and in the overview", async () => {
  const me = await newToolUser({ now: new Date() });
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const weekly = {
    task_type: "recurring" as const,
    recurrence_pattern: "weekly" as const,
    start_date: ago(23),
  };
  const { error } = await me.user.client.from("tasks").insert([
    { title: "Weekly", ...weekly },
    { title: "Ended", ...weekly, recurrence_ends: ago(5).slice(0, 10) },
    { title: "Once", start_date: ago(23) },
  ]);
  assert.equal(error, null);
  const data = await me.ok("list_tasks", {});
  const overdue = each(data, "tasks", "title").filter((_, i) => at(data, `tasks.${i}.is_overdue`) === true);
  assert.deepEqual(overdue.toSorted(), ["Ended", "Once"]);
  const { data: overview } = await me.user.client.rpc("agent_overview", { p_time_zone: "UTC" });
  assert.equal(at(overview ?? null, "overdue"), 2);
});

Deno.test("texts of the workspace are bounded in the tables", async () => {
  const { user: { client } } = await newToolUser();
  const long = "x".repeat(100_001);
  const refused = [
    await client.from("notes").insert({ title: "N", content: long }),
    await client.from("brain_dumps").insert({ title: "B", content: "-", ai_summary: long }),
    await client.from("tasks").insert({ title: "T", details: long }),
    await client.from("projects").insert({ name: "P", slug: "p", context: long }),
    await client.from("notes").insert({ title: "N", content: "-", tags: [long] }),
  ];
  for (const { error } of refused) assert.equal(error?.code, "23514");
});
