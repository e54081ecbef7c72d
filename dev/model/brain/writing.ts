// What a step's worker writes: the calls that its write tools need next, from what earlier steps found.
import { type Call, callsOf, type Conversation, type PastCall } from "./conversation.ts";
import type { Project, Slot, Task } from "./facts.ts";
import { listed, some } from "./phrases.ts";
import { namedProjects, slotArguments } from "./research.ts";
import { placeFor, type Span, stretches } from "./free_time.ts";
import { date, shortIso } from "./when.ts";
import { OPEN } from "./wish.ts";

/** A step may make 20 calls: each task takes one to check and one to schedule, and two look for time. */
const MOST_TASKS = 9;
const MOST_SLOT_SEARCHES = 4;
const PRIORITIES = ["high", "medium", "low"];
const SCHEDULERS = ["update_or_schedule_task", "schedule_task"];

/** The write calls, and the reads that they need, which come next; none when the work is done. */
export function nextWrites(conversation: Conversation): Call[] {
  return [...projectUpdates(conversation), ...scheduling(conversation), ...notes(conversation)];
}

/** True for a tool that changes the workspace. */
export function isWrite(name: string): boolean {
  return /^(?:create|update|delete|schedule)_/.test(name) && name !== "create_plan";
}

/** What the scheduling of a step has come to so far. */
export interface ScheduleState {
  scheduler: string | undefined;
  /** Tasks that are to be put on the calendar, the most important first. */
  open: Task[];
  blocked: Task[];
  /** Tasks that were on the calendar before. */
  already: Task[];
  /** Tasks that are beyond what one step can do. */
  later: Task[];
  /** Tasks that no call was made for yet. */
  waiting: Task[];
  calls: PastCall[];
}

export function scheduleState(conversation: Conversation): ScheduleState {
  const scheduler = SCHEDULERS.find((name) => conversation.tools.has(name));
  const calls = SCHEDULERS.flatMap((name) => callsOf(conversation, name));
  const tasks = conversation.facts.tasks.filter((task) => task.status !== "done");
  const ahead = callsOf(conversation, "check_task_has_calendar_event").filter((call) =>
    isAhead(call, conversation.now)
  );
  const onCalendar = new Set(ahead.map((call) => call.arguments.task_id));
  const sorted = tasks.filter((task) => task.status !== "blocked").toSorted(byImportance);
  const considered = sorted.slice(0, MOST_TASKS);
  const open = considered.filter((task) => !onCalendar.has(task.id));
  const tried = new Set(calls.map((call) => call.arguments.task_id));
  return {
    scheduler,
    open,
    blocked: tasks.filter((task) => task.status === "blocked"),
    already: considered.filter((task) => onCalendar.has(task.id)),
    later: sorted.slice(MOST_TASKS),
    waiting: open.filter((task) => !tried.has(task.id)),
    calls,
  };
}

/** Whether a check found an event that is not over yet. */
function isAhead({ outcome }: PastCall, now: Date): boolean {
  const [event] = outcome?.facts.events ?? [];
  return event !== undefined && Date.parse(event.end ?? event.start) > now.getTime();
}

function scheduling(conversation: Conversation): Call[] {
  const { tools, facts, request } = conversation;
  const state = scheduleState(conversation);
  const { scheduler } = state;
  if (scheduler === undefined) return [];
  if (
    facts.tasks.length === 0 && tools.has("list_tasks") && callsOf(conversation, "list_tasks").length === 0
  ) {
    const projects = namedProjects(conversation).found;
    const filters = projects.length === 0 ? [{}] : projects.map((project) => ({ project_id: project.id }));
    return filters.map((filter) => ({
      name: "list_tasks",
      arguments: { ...filter, status: OPEN, limit: 20 },
    }));
  }
  const checked = new Set(
    callsOf(conversation, "check_task_has_calendar_event").map((call) => call.arguments.task_id),
  );
  const unchecked = state.waiting.filter((task) => !checked.has(task.id));
  if (tools.has("check_task_has_calendar_event") && unchecked.length > 0) {
    return unchecked.map((task) => ({
      name: "check_task_has_calendar_event",
      arguments: { task_id: task.id },
    }));
  }
  if (state.waiting.length === 0) return [];

  const placed = place(state, facts.slots, conversation.time_zone);
  if (placed.length > 0) return placed.map((args) => ({ name: scheduler, arguments: args }));
  const searches = callsOf(conversation, "find_available_slots");
  if (!tools.has("find_available_slots") || searches.length >= MOST_SLOT_SEARCHES) return [];
  const longest = Math.max(...state.waiting.map(minutesOf));
  const from = nextDayWithRoom(conversation, state);
  const args = slotArguments({ ...conversation, request }, from, longest);
  if (String(args.time_min) >= String(args.time_max)) return [];
  const repeated = searches.some((call) => JSON.stringify(call.arguments) === JSON.stringify(args));
  return repeated ? [] : [{ name: "find_available_slots", arguments: args }];
}

/** Puts waiting tasks into free time. A task that depends on others comes after those that are placed already. */
function place(state: ScheduleState, slots: readonly Slot[], time_zone: string): Call["arguments"][] {
  const taken = state.calls.map(takenBy);
  const free = stretches(slots);
  const calls: Call["arguments"][] = [];
  for (const task of state.waiting) {
    const minutes = minutesOf(task);
    const not_before = task.has_dependencies === true ? Math.max(0, ...taken.map((one) => one.end)) : 0;
    const place = placeFor({ free, taken, minutes, not_before, time_zone });
    if (place === undefined) continue;
    taken.push(place);
    calls.push({ task_id: task.id, start_time: shortIso(new Date(place.start)), duration_minutes: minutes });
  }
  return calls;
}

/** Where to look for more slots: after the last day that is full, else at the start of the window. */
function nextDayWithRoom(conversation: Conversation, state: ScheduleState): string | undefined {
  const last = Math.max(0, ...state.calls.map((call) => takenBy(call).end));
  const searched = callsOf(conversation, "find_available_slots").length;
  if (last === 0 && searched === 0) return undefined;
  const from = new Date(Math.max(last, conversation.now.getTime()));
  from.setUTCHours(24, 0, 0, 0);
  return shortIso(from);
}

function projectUpdates(conversation: Conversation): Call[] {
  if (!conversation.tools.has("update_project")) return [];
  const { found } = namedProjects(conversation);
  const projects = found.length > 0 ? found : conversation.facts.projects;
  const updated = new Set(callsOf(conversation, "update_project").map((call) => call.arguments.project_id));
  const status = /\bset the status to "(\w+)"/i.exec(conversation.request)?.[1];
  return projects.filter((project) => !updated.has(project.id)).map((project) => ({
    name: "update_project",
    arguments: {
      project_id: project.id,
      updates: {
        executive_summary: standing(project, conversation),
        ...(status === undefined ? {} : { status }),
      },
    },
  }));
}

const BEFORE = "Before: ";

/** What people wrote into the summary is kept behind what is written now. */
function earlierSummary({ executive_summary }: Project): string | undefined {
  if (executive_summary === undefined) return undefined;
  const [, before] = executive_summary.split(BEFORE);
  return before ?? (executive_summary.startsWith("As of ") ? undefined : executive_summary);
}

/** Where a project stands, in two or three sentences. */
function standing(project: Project, conversation: Conversation): string {
  const { facts, now, time_zone } = conversation;
  const tasks = facts.tasks.filter((task) =>
    task.project_name === undefined || task.project_name === project.name
  );
  const { done, ...counts } = project.task_counts ?? {};
  const openCount = Object.keys(counts).length === 0 ? undefined : sum(counts);
  const progress = done !== undefined && openCount !== undefined
    ? `${done} of ${some(done + openCount, "task")} done`
    : project.completion_percentage === undefined
    ? undefined
    : `${Math.round(project.completion_percentage)}% done`;
  const open = tasks.filter((task) => task.status !== "done");
  const next = open.filter((task) => task.status !== "blocked").toSorted(byImportance).slice(0, 3);
  const blocked = open.filter((task) => task.status === "blocked");
  const sentences = [
    [
      `As of ${date(now, time_zone)}`,
      [progress, (openCount ?? open.length) === 0 ? undefined : `${openCount ?? open.length} open`].filter(
        Boolean,
      ).join(", "),
    ]
      .filter((part) => part !== "").join(": "),
    next.length === 0 ? undefined : `Next: ${listed(next.map((task) => task.title))}`,
    blocked.length === 0 ? undefined : `Blocked: ${listed(blocked.map((task) => task.title))}`,
    facts.notes.length === 0
      ? undefined
      : `Notes: ${listed(facts.notes.slice(0, 3).map((note) => note.title))}`,
  ];
  const told = sentences.filter((sentence) => sentence !== undefined).map((sentence) => `${sentence}.`).join(
    " ",
  );
  const before = earlierSummary(project);
  return before === undefined ? told : `${told} ${BEFORE}${before}`;
}

function notes(conversation: Conversation): Call[] {
  const { tools, facts, request, time_zone, now } = conversation;
  if (!tools.has("create_note") || callsOf(conversation, "create_note").length > 0) return [];
  const title = /\btitled ["“]([^"”]+)["”]/i.exec(request)?.[1] ?? `Summary of ${date(now, time_zone)}`;
  const { found } = namedProjects(conversation);
  const projects = facts.projects.map((project) => `- ${project.name}: ${standing(project, conversation)}`);
  const open = facts.tasks.filter((task) => task.status !== "done");
  const overdue = open.filter((task) => task.is_overdue === true).map((task) => `- ${task.title}`);
  const content = [
    ...projects,
    ...(overdue.length === 0 ? [] : ["Overdue:", ...overdue]),
    ...(facts.notes.length === 0 ? [] : [`Recent notes: ${listed(facts.notes.map((note) => note.title))}.`]),
  ];
  const body = content.length === 0 ? "The earlier steps found nothing." : content.join("\n");
  const [only, second] = found;
  const note = { title, content: body };
  const ofOne = only !== undefined && second === undefined;
  return [{ name: "create_note", arguments: ofOne ? { ...note, project_id: only.id } : note }];
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function takenBy(call: Call): Span {
  const start = Date.parse(String(call.arguments.start_time));
  return { start, end: start + Number(call.arguments.duration_minutes ?? 60) * 60_000 };
}

function minutesOf(task: Task): number {
  return task.duration_minutes ?? 60;
}

/** The most important first; what is begun before what is not, and what depends on other tasks last. */
function byImportance(a: Task, b: Task): number {
  return rank(a) - rank(b);
}

function rank({ priority, status, has_dependencies }: Task): number {
  const weight = PRIORITIES.indexOf(priority ?? "medium") * 4;
  return weight + (has_dependencies === true ? 2 : 0) + (status === "in_progress" ? 0 : 1);
}
