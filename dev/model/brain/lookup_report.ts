// What a research step hands in: what its own look-ups found, short enough for another prompt.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Conversation, successesOf } from "./conversation.ts";
import { type CalendarEvent, type Facts, factsIn, type Project, type Slot, type Text } from "./facts.ts";
import { stretches } from "./free_time.ts";
import { listed, some } from "./phrases.ts";
import { mentionsName } from "./match.ts";
import { projectNames } from "./project_names.ts";
import { namedProjects } from "./research.ts";
import { compact, totalIn } from "./values.ts";
import { moment } from "./when.ts";
import type { Report } from "./report.ts";

export function lookupReport(conversation: Conversation): Report {
  const values = conversation.calls.flatMap((call) => call.outcome?.values ?? []);
  const facts = relevant(factsIn(values), projectNames(conversation.request));
  const asked = (name: string) => successesOf(conversation, name).length > 0;
  const totalOf = (name: string) =>
    totalIn(successesOf(conversation, name).flatMap((outcome) => outcome.values));
  const named = namedProjects(conversation).found;
  const projects = named.length > 0 ? named : facts.projects;
  const [only, second] = named;
  const where = only !== undefined && second === undefined ? ` in ${only.name}` : "";

  const sentences: string[] = [];
  if (asked("search_projects") && !asked("list_tasks")) sentences.push(projectsFound(projects));
  if (asked("list_tasks")) sentences.push(tasksFound(facts, where));
  if (asked("search_notes")) sentences.push(textsFound(facts.notes, "note"));
  if (asked("search_brain_dumps")) sentences.push(textsFound(facts.brain_dumps, "brain dump"));
  if (asked("get_calendar_events")) sentences.push(eventsFound(facts.events, totalOf("get_calendar_events")));
  if (asked("find_available_slots")) sentences.push(slotsFound(facts.slots, conversation.time_zone));
  // A step that is only about a project's tasks leaves the project's own fields to another step.
  const onlyTasks = asked("list_tasks") && !/\bfind the project\b/i.test(conversation.request);
  const about = onlyTasks ? projects.map(({ id, name }) => ({ id, name })) : projects;
  return { sentences, data: dataOf(facts, about, where === "") };
}

/** Searches find what merely looks alike, too; about a project is what belongs to it or mentions it. */
function relevant(facts: Facts, names: readonly string[]): Facts {
  if (names.length === 0) return facts;
  const isAbout = (text: Text) =>
    names.some((name) => mentionsName([text.project_name, text.title, text.preview].join(" "), name));
  return { ...facts, notes: facts.notes.filter(isAbout), brain_dumps: facts.brain_dumps.filter(isAbout) };
}

function dataOf(facts: Facts, projects: readonly Project[], naming: boolean): Report["data"] {
  const lists: { [key: string]: Json[] } = {
    projects: projects.map(({ id, name, completion_percentage, task_counts }) =>
      compact({ id, name, completion_percentage, task_counts })
    ),
    tasks: facts.tasks.map(({ project_name, is_overdue, has_dependencies, start_date: _, ...task }) =>
      compact({
        ...task,
        project_name: naming ? project_name ?? "none" : undefined,
        is_overdue: is_overdue === true ? true : undefined,
        has_dependencies: has_dependencies === true ? true : undefined,
      })
    ),
    notes: facts.notes.map(({ id, title }) => ({ id, title })),
    brain_dumps: facts.brain_dumps.map(({ id, title }) => ({ id, title })),
    slots: stretches(facts.slots).map(({ start, end }) => ({ start, end })),
  };
  const data: Report["data"] = Object.fromEntries(
    Object.entries(lists).filter(([, list]) => list.length > 0),
  );
  return facts.tasks_left_out > 0 ? { ...data, task_total: facts.tasks.length + facts.tasks_left_out } : data;
}

function projectsFound(projects: readonly Project[]): string {
  if (projects.length === 0) return "No projects found.";
  const told = projects.map(({ name, status, completion_percentage: done }) =>
    `${name}${status === undefined ? "" : ` is ${status}`}${
      done === undefined ? "" : `, ${Math.round(done)}% done`
    }`
  );
  return `${told.join("; ")}.`;
}

function tasksFound({ tasks, tasks_left_out }: Facts, where: string): string {
  if (tasks.length === 0) return `No such tasks${where}.`;
  const noun = tasks.some((task) => task.status === "done") ? "task" : "open task";
  const marks = [
    [tasks.filter((task) => task.status === "blocked").length, "blocked"],
    [tasks.filter((task) => task.is_overdue === true).length, "overdue"],
  ] as const;
  const details = [
    ...(tasks_left_out > 0 ? [`the first ${tasks.length} looked at`] : []),
    ...marks.filter(([count]) => count > 0).map(([count, mark]) => `${count} ${mark}`),
  ];
  const count = some(tasks.length + tasks_left_out, noun);
  return `${count}${where}${details.length === 0 ? "" : ` (${details.join(", ")})`}.`;
}

function textsFound(texts: readonly Text[], thing: string): string {
  if (texts.length === 0) return `No ${thing}s.`;
  return `${some(texts.length, thing)}: ${listed(texts.map((text) => text.title))}.`;
}

function eventsFound(events: readonly CalendarEvent[], total: number | undefined): string {
  return events.length === 0
    ? "The calendar is empty."
    : `${some(total ?? events.length, "event")} on the calendar.`;
}

function slotsFound(slots: readonly Slot[], time_zone: string): string {
  const [first] = slots;
  return first === undefined ? "No free slot." : `The first free slot is ${moment(first.start, time_zone)}.`;
}
