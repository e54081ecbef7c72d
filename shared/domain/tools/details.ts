// What the database tells of one row with the rows that belong to it, in one answer.
import { z } from "zod";
import { JsonSchema } from "../../contracts/text.ts";
import type { ReadContext } from "../../tools/define_tool.ts";
import { rowsOf } from "../../tools/database_errors.ts";
import { instant, localDay } from "../../tools/time.ts";
import { TaskPriority, TaskStatus } from "./workspace_fields.ts";

const Row = z.object({ id: z.string() }).catchall(JsonSchema);
const PlacedRow = Row.extend({ place: z.string(), total: z.int(), rest: z.int() });
const Time = z.string().nullable();
const TaskRow = PlacedRow.extend({
  ...{ title: z.string(), status: TaskStatus, priority: TaskPriority },
  ...{ start_date: Time, duration_minutes: z.int(), project_id: z.string().nullable() },
});
const TextRow = PlacedRow.extend({ title: z.string(), project_id: z.string().nullable() });

const ProjectDetails = z.object({
  project: Row.extend({ name: z.string(), created_at: z.string(), updated_at: z.string() }),
  tasks: z.array(TaskRow).nullable(),
  notes: z.array(TextRow.extend({ category: z.string().nullable() })).nullable(),
  brain_dumps: z.array(TextRow.extend({ status: z.string(), summary: z.string() })).nullable(),
});

const TaskDetails = z.object({
  task: Row.extend({
    ...{ title: z.string(), project_id: z.string().nullable() },
    ...{ start_date: Time, completed_at: Time, created_at: z.string(), updated_at: z.string() },
  }),
  project: Row.extend({ name: z.string() }).nullable(),
  dependencies: z.array(Row),
  subtasks: z.array(TaskRow).nullable(),
});

type Reading = Pick<ReadContext, "db" | "now" | "time_zone">;

/** A project with so many of its rows; undefined where there is no such project. A list without a limit is null. */
export async function projectDetails(
  id: string,
  limits: { tasks?: number; notes?: number; brain_dumps?: number },
  { db, now, time_zone }: Reading,
): Promise<z.output<typeof ProjectDetails> | undefined> {
  const [row] = rowsOf(
    await db.rpc("project_details", {
      ...{ p_project_id: id, p_today: today(now, time_zone), p_tasks: limits.tasks },
      ...{ p_notes: limits.notes, p_brain_dumps: limits.brain_dumps },
    }),
  );
  return row && ProjectDetails.parse(row);
}

/** A task with so many of its subtasks; undefined where there is no such task. */
export async function taskDetails(
  id: string,
  limits: { subtasks?: number },
  { db, now, time_zone }: Reading,
): Promise<z.output<typeof TaskDetails> | undefined> {
  const [row] = rowsOf(
    await db.rpc("task_details", {
      ...{ p_task_id: id, p_today: today(now, time_zone), p_subtasks: limits.subtasks },
    }),
  );
  return row && TaskDetails.parse(row);
}

/** The start of the user's day. */
export function today(now: Date, time_zone: string): string {
  return instant(localDay(now, time_zone), time_zone);
}
