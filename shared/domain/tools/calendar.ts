// The tools for the calendar. Recurring events are one row; the database lays them out inside a window.
import { z } from "zod";
import { failed, ok, type ToolResult } from "../../contracts/tool_result.ts";
import { changed, given, gone, listed, notFound, page, quoted, told } from "../../tools/answers.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import {
  Body,
  changes,
  clearable,
  Cursor,
  Day,
  Id,
  limit,
  Line,
  Minutes,
  Moment,
} from "../../tools/fields.ts";
import { instant, localTime } from "../../tools/time.ts";
import { addDays, daysBetween } from "./days.ts";
import { defineReadTool, defineWriteTool, type ReadContext } from "../../tools/define_tool.ts";

/** In days. A longer window is a slip more often than a wish, and every occurrence in it is laid out. */
const LONGEST_LIST = 366;
const LONGEST_SEARCH = 92;

export const WHOLE_EVENT =
  `id, task_id, title, description, starts_at, ends_at, all_day, time_zone, recurrence,
  recurrence_ends, status` as const;

interface Event {
  task_id: string | null;
  starts_at: string;
  ends_at: string;
}

/** An event as tools tell it: when it starts and ends on the user's clock, and the task it belongs to. */
export function tellEvent<Row extends Event>(
  { task_id, starts_at, ends_at, ...event }: Row,
  time_zone: string,
) {
  return {
    ...event,
    start: localTime(starts_at, time_zone),
    end: localTime(ends_at, time_zone),
    linked_task_id: task_id,
  };
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
  async run({ time_min, time_max, limit, cursor }, { db, now, time_zone }) {
    const from = time_min === undefined ? now.toISOString() : instant(time_min, time_zone);
    const to = time_max === undefined ? addDays(from, 7) : instant(time_max, time_zone);
    const problem = windowProblem(from, to, LONGEST_LIST);
    if (problem) return problem;
    const answer = await db.rpc("calendar_occurrences", { p_from: from, p_to: to }, {
      count: "exact",
      limit,
      offset: cursor,
    });
    const rows = rowsOf(answer).map(({ event_id, ...event }) =>
      listed({ id: event_id, ...tellEvent(event, time_zone) })
    );
    return page("events", rows, answer.count ?? rows.length, "event", cursor);
  },
});

export const findAvailableSlots = defineReadTool({
  name: "find_available_slots",
  category: "list",
  description: "Free times; preferred_hours 0-23",
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
    const to = instant(time_max, time_zone);
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
      }),
    );
    const found = slots.map(({ starts_at, ends_at }) => ({
      start: localTime(starts_at, time_zone),
      end: localTime(ends_at, time_zone),
    }));
    const count = found.length === 1
      ? "1 free slot"
      : `${found.length === 0 ? "No" : found.length} free slots`;
    return ok({ slots: found }, `${count} of ${duration_minutes} minutes.`);
  },
});

export const updateCalendarEvent = defineWriteTool({
  name: "update_calendar_event",
  category: "action",
  description: "Change or move an event; a new start alone keeps its length; null clears",
  args: z.strictObject({
    event_id: Id,
    updates: changes({
      title: Line.optional(),
      start_time: Moment.optional(),
      end_time: Moment.optional(),
      description: clearable(Body),
      recurrence_ends: clearable(Day),
    }),
  }),
  async run({ event_id, updates }, { db, time_zone }) {
    const { start_time, end_time, ...fields } = updates;
    const answer = await db.rpc("change_calendar_event", {
      p_event_id: event_id,
      p_changes: given({
        ...fields,
        starts_at: start_time && instant(start_time, time_zone),
        ends_at: end_time && instant(end_time, time_zone),
      }),
    }).select(WHOLE_EVENT);
    const event = rowsOf(answer)[0];
    if (event) return ok({ event: told(tellEvent(event, time_zone)) }, changed(event.title, updates));

    const cancelled = await eventOf(db, event_id);
    return cancelled === null
      ? notFound("calendar event", "event_id")
      : failed("conflict", `The event ${quoted(cancelled.title)} is cancelled and was not changed.`);
  },
  async look_up({ event_id, updates }, { db, time_zone }) {
    const event = await eventOf(db, event_id);
    if (event === null) return gone("event");
    return ok({ event: told(tellEvent(event, time_zone)) }, changed(event.title, updates));
  },
});

export const deleteCalendarEvent = defineWriteTool({
  name: "delete_calendar_event",
  category: "action",
  description: "Cancel an event",
  args: z.strictObject({ event_id: Id }),
  async run({ event_id }, { db, time_zone }) {
    const answer = await db.from("calendar_events").update({ status: "cancelled" }).eq("id", event_id)
      .select(WHOLE_EVENT).maybeSingle();
    return tellCancelled(dataOf(answer), time_zone) ?? notFound("calendar event", "event_id");
  },
  async look_up({ event_id }, { db, time_zone }) {
    return tellCancelled(await eventOf(db, event_id), time_zone) ?? gone("event");
  },
});

/** An event as it stands, cancelled or not. */
async function eventOf(db: ReadContext["db"], id: string) {
  const answer = await db.from("calendar_events").select(WHOLE_EVENT).eq("id", id).maybeSingle();
  return dataOf(answer);
}

function tellCancelled(event: Awaited<ReturnType<typeof eventOf>>, time_zone: string) {
  if (event === null) return undefined;
  return ok({ event: told(tellEvent(event, time_zone)) }, `Cancelled the event ${quoted(event.title)}.`);
}

function windowProblem(from: string, to: string, most: number): ToolResult | undefined {
  const days = daysBetween(from, to);
  if (days <= 0) return failed("invalid_arguments", "time_max must be after time_min.");
  if (days > most) {
    return failed("invalid_arguments", `time_min and time_max must be at most ${most} days apart.`);
  }
  return undefined;
}
