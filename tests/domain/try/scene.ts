// A small workspace with what the tasks name, and the changes that a turn could make to it, for tests of judges.
import type { Scene, Task } from "../../../dev/try/task.ts";
import type { Change, Row, Table, Workspace } from "../../../dev/try/workspace.ts";
import { changesBetween } from "../../../dev/try/workspace.ts";

/** A Wednesday. */
export const NOW = new Date("2026-11-25T11:20:00Z");
const AT = NOW.toISOString();

const head = (n: number) => ({
  id: `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`,
  user_id: "00000000-0000-4000-8000-00000000000f",
  ...{ created_at: AT, updated_at: AT, search: null, folded: null },
});

function project(n: number, name: string): Row<"projects"> {
  return {
    ...head(n),
    ...{ name, slug: name.toLowerCase().replaceAll(" ", "-"), status: "active", tags: [] },
    ...{ description: null, context: null, executive_summary: null, start_date: null, end_date: null },
  };
}

export function task(n: number, title: string, fields: Partial<Row<"tasks">> = {}): Row<"tasks"> {
  return {
    ...head(n),
    ...{ title, status: "backlog", priority: "medium", task_type: "one_off", duration_minutes: 60 },
    ...{ description: null, details: null, project_id: null, parent_task_id: null, start_date: null },
    ...{
      recurrence_pattern: null,
      recurrence_ends: null,
      dependencies: [],
      completed_at: null,
      deleted_at: null,
    },
    ...fields,
  };
}

export function note(n: number, title: string, fields: Partial<Row<"notes">> = {}): Row<"notes"> {
  return { ...head(n), title, content: "", project_id: null, category: null, tags: [], ...fields };
}

export function event(
  n: number,
  title: string,
  fields: Partial<Row<"calendar_events">> = {},
): Row<"calendar_events"> {
  return {
    ...head(n),
    ...{ title, description: null, task_id: null, all_day: false, time_zone: "UTC", status: "confirmed" },
    ...{ starts_at: "2026-11-26T10:00:00+00:00", ends_at: "2026-11-26T11:00:00+00:00" },
    ...{ recurrence: null, recurrence_ends: null, series_id: null, original_starts_at: null },
    ...fields,
  };
}

const website = project(1, "Website");

export const WORKSPACE: Workspace = {
  projects: [website, project(2, "Product Launch"), project(3, "Home Renovation")],
  tasks: [
    task(11, "Build the pricing page", { project_id: website.id }),
    task(12, "Test checkout on phones", { project_id: website.id, status: "in_progress" }),
    task(13, "Choose the hosting provider", { project_id: website.id, status: "done" }),
    task(14, "Renew the passport"),
  ],
  notes: [note(21, "Call with the certification lab"), note(22, "Press list")],
  brain_dumps: [],
  calendar_events: [
    event(31, "Website weekly", {
      ...{
        recurrence: "weekly",
        starts_at: "2026-11-05T10:00:00+00:00",
        ends_at: "2026-11-05T11:00:00+00:00",
      },
    }),
  ],
};

/** Where a task is judged; with what it arranges for itself. */
export function sceneOf(one: Task): Scene {
  const scene = { now: NOW, time_zone: one.time_zone(NOW), workspace: WORKSPACE };
  const arranged = one.arrange?.(scene) ?? [];
  const tasks = arranged.map(({ title, project_id }, i) => task(90 + i, title, { project_id }));
  return { ...scene, workspace: { ...WORKSPACE, tasks: [...WORKSPACE.tasks, ...tasks] } };
}

/** A new row. */
export function created<Name extends Table>(table: Name, row: Row<Name>): Change[] {
  return changesBetween(WORKSPACE, { ...WORKSPACE, [table]: [...WORKSPACE[table], row] });
}

/** The row of this title, or name, with other fields. */
export function updated<Name extends Table>(
  { workspace }: Pick<Scene, "workspace">,
  table: Name,
  title: string,
  fields: Partial<Row<Name>>,
): Change[] {
  const isMeant = (row: object) => Object.values(row).includes(title);
  const rows = workspace[table].map((row) => isMeant(row) ? { ...row, ...fields } : row);
  return changesBetween(workspace, { ...workspace, [table]: rows });
}
