// What the brain knows of the workspace: the entities that it finds in tool results and earlier steps' results.
import type { Json } from "../../../shared/contracts/text.ts";

export interface Project {
  id: string;
  name: string;
  status?: string;
  executive_summary?: string;
  completion_percentage?: number;
  /** Tasks by status, where the result counted them. */
  task_counts?: Record<string, number>;
}

export interface Task {
  id: string;
  title: string;
  status?: string;
  priority?: string;
  start_date?: string;
  duration_minutes?: number;
  project_name?: string;
  is_overdue?: boolean;
  has_dependencies?: boolean;
}

/** A note or a brain dump: something written, with its first lines. */
export interface Text {
  id: string;
  title: string;
  preview?: string;
  project_name?: string;
}

export interface CalendarEvent {
  id: string;
  title: string;
  start: string;
  end?: string;
  task_id?: string;
}

export interface Slot {
  start: string;
  end: string;
}

export interface Facts {
  projects: Project[];
  tasks: Task[];
  notes: Text[];
  brain_dumps: Text[];
  events: CalendarEvent[];
  slots: Slot[];
  /** How many more tasks there are than the results had room for. */
  tasks_left_out: number;
}

type Kind = Exclude<keyof Facts, "tasks_left_out">;
type Fields = { [key: string]: Json };

const KIND_OF_KEY: Record<string, Kind> = {
  project: "projects",
  active_projects: "projects",
  projects: "projects",
  task: "tasks",
  tasks: "tasks",
  subtasks: "tasks",
  note: "notes",
  notes: "notes",
  brain_dump: "brain_dumps",
  brain_dumps: "brain_dumps",
  event: "events",
  events: "events",
  calendar_events: "events",
  slot: "slots",
  slots: "slots",
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function noFacts(): Facts {
  return { projects: [], tasks: [], notes: [], brain_dumps: [], events: [], slots: [], tasks_left_out: 0 };
}

/** Everything that is known from these values; the same entity seen twice is one, with the later fields. */
export function factsIn(values: readonly Json[]): Facts {
  const facts = noFacts();
  for (const value of values) collect(value, undefined, facts);
  return facts;
}

function collect(value: Json, kind: Kind | undefined, facts: Facts): void {
  if (Array.isArray(value)) {
    const [id, name] = value;
    if (kind === "projects" && typeof id === "string" && typeof name === "string" && UUID.test(id)) {
      merge(facts.projects, { id, name });
    }
    for (const item of value) collect(item, kind, facts);
  } else if (value !== null && typeof value === "object") {
    add(value, kind ?? guess(value), facts);
    facts.tasks_left_out += leftOut(value);
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== null && typeof inner === "object") collect(inner, KIND_OF_KEY[key], facts);
    }
  }
}

/** Lists state their whole length; what was cut to fit a prompt is missing from their items. */
function leftOut({ tasks, total, task_total }: Fields): number {
  const stated = task_total ?? total;
  if (!Array.isArray(tasks) || typeof stated !== "number") return 0;
  return Math.max(0, stated - tasks.filter((task) => task !== null && typeof task === "object").length);
}

/** The kind of an entity that stands under no telling key. */
function guess(fields: Fields): Kind | undefined {
  if (fields.id === undefined) return undefined;
  if (fields.starts_at !== undefined || (fields.start !== undefined && fields.title !== undefined)) {
    return "events";
  }
  if (fields.ai_summary !== undefined) return "brain_dumps";
  if (fields.title !== undefined && fields.priority !== undefined) return "tasks";
  if (fields.name !== undefined && (fields.slug !== undefined || fields.status !== undefined)) {
    return "projects";
  }
  if (fields.title !== undefined && fields.content !== undefined) return "notes";
  return undefined;
}

function add(fields: Fields, kind: Kind | undefined, facts: Facts): void {
  const id = text(fields.id);
  switch (kind) {
    case "projects": {
      const name = text(fields.name);
      if (id === undefined || name === undefined) return;
      return merge(facts.projects, {
        id,
        name,
        status: text(fields.status),
        executive_summary: text(fields.executive_summary),
        completion_percentage: count(fields.completion_percentage),
        task_counts: counts(fields.task_counts ?? fields.tasks_by_status ?? fields.tasks) ??
          counts(flat(fields)),
      });
    }
    case "tasks": {
      const title = text(fields.title);
      if (id === undefined || title === undefined) return;
      return merge(facts.tasks, {
        id,
        title,
        status: text(fields.status),
        priority: text(fields.priority),
        start_date: text(fields.start_date),
        duration_minutes: count(fields.duration_minutes),
        project_name: text(fields.project_name),
        is_overdue: flag(fields.is_overdue),
        has_dependencies: flag(fields.has_dependencies),
      });
    }
    case "notes":
    case "brain_dumps": {
      const preview = text(
        fields.preview ?? fields.content_preview ?? fields.ai_summary ?? fields.summary ?? fields.content,
      );
      const title = text(fields.title) ?? preview?.slice(0, 60);
      if (id === undefined || title === undefined) return;
      return merge(facts[kind], { id, title, preview, project_name: text(fields.project_name) });
    }
    case "events": {
      const start = text(fields.start ?? fields.starts_at ?? fields.start_time);
      const title = text(fields.title);
      if (id === undefined || title === undefined || start === undefined) return;
      return merge(facts.events, {
        id,
        title,
        start,
        end: text(fields.end ?? fields.ends_at ?? fields.end_time),
        task_id: text(fields.linked_task_id ?? fields.task_id),
      });
    }
    case "slots": {
      const start = text(fields.start ?? fields.start_time);
      const end = text(fields.end ?? fields.end_time);
      if (start !== undefined && end !== undefined) facts.slots.push({ start, end });
      return;
    }
    case undefined:
  }
}

/** Recurring events share an id, so an event is known by its start as well. */
function merge<Entity extends { id: string; start?: string }>(entities: Entity[], entity: Entity): void {
  const known = entities.find((other) => other.id === entity.id && other.start === entity.start);
  const told = Object.fromEntries(Object.entries(entity).filter(([, value]) => value !== undefined));
  if (known === undefined) entities.push(entity);
  else Object.assign(known, told);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function flag(value: Json | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function count(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Counts that stand beside the project's own fields. */
function flat({ backlog, in_progress, blocked, done }: Fields): Json {
  return Object.fromEntries(
    Object.entries({ backlog, in_progress, blocked, done }).filter((entry): entry is [string, Json] =>
      entry[1] !== undefined
    ),
  );
}

function counts(value: Json | undefined): Record<string, number> | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const numbers = Object.entries(value).filter((entry): entry is [string, number] =>
    typeof entry[1] === "number"
  );
  return numbers.length === 0 ? undefined : Object.fromEntries(numbers);
}
