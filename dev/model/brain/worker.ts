// How a step of a plan is worked on: look up, write, and hand in what came of it. The tools that the step was
// given decide what is done; its task and the earlier results say with what.
import type { StepResult } from "../../../shared/contracts/plan.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { callsOf, type Conversation, type PastCall, successesOf, type Thought } from "./conversation.ts";
import { type Facts, factsIn } from "./facts.ts";
import { listed, some } from "./phrases.ts";
import { namedProjects, nextReads } from "./research.ts";
import { isWrite, nextWrites, scheduleState } from "./writing.ts";

/** The next move in a step: tool calls, or `submit_result`. */
export function workOn(conversation: Conversation): Thought {
  const writes = [...conversation.tools].some(isWrite);
  const next = writes ? nextWrites(conversation) : nextReads(conversation);
  if (next.length > 0) return { text: "", calls: next };
  const result = onlySubmitLeft(conversation)
    ? { ...resultOf(conversation, writes), status: "partial" as const }
    : question(conversation) ?? resultOf(conversation, writes);
  return { text: "", calls: [{ name: "submit_result", arguments: { ...result } }] };
}

function onlySubmitLeft({ tools }: Conversation): boolean {
  return tools.size === 1;
}

type Result = { [key: string]: Json } & Pick<StepResult, "status" | "summary">;

/** Asks once which project is meant, when the search found some but none by that name. */
function question(conversation: Conversation): Result | undefined {
  const [missing] = namedProjects(conversation).missing;
  const candidates = conversation.facts.projects.map((project) => `"${project.name}"`);
  if (missing === undefined || candidates.length === 0 || conversation.answer !== undefined) return undefined;
  const open_questions = [`Which project is meant by "${missing}": ${candidates.join(" or ")}?`];
  return { status: "needs_input", summary: `No project is called "${missing}".`, open_questions };
}

function resultOf(conversation: Conversation, writes: boolean): Result {
  const { missing, found } = namedProjects(conversation);
  const failures = conversation.calls.filter((call) =>
    call.outcome?.ok === false && call.name !== "submit_result"
  );
  const worked = conversation.calls.filter((call) => call.outcome?.ok === true);
  if (!writes && missing.length > 0 && found.length === 0 && searchedProjects(conversation)) {
    return {
      status: "failed",
      summary: `There is no project ${listed(missing.map((name) => `"${name}"`))}.`,
    };
  }
  const { sentences, data } = writes ? written(conversation) : found_(conversation);
  const problems = failures.map((call) => `${call.name} failed: ${call.outcome?.message ?? ""}`.trim());
  const summary = [...sentences, ...problems].join(" ") || "There was nothing to do.";
  const status = failures.length > 0 || missing.length > 0 && !writes
    ? worked.length > 0 ? "partial" : "failed"
    : "completed";
  return { status, summary: summary.slice(0, 1_500).toWellFormed(), data };
}

function searchedProjects(conversation: Conversation): boolean {
  return callsOf(conversation, "search_projects").length > 0;
}

interface Report {
  sentences: string[];
  data: { [key: string]: Json };
}

/** What the step's own look-ups found, with the ids that later steps need. */
function found_(conversation: Conversation): Report {
  const facts = factsIn(conversation.calls.flatMap((call) => call.outcome?.values ?? []));
  const asked = (...names: string[]) => names.some((name) => successesOf(conversation, name).length > 0);
  const named = namedProjects(conversation).found;
  const projects = named.length > 0 ? named : facts.projects;
  const sentences = [
    asked("search_projects") && !asked("list_tasks") ? projectsFound(projects) : undefined,
    asked("list_tasks")
      ? tasksFound(facts, projects.length === 1 ? projects[0]?.name : undefined)
      : undefined,
    asked("search_notes") ? textsFound(facts.notes, "note") : undefined,
    asked("search_brain_dumps") ? textsFound(facts.brain_dumps, "brain dump") : undefined,
    asked("get_calendar_events") ? `${some(facts.events.length, "event")} on the calendar.` : undefined,
    asked("find_available_slots") ? `${some(facts.slots.length, "free slot")} found.` : undefined,
  ];
  const data: { [key: string]: Json } = {};
  if (asked("search_projects") && projects.length > 0) data.projects = projects.map(projectData);
  if (facts.tasks.length > 0) data.tasks = facts.tasks.map(taskData);
  if (facts.notes.length > 0) data.notes = facts.notes.map(({ id, title }) => ({ id, title }));
  if (facts.brain_dumps.length > 0) {
    data.brain_dumps = facts.brain_dumps.map(({ id, title }) => ({ id, title }));
  }
  if (facts.slots.length > 0) data.slots = facts.slots.map(({ start, end }) => ({ start, end }));
  if (asked("get_calendar_events")) data.event_count = facts.events.length;
  return { sentences: sentences.filter((sentence) => sentence !== undefined), data };
}

function projectsFound(projects: Facts["projects"]): string {
  const told = projects.map((project) => {
    const done = project.completion_percentage;
    return `${project.name}${project.status === undefined ? "" : ` is ${project.status}`}${
      done === undefined ? "" : `, ${Math.round(done)}% done`
    }`;
  });
  return projects.length === 0 ? "No projects found." : `${told.join("; ")}.`;
}

function tasksFound({ tasks }: Facts, project: string | undefined): string {
  const where = project === undefined ? "" : ` in ${project}`;
  if (tasks.length === 0) return `No such tasks${where}.`;
  const blocked = tasks.filter((task) => task.status === "blocked").length;
  const open = tasks.filter((task) => task.status !== "done").length;
  const noun = open === tasks.length ? "open task" : "task";
  return `${some(tasks.length, noun)}${where}${blocked === 0 ? "" : `, ${blocked} of them blocked`}.`;
}

function textsFound(texts: Facts["notes"], thing: string): string {
  return texts.length === 0
    ? `No ${thing}s.`
    : `${some(texts.length, thing)}: ${listed(texts.map((text) => text.title))}.`;
}

function projectData(
  { id, name, status, completion_percentage, task_counts }: Facts["projects"][number],
): Json {
  return told({ id, name, status, completion_percentage, task_counts });
}

function taskData(
  { id, title, status, priority, duration_minutes, is_overdue }: Facts["tasks"][number],
): Json {
  return told({
    id,
    title,
    status,
    priority,
    duration_minutes,
    is_overdue: is_overdue === true ? true : undefined,
  });
}

/** What the step's writes did, read from their results. */
function written(conversation: Conversation): Report {
  const { facts } = conversation;
  const done = (name: string): PastCall[] =>
    callsOf(conversation, name).filter((call) => call.outcome?.ok === true);
  const updated = done("update_project").map((call) => {
    const name = facts.projects.find((project) => project.id === call.arguments.project_id)?.name;
    return told({
      id: text(call.arguments.project_id),
      name,
      changed: Object.keys(object(call.arguments.updates)),
    });
  });
  const notes = done("create_note").map((call) =>
    told({ id: call.outcome?.facts.notes[0]?.id, title: text(call.arguments.title) })
  );
  const state = scheduleState(conversation);
  const titleOf = (id: Json | undefined) => facts.tasks.find((task) => task.id === id)?.title ?? "a task";
  const scheduled = state.calls.filter((call) => call.outcome?.ok === true).map((call) => {
    const event = call.outcome?.facts.events[0];
    return told({
      task_id: text(call.arguments.task_id),
      event_id: event?.id,
      title: titleOf(call.arguments.task_id),
      start: event?.start ?? text(call.arguments.start_time),
      end: event?.end,
    });
  });
  const failed = state.calls.filter((call) => call.outcome?.ok === false).map((call) =>
    titleOf(call.arguments.task_id)
  );
  const unplaced = state.waiting.map((task) => task.title);
  const blocked = state.blocked.map((task) => task.title);
  const already = state.already.map((task) => task.title);
  const names = updated.flatMap((one) => typeof one.name === "string" ? [one.name] : []);
  const sentences = [
    updated.length === 0
      ? undefined
      : `Updated ${names.length === 0 ? some(updated.length, "project") : listed(names)}.`,
    notes.length === 0 ? undefined : `Wrote the note ${listed(notes.map((note) => `"${note.title}"`))}.`,
    state.scheduler === undefined ? undefined : `${some(scheduled.length, "task")} put on the calendar.`,
    already.length === 0 ? undefined : `Already on it: ${listed(already)}.`,
    blocked.length === 0 ? undefined : `Blocked, so left out: ${listed(blocked)}.`,
    unplaced.length === 0 ? undefined : `No free slot for: ${listed(unplaced)}.`,
  ];
  const lists = {
    updated_projects: updated,
    created_notes: notes,
    scheduled,
    already,
    blocked,
    unplaced,
    failed,
  };
  const data = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  return { sentences: sentences.filter((sentence) => sentence !== undefined), data };
}

/** The object without the fields that nothing is known of. */
function told(fields: { [key: string]: Json | undefined }): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function object(value: Json | undefined): { [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}
