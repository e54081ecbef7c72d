// What some words mean in the demo workspace, where a sentence does not say it: to update a project is to write down
// where it stands, and to schedule tasks is to find room for them in the calendar.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Row, rowOf } from "./conversation.ts";
import { described, targets, theRow } from "./look_up.ts";
import { written } from "./pursuit.ts";
import { callOn, type Part, type Place, type Report, toolFor } from "./replay.ts";
import { rowsIn, titleOf } from "./rows.ts";
import { listed } from "./vocabulary.ts";
import type { Wish } from "./wish.ts";

const SLOT = "available_slot";
const [MOST_TASKS, MOST_A_DAY, DAYS] = [9, 3, 6];
const HOUR = 3_600_000;

/** Other words for the same. */
export function inPlainWords(request: string): string {
  return request.replace(/\bplan (?:my|the) (?:day|week)\b/i, "schedule my open tasks")
    .replace(/\b(?:put|place|fit) (.+?) (?:on|in|into|onto) (?:my|the) (?:calendar|week)\b/i, "schedule $1");
}

function isReview({ verb, subject, values }: Wish): boolean {
  const fields = subject.tools.update?.changes.map(({ name }) => name) ?? [];
  return verb === "update" && Object.keys(values).length === 0 && fields.includes("executive_summary");
}

/** What a plan looks up before; nothing where this page has nothing to say. */
export function lookUpsFor(wish: Wish): string[] {
  if (wish.verb === "schedule") return [`List the ${described(wish, false)}`, "Find available slots"];
  const project = `the project "${wish.name}"`;
  const texts = `List the notes and brain dumps of ${project}`;
  return isReview(wish) ? [`Show ${project}`, `List the open tasks of ${project}`, texts] : [];
}

export function inWorkspace(wish: Wish, place: Place): Part<Report> | undefined {
  if (wish.verb === "schedule") return schedule(wish, place);
  return wish.subject.noun === SLOT ? free(place) : isReview(wish) ? review(wish, place) : undefined;
}

/** The free time of the next working days, in one stretch where one hour follows another. */
function* free({ vocabulary, conversation: { now } }: Place): Part<Report> {
  const { name } = toolFor(vocabulary.get(SLOT) ?? { noun: SLOT, tools: {} }, "list");
  const today = Date.parse(now.slice(0, 10));
  const days = Array.from(
    { length: 14 },
    (_, n) => new Date(today + n * 24 * HOUR).toISOString().slice(0, 10),
  );
  const working = days.filter((day) => new Date(day).getUTCDay() % 6 > 0).slice(0, DAYS);
  const outcomes = yield working.map((day): Call => {
    return { name, arguments: { time_min: `${day}T09:00`, time_max: `${day}T17:00`, duration_minutes: 60 } };
  });
  const rows: Row[] = [];
  for (const { start = null, end = null } of outcomes.flatMap(({ data }) => slotsIn(data))) {
    const last = rows.at(-1);
    if (last && last.end === start) last.end = end;
    else rows.push({ start, end });
  }
  const text = rows[0] ? `The first free hour begins ${moment(rows[0].start)}.` : "There is no free hour.";
  return { kind: "found", text, noun: SLOT, rows };
}

function slotsIn(value: Json): Row[] {
  if (value === null || typeof value !== "object") return [];
  if (!Array.isArray(value) && value.start && value.end && !value.id) return [value];
  return Object.values(value).flatMap(slotsIn);
}

const isBlocked = ({ status }: Row) => status === "blocked";
const isOpen = ({ status }: Row) => status !== "done";
const moment = (iso: Json | undefined) => String(iso).slice(0, 16).replace("T", " ");

function* review(wish: Wish, place: Place): Part<Report> {
  const { now, known } = place.conversation;
  const row = yield* theRow(wish, place);
  // What stands there is read before it is written over.
  const [details] = yield [callOn(toolFor(wish.subject, "get"), row)];
  const before = String(rowsIn(details?.data ?? null, "project")[0]?.executive_summary ?? "");
  const open = rowsIn(known, "task").filter(isOpen);
  const told = [
    ["Next", ...open.filter((task) => !isBlocked(task)).map(titleOf)],
    ["Blocked", ...open.filter(isBlocked).map(titleOf)],
    ["Notes", ...rowsIn(known, "note").map(titleOf)],
    ["Before", before.replace(/^As of .*?(?: Before: |$)/, "").replace(/\.$/, "")].filter(Boolean),
  ].flatMap(([what, ...names]) => names.length > 0 ? [`${what}: ${listed(names.slice(0, 3))}.`] : []);
  const summary = [`As of ${now.slice(0, 10)}: ${open.length} tasks open.`, ...told].join(" ");
  const update = callOn(toolFor(wish.subject, "update"), row, { updates: { executive_summary: summary } });
  return written("project", yield [update], [row], (title) => `updated ${title}`);
}

function* schedule(wish: Wish, place: Place): Part<Report> {
  const { conversation: { now, known } } = place;
  const { name } = toolFor(wish.subject, "schedule");
  // As the list has them: the most urgent first. What depends on other tasks comes after those.
  const last = ({ has_dependencies }: Row) => Number(has_dependencies === true);
  const all = (yield* targets({ ...wish, count: undefined }, place)).filter(isOpen).toSorted((a, b) =>
    last(a) - last(b)
  );
  const ahead = ({ start_date }: Row) => Date.parse(String(start_date)) > Date.parse(now);
  const able = all.filter((task) => !isBlocked(task) && !ahead(task));
  const waiting = able.slice(0, wish.count ?? MOST_TASKS);
  const slots = slotsIn(known);
  const placed = inRoom(waiting, slots.length > 0 ? slots : (yield* free(place)).rows);
  const outcomes = yield placed.map(({ task, start }): Call => {
    const at = { start_time: new Date(start).toISOString(), duration_minutes: task.duration_minutes ?? 60 };
    return { name, arguments: { task_id: task.id ?? null, ...at } };
  });
  const count = outcomes.filter(({ ok }) => ok).length;
  const many = count === 1 ? "1 task" : `${count} tasks`;
  const made = written(
    "task",
    outcomes,
    placed.map(({ task }) => task),
    () => `put ${many} on your calendar`,
  );
  const lines = outcomes.filter(({ ok }) => ok).map(({ data }) => {
    const { weekday = "", start, end, title } = rowOf(rowOf(data).event);
    return `- ${weekday} ${moment(start)} to ${String(end).slice(11, 16)}: **${title}**`;
  });
  const left: [string, Row[]][] = [
    ["Without free time", waiting.filter((task) => !placed.some((one) => one.task === task))],
    [
      "With a date already, so left as it is",
      wish.count ? [] : all.filter((task) => !isBlocked(task) && ahead(task)),
    ],
    ["Blocked, so not scheduled", wish.count ? [] : all.filter(isBlocked)],
    ["Left for another time", wish.count ? [] : able.slice(MOST_TASKS)],
  ];
  const told = left.filter(([, rows]) => rows.length > 0).map(([why, rows]) =>
    `${why}: ${listed(rows.map(titleOf))}.`
  );
  const text = [made.text, ...lines, ...told].filter(Boolean).join("\n");
  return { ...made, kind: placed.length === 0 ? "done" : made.kind, text };
}

/** Puts tasks into free time, few on a day; one that depends on others comes after those. */
function inRoom(tasks: readonly Row[], slots: readonly Row[]): { task: Row; start: number }[] {
  const at = (value: Json | undefined) => Date.parse(String(value));
  const rooms = slots.map(({ start, end }) => ({
    from: at(start),
    to: at(end),
    day: moment(start).slice(0, 10),
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
