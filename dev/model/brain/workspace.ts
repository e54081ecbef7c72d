// What some words mean in the demo workspace, where a sentence does not say it: to update a project is to write down
// where it stands, and to schedule tasks is to find room for them in the calendar.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Row, rowOf } from "./conversation.ts";
import { callOn, described, listed, type Part, type Place, type Report, report } from "./pursuit.ts";
import { targets, theRow, toolFor, urgency, written } from "./pursuit.ts";
import { rowsIn, titleOf } from "./rows.ts";
import type { Wish } from "./wish.ts";

const SLOT = "available_slot";
const MOST_TASKS = 9;
const MOST_A_DAY = 3;
const DAYS = 6;
const HOURS = [9, 10, 11, 13, 14, 15, 16];
const HOUR = 3_600_000;

/** Other words for the same. */
export function inPlainWords(request: string): string {
  return request.replace(/\bplan (?:out )?(?:my|the) (?:day|week)\b/i, "schedule my open tasks")
    .replace(
      /\b(?:put|place|fit) (.+?) (?:on|in|into|onto) (?:my|the) (?:calendar|diary|week)\b/i,
      "schedule $1",
    );
}

function isReview({ verb, subject, values }: Wish): boolean {
  const can = subject.tools.update?.changes.some(({ name }) => name === "executive_summary");
  return verb === "update" && Object.keys(values).length === 0 && can === true;
}

/** What a plan looks up before; nothing where this page has nothing to say. */
export function lookUpsFor(wish: Wish, { focus }: Place): string[] {
  if (wish.verb === "schedule") return [`List the ${described(wish, false)}`, "Find available slots"];
  const project = `the project "${wish.name ?? (focus ? titleOf(focus.row) : "")}"`;
  const about = [
    `Show ${project}`,
    `List the open tasks of ${project}`,
    `List the notes and brain dumps of ${project}`,
  ];
  return isReview(wish) ? about : [];
}

export function inWorkspace(wish: Wish, place: Place): Part<Report> | undefined {
  if (wish.verb === "schedule") return schedule(wish, place);
  if (wish.subject.noun === SLOT) return free(place);
  return isReview(wish) ? review(wish, place) : undefined;
}

/** The free time of the next working days, in one stretch where one hour follows another. */
function* free({ vocabulary, conversation: { now } }: Place): Part<Report> {
  const { name } = toolFor(vocabulary.get(SLOT) ?? { noun: SLOT, tools: {} }, "list");
  const days = Array.from({ length: 14 }, (_, n) => new Date(Date.parse(now.slice(0, 10)) + n * 24 * HOUR));
  const outcomes = yield days.filter((day) => day.getUTCDay() % 6 > 0).slice(0, DAYS).map((at) => {
    const day = at.toISOString().slice(0, 10);
    const within = { time_min: `${day}T09:00`, time_max: `${day}T17:00` };
    return { name, arguments: { ...within, duration_minutes: 60, preferred_hours: HOURS } };
  });
  const rows: Row[] = [];
  for (const slot of outcomes.flatMap(({ data }) => slotsIn(data))) {
    const last = rows.at(-1);
    if (last && last.end === slot.start) last.end = slot.end ?? null;
    else rows.push({ start: slot.start ?? null, end: slot.end ?? null });
  }
  const found = rows[0] ? `The first free hour is ${moment(rows[0].start)}` : "There is no free hour";
  return report({ noun: SLOT, rows, found });
}

function slotsIn(value: Json): Row[] {
  if (value === null || typeof value !== "object") return [];
  if (!Array.isArray(value) && value.start && value.end && !value.id) return [value];
  return Object.values(value).flatMap(slotsIn);
}

function* review(wish: Wish, place: Place): Part<Report> {
  const { now, known } = place.conversation;
  const row = yield* theRow(wish, place);
  // What stands there is read before it is written over.
  const [details] = yield [callOn(toolFor(wish.subject, "get"), row)];
  const before = String(rowsIn(details?.data ?? null, "project")[0]?.executive_summary ?? "");
  const open = rowsIn(known, "task").filter(({ status }) => status !== "done").toSorted(byWeight);
  const named = (what: string, rows: Row[]) =>
    rows.length > 0 ? ` ${what}: ${listed(rows.slice(0, 3).map(titleOf))}.` : "";
  const executive_summary = `As of ${now.slice(0, 10)}: ${open.length} tasks open.` +
    named("Next", open.filter(({ status }) => status !== "blocked")) +
    named("Blocked", open.filter(({ status }) => status === "blocked")) +
    named("Notes", rowsIn(known, "note")) +
    (before === ""
      ? ""
      : ` Before: ${before.startsWith("As of ") ? before.split(" Before: ")[1] ?? "" : before}`);
  const outcomes = yield [callOn(toolFor(wish.subject, "update"), row, { updates: { executive_summary } })];
  return written("project", outcomes, [`updated **${titleOf(row)}**`], 0);
}

function* schedule(wish: Wish, place: Place): Part<Report> {
  const { now, known } = place.conversation;
  const { name } = toolFor(wish.subject, "schedule");
  const all = (yield* targets({ ...wish, count: undefined }, place)).filter((task) => task.status !== "done")
    .toSorted(byWeight);
  const blocked = all.filter(({ status }) => status === "blocked");
  const planned = all.filter((task) =>
    Date.parse(String(task.start_date)) > Date.parse(now) && !blocked.includes(task)
  );
  const able = all.filter((task) => !blocked.includes(task) && !planned.includes(task));
  const waiting = able.slice(0, wish.count ?? MOST_TASKS);
  const slots = slotsIn(known);
  const placed = inRoom(waiting, slots.length > 0 ? slots : (yield* free(place)).rows);
  const outcomes = yield placed.map(({ task, start }): Call => {
    const duration_minutes = task.duration_minutes ?? 60;
    return {
      name,
      arguments: { task_id: task.id ?? null, start_time: new Date(start).toISOString(), duration_minutes },
    };
  });
  const made = written("task", outcomes, placed.map(({ task }) => titleOf(task)), 0);
  const events = outcomes.map(({ data }) => rowOf(rowOf(data).event));
  const line = (task: Row, { start, end }: Row = {}) =>
    `${moment(start)} to ${String(end).slice(11, 16)}: **${titleOf(task)}**`;
  const tell = (why: string, rows: Row[]) =>
    rows.length === 0 ? [] : [`${why}: ${listed(rows.map((row) => `**${titleOf(row)}**`))}.`];
  const many = made.done.length === 1 ? "1 task" : `${made.done.length} tasks`;
  return {
    ...made,
    done: made.done.length > 0 ? [`put ${many} on your calendar`] : [],
    lines: placed.flatMap(({ task }, i) => outcomes[i]?.ok ? line(task, events[i]) : []),
    left: [
      ...made.left,
      ...tell("With a date already, so left as it is", wish.count ? [] : planned),
      ...tell("Blocked, so not scheduled", wish.count ? [] : blocked),
      ...tell("Without free time", waiting.filter((task) => !placed.some((one) => one.task === task))),
      ...tell("Left for another time", wish.count ? [] : able.slice(MOST_TASKS)),
    ],
  };
}

/** The most urgent first; what depends on other tasks after those, what is begun before what is not. */
function byWeight(a: Row, b: Row): number {
  const weight = ({ priority = null, has_dependencies, status }: Row) =>
    urgency({ priority }) * 4 + (has_dependencies === true ? 2 : 0) + (status === "in_progress" ? 0 : 1);
  return weight(a) - weight(b);
}

/** Puts tasks into free time, few on a day; one that depends on others comes after those. */
function inRoom(tasks: readonly Row[], slots: readonly Row[]): { task: Row; start: number }[] {
  const rooms = slots.map(({ start, end }) => ({
    from: Date.parse(String(start)),
    to: Date.parse(String(end)),
    day: String(start).slice(0, 10),
  }));
  const placed: { task: Row; start: number; end: number; day: string }[] = [];
  for (const task of tasks) {
    const length = Number(task.duration_minutes ?? 60) / 60 * HOUR;
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

/** "Thu 26 Nov, 14:00", on the clock that it is told in. */
function moment(iso: Json | undefined): string {
  const at = new Date(`${String(iso).slice(0, 16)}Z`);
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return Number.isNaN(at.getTime())
    ? String(iso)
    : `${day.format(at).replace(",", "")}, ${String(iso).slice(11, 16)}`;
}
