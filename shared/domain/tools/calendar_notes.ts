// What a write leaves that its caller should hear of: events at the same time, and a task and events that don't agree.
import { rowsOf } from "../../tools/database_errors.ts";
import type { ReadContext } from "../../tools/define_tool.ts";
import { quoted } from "../../tools/answers.ts";
import { toldTime } from "../../tools/time.ts";
import type { ShownRow } from "../../contracts/tool_result.ts";
import { shownRows } from "./workspace_rows.ts";

interface Placed {
  id: string;
  starts_at: string;
  ends_at: string;
  all_day: boolean;
  recurrence: string | null;
  recurrence_ends: string | null;
  status: string;
}

/** A sentence, or nothing, and the rows whose text it shows. */
export interface Told {
  text: string;
  rows: ShownRow[];
}

const NOTHING: Told = { text: "", rows: [] };

type Reading = Pick<ReadContext, "db" | "now" | "time_zone">;

/** A sentence about the other events at the time of this one, or of its occurrences; nothing without such. */
export async function overlaps(event: Placed, { db, now, time_zone }: Reading): Promise<Told> {
  if (event.status !== "confirmed") return NOTHING;
  const answer = await db.rpc("event_overlaps", {
    p_event_id: event.id,
    p_now: now.toISOString(),
    p_time_zone: time_zone,
  });
  const others = rowsOf(answer);
  const [first] = others;
  if (first === undefined) return NOTHING;
  const more = first.total - others.length;
  const names = others.map(({ title, starts_at }) => `${quoted(title)} (${toldTime(starts_at, time_zone)})`);
  const which = event.recurrence === null
    ? "It overlaps"
    : `${some(first.occurrences, "of its occurrences")} within a year overlap${
      first.occurrences === 1 ? "s" : ""
    }`;
  return {
    text: ` ${which} ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
    rows: shownRows("calendar_events", others.map(({ event_id }) => ({ id: event_id }))),
  };
}

function some(count: number, noun: string): string {
  return `${count === 1 ? "One" : count} ${noun}`;
}

/** A sentence about changed occurrences that a write has cancelled, because their place in the series is gone. */
export function dropped(count: number): string {
  if (count === 0) return "";
  return count === 1
    ? " One occurrence that had been changed before has no place in it any more and is cancelled."
    : ` ${count} occurrences that had been changed before have no place in it any more and are cancelled.`;
}

/** A sentence about how long an event is and how it repeats as it stands, where that was written. */
export function shape(event: Placed, written: { [field: string]: unknown }): string {
  const given = (...fields: string[]) => fields.some((field) => written[field] !== undefined);
  const minutes = Math.round(
    (new Date(event.ends_at).getTime() - new Date(event.starts_at).getTime()) / 60_000,
  );
  const length = given("end_time", "duration_minutes") && !event.all_day ? `is ${minutes} minutes long` : "";
  const until = event.recurrence_ends === null ? "without an end" : `until ${event.recurrence_ends}`;
  const repeats = event.recurrence === null ? "does not repeat" : `repeats ${event.recurrence} ${until}`;
  const pattern = given("recurrence_pattern", "recurrence_ends", "start_time") &&
      (event.recurrence !== null || given("recurrence_pattern"))
    ? repeats
    : "";
  const told = [length, pattern].filter(Boolean);
  return told.length === 0 ? "" : ` It ${told.join(" and ")}.`;
}

interface Task {
  id: string;
  title: string;
  status: string;
  start_date: string | null;
  duration_minutes: number;
  recurrence_pattern: string | null;
  recurrence_ends: string | null;
}

type Updates = {
  [
    Field in "title" | "status" | "start_date" | "duration_minutes" | "recurrence_pattern" | "recurrence_ends"
  ]?: unknown;
};

/** A sentence where a task that was changed has events which say something else; nothing where they agree. */
export async function disagreement(
  task: Task,
  updates: Updates,
  { db, now, time_zone }: Reading,
): Promise<Told> {
  const { status, ...fields } = updates;
  const told = (["title", "start_date", "duration_minutes", "recurrence_pattern", "recurrence_ends"] as const)
    .filter((field) => fields[field] !== undefined);
  if (told.length === 0 && status !== "done") return NOTHING;
  const events = rowsOf(
    await db.from("calendar_events").select("id, title, starts_at, ends_at, recurrence, recurrence_ends").eq(
      "task_id",
      task.id,
    )
      .eq("status", "confirmed").is("series_id", null).order("starts_at").limit(1_000),
  ).filter(({ ends_at, recurrence }) => recurrence !== null || new Date(ends_at) > now);
  const [event] = events;
  if (event === undefined) return NOTHING;
  const rows = shownRows("calendar_events", [event]);
  const stays = `Its event ${quoted(event.title)} stays in the calendar at ${
    toldTime(event.starts_at, time_zone)
  }`;
  if (status === "done") {
    return { text: ` ${stays}; cancel it with delete_calendar_event if it is not needed.`, rows };
  }
  const agrees = (one: typeof event) => {
    const same = {
      title: one.title === task.title,
      start_date: sameTime(one.starts_at, task.start_date),
      duration_minutes: minutesOf(one) === task.duration_minutes,
      recurrence_pattern: one.recurrence === task.recurrence_pattern,
      recurrence_ends: one.recurrence_ends === task.recurrence_ends,
    };
    return told.every((field) => same[field]);
  };
  if (events.some(agrees)) return NOTHING;
  const text = ` ${stays}; update_or_schedule_task moves both, update_calendar_event changes the event.`;
  return { text, rows };
}

/** A sentence where the task of an event that was changed has another date, pattern or title; nothing otherwise. */
export async function taskAgrees(
  event: Placed & { task_id: string | null; series_id: string | null; title: string },
  written: { [field: string]: unknown },
  { db, time_zone }: Reading,
): Promise<Told> {
  if (event.task_id === null) return NOTHING;
  const [task] = rowsOf(
    await db.from("tasks").select("title, start_date, recurrence_pattern").eq("id", event.task_id)
      .is("deleted_at", null),
  );
  if (task === undefined) return NOTHING;
  const gone = event.status !== "confirmed";
  const dated = task.start_date !== null && (gone || !sameTime(event.starts_at, task.start_date));
  const repeats = task.recurrence_pattern !== null && event.series_id === null &&
    (gone || task.recurrence_pattern !== event.recurrence);
  const kept = [
    "title" in written && task.title !== event.title && "keeps its title",
    dated && `keeps the date ${toldTime(task.start_date ?? "", time_zone)}`,
    repeats && `still repeats ${task.recurrence_pattern}`,
  ].filter(Boolean);
  if (kept.length === 0) return NOTHING;
  const text = ` Its task ${quoted(task.title)} ${kept.join(" and ")}.`;
  return { text, rows: shownRows("tasks", [{ id: event.task_id }]) };
}

function minutesOf({ starts_at, ends_at }: { starts_at: string; ends_at: string }): number {
  return Math.round((new Date(ends_at).getTime() - new Date(starts_at).getTime()) / 60_000);
}

function sameTime(one: string, other: string | null): boolean {
  return other !== null && new Date(one).getTime() === new Date(other).getTime();
}
