// What a write leaves that its caller should hear of: events at the same time, and a task and events that don't agree.
import { rowsOf } from "../../tools/database_errors.ts";
import type { ReadContext } from "../../tools/define_tool.ts";
import { quoted } from "../../tools/answers.ts";
import { localTime } from "../../tools/time.ts";

/** More are counted, not named. */
const MOST_NAMED = 3;

interface Placed {
  id: string;
  starts_at: string;
  ends_at: string;
  status: string;
}

type Reading = Pick<ReadContext, "db" | "time_zone">;

/**
 * A sentence about the other events at the time of this one, its first occurrence if it recurs; nothing
 * without such.
 */
export async function overlaps(event: Placed, { db, time_zone }: Reading): Promise<string> {
  if (event.status !== "confirmed") return "";
  const answer = await db.rpc("calendar_occurrences", {
    p_from: event.starts_at,
    p_to: event.ends_at,
    p_time_zone: time_zone,
  }, { count: "exact", limit: MOST_NAMED + 1 });
  const others = rowsOf(answer).filter(({ event_id }) => event_id !== event.id).slice(0, MOST_NAMED);
  if (others.length === 0) return "";
  const more = (answer.count ?? 0) - 1 - others.length;
  const names = others.map(({ title, starts_at }) => `${quoted(title)} (${localTime(starts_at, time_zone)})`);
  return ` It overlaps ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

interface Task {
  id: string;
  title: string;
  status: string;
  start_date: string | null;
}

/** A sentence where a task that was changed has events which say something else; nothing where they agree. */
export async function disagreement(
  task: Task,
  updates: { title?: unknown; status?: unknown; start_date?: unknown },
  { db, now, time_zone }: Pick<ReadContext, "db" | "now" | "time_zone">,
): Promise<string> {
  if (updates.title === undefined && updates.status !== "done" && updates.start_date === undefined) return "";
  const events = rowsOf(
    await db.from("calendar_events").select("title, starts_at, ends_at, recurrence").eq("task_id", task.id)
      .eq("status", "confirmed").is("series_id", null).order("starts_at").limit(1_000),
  ).filter(({ ends_at, recurrence }) => recurrence !== null || new Date(ends_at) > now);
  const [event] = events;
  if (event === undefined) return "";
  const stays = `Its event ${quoted(event.title)} stays in the calendar at ${
    localTime(event.starts_at, time_zone)
  }`;
  if (updates.status === "done") {
    return ` ${stays}; cancel it with delete_calendar_event if it is not needed.`;
  }
  const agrees = (one: { title: string; starts_at: string }) =>
    (updates.start_date === undefined || sameTime(one.starts_at, task.start_date)) &&
    (updates.title === undefined || one.title === task.title);
  if (events.some(agrees)) return "";
  return ` ${stays}; update_or_schedule_task moves both, update_calendar_event changes the event.`;
}

/** A sentence where the task of an event that was changed keeps another date than the event has; nothing otherwise. */
export async function taskDate(
  event: Placed & { task_id: string | null },
  { db, time_zone }: Reading,
): Promise<string> {
  if (event.task_id === null) return "";
  const [task] = rowsOf(
    await db.from("tasks").select("title, start_date").eq("id", event.task_id).is("deleted_at", null),
  );
  if (!task?.start_date) return "";
  if (event.status === "confirmed" && sameTime(event.starts_at, task.start_date)) return "";
  return ` Its task ${quoted(task.title)} keeps the date ${localTime(task.start_date, time_zone)}.`;
}

function sameTime(one: string, other: string | null): boolean {
  return other !== null && new Date(one).getTime() === new Date(other).getTime();
}
