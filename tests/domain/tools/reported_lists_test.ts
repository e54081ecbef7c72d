// What people report of other task lists and searches (the ids are those of the list that the project keeps).
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { addProject, at, each, newToolUser, text, type ToolUser } from "./support.ts";

async function notes(me: ToolUser, query: string) {
  return each(await me.ok("search_notes", { query }), "notes", "title");
}

/** The content of a note, and the query that finds it. */
const FOUND: Record<string, [content: string, query: string]> = {
  A27a: ["明日の会議は十時から始まります", "会議"],
  A28a: ["Treffen im café", "cafe"],
  A29a: ["Der Server poseidon-1234 fällt aus", "1234"],
  A30a: ["Schreib an user@example.com", "example"],
  A32a: ["the organization of it", "organiza"],
  A33a: ["Am Montag ist Projektbesprechung", "besprechung"],
  A34f: ["Besuch bei Müllers", "Muellers"],
};

for (const [id, [content, query]] of Object.entries(FOUND)) {
  Deno.test(`${id}: "${query}" finds "${content}" in the content and the tags, and nothing else`, async () => {
    const me = await newToolUser();
    await me.ok("create_note", { title: "In content", content });
    await me.ok("create_note", { title: "In tags", content: "-", tags: [content] });
    await me.ok("create_note", { title: "Elsewhere", content: "Something else" });
    assert.deepEqual((await notes(me, query)).toSorted(), ["In content", "In tags"]);
  });
}

Deno.test("A22: a weekly task that goes on is not overdue, and one whose recurrence has ended is", async () => {
  const me = await newToolUser();
  const weekly = { recurrence_pattern: "weekly", start_date: "2026-11-02T09:00" };
  for (const [title, more] of [["Goes on", {}], ["Ended", { recurrence_ends: "2026-11-20" }]] as const) {
    const task_id = text(await me.ok("create_task", { title }), "task.id");
    await me.ok("update_task", { task_id, updates: { ...weekly, ...more } });
  }
  const data = await me.ok("list_tasks", { sort_by: "created_at" });
  assert.deepEqual([each(data, "tasks", "title"), each(data, "tasks", "is_overdue")], [
    ["Ended", "Goes on"],
    [true, undefined],
  ]);
});

Deno.test("A23: null clears a task's date, and what models say in its place is refused or clears nothing", async () => {
  const me = await newToolUser();
  const made = await me.ok("create_task", { title: "T", start_date: "2026-12-01T09:00" });
  const task_id = text(made, "task.id");
  for (const start_date of ["none", "remove", "null"]) {
    const refused = await me.fails("update_task", { task_id, updates: { start_date } });
    assert.match(refused.message, /must be a date and time/, start_date);
  }
  await me.ok("update_task", { task_id, updates: { start_date: "", title: "U" } });
  const date = async () => at(await me.ok("get_task_details", { task_id }), "task.start_date");
  assert.equal(await date(), "2026-12-01T09:00Z");
  await me.ok("update_task", { task_id, updates: { start_date: null } });
  assert.equal(await date(), undefined);
});

Deno.test("A25, A26: each of a project's 60 tasks is reached, from the list and from its details", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "P" });
  const { error } = await me.user.client.from("tasks")
    .insert(Array.from({ length: 60 }, (_, i) => ({ project_id, title: `T${i}` })));
  assert.equal(error, null);
  const first = await me.ok("list_tasks", { project_id, limit: 50 });
  const rest = await me.ok("list_tasks", { project_id, limit: 50, cursor: at(first, "next_cursor") ?? null });
  const ids = [...each(first, "tasks", "id"), ...each(rest, "tasks", "id")];
  assert.deepEqual([ids.length, new Set(ids).size, at(rest, "has_more")], [60, 60, false]);
  const details = await me.call("get_project_details", { project_id, include_tasks: true });
  assert.match(details.message, /50 of 60 tasks are shown; list_tasks with this project_id and cursor/);
});

Deno.test("A35: a note with the very word comes before twelve newer ones with words that begin with it", async () => {
  const me = await newToolUser();
  await me.ok("create_note", { title: "AI strategy", content: "-" });
  for (let i = 0; i < 12; i++) await me.ok("create_note", { title: `Airport pickup ${i}`, content: "-" });
  assert.equal((await notes(me, "AI"))[0], "AI strategy");
});

Deno.test("A46: open tasks come before done ones", async () => {
  const me = await newToolUser();
  const done = Array.from({ length: 25 }, (_, i) => ({
    ...{ title: `Done ${i}`, priority: "high" as const, status: "done" as const },
  }));
  assert.equal((await me.user.client.from("tasks").insert(done)).error, null);
  for (const title of ["A", "B", "C"]) await me.ok("create_task", { title, priority: "low" });
  const titles = each(await me.ok("list_tasks", {}), "tasks", "title");
  assert.deepEqual(titles.slice(0, 3).map(String).toSorted(), ["A", "B", "C"]);
});

Deno.test("null clears and absent keeps, in every field of every tool that takes null", async () => {
  const me = await newToolUser();
  const takers = me.toolbox.offered.filter(({ schema }) =>
    JSON.stringify(schema.parameters).includes('"null"')
  );
  const names = takers.map(({ schema }) => schema.name);
  assert.deepEqual(names, [
    "update_task",
    "update_project",
    "update_calendar_event",
    "update_or_schedule_task",
  ]);
  for (const { schema } of takers) assert.match(schema.description, /null clears/);
  const task_id = text(await me.ok("create_task", { title: "T", description: "D" }), "task.id");
  const updates: Json = { description: null };
  const cleared = await me.ok("update_task", { task_id, updates });
  assert.deepEqual([at(cleared, "task.description"), at(cleared, "task.title")], [undefined, "T"]);
});

Deno.test("every text of a row is searched: a project's context and summary, a note's category, a dump's summary", async () => {
  const me = await newToolUser();
  const project_id = await addProject(me.user, { name: "P", context: "Aus dem Zusammenhang" });
  await me.ok("update_project", { project_id, updates: { executive_summary: "Kurzgefasst" } });
  for (const query of ["zusammenhang", "gefasst"]) {
    assert.deepEqual(each(await me.ok("search_projects", { query }), "projects", "id"), [project_id], query);
  }
  await me.ok("create_note", { title: "N", content: "-", category: "Rezepte" });
  assert.deepEqual(await notes(me, "rezept"), ["N"]);
  const dump = { title: "D", content: "-", ai_summary: "Zusammengefasst" };
  assert.equal((await me.user.client.from("brain_dumps").insert(dump)).error, null);
  const found = await me.ok("search_brain_dumps", { query: "gefasst" });
  assert.deepEqual(each(found, "brain_dumps", "title"), ["D"]);
});
