// The tools for projects.
import { z } from "zod";
import { ok } from "../../contracts/tool_result.ts";
import { changed, gone, listed, notFound, page, quoted, totalOf, withoutEmpty } from "../../tools/answers.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import { Body, changes, clearable, Cursor, Day, Id, limit, Line, Query, Tags } from "../../tools/fields.ts";
import { COUNTED, cut } from "./cut_lists.ts";
import { tellTask } from "./tasks.ts";
import { localTime } from "../../tools/time.ts";
import { ProjectStatus } from "./workspace_fields.ts";
import { defineReadTool, defineWriteTool } from "../../tools/define_tool.ts";

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
  async run({ query, status, has_active_tasks, limit, cursor }, { db }) {
    const projects = rowsOf(
      await db.rpc("search_projects", {
        p_words: JSON.stringify({ query }),
        p_status: status,
        p_has_active_tasks: has_active_tasks,
        p_limit: limit,
        p_offset: cursor,
      }),
    );
    const rows = projects.map(({ total: _, backlog, in_progress, blocked, done, ...project }) => {
      const all = backlog + in_progress + blocked + done;
      return {
        ...listed(project),
        task_counts: { backlog, in_progress, blocked, done },
        completion_percentage: all === 0 ? 0 : Math.round(100 * done / all),
      };
    });
    return page("projects", rows, totalOf(projects, cursor), "project", cursor);
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
  async run({ project_id, include_tasks, include_notes, include_brain_dumps }, { db, time_zone }) {
    const [found, tasks, notes, brain_dumps] = await Promise.all([
      db.from("projects").select(WHOLE_PROJECT).eq("id", project_id).maybeSingle(),
      include_tasks
        ? db.from("tasks").select("id, title, status, priority, start_date, duration_minutes", COUNTED)
          .eq("project_id", project_id).is("deleted_at", null).order("created_at").limit(50)
        : undefined,
      include_notes
        ? db.from("notes").select("id, title, category", COUNTED).eq("project_id", project_id)
          .order("updated_at", { ascending: false }).limit(10)
        : undefined,
      include_brain_dumps
        ? db.from("brain_dumps").select("id, title, status, ai_summary", COUNTED).eq("project_id", project_id)
          .order("created_at", { ascending: false }).limit(10)
        : undefined,
    ]);
    const project = dataOf(found);
    if (project === null) return notFound("project", "project_id");
    return ok(
      {
        project: {
          ...tellProject(project, time_zone),
          // An empty list says that there are none; no list says that none was asked for.
          ...(tasks && { tasks: rowsOf(tasks).map((task) => withoutEmpty(tellTask(task, time_zone))) }),
          ...(notes && { notes: rowsOf(notes).map(withoutEmpty) }),
          ...(brain_dumps && { brain_dumps: rowsOf(brain_dumps).map(withoutEmpty) }),
        },
      },
      [
        `Project ${quoted(project.name)}.`,
        ...[cut(tasks, "tasks", "list_tasks"), cut(notes, "notes", "search_notes")],
        cut(brain_dumps, "brain dumps", "search_brain_dumps"),
      ].filter(Boolean).join(" "),
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
  async run({ project_id, updates }, { db, time_zone }) {
    const tags = updates.tags === null ? [] : updates.tags;
    const answer = await db.from("projects").update({ ...updates, tags }).eq("id", project_id)
      .select(WHOLE_PROJECT).maybeSingle();
    const project = dataOf(answer);
    if (project === null) return notFound("project", "project_id");
    return ok({ project: tellProject(project, time_zone) }, changed(project.name, updates));
  },
  async look_up({ project_id, updates }, { db, time_zone }) {
    const answer = await db.from("projects").select(WHOLE_PROJECT).eq("id", project_id).maybeSingle();
    const project = dataOf(answer);
    if (project === null) return gone("project");
    return ok({ project: tellProject(project, time_zone) }, changed(project.name, updates));
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
