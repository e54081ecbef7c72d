// The tools that change the calendar. Of a recurring event they change what they are told to: one occurrence, it and
// those that follow, or all; and they say what they did.
import { z } from "zod";
import { failed, ok, type ToolResult } from "../../contracts/tool_result.ts";
import { changed, given, gone, notFound, quoted, withoutEmpty } from "../../tools/answers.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import { Body, changes, clearable, Day, Id, Line, Moment } from "../../tools/fields.ts";
import { instant, toldTime } from "../../tools/time.ts";
import {
  defineWriteTool,
  type Footprint,
  type ReadContext,
  type WriteContext,
} from "../../tools/define_tool.ts";
import { dropped, overlaps, shape, taskAgrees, type Told } from "./calendar_notes.ts";
import { shownRows } from "./workspace_rows.ts";
import { RecurrencePattern } from "./workspace_fields.ts";
import { tellEvent, WHOLE_EVENT } from "./calendar.ts";

const Scope = z.enum(["this", "following", "all"]);

/** Which occurrences of a recurring event are meant. */
interface Meant {
  event_id: string;
  scope?: z.output<typeof Scope>;
  occurrence?: string;
}

export const updateCalendarEvent = defineWriteTool({
  name: "update_calendar_event",
  category: "action",
  description:
    "Change or move an event; a new start alone keeps its length; null clears. If recurring: scope, occurrence as listed",
  args: z.strictObject({
    event_id: Id,
    scope: Scope.optional(),
    occurrence: Moment.optional(),
    updates: changes({
      title: Line.optional(),
      start_time: Moment.optional(),
      end_time: Moment.optional(),
      description: clearable(Body),
      recurrence_pattern: clearable(RecurrencePattern),
      recurrence_ends: clearable(Day),
    }),
  }),
  writes: eventAndTask('$.updates.keyvalue().key ? (@ == "title" || @ == "description")', undefined),
  async run({ updates, ...meant }, context) {
    const { start_time, end_time, recurrence_pattern, recurrence_ends, ...fields } = updates;
    if (meant.scope === "this" && (recurrence_pattern !== undefined || recurrence_ends !== undefined)) {
      return refusedWithoutSeries();
    }
    const { time_zone } = context;
    return await write(
      meant,
      context,
      {
        ...given({ ...fields, recurrence: recurrence_pattern, recurrence_ends }),
        ...(start_time && { starts_at: instant(start_time, time_zone), starts_on: start_time.slice(0, 10) }),
        ...(end_time && { ends_at: instant(end_time, time_zone), ends_on: end_time.slice(0, 10) }),
      },
      (event, which) =>
        `${changed(event.title, updates).replace(/\.$/, "")}${which}.${shape(event, updates)}`,
    );
  },
  async look_up({ event_id, updates }, context) {
    const event = await writtenEvent(event_id, context);
    if (event === null) return gone("event");
    return ok(
      { event: withoutEmpty(tellEvent(event, context.time_zone)) },
      changed(event.title, updates),
      shownRows("calendar_events", [event]),
    );
  },
});

export const deleteCalendarEvent = defineWriteTool({
  name: "delete_calendar_event",
  category: "action",
  description: "Cancel an event; scope and occurrence as for update_calendar_event",
  args: z.strictObject({ event_id: Id, scope: Scope.optional(), occurrence: Moment.optional() }),
  writes: eventAndTask("$", "$"),
  run: (meant, context) =>
    write(
      meant,
      context,
      { status: "cancelled" },
      (event, which) => `Cancelled the event ${quoted(event.title)}${which}.`,
    ),
  async look_up({ event_id }, context) {
    const event = await writtenEvent(event_id, context);
    if (event === null) return gone("event");
    return ok(
      { event: withoutEmpty(tellEvent(event, context.time_zone)) },
      `Cancelled the event ${quoted(event.title)}.`,
      shownRows("calendar_events", [event]),
    );
  },
});

type Event = NonNullable<Awaited<ReturnType<typeof eventOf>>>;

/** Writes what is meant, and says which occurrences that were; or why nothing was written. */
async function write(
  { event_id, scope, occurrence }: Meant,
  context: WriteContext,
  p_changes: ReturnType<typeof given>,
  say: (event: Event, which: string) => string,
): Promise<ToolResult> {
  const { db, time_zone, new_id } = context;
  const answer = await db.rpc("change_calendar_event", {
    p_event_id: event_id,
    p_changes,
    p_new_id: await new_id("event"),
    p_scope: scope,
    p_occurrence: occurrence && instant(occurrence, time_zone),
  });
  const written = rowsOf(answer)[0];
  if (written === undefined) return notFound("calendar event", "event_id");
  const event = await eventOf(db, written.id ?? event_id);
  if (event === null) return gone("event");
  // What is made of a series bears its texts.
  const rows = shownRows("calendar_events", [event, { id: event_id }]);
  if (written.id === null) return { ...refused(written.outcome, event), rows };
  const at = occurrence && toldTime(instant(occurrence, time_zone), time_zone);
  const others = await notes(event, p_changes, context);
  return ok(
    { event: withoutEmpty(tellEvent(event, time_zone)) },
    say(event, which(written.outcome, at)) + dropped(written.dropped) +
      others.map(({ text }) => text).join(""),
    [...rows, ...others.flatMap(({ rows }) => rows)],
  );
}

const OF_TIME = ["starts_at", "ends_at", "recurrence", "recurrence_ends", "status"];

/** What somebody should hear who changed when an event takes place, or cancelled it. */
async function notes(
  event: Event,
  written: ReturnType<typeof given>,
  context: WriteContext,
): Promise<Told[]> {
  const timed = OF_TIME.some((field) => field in written);
  if (!timed && !("title" in written)) return [];
  const task = await taskAgrees(event, written, context);
  return timed ? [task, await overlaps(event, context)] : [task];
}

function which(outcome: string, at: string | undefined): string {
  switch (outcome) {
    case "this":
      if (at === undefined) return ", of the series only this occurrence";
      return `, of the series only the occurrence of ${at}`;
    case "following":
      if (at === undefined) {
        return ", of the series this occurrence and those after it; the earlier ones stay as they were";
      }
      return `, of the series the occurrences from ${at} on; the earlier ones stay as they were`;
    case "all":
      return ", all of its occurrences, past ones too";
    default:
      return "";
  }
}

function refused(outcome: string, { title, recurrence }: Event): ToolResult {
  const repeats = recurrence === null ? "is one occurrence of a recurring event" : `repeats (${recurrence})`;
  switch (outcome) {
    case "ask_scope":
      return failed(
        "invalid_arguments",
        `${quoted(title)} ${repeats}. Say which is meant: scope this or following with the ` +
          "occurrence as get_calendar_events lists it, or scope all. Ask the user if that is not plain.",
      );
    case "ask_occurrence":
      return failed(
        "invalid_arguments",
        `${
          quoted(title)
        } repeats (${recurrence}). Say from which occurrence, as get_calendar_events lists it.`,
      );
    case "no_occurrence":
      return failed(
        "not_found",
        `${quoted(title)} has no occurrence that begins then. Look it up with get_calendar_events.`,
      );
    case "no_recurrence":
      return failed(
        "invalid_arguments",
        `${
          quoted(title)
        } does not repeat, so that there is no end of it. Give a recurrence_pattern beside recurrence_ends.`,
      );
    case "of_series":
      return refusedWithoutSeries();
    default:
      return failed("conflict", `The event ${quoted(title)} is cancelled and was not changed.`);
  }
}

function refusedWithoutSeries(): ToolResult {
  return failed(
    "invalid_arguments",
    "recurrence_pattern and recurrence_ends are of the series, not of one occurrence: name the series with scope following or all.",
  );
}

/** What a call wrote: the row that it made, or else the event that it was given. */
async function writtenEvent(event_id: string, { db, new_id }: WriteContext) {
  return await eventOf(db, await new_id("event")) ?? await eventOf(db, event_id);
}

/** An event as it stands, cancelled or not. */
async function eventOf(db: ReadContext["db"], id: string) {
  const answer = await db.from("calendar_events").select(WHOLE_EVENT).eq("id", id).maybeSingle();
  return dataOf(answer);
}

/**
 * One event, or where a scope is told as many rows of a series as it has; and its task, which moves along. The first
 * path says where the change of an event is forceful, the other where that of its task is.
 */
function eventAndTask(forceful: string, forceful_task: string | undefined): [Footprint, ...Footprint[]] {
  const event = { table: "public.calendar_events", op: "UPDATE", forceful } as const;
  const target = '$.scope ? (@ != null && @ != "")';
  return [
    { ...event, target: "$.event_id", target_column: "id" },
    { ...event, target, max_rows: 1000 },
    { table: event.table, op: "INSERT", target, forceful: forceful_task },
    { table: "public.tasks", op: "UPDATE", max_rows: 2, forceful: forceful_task },
  ];
}
