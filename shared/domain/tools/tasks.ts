// The tools for tasks. A task that was deleted (softly) is there for none of them.
import { z } from "zod";
import { ok, type ToolResult } from "../../contracts/tool_result.ts";
import { changed, gone, notFound, quoted, withoutEmpty, withoutFalse } from "../../tools/answers.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import {
  Body,
  changes,
  clearable,
  Day,
  Id,
  limit,
  Line,
  Minutes,
  Moment,
  Query,
} from "../../tools/fields.ts";
import { RecurrencePattern, TaskPriority, TaskStatus, TaskType } from "./workspace_fields.ts";
import { disagreement } from "./calendar_notes.ts";
import { cut, told } from "./cut_lists.ts";
import { taskDetails, today } from "./details.ts";
import { shownRows } from "./workspace_rows.ts";
import { missingProject, projectName } from "./projects_of.ts";
import { Cursor, listPage, openList } from "../../tools/keyset.ts";
import { instant, localStart, localTime, weekday } from "../../tools/time.ts";
import {
  defineReadTool,
  defineWriteTool,
  type ReadContext,
  type WriteContext,
} from "../../tools/define_tool.ts";

/** More are a list of their own. */
const MOST_SUBTASKS = 50;

const WHOLE_TASK = `id, project_id, parent_task_id, title, description, details, status, priority, task_type,
  start_date, duration_minutes, recurrence_pattern, recurrence_ends, dependencies, completed_at, created_at,
  updated_at` as const;

interface TaskTimes {
  start_date?: string | null;
  completed_at?: string | null;
  created_at?: string;
  updated_at?: string;
}

/** A task with its times on the user's clock, its date alone where it has no time of day, and the weekday of that. */
export function tellTask<Task extends TaskTimes>(task: Task, time_zone: string) {
  const local = (at: string | null | undefined) => at && localTime(at, time_zone);
  const start_date = task.start_date && localStart(task.start_date, time_zone);
  return {
    ...task,
    start_date,
    weekday: start_date && weekday(start_date),
    completed_at: local(task.completed_at),
    created_at: local(task.created_at),
    updated_at: local(task.updated_at),
  };
}

export const listTasks = defineReadTool({
  name: "list_tasks",
  category: "list",
  description: "List tasks, open ones first",
  args: z.strictObject({
    query: Query.optional(),
    project_id: Id.optional(),
    parent_task_id: Id.optional(),
    status: z.array(TaskStatus).optional(),
    priority: z.array(TaskPriority).optional(),
    has_date: z.boolean().optional(),
    limit: limit(20, 50),
    cursor: Cursor,
    sort_by: z.enum(["priority", "start_date", "created_at"]).default("priority"),
  }),
  async run(args, context) {
    const list = openList("list_tasks", args);
    if (list.problem) return list.problem;
    const rows = await tasksOf(context, { ...args, after: list.after });
    const missing = rows.length === 0 && await missingProject(context.db, args.project_id);
    if (missing) return missing;
    return listPage(list, {
      ...{ key: "tasks", noun: "task", rows, shows: shownRows("tasks", rows) },
      tell: ({ project_id: _, ...task }) => withoutFalse(tellTask(task, context.time_zone)),
    });
  },
});

export const getTaskDetails = defineReadTool({
  name: "get_task_details",
  category: "detail",
  description: "One task whole",
  args: z.strictObject({
    task_id: Id,
    include_subtasks: z.boolean().default(true),
    include_project_context: z.boolean().default(false),
  }),
  async run({ task_id, include_subtasks, include_project_context }, context) {
    const { time_zone } = context;
    const list = openList("list_tasks", { parent_task_id: task_id, sort_by: "priority" });
    const limits = { subtasks: include_subtasks ? MOST_SUBTASKS : undefined };
    const details = await taskDetails(task_id, limits, context);
    if (details === undefined) return notFound("task", "task_id");
    const { task, project, dependencies, subtasks } = details;
    const part = subtasks === null ? undefined : {
      ...{ rows: subtasks, list, nouns: "subtasks", others: "list_tasks with it as parent_task_id" },
    };
    const data = {
      task: withoutEmpty({
        ...tellTask(task, time_zone),
        dependencies,
        project_name: project?.name,
        project: include_project_context && project ? withoutEmpty(project) : undefined,
        ...told(
          "subtasks",
          part,
          ({ id, title, status, priority, start_date }) =>
            withoutEmpty(tellTask({ id, title, status, priority, start_date }, time_zone)),
        ),
      }),
    };
    return ok(
      data,
      [`Task ${quoted(task.title)}.`, cut(part)].filter(Boolean).join(" "),
      shownRows("tasks", [task, ...dependencies, ...subtasks ?? []]),
    );
  },
});

export const createTask = defineWriteTool({
  name: "create_task",
  category: "action",
  description: "Create a task",
  args: z.strictObject({
    title: Line,
    description: Body.optional(),
    project_id: Id.optional(),
    priority: TaskPriority.default("medium"),
    task_type: TaskType.default("one_off"),
    duration_minutes: Minutes.default(60),
    start_date: Moment.optional(),
    parent_task_id: Id.optional(),
  }),
  writes: [{ table: "public.tasks", op: "INSERT" }],
  async run({ project_id, parent_task_id, start_date, ...fields }, { db, time_zone, new_id }) {
    const parent = await parentTask(db, parent_task_id);
    if (parent === null) return notFound("task", "parent_task_id");

    const task = {
      ...fields,
      id: await new_id("task"),
      parent_task_id,
      // A subtask belongs to its parent's project unless told otherwise.
      project_id: project_id ?? parent?.project_id,
      start_date: start_date && instant(start_date, time_zone),
    };
    dataOf(await db.from("tasks").insert(task).select("id").single());
    return tellCreated(await writtenTask(db, task.id), time_zone);
  },
  async look_up(_args, { db, time_zone, new_id }) {
    return tellCreated(await writtenTask(db, await new_id("task")), time_zone);
  },
});

export const updateTask = defineWriteTool({
  name: "update_task",
  category: "action",
  description: "Change fields of a task; null clears",
  args: z.strictObject({
    task_id: Id,
    updates: changes({
      title: Line.optional(),
      description: clearable(Body),
      details: clearable(Body),
      status: TaskStatus.optional(),
      priority: TaskPriority.optional(),
      start_date: clearable(Moment),
      duration_minutes: Minutes.optional(),
      project_id: clearable(Id),
      parent_task_id: clearable(Id),
      recurrence_pattern: clearable(RecurrencePattern),
      recurrence_ends: clearable(Day),
    }),
  }),
  writes: [{
    ...{ table: "public.tasks", op: "UPDATE", target: "$.task_id", target_column: "id" },
    forceful: '$.updates.keyvalue().key ? (@ == "title" || @ == "description" || @ == "details")',
  }],
  async run({ task_id, updates }, context) {
    const { db, time_zone } = context;
    const parent = await parentTask(db, updates.parent_task_id ?? undefined);
    if (parent === null) return notFound("task", "parent_task_id");

    const start_date = updates.start_date && instant(updates.start_date, time_zone);
    const answer = await db.from("tasks").update({ ...updates, ...recurring(updates), start_date }).eq(
      "id",
      task_id,
    )
      .is("deleted_at", null).select("id").maybeSingle();
    if (dataOf(answer) === null) return notFound("task", "task_id");
    const task = await writtenTask(db, task_id);
    if (task === null) return gone("task");
    const note = await disagreement(task, updates, context);
    const rows = [...shownRows("tasks", [task]), ...note.rows];
    return ok({ task: tellWritten(task, time_zone) }, changed(task.title, updates) + note.text, rows);
  },
  async look_up({ task_id, updates }, { db, time_zone }) {
    const task = await writtenTask(db, task_id);
    if (task === null) return gone("task");
    return ok(
      { task: tellWritten(task, time_zone) },
      changed(task.title, updates),
      shownRows("tasks", [task]),
    );
  },
});

/** A pattern makes a task a recurring one; without a pattern nothing recurs, so that there is no end of it either. */
function recurring({ recurrence_pattern }: { recurrence_pattern?: string | null }) {
  if (recurrence_pattern === undefined) return {};
  return recurrence_pattern === null
    ? { task_type: "one_off" as const, recurrence_ends: null }
    : { task_type: "recurring" as const };
}

interface TaskFilter {
  query?: string;
  project_id?: string;
  parent_task_id?: string;
  status?: z.output<typeof TaskStatus>[];
  priority?: z.output<typeof TaskPriority>[];
  has_date?: boolean;
  sort_by?: "priority" | "start_date" | "created_at";
  limit: number;
  /** The place of the last row that was shown. */
  after?: string;
}

/** The tasks of a list, in its order. */
export async function tasksOf(
  { db, now, time_zone }: Pick<ReadContext, "db" | "now" | "time_zone">,
  { query, project_id, parent_task_id, status, priority, has_date, sort_by, limit, after }: TaskFilter,
) {
  const answer = await db.rpc("list_tasks", {
    p_today: today(now, time_zone),
    p_words: JSON.stringify({ query }),
    p_project_id: project_id,
    p_parent_task_id: parent_task_id,
    p_status: status?.length ? status : undefined,
    p_priority: priority?.length ? priority : undefined,
    p_has_date: has_date,
    p_sort_by: sort_by,
    p_limit: limit,
    p_after: after,
  });
  return rowsOf(answer);
}

/** A task as it stands, deleted or not. */
async function writtenTask(db: WriteContext["db"], id: string) {
  const answer = await db.from("tasks").select(WHOLE_TASK).eq("id", id).maybeSingle();
  const task = dataOf(answer);
  return task && { ...task, project_name: await projectName(db, task.project_id) };
}

/** What a new subtask takes from its parent; null if there is no such task, undefined if none is asked for. */
async function parentTask(db: WriteContext["db"], id: string | undefined) {
  if (id === undefined) return undefined;
  const answer = await db.from("tasks").select("project_id").eq("id", id).is("deleted_at", null)
    .maybeSingle();
  return dataOf(answer);
}

function tellCreated(task: Awaited<ReturnType<typeof writtenTask>>, time_zone: string): ToolResult {
  if (task === null) return gone("task");
  const data = { task: tellWritten(task, time_zone) };
  return ok(data, `Created the task ${quoted(task.title)}.`, shownRows("tasks", [task]));
}

function tellWritten(task: NonNullable<Awaited<ReturnType<typeof writtenTask>>>, time_zone: string) {
  return withoutEmpty(tellTask(task, time_zone));
}
