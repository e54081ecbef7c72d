// The tools that read the calendar. Recurring events are one row; the database lays them out inside a window.
import { z } from "zod";
import { failed, ok, type ToolResult } from "../../contracts/tool_result.ts";
import { withoutFalse } from "../../tools/answers.ts";
import { rowsOf } from "../../tools/database_errors.ts";
import { limit, Minutes, Moment } from "../../tools/fields.ts";
import { endInstant, instant, localDay, localTime, weekday } from "../../tools/time.ts";
import { shownRows } from "./workspace_rows.ts";
import { Cursor, listPage, openList } from "../../tools/keyset.ts";
import { addDays, daysBetween } from "./days.ts";
import { defineReadTool } from "../../tools/define_tool.ts";

/** In days. A longer window is a slip more often than a wish, and every occurrence in it is laid out. */
const LONGEST_LIST = 366;
const LONGEST_SEARCH = 92;

const MOST_SLOTS = 10;

export const WHOLE_EVENT =
  `id, task_id, title, description, starts_at, ends_at, all_day, time_zone, recurrence,
  recurrence_ends, series_id, status` as const;

interface Event {
  task_id: string | null;
  starts_at: string;
  ends_at: string;
  all_day: boolean;
  /** The zone that an all-day event's dates are read in; the user's where it is laid out in that. */
  time_zone?: string;
}

/**
 * An event as tools tell it: when it starts and ends on the user's clock, and the task it belongs to. One
 * that takes all day has a first and a last day instead, which are the same in every zone.
 */
export function tellEvent<Row extends Event>(
  { task_id, starts_at, ends_at, ...event }: Row,
  time_zone: string,
) {
  const zone = event.time_zone ?? time_zone;
  const last = new Date(new Date(ends_at).getTime() - 1);
  const times = event.all_day
    ? { start: localDay(starts_at, zone), end: localDay(last, zone) }
    : { start: localTime(starts_at, time_zone), end: localTime(ends_at, time_zone) };
  return { ...event, ...times, weekday: weekday(times.start), linked_task_id: task_id };
}

export const getCalendarEvents = defineReadTool({
  name: "get_calendar_events",
  category: "list",
  description: "Events; default next 7 days",
  args: z.strictObject({
    time_min: Moment.optional(),
    time_max: Moment.optional(),
    limit: limit(20, 50),
    cursor: Cursor,
  }),
  async run(args, { db, now, time_zone }) {
    const { time_min, time_max, limit } = args;
    const list = openList("get_calendar_events", args);
    if (list.problem) return list.problem;
    const from = time_min === undefined ? now.toISOString() : instant(time_min, time_zone);
    const to = time_max === undefined ? addDays(from, 7) : endInstant(time_max, time_zone);
    const problem = windowProblem(from, to, LONGEST_LIST);
    if (problem) return problem;
    const rows = rowsOf(
      await db.rpc("list_events", {
        p_from: from,
        p_to: to,
        p_time_zone: time_zone,
        p_limit: limit,
        p_after: list.after,
      }),
    );
    return listPage(list, {
      ...{ key: "events", noun: "event", rows },
      shows: shownRows("calendar_events", rows.map(({ event_id }) => ({ id: event_id }))),
      tell: ({ event_id, occurrence, ...event }) =>
        withoutFalse({
          id: event_id,
          ...tellEvent(event, time_zone),
          occurrence: occurrence && localTime(occurrence, time_zone),
        }),
    });
  },
});

export const findAvailableSlots = defineReadTool({
  name: "find_available_slots",
  category: "list",
  description: "Free times within preferred_hours 0-23; all-day events are busy",
  args: z.strictObject({
    time_min: Moment,
    time_max: Moment,
    duration_minutes: Minutes.default(60),
    preferred_hours: z.array(
      z.int({ error: "must be an hour from 0 to 23" }).min(0, { error: "must be at least 0" })
        .max(23, { error: "must be at most 23" }),
    ).optional(),
  }),
  async run({ time_min, time_max, duration_minutes, preferred_hours }, { db, now, time_zone }) {
    const from = instant(time_min, time_zone);
    const to = endInstant(time_max, time_zone);
    const problem = windowProblem(from, to, LONGEST_SEARCH);
    if (problem) return problem;
    const slots = rowsOf(
      await db.rpc("free_slots", {
        p_now: now.toISOString(),
        p_from: from,
        p_to: to,
        p_minutes: duration_minutes,
        p_time_zone: time_zone,
        p_hours: preferred_hours?.length ? preferred_hours : undefined,
        p_limit: MOST_SLOTS + 1,
      }),
    );
    const has_more = slots.length > MOST_SLOTS;
    const found = slots.slice(0, MOST_SLOTS).map(({ starts_at, ends_at }) => {
      const start = localTime(starts_at, time_zone);
      return { start, end: localTime(ends_at, time_zone), weekday: weekday(start) };
    });
    const most = has_more ? "The first " : "";
    const count = found.length === 1 ? "1 free slot" : `${most}${found.length || "No"} free slots`;
    const later = has_more ? ` For later ones, time_min ${found.at(-1)?.end}.` : "";
    return ok(
      { slots: found, ...(has_more && { has_more }) },
      `${count} of ${duration_minutes} minutes.${later}`,
    );
  },
});

function windowProblem(from: string, to: string, most: number): ToolResult | undefined {
  const days = daysBetween(from, to);
  if (days <= 0) return failed("invalid_arguments", "time_max must be after time_min.");
  if (days > most) {
    return failed("invalid_arguments", `time_min and time_max must be at most ${most} days apart.`);
  }
  return undefined;
}
