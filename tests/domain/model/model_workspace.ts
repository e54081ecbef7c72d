// A workspace of plain objects whose tools answer in the shapes of the real ones, to hold conversations with the
// demo model without a database. Every call that it gets is kept.
import type { Json } from "../../../shared/contracts/text.ts";
import { localTime } from "../../../shared/tools/time.ts";
import { catalogue } from "../../../shared/domain/catalogue.ts";

type Args = { [key: string]: Json };
type Tool = (
  args: Args,
) => { ok: true; data: Json; message: string } | { ok: false; error: string; message: string };

/** The schemas of these tools, as a prompt offers them; of all without names. */
export function offered(names?: readonly string[]) {
  return catalogue.filter(({ name }) => names?.includes(name) ?? true).map(({ schema }) => ({ ...schema }));
}

const done = (data: Json, message = "ok") => ({ ok: true as const, data, message });

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

const PROJECTS = [
  {
    id: uuid(1),
    name: "Website",
    slug: "website",
    status: "active",
    backlog: 2,
    in_progress: 1,
    blocked: 1,
    done: 2,
    completion_percentage: 33,
  },
  {
    id: uuid(2),
    name: "Mobile app",
    slug: "mobile-app",
    status: "active",
    backlog: 1,
    in_progress: 0,
    blocked: 0,
    done: 0,
    completion_percentage: 0,
  },
];

const TASKS = [
  {
    id: uuid(11),
    project_id: uuid(1),
    project_name: "Website",
    title: "Write copy",
    status: "in_progress",
    priority: "high",
    duration_minutes: 90,
    is_overdue: true,
  },
  {
    id: uuid(12),
    project_id: uuid(1),
    project_name: "Website",
    title: "Pick fonts",
    status: "backlog",
    priority: "low",
    duration_minutes: 30,
    is_overdue: false,
  },
  {
    id: uuid(13),
    project_id: uuid(1),
    project_name: "Website",
    title: "Legal check",
    status: "blocked",
    priority: "medium",
    duration_minutes: 60,
    is_overdue: false,
  },
  {
    id: uuid(14),
    project_id: uuid(1),
    project_name: "Website",
    title: "Test forms",
    status: "backlog",
    priority: "medium",
    duration_minutes: 60,
    is_overdue: false,
  },
  {
    id: uuid(15),
    project_id: uuid(2),
    project_name: "Mobile app",
    title: "Sketch icons",
    status: "backlog",
    priority: "medium",
    duration_minutes: 60,
    is_overdue: false,
  },
  {
    id: uuid(16),
    project_id: uuid(1),
    project_name: "Website",
    title: "Buy domain",
    status: "done",
    priority: "medium",
    duration_minutes: 15,
    is_overdue: false,
  },
];

/** The tools of a workspace, and what they were called with. */
export function fakeWorkspace() {
  const calls: { name: string; arguments: Args }[] = [];
  const tools: Record<string, Tool> = {
    search_projects: ({ query }) => {
      const found = PROJECTS.filter((one) =>
        typeof query !== "string" || one.name.toLowerCase().startsWith(query.toLowerCase())
      );
      return done({ projects: found, total: found.length, has_more: false });
    },
    get_project_details: ({ project_id }) => {
      const project = PROJECTS.find((one) => one.id === project_id);
      return project === undefined
        ? { ok: false, error: "not_found", message: "There is no such project." }
        : done({
          project: { ...project, description: "What it is.", executive_summary: "The copy is late." },
        });
    },
    list_tasks: ({ project_id, status, query, limit }) => {
      const found = TASKS.filter((task) =>
        (project_id === undefined || task.project_id === project_id) &&
        (!Array.isArray(status) || status.includes(task.status)) &&
        (typeof query !== "string" || task.title.toLowerCase().includes(query.toLowerCase()))
      );
      const tasks = found.slice(0, Number(limit ?? 20));
      return done({ tasks, total: found.length, has_more: tasks.length < found.length });
    },
    search_notes: ({ query }) =>
      done({
        notes: query === "nothing"
          ? []
          : [{ id: uuid(21), title: "Tone of voice", preview: "Calm and plain." }],
        total: query === "nothing" ? 0 : 1,
        has_more: false,
      }),
    search_brain_dumps: () => done({ brain_dumps: [], total: 0, has_more: false }),
    get_calendar_events: () =>
      done({
        events: [{
          id: uuid(31),
          title: "Stand-up",
          start: "2026-11-23T08:00:00+00:00",
          end: "2026-11-23T08:30:00+00:00",
        }],
        total: 1,
        has_more: false,
      }),
    find_available_slots: ({ time_min, duration_minutes }) => {
      const minutes = Number(duration_minutes);
      const day = String(time_min) < "2026-11-24" ? "2026-11-23" : "2026-11-24";
      const slots = [9, 11, 13, 15].map((hour) => {
        const start = Date.parse(`${day}T${String(hour).padStart(2, "0")}:00:00Z`);
        return {
          start: new Date(start).toISOString(),
          end: new Date(start + minutes * 60_000).toISOString(),
        };
      });
      return done({ slots });
    },
    update_or_schedule_task: ({ task_id, start_time, duration_minutes }) => {
      const task = TASKS.find((one) => one.id === task_id);
      if (task === undefined) return { ok: false, error: "not_found", message: "There is no such task." };
      const from = Date.parse(String(start_time));
      const [start = null, end = null] = [from, from + Number(duration_minutes ?? 60) * 60_000].map((at) =>
        localTime(new Date(at), "Europe/Berlin")
      );
      return done({
        event: { id: uuid(41), title: task.title, start, end, weekday: "Monday", linked_task_id: task.id },
      });
    },
    update_project: ({ project_id }) =>
      done({ project: PROJECTS.find((one) => one.id === project_id) ?? null }),
    create_task: (args) => done({ task: { id: uuid(51), status: "backlog", priority: "medium", ...args } }),
    create_note: (args) => done({ note: { id: uuid(52), ...args } }),
    delete_calendar_event: ({ event_id }) => done({ event: { id: event_id ?? null } }),
    update_task: ({ task_id }) => done({ task: TASKS.find((one) => one.id === task_id) ?? null }),
  };

  function call(name: string, args: Args): Json {
    calls.push({ name, arguments: args });
    return tools[name]?.(args) ?? { ok: false, error: "not_allowed", message: `There is no tool ${name}.` };
  }

  return { calls, call };
}
