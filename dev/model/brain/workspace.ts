// What some words mean in the demo workspace, where a sentence does not say it: to update a project is to write down
// where it stands, and to schedule tasks is to find room for them in the calendar.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Row, rowOf } from "./conversation.ts";
import { callOn, described, listed, type Part, type Place, type Report, report } from "./pursuit.ts";
import { targets, theRow, toolFor, urgency, written } from "./pursuit.ts";
import { rowsIn, titleOf } from "./rows.ts";
import type { Wish } from "./wish.ts";

const MOST_TASKS = 9;
const MOST_A_DAY = 3;
const SEARCHES = 3;
const DAYS = 10;
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
  if (wish.subject.noun === "available_slot") return free(place);
  return isReview(wish) ? review(wish, place) : undefined;
}

function* free({ vocabulary, conversation: { now } }: Place): Part<Report> {
  const noun = "available_slot";
  const { name } = toolFor(vocabulary.get(noun) ?? { noun, tools: {} }, "list");
  const time_max = new Date(Date.parse(now) + DAYS * 24 * HOUR).toISOString();
  const rows: Row[] = [];
  for (let search = 0; search < SEARCHES && rows.length === search * 10; search++) {
    const time_min = rows.at(-1)?.end ?? now;
    const [outcome] = yield [{
      name,
      arguments: { time_min, time_max, duration_minutes: 60, preferred_hours: HOURS },
    }];
    rows.push(...slotsIn(outcome?.data ?? null));
  }
  const found = rows[0] ? `The first free hour is ${moment(rows[0].start)}.` : "There is no free hour.";
  return report({ noun, rows: rows.map(({ start = "", end = "" }) => ({ start, end })), found });
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
    return { name, arguments: { task_id: task.id ?? null, start_time: start ?? null, duration_minutes } };
  });
  const made = written("task", outcomes, placed.map(({ task }) => titleOf(task)), 0);
  const events = outcomes.map(({ data }) => rowOf(rowOf(data).event));
  const line = (task: Row, { start, end }: Row = {}) =>
    `${moment(start)} to ${String(end).slice(11, 16)}: **${titleOf(task)}**`;
  const tell = (rows: Row[], why: string) =>
    rows.length === 0 ? [] : [`${listed(rows.map((row) => `**${titleOf(row)}**`))} ${why}.`];
  const many = made.done.length === 1 ? "1 task" : `${made.done.length} tasks`;
  return {
    ...made,
    done: made.done.length > 0 ? [`put ${many} on your calendar`] : [],
    lines: placed.flatMap(({ task }, i) => outcomes[i]?.ok ? line(task, events[i]) : []).toSorted(),
    left: [
      ...made.left,
      ...(wish.count ? [] : [
        ...tell(planned, "had a date already, so I left it"),
        ...tell(blocked, "is blocked, so I did not schedule it"),
      ]),
      ...tell(waiting.filter((task) => !placed.some((one) => one.task === task)), "found no free time"),
      ...(wish.count ? [] : tell(able.slice(MOST_TASKS), "is left for another time")),
    ],
  };
}

/** The most urgent first; what depends on other tasks after those, what is begun before what is not. */
function byWeight(a: Row, b: Row): number {
  const weight = ({ priority = null, has_dependencies, status }: Row) =>
    urgency({ priority }) * 4 + (has_dependencies === true ? 2 : 0) + (status === "in_progress" ? 0 : 1);
  return weight(a) - weight(b);
}

/** Puts tasks into free hours of working days, few on each; one that depends on others comes after those. */
function inRoom(tasks: readonly Row[], slots: readonly Row[]): { task: Row; start: Json | undefined }[] {
  const placed: { task: Row; start: Json | undefined; day: string }[] = [];
  const dayOf = ({ start }: Row) => String(start).slice(0, 10);
  let hours = slots.filter((slot) => ![0, 6].includes(new Date(dayOf(slot)).getUTCDay()));
  for (const task of tasks) {
    const need = Math.ceil(Number(task.duration_minutes ?? 60) / 60);
    const from = task.has_dependencies === true
      ? String(placed.map(({ start }) => start).toSorted().at(-1) ?? "")
      : "";
    const at = hours.findIndex((hour, i) =>
      hours.slice(i, i + need).every((one, n, run) =>
        run.length === need && (n === 0 || one.start === run[n - 1]?.end)
      ) &&
      String(hour.start) > from && placed.filter(({ day }) => day === dayOf(hour)).length < MOST_A_DAY
    );
    const [first] = at < 0 ? [] : hours.slice(at, at + need);
    if (first) placed.push({ task, start: first.start, day: dayOf(first) });
    if (first) hours = hours.toSpliced(at, need);
  }
  return placed;
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
