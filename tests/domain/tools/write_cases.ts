// Every write tool in every way in which it writes, and a small workspace to call it on. A tool that is new in the
// catalogue belongs here.
import { database } from "../../support/stack/stack.ts";
import type { WriteCase } from "../../support/tools/call_again.ts";
import type { ToolUser } from "./support.ts";

/** The rows of a workspace that a call can name. */
interface World {
  project_id: string;
  /** A task that is not in the calendar. */
  free_id: string;
  /** A task that is, at NOON. */
  busy_id: string;
  event_id: string;
  /** An event of every week, from NOON on. */
  weekly_id: string;
}

const NOON = "2026-11-24T12:00";
const LATER = "2026-11-25T09:00";
const WEEK_LATER = { occurrence: "2026-12-01T12:00" };

export const WRITE_CASES: readonly WriteCase<World>[] = [
  {
    tool: "create_task",
    way: "creates",
    args: ({ project_id }) => ({ title: "T", project_id }),
    row: "task",
    tells: /^Created the task/,
  },
  {
    tool: "update_task",
    way: "changes",
    args: ({ free_id }) => ({ task_id: free_id, updates: { status: "done", start_date: LATER } }),
    row: "task",
    tells: /^Changed status, start_date of/,
  },
  {
    tool: "update_project",
    way: "changes",
    args: ({ project_id }) => ({ project_id, updates: { name: "Renamed", tags: ["x"] } }),
    row: "project",
    tells: /^Changed name, tags of/,
  },
  {
    tool: "create_note",
    way: "creates",
    args: ({ project_id }) => ({ content: "N", project_id }),
    row: "note",
    tells: /^Created the note/,
  },
  {
    tool: "create_brain_dump",
    way: "creates",
    args: () => ({ content: "B" }),
    row: "brain_dump",
    tells: /^Created the brain dump/,
  },
  {
    tool: "schedule_task",
    way: "creates",
    args: ({ free_id }) => ({ task_id: free_id, start_time: LATER }),
    row: "event",
    tells: /^Scheduled/,
  },
  {
    tool: "schedule_task",
    way: "finds it scheduled",
    args: ({ busy_id }) => ({ task_id: busy_id, start_time: NOON }),
    row: "event",
    tells: /^Already scheduled, nothing was changed:/,
  },
  {
    tool: "update_calendar_event",
    way: "changes",
    args: ({ event_id }) => ({ event_id, updates: { title: "E", start_time: LATER } }),
    row: "event",
    tells: /^Changed title, start_time of/,
  },
  {
    tool: "delete_calendar_event",
    way: "cancels",
    args: ({ event_id }) => ({ event_id }),
    row: "event",
    tells: /^Cancelled the event/,
  },
  {
    tool: "update_calendar_event",
    way: "changes one occurrence",
    args: ({ weekly_id }) => ({ event_id: weekly_id, ...WEEK_LATER, scope: "this", updates: { title: "E" } }),
    row: "event",
    tells: /^Changed title of/,
  },
  {
    tool: "update_calendar_event",
    way: "changes following occurrences",
    args: ({ weekly_id }) => ({
      event_id: weekly_id,
      ...WEEK_LATER,
      scope: "following",
      updates: { title: "E" },
    }),
    row: "event",
    tells: /^Changed title of/,
  },
  {
    tool: "delete_calendar_event",
    way: "cancels one occurrence",
    args: ({ weekly_id }) => ({ event_id: weekly_id, ...WEEK_LATER, scope: "this" }),
    row: "event",
    tells: /^Cancelled the event/,
  },
  {
    tool: "update_or_schedule_task",
    way: "creates",
    args: ({ free_id }) => ({ task_id: free_id, start_time: LATER }),
    row: "event",
    tells: /^Scheduled/,
  },
  {
    tool: "update_or_schedule_task",
    way: "moves",
    args: ({ busy_id }) => ({ task_id: busy_id, start_time: LATER }),
    row: "event",
    tells: /^Moved the event of/,
  },
  {
    tool: "update_or_schedule_task",
    way: "recreates",
    args: ({ busy_id }) => ({ task_id: busy_id, start_time: LATER, force_recreate: true }),
    row: "event",
    tells: /^Scheduled/,
  },
];

export const TABLES = ["calendar_events", "tasks", "notes", "brain_dumps", "projects"] as const;

/** The user's workspace, made anew: whatever there was is gone. */
export async function newWorld({ user }: ToolUser): Promise<World> {
  const sql = database();
  try {
    for (const table of [...TABLES, "tool_receipts"]) {
      await sql`delete from ${sql(table)} where user_id = ${user.id}`;
    }
  } finally {
    await sql.end();
  }
  const new_id = () => crypto.randomUUID();
  const world = {
    project_id: new_id(),
    free_id: new_id(),
    busy_id: new_id(),
    event_id: new_id(),
    weekly_id: new_id(),
  };
  const { project_id, free_id, busy_id, event_id, weekly_id } = world;
  const made = [
    await user.client.from("projects").insert({ id: project_id, name: "Project", slug: "project" }),
    await user.client.from("tasks").insert([
      { id: free_id, title: "Free" },
      { id: busy_id, title: "Busy", start_date: `${NOON}Z` },
    ]),
    await user.client.from("calendar_events").insert({
      id: event_id,
      task_id: busy_id,
      title: "Busy",
      starts_at: `${NOON}Z`,
      ends_at: "2026-11-24T13:00Z",
    }),
    await user.client.from("calendar_events").insert({
      id: weekly_id,
      title: "Weekly",
      starts_at: `${NOON}Z`,
      ends_at: "2026-11-24T13:00Z",
      recurrence: "weekly",
    }),
    await user.client.from("notes").insert({ title: "Note", content: "N" }),
    await user.client.from("brain_dumps").insert({ title: "Dump", content: "B" }),
  ];
  for (const { error } of made) if (error) throw error;
  return world;
}

/** What the user may do to the rows between two calls: to every row there is, so that no tool needs its own. */
export const MEANWHILE = {
  async "edits every row"({ user: { client } }: ToolUser) {
    const all = "2000-01-01";
    return [
      await client.from("projects").update({ name: "Mine", tags: ["mine"] }).gt("created_at", all),
      await client.from("tasks").update({ title: "Mine", status: "blocked", start_date: "2026-12-24T08:00Z" })
        .gt("created_at", all),
      await client.from("notes").update({ title: "Mine" }).gt("created_at", all),
      await client.from("brain_dumps").update({ title: "Mine" }).gt("created_at", all),
      await client.from("calendar_events").update({
        title: "Mine",
        starts_at: "2026-12-24T08:00Z",
        ends_at: "2026-12-24T09:30Z",
        recurrence_ends: null,
      }).gt("created_at", all),
    ];
  },
  async "deletes every task and cancels every event"({ user: { client } }: ToolUser) {
    return [
      await client.from("tasks").update({ deleted_at: new Date().toISOString() }).is("deleted_at", null),
      await client.from("calendar_events").update({ status: "cancelled" }).eq("status", "confirmed"),
    ];
  },
};
