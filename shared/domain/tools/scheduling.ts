// The tools that tie tasks to the calendar. A task and its event change together, in one transaction.
import { z } from "zod";
import { assertNever } from "../../contracts/errors.ts";
import { failed, ok, shown, type ShownRow, type ToolResult } from "../../contracts/tool_result.ts";
import { given, gone, notFound, quoted, withoutEmpty } from "../../tools/answers.ts";
import { dropped, overlaps, shape } from "./calendar_notes.ts";
import { tellEvent, WHOLE_EVENT } from "./calendar.ts";
import { dataOf, rowsOf } from "../../tools/database_errors.ts";
import { clearable, Day, Id, limit, Minutes, Moment, Zone } from "../../tools/fields.ts";
import { shownRows } from "./workspace_rows.ts";
import { Cursor, listPage, openList } from "../../tools/keyset.ts";
import { instant, localDay, toldTime } from "../../tools/time.ts";
import { RecurrencePattern } from "./workspace_fields.ts";
import {
  defineReadTool,
  defineWriteTool,
  type ReadContext,
  type WriteContext,
} from "../../tools/define_tool.ts";

const Outcome = z.enum(["created", "moved", "moved_on", "recreated", "ended", "unchanged"]);

export const getTaskCalendarEvents = defineReadTool({
  name: "get_task_calendar_events",
  category: "list",
  description: "Events of a task",
  args: z.strictObject({
    task_id: Id,
    include_cancelled: z.boolean().default(false),
    limit: limit(20, 50),
    cursor: Cursor,
  }),
  async run(args, { db, time_zone }) {
    const { task_id, include_cancelled, limit } = args;
    const list = openList("get_task_calendar_events", args);
    if (list.problem) return list.problem;
    const [title, answer] = await Promise.all([
      taskTitle(db, task_id),
      db.rpc("list_task_events", {
        p_task_id: task_id,
        p_status: include_cancelled ? undefined : "confirmed",
        p_limit: limit,
        p_after: list.after,
      }),
    ]);
    if (title === undefined) return notFound("task", "task_id");
    const rows = rowsOf(answer);
    return listPage(list, {
      ...{ key: "events", noun: "event", rows, shows: shownRows("calendar_events", rows) },
      tell: (event) => withoutEmpty(tellEvent(event, time_zone)),
    });
  },
});

export const checkTaskHasCalendarEvent = defineReadTool({
  name: "check_task_has_calendar_event",
  category: "detail",
  description: "Its event, if any",
  args: z.strictObject({ task_id: Id }),
  async run({ task_id }, { db, now, time_zone }) {
    const [title, events] = await Promise.all([
      taskTitle(db, task_id),
      db.from("calendar_events").select(WHOLE_EVENT).eq("task_id", task_id).eq("status", "confirmed"),
    ]);
    if (title === undefined) return notFound("task", "task_id");
    const event = nearest(rowsOf(events), now);
    const task = shownRows("tasks", [{ id: task_id }]);
    if (event === undefined) {
      return ok({ has_event: false }, `${quoted(title)} is not in the calendar.`, task);
    }
    return ok(
      { has_event: true, event: withoutEmpty(tellEvent(event, time_zone)) },
      `${quoted(title)} is in the calendar.`,
      [...task, ...shownRows("calendar_events", [event])],
    );
  },
});

export const scheduleTask = defineWriteTool({
  name: "schedule_task",
  category: "action",
  description: "Add an event for a task",
  args: z.strictObject({
    task_id: Id,
    start_time: Moment,
    duration_minutes: Minutes.optional(),
    recurrence_pattern: RecurrencePattern.optional(),
    time_zone: Zone.optional(),
  }),
  writes: [
    { table: "public.calendar_events", op: "INSERT", target: "$.task_id", target_column: "task_id" },
    { table: "public.tasks", op: "UPDATE", target: "$.task_id", target_column: "id" },
  ],
  run: (args, context) => schedule({ ...args, existing: "keep" }, context),
  look_up: ({ task_id }, context) => lookUp(task_id, "unchanged", context),
});

export const updateOrScheduleTask = defineWriteTool({
  name: "update_or_schedule_task",
  category: "action",
  description:
    "Move a task's event, or create it, with the task's date; null clears. force_recreate cancels the old event. A series' past stays",
  args: z.strictObject({
    task_id: Id,
    start_time: Moment,
    duration_minutes: Minutes.optional(),
    force_recreate: z.boolean().default(false),
    recurrence_pattern: clearable(RecurrencePattern),
    recurrence_ends: clearable(Day),
    time_zone: Zone.optional(),
  }),
  writes: [
    { table: "public.calendar_events", op: "INSERT", target: "$.task_id", target_column: "task_id" },
    {
      ...{ table: "public.calendar_events", op: "UPDATE", target: "$.task_id", target_column: "task_id" },
      ...{ max_rows: 1000, forceful: "$.force_recreate ? (@ == true)" },
    },
    { table: "public.tasks", op: "UPDATE", target: "$.task_id", target_column: "id", max_rows: 3 },
  ],
  run: ({ force_recreate, ...args }, context) =>
    schedule({ ...args, existing: force_recreate ? "recreate" : "move" }, context),
  look_up: ({ task_id }, context) => lookUp(task_id, "moved", context),
});

interface Schedule {
  task_id: string;
  start_time: string;
  duration_minutes?: number;
  recurrence_pattern?: z.output<typeof RecurrencePattern> | null;
  recurrence_ends?: string | null;
  time_zone?: string;
  /** What becomes of an event that the task has already. */
  existing: "keep" | "move" | "recreate";
}

async function schedule(wish: Schedule, context: WriteContext): Promise<ToolResult> {
  const { db, now, time_zone, new_id } = context;
  const { recurrence_pattern, recurrence_ends } = wish;
  const zone = wish.time_zone ?? time_zone;
  const starts_at = instant(wish.start_time, zone);
  if (recurrence_ends && recurrence_ends < localDay(starts_at, zone)) {
    return failed("invalid_arguments", "recurrence_ends must not be before start_time.");
  }
  const answer = await db.rpc("schedule_task_event", {
    p_event_id: await new_id("event"),
    p_task_id: wish.task_id,
    p_starts_at: starts_at,
    p_existing: wish.existing,
    p_user_time_zone: time_zone,
    p_now: now.toISOString(),
    p_minutes: wish.duration_minutes,
    p_pattern: given({ recurrence: recurrence_pattern, recurrence_ends }),
    p_time_zone: wish.time_zone,
  });
  const row = rowsOf(answer)[0];
  if (row === undefined) return notFound("task", "task_id");
  const { outcome, dropped: lost, ...rest } = row;
  const event = { ...rest, series_id: null };
  // What is made anew says that it does not repeat, whatever the old event did.
  const pattern = wish.existing === "recreate" ? recurrence_pattern ?? null : recurrence_pattern;
  const unused = recurrence_ends && event.recurrence === null
    ? " recurrence_ends has no effect on an event without a recurrence_pattern."
    : "";
  const others = await overlaps(event, context);
  return ok(
    { event: withoutEmpty(tellEvent(event, time_zone)) },
    `${done(Outcome.parse(outcome))} ${quoted(event.title)} at ${toldTime(event.starts_at, time_zone)}.` +
      `${shape(event, { ...wish, recurrence_pattern: pattern })}${unused}${dropped(lost)}${others.text}`,
    [...eventAndTask(event), ...others.rows],
  );
}

/** The event that a call made; where it made none, it did `otherwise` to the one that the task had. */
async function lookUp(
  task_id: string,
  otherwise: z.output<typeof Outcome>,
  { db, now, time_zone, new_id }: WriteContext,
): Promise<ToolResult> {
  const made_id = await new_id("event");
  const events = rowsOf(
    await db.from("calendar_events").select(WHOLE_EVENT).or(`id.eq.${made_id},task_id.eq.${task_id}`),
  );
  const made = events.find(({ id }) => id === made_id);
  const event = made ?? nearest(events.filter(({ status }) => status === "confirmed"), now) ??
    nearest(events, now);
  if (event === undefined) return gone("event");
  return ok(
    { event: withoutEmpty(tellEvent(event, time_zone)) },
    `${done(made ? "created" : otherwise)} ${quoted(event.title)} at ${
      toldTime(event.starts_at, time_zone)
    }.`,
    eventAndTask(event),
  );
}

/** An event bears its task's title. */
function eventAndTask(event: { id: string; task_id: string | null }): ShownRow[] {
  return [...shownRows("calendar_events", [event]), ...shown("public.tasks", event.task_id)];
}

function done(outcome: z.output<typeof Outcome>): string {
  switch (outcome) {
    case "created":
      return "Scheduled";
    case "moved":
      return "Moved the event of";
    case "moved_on":
      return "Kept what was before of the series, and moved the rest of";
    case "ended":
      return "Kept what was before of the old series, ended it, and scheduled";
    case "recreated":
      return "Cancelled the old event and scheduled";
    case "unchanged":
      return "Already scheduled, nothing was changed:";
    default:
      return assertNever(outcome);
  }
}

/** The title of a task; undefined if there is no such task. */
async function taskTitle(db: ReadContext["db"], task_id: string): Promise<string | undefined> {
  const answer = await db.from("tasks").select("title").eq("id", task_id).is("deleted_at", null)
    .maybeSingle();
  return dataOf(answer)?.title;
}

interface Candidate {
  starts_at: string;
  ends_at: string;
  recurrence: string | null;
  series_id: string | null;
}

/** The task's event, as `schedule_task_event` picks it: still to come before over, then the nearest. */
function nearest<Row extends Candidate>(
  events: readonly Row[],
  now: Date,
): Row | undefined {
  const over = (event: Row) => event.recurrence === null && new Date(event.ends_at) <= now ? 1 : 0;
  const distance = (event: Row) => Math.abs(new Date(event.starts_at).getTime() - now.getTime());
  // A changed occurrence is no event of its own here: its series is.
  return events.filter(({ series_id }) => series_id === null).sort((a, b) =>
    over(a) - over(b) || distance(a) - distance(b)
  )[0];
}
