// What some words mean in the demo workspace, where a sentence does not say it: to update a project is to write down
// where it stands, and to schedule tasks is to find room for them in the calendar.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Row, rowOf } from "./conversation.ts";
import { answerTo, described, targets, theRow, written } from "./pursuit.ts";
import { callOn, type Part, type Place, type Report, toolFor } from "./replay.ts";
import { rowsIn, titleOf } from "./rows.ts";
import { listed } from "./vocabulary.ts";
import type { Wish } from "./wish.ts";

const SLOT = "available_slot";
const [MOST_TASKS, MOST_A_DAY, DAYS] = [9, 3, 6];
const MINUTE = 60_000;

/** Other words for the same. */
export function inPlainWords(request: string): string {
  return request.replace(/\bplan (?:my|the) (?:day|week)\b/i, "schedule my open tasks")
    .replace(/\b(?:put|place|fit) (.+?) (?:on|in|into|onto) (?:my|the) (?:calendar|week)\b/i, "schedule $1");
}

function isReview({ verb, subject, values }: Wish): boolean {
  const fields = subject.tools.update?.changes.map(({ name }) => name);
  return verb === "update" && Object.keys(values).length === 0 &&
    fields?.includes("executive_summary") === true;
}

/** What a plan looks up before; nothing where this page has nothing to say. */
export function lookUpsFor(wish: Wish): string[] {
  if (wish.verb === "schedule") return [`List the ${described(wish)}`, "Find available slots"];
  const project = `the project "${wish.name}"`;
  const texts = `List the notes and brain dumps of ${project}`;
  return isReview(wish) ? [`Show ${project}`, `List the open tasks of ${project}`, texts] : [];
}

export function inWorkspace(wish: Wish, place: Place): Part<Report> | undefined {
  if (wish.verb === "schedule") return schedule(wish, place);
  return wish.subject.noun === SLOT ? free(place) : isReview(wish) ? review(wish, place) : undefined;
}

const at = (time: Json | undefined) => Date.parse(String(time));
const moment = (time: Json | undefined) => String(time).slice(0, 16).replace("T", " ");
const isBlocked = ({ status }: Row) => status === "blocked";
const isOpen = ({ status }: Row) => status !== "done";
const told = (groups: Record<string, Row[]>, most?: number) =>
  Object.entries(groups).flatMap(([what, rows]) => {
    return rows.length > 0 ? [`${what}: ${listed(rows.slice(0, most).map(titleOf))}.`] : [];
  });

/** The free time of the next working days, in one stretch where one hour follows another. */
function* free({ vocabulary, conversation: { now } }: Place): Part<Report> {
  const { name } = toolFor(vocabulary.subjectOf("available slot"), "list");
  const days = Array.from({ length: DAYS + 4 }, (_, n) => new Date(at(now.slice(0, 10)) + n * 1440 * MINUTE));
  const working = days.filter((day) => day.getUTCDay() % 6 > 0).slice(0, DAYS);
  const outcomes = yield working.map((date): Call => {
    const day = date.toISOString().slice(0, 10);
    return { name, arguments: { time_min: `${day}T09:00`, time_max: `${day}T17:00`, duration_minutes: 60 } };
  });
  const rows: Row[] = [];
  for (const { start = null, end = null } of outcomes.flatMap(({ data }) => rowsIn(data, SLOT))) {
    const last = rows.at(-1);
    if (last && last.end === start) last.end = end;
    else rows.push({ start, end });
  }
  const text = rows[0] ? `The first free hour begins ${moment(rows[0].start)}.` : "There is no free hour.";
  return { kind: "found", text, noun: SLOT, rows };
}

function* review(wish: Wish, place: Place): Part<Report> {
  const { now, known } = place.conversation;
  const row = yield* theRow(wish, place);
  // What stands there is read before it is written over.
  const [details] = rowsIn(yield* answerTo(callOn(toolFor(wish.subject, "get"), row)), "project");
  const before = String(details?.executive_summary ?? "").replace(/^As of .*?(?: Before: |$)|\.$/g, "");
  const open = rowsIn(known, "task").filter(isOpen);
  const [blocked, next] = [open.filter(isBlocked), open.filter((task) => !isBlocked(task))];
  const texts = { Notes: rowsIn(known, "note"), Before: before ? [{ title: before }] : [] };
  const stands = told({ Next: next, Blocked: blocked, ...texts }, 3);
  const summary = [`As of ${now.slice(0, 10)}: ${open.length} tasks open.`, ...stands].join(" ");
  const update = callOn(toolFor(wish.subject, "update"), row, { updates: { executive_summary: summary } });
  return written("project", yield [update], [row], (title) => `updated ${title}`);
}

function* schedule(wish: Wish, place: Place): Part<Report> {
  const { now, known } = place.conversation;
  const { name } = toolFor(wish.subject, "schedule");
  const all = (yield* targets({ ...wish, count: undefined }, place)).filter(isOpen);
  const isAhead = (task: Row) => !isBlocked(task) && at(task.start_date) > at(now);
  const able = all.filter((task) => !isBlocked(task) && !isAhead(task));
  // As the list has them: the most urgent first. What depends on other tasks comes after those.
  const waits = ({ has_dependencies }: Row) => has_dependencies === true;
  const inOrder = [...able.filter((task) => !waits(task)), ...able.filter(waits)];
  const chosen = inOrder.slice(0, wish.count ?? MOST_TASKS);
  const slots = rowsIn(known, SLOT);
  const placed = inRoom(chosen, slots.length > 0 ? slots : (yield* free(place)).rows ?? []);
  const outcomes = yield placed.map(({ task, start }): Call => {
    const time = { start_time: new Date(start).toISOString(), duration_minutes: task.duration_minutes ?? 60 };
    return { name, arguments: { task_id: task.id ?? null, ...time } };
  });
  const put = outcomes.filter(({ ok }) => ok);
  const say = () => `put ${put.length === 1 ? "1 task" : `${put.length} tasks`} on your calendar`;
  const made = written("task", outcomes, placed.map(({ task }) => task), say);
  const lines = put.map(({ data }) => {
    const { weekday = "", start, end, title } = rowOf(rowOf(data).event);
    return `- ${weekday} ${moment(start)} to ${String(end).slice(11, 16)}: **${title}**`;
  });
  const others = wish.count ? [] : all;
  const left = told({
    "Without free time": chosen.filter((task) => !placed.some((one) => one.task === task)),
    "With a date already, so left as it is": others.filter(isAhead),
    "Blocked, so not scheduled": others.filter(isBlocked),
    "Left for another time": wish.count ? [] : inOrder.slice(MOST_TASKS),
  });
  const text = [made.text, ...lines, ...left].filter(Boolean).join("\n");
  return { ...made, kind: placed.length === 0 ? "done" : made.kind, text };
}

/** Puts tasks into free time, few on a day; one that depends on others comes after those. */
function inRoom(tasks: readonly Row[], slots: readonly Row[]): { task: Row; start: number }[] {
  const rooms = slots.map(({ start, end }) => ({
    from: at(start),
    to: at(end),
    day: moment(start).slice(0, 10),
  }));
  const placed: { task: Row; start: number; end: number; day: string }[] = [];
  for (const task of tasks) {
    const length = Number(task.duration_minutes ?? 60) * MINUTE;
    const after = task.has_dependencies === true ? Math.max(0, ...placed.map(({ end }) => end)) : 0;
    const few = (day: string) => placed.filter((one) => one.day === day).length < MOST_A_DAY;
    const room = rooms.find(({ from, to, day }) => Math.max(from, after) + length <= to && few(day));
    if (room === undefined) continue;
    const start = Math.max(room.from, after);
    room.from = start + length;
    placed.push({ task, start, end: room.from, day: room.day });
  }
  return placed.toSorted((a, b) => a.start - b.start);
}
