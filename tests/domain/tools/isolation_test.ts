// Another user's row and a row that does not exist are the same to every tool.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { catalogue } from "../../../shared/domain/catalogue.ts";
import { addProject, at, newToolUser, NOBODYS_ID, text, type ToolUser } from "./support.ts";

type Args = { [key: string]: Json };

const when = { start_time: "2026-11-24T09:00" };

interface Ids {
  project: string;
  task: string;
  note: string;
  brain_dump: string;
  event: string;
}

/** For each tool that takes ids: calls in which each of its ids is used. */
const CALLS: Record<string, (ids: Ids) => Args[]> = {
  list_tasks: ({ project }) => [{ project_id: project }],
  search_notes: ({ project }) => [{ project_id: project }],
  search_brain_dumps: ({ project }) => [{ project_id: project }],
  get_task_details: ({ task }) => [{ task_id: task, include_project_context: true }],
  get_project_details: ({ project }) => [
    { project_id: project, include_tasks: true, include_notes: true, include_brain_dumps: true },
  ],
  get_note_details: ({ note }) => [{ note_id: note }],
  get_brain_dump_details: ({ brain_dump }) => [{ brain_dump_id: brain_dump }],
  get_task_calendar_events: ({ task }) => [{ task_id: task, include_cancelled: true }],
  check_task_has_calendar_event: ({ task }) => [{ task_id: task }],
  create_task: ({ project, task }): Args[] => [
    { title: "T", project_id: project },
    { title: "T", parent_task_id: task },
  ],
  update_task: ({ task }) => [{ task_id: task, updates: { title: "Mine" } }],
  update_project: ({ project }) => [{ project_id: project, updates: { name: "Mine" } }],
  create_note: ({ project }) => [{ content: "N", project_id: project }],
  create_brain_dump: ({ project }) => [{ content: "B", project_id: project }],
  schedule_task: ({ task }) => [{ task_id: task, ...when }],
  update_calendar_event: ({ event }) => [{ event_id: event, updates: { title: "Mine" } }],
  delete_calendar_event: ({ event }) => [{ event_id: event }],
  update_or_schedule_task: ({ task }): Args[] => [
    { task_id: task, ...when },
    { task_id: task, ...when, force_recreate: true },
  ],
};

const WITHOUT_IDS = ["search_projects", "get_calendar_events", "find_available_slots"];

Deno.test("every tool that takes an id is tried with another user's", () => {
  assert.deepEqual(
    [...Object.keys(CALLS), ...WITHOUT_IDS].toSorted(),
    catalogue.map((tool) => tool.name).toSorted(),
  );
});

Deno.test("another user's rows are as good as none, for every tool and every id", async () => {
  const [owner, stranger] = await Promise.all([newToolUser(), newToolUser()]);
  const project = await addProject(owner.user, { name: "Secret plan" });
  const task = text(await owner.ok("create_task", { title: "Secret task", project_id: project }), "task.id");
  const theirs = {
    project,
    task,
    note: text(await owner.ok("create_note", { content: "Secret note", project_id: project }), "note.id"),
    brain_dump: text(await owner.ok("create_brain_dump", { content: "Secret dump" }), "brain_dump.id"),
    event: text(await owner.ok("schedule_task", { task_id: task, ...when }), "event.id"),
  };
  const nobodys = Object.fromEntries(Object.keys(theirs).map((key) => [key, NOBODYS_ID]));
  const before = await everything(owner);

  for (const [name, calls] of Object.entries(CALLS)) {
    const foreign = calls(theirs);
    const absent = calls({ ...theirs, ...nobodys });
    for (const [i, args] of foreign.entries()) {
      const refused = await stranger.fails(name, args);
      assert.equal(refused.error, "not_found", name);
      assert.deepEqual(refused, await stranger.fails(name, absent[i] ?? null), name);
    }
  }
  assert.equal(await everything(owner), before);
  assert.equal(at(await stranger.ok("search_projects", { query: "secret" }), "total"), 0);
  assert.equal(at(await stranger.ok("search_notes", { query: "secret" }), "total"), 0);
  assert.equal(at(await stranger.ok("search_brain_dumps", { query: "secret" }), "total"), 0);
  assert.equal(at(await stranger.ok("list_tasks", {}), "total"), 0);
  assert.equal(at(await stranger.ok("get_calendar_events", {}), "total"), 0);
  const window = { time_min: "2026-11-24T09:00", time_max: "2026-11-24T10:00" };
  const free = await stranger.ok("find_available_slots", window);
  assert.equal(at(free, "slots.0.start"), "2026-11-24T09:00Z");
});

async function everything({ user }: ToolUser): Promise<string> {
  const tables = ["projects", "tasks", "notes", "brain_dumps", "calendar_events"] as const;
  const rows = await Promise.all(tables.map((table) => user.client.from(table).select().order("id")));
  return JSON.stringify(rows.map(({ data }) => data));
}
