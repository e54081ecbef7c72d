// Puts open tasks on the calendar: which ones, and what is the next call on the way there.
import { type Call, callsOf, type Conversation, type PastCall } from "./conversation.ts";
import type { Slot, Task } from "./facts.ts";
import { placeFor, type Span, stretches } from "./free_time.ts";
import { namedProjects, slotArguments } from "./research.ts";
import { byImportance } from "./task_order.ts";
import { shortIso } from "./when.ts";
import { OPEN } from "./wish.ts";

/** A step may make 20 calls: each task takes one to check and one to schedule, and two look for time. */
const MOST_TASKS = 9;
const MOST_SLOT_SEARCHES = 4;
const SCHEDULERS = ["update_or_schedule_task", "schedule_task"];

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

/** The next calls that put open tasks into free time: look at the tasks, at the calendar, then write. */
export function nextScheduling(conversation: Conversation): Call[] {
  const { tools, facts } = conversation;
  const state = scheduleState(conversation);
  const { scheduler } = state;
  if (scheduler === undefined) return [];
  const reads = listing(conversation) ?? checks(conversation, state);
  if (reads.length > 0) return reads;
  if (state.waiting.length === 0) return [];

  const placed = place(state, facts.slots, conversation.time_zone);
  if (placed.length > 0) return placed.map((args) => ({ name: scheduler, arguments: args }));
  const searches = callsOf(conversation, "find_available_slots");
  if (!tools.has("find_available_slots") || searches.length >= MOST_SLOT_SEARCHES) return [];
  const longest = Math.max(...state.waiting.map(minutesOf));
  const from = nextDayWithRoom(conversation, state);
  const args = slotArguments(conversation, from, longest);
  if (String(args.time_min) >= String(args.time_max)) return [];
  const repeated = searches.some((call) => JSON.stringify(call.arguments) === JSON.stringify(args));
  return repeated ? [] : [{ name: "find_available_slots", arguments: args }];
}

/** The tasks, where earlier steps gave none, or not all of them. */
function listing(conversation: Conversation): Call[] | undefined {
  const { tools, facts } = conversation;
  const complete = facts.tasks.length > 0 && facts.tasks_left_out === 0;
  const listed = callsOf(conversation, "list_tasks").length > 0;
  if (complete || listed || !tools.has("list_tasks")) return undefined;
  const projects = namedProjects(conversation).found;
  const filters = projects.length === 0 ? [{}] : projects.map((project) => ({ project_id: project.id }));
  return filters.map((filter) => ({ name: "list_tasks", arguments: { ...filter, status: OPEN, limit: 20 } }));
}

function checks(conversation: Conversation, { waiting }: ScheduleState): Call[] {
  const name = "check_task_has_calendar_event";
  if (!conversation.tools.has(name)) return [];
  const checked = new Set(callsOf(conversation, name).map((call) => call.arguments.task_id));
  return waiting.filter((task) => !checked.has(task.id)).map((task) => ({
    name,
    arguments: { task_id: task.id },
  }));
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

function takenBy(call: Call): Span {
  const start = Date.parse(String(call.arguments.start_time));
  return { start, end: start + Number(call.arguments.duration_minutes ?? 60) * 60_000 };
}

function minutesOf(task: Task): number {
  return task.duration_minutes ?? 60;
}
