// The tools for projects.
import { z } from "zod";
import { ok } from "../../contracts/tool_result.ts";
import { changed, gone, notFound, quoted, withoutEmpty, withoutFalse } from "../../tools/answers.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import { Body, changes, clearable, Day, Id, limit, Line, Query, Tags } from "../../tools/fields.ts";
import { Cursor, listPage, openList } from "../../tools/keyset.ts";
import { cut, told } from "./cut_lists.ts";
import { shownRows } from "./workspace_rows.ts";
import { projectDetails } from "./details.ts";
import { tellTask } from "./tasks.ts";
import { localTime } from "../../tools/time.ts";
import { ProjectStatus } from "./workspace_fields.ts";
import { defineReadTool, defineWriteTool } from "../../tools/define_tool.ts";

/** So many of a project's rows are told with it; more are lists of their own. */
const MOST_TASKS = 50;
const MOST_TEXTS = 10;

const WHOLE_PROJECT =
  `id, name, slug, description, context, executive_summary, status, tags, start_date, end_date,
  created_at, updated_at` as const;

export const searchProjects = defineReadTool({
  name: "search_projects",
  category: "list",
  description: "Find projects",
  args: z.strictObject({
    query: Query.optional(),
    status: ProjectStatus.optional(),
    has_active_tasks: z.boolean().optional(),
    limit: limit(10, 20),
    cursor: Cursor,
  }),
  async run(args, { db }) {
    const { query, status, has_active_tasks, limit } = args;
    const list = openList("search_projects", args);
    if (list.problem) return list.problem;
    const rows = rowsOf(
      await db.rpc("search_projects", {
        p_words: JSON.stringify({ query }),
        p_status: status,
        p_has_active_tasks: has_active_tasks,
        p_limit: limit,
        p_after: list.after,
      }),
    );
    return listPage(list, {
      ...{ key: "projects", noun: "project", rows, shows: shownRows("projects", rows) },
      tell: ({ backlog, in_progress, blocked, done, ...project }) => {
        const counts = Object.entries({ backlog, in_progress, blocked, done });
        const all = counts.reduce((sum, [, count]) => sum + count, 0);
        return {
          ...withoutFalse(project),
          // As in the overview, a status that no task has is left out.
          task_counts: Object.fromEntries(counts.filter(([, count]) => count > 0)),
          completion_percentage: all === 0 ? 0 : Math.round(100 * done / all),
        };
      },
    });
  },
});

export const getProjectDetails = defineReadTool({
  name: "get_project_details",
  category: "detail",
  description: "One project whole",
  args: z.strictObject({
    project_id: Id,
    include_tasks: z.boolean().default(false),
    include_notes: z.boolean().default(false),
    include_brain_dumps: z.boolean().default(false),
  }),
  async run({ project_id, include_tasks, include_notes, include_brain_dumps }, context) {
    const { time_zone } = context;
    const limits = {
      tasks: include_tasks ? MOST_TASKS : undefined,
      notes: include_notes ? MOST_TEXTS : undefined,
      brain_dumps: include_brain_dumps ? MOST_TEXTS : undefined,
    };
    const details = await projectDetails(project_id, limits, context);
    if (details === undefined) return notFound("project", "project_id");
    const { project, tasks, notes, brain_dumps: dumps } = details;
    const others = (tool: string) => `${tool} with this project_id`;
    const task_part = tasks === null ? undefined : {
      ...{ rows: tasks, list: openList("list_tasks", { project_id, sort_by: "priority" }) },
      ...{ nouns: "tasks", others: others("list_tasks") },
    };
    const note_part = notes === null ? undefined : {
      ...{ rows: notes, list: openList("search_notes", { project_id }) },
      ...{ nouns: "notes", others: others("search_notes") },
    };
    const dump_part = dumps === null ? undefined : {
      ...{ rows: dumps, list: openList("search_brain_dumps", { project_id }) },
      ...{ nouns: "brain dumps", others: others("search_brain_dumps") },
    };
    return ok(
      {
        project: {
          ...tellProject(project, time_zone),
          ...told(
            "tasks",
            task_part,
            ({ id, title, status, priority, start_date, duration_minutes }) =>
              withoutEmpty(
                tellTask({ id, title, status, priority, start_date, duration_minutes }, time_zone),
              ),
          ),
          ...told("notes", note_part, ({ id, title, category }) => withoutEmpty({ id, title, category })),
          ...told(
            "brain_dumps",
            dump_part,
            ({ id, title, status, summary }) => withoutEmpty({ id, title, status, summary }),
          ),
        },
      },
      [`Project ${quoted(project.name)}.`, cut(task_part), cut(note_part), cut(dump_part)]
        .filter(Boolean).join(" "),
      [
        ...shownRows("projects", [project]),
        ...shownRows("tasks", task_part?.rows ?? []),
        ...shownRows("notes", note_part?.rows ?? []),
        ...shownRows("brain_dumps", dump_part?.rows ?? []),
      ],
    );
  },
});

export const updateProject = defineWriteTool({
  name: "update_project",
  category: "action",
  description: "Change fields of a project; null clears",
  args: z.strictObject({
    project_id: Id,
    updates: changes({
      name: Line.optional(),
      description: clearable(Body),
      executive_summary: clearable(Body),
      context: clearable(Body),
      status: ProjectStatus.optional(),
      start_date: clearable(Day),
      end_date: clearable(Day),
      tags: clearable(Tags),
    }),
  }),
  writes: [{
    ...{ table: "public.projects", op: "UPDATE", target: "$.project_id", target_column: "id" },
    forceful: `$.updates.keyvalue().key ? (@ == "name" || @ == "description" || @ == "context" ||
      @ == "executive_summary" || @ == "status")`,
  }],
  async run({ project_id, updates }, { db, time_zone }) {
    const tags = updates.tags === null ? [] : updates.tags;
    const answer = await db.from("projects").update({ ...updates, tags }).eq("id", project_id)
      .select(WHOLE_PROJECT).maybeSingle();
    const project = dataOf(answer);
    if (project === null) return notFound("project", "project_id");
    return ok(
      { project: tellProject(project, time_zone) },
      changed(project.name, updates),
      shownRows("projects", [project]),
    );
  },
  async look_up({ project_id, updates }, { db, time_zone }) {
    const answer = await db.from("projects").select(WHOLE_PROJECT).eq("id", project_id).maybeSingle();
    const project = dataOf(answer);
    if (project === null) return gone("project");
    return ok(
      { project: tellProject(project, time_zone) },
      changed(project.name, updates),
      shownRows("projects", [project]),
    );
  },
});

function tellProject<Project extends { created_at: string; updated_at: string }>(
  project: Project,
  time_zone: string,
) {
  return withoutEmpty({
    ...project,
    created_at: localTime(project.created_at, time_zone),
    updated_at: localTime(project.updated_at, time_zone),
  });
}
