import assert from "node:assert/strict";
import { type Json } from "../../../shared/contracts/text.ts";
import type { Database } from "../../../shared/domain/database.types.ts";
import { type WorkspaceUser } from "../support/workspace_user.ts";
import { at, each, newToolUser, NOBODYS_ID, text } from "./support.ts";

type NewEvent = Omit<Database["public"]["Tables"]["calendar_events"]["Insert"], "title"> & { title?: string };

/** An event of the user's; its id. Tools make events for tasks only. */
async function addEvent({ client }: WorkspaceUser, event: NewEvent): Promise<string> {
  const { data, error } = await client.from("calendar_events").insert({ title: "Event", ...event }).select(
    "id",
  ).single();
  assert.equal(error, null);
  return data?.id ?? "";
}

const starts = (data: Json) => each(data, "events", "start");

Deno.test("get_calendar_events gives the next 7 days, in the user's time, unless told otherwise", async () => {
  const me = await newToolUser({ time_zone: "Europe/Berlin" });
  const id = await addEvent(me.user, {
    title: "Dentist",
    starts_at: "2026-11-23T14:00:00Z",
    ends_at: "2026-11-23T15:00:00Z",
  });
  await addEvent(me.user, {
    title: "Over",
    starts_at: "2026-11-22T10:00:00Z",
    ends_at: "2026-11-22T11:00:00Z",
  });
  await addEvent(me.user, {
    title: "Running",
    starts_at: "2026-11-22T11:30:00Z",
    ends_at: "2026-11-22T12:30:00Z",
  });
  await addEvent(me.user, {
    title: "Later",
    starts_at: "2026-12-02T10:00:00Z",
    ends_at: "2026-12-02T11:00:00Z",
  });
  await addEvent(me.user, {
    title: "Off",
    starts_at: "2026-11-24T10:00:00Z",
    ends_at: "2026-11-24T11:00:00Z",
    status: "cancelled",
  });
  const week = await me.ok("get_calendar_events", {});
  assert.deepEqual(each(week, "events", "title"), ["Running", "Dentist"]);
  assert.deepEqual(at(week, "events.1"), {
    id,
    title: "Dentist",
    start: "2026-11-23T15:00+01:00",
    end: "2026-11-23T16:00+01:00",
    weekday: "Mon",
  });

  const later = await me.ok("get_calendar_events", { time_min: "2026-12-01", time_max: "2026-12-31" });
  assert.deepEqual(each(later, "events", "title"), ["Later"]);
  const from = await me.ok("get_calendar_events", { time_min: "2026-11-30T00:00:00Z" });
  assert.deepEqual(each(from, "events", "title"), ["Later"]);
  // 11:30 in Berlin is before the end of the first event; 10:30 in UTC is the same moment.
  const local = await me.ok("get_calendar_events", {
    time_min: "2026-11-22T11:30",
    time_max: "2026-11-22T12:00",
  });
  assert.deepEqual(each(local, "events", "title"), ["Over"]);
});

Deno.test("get_calendar_events counts what its limit leaves out, and refuses windows that can't be meant", async () => {
  const me = await newToolUser();
  await addEvent(me.user, {
    starts_at: "2026-11-01T09:00:00Z",
    ends_at: "2026-11-01T09:30:00Z",
    recurrence: "daily",
  });
  const data = await me.ok("get_calendar_events", { time_max: "2026-12-22T12:00Z", limit: 5 });
  assert.deepEqual([each(data, "events", "id").length, at(data, "total"), at(data, "has_more")], [
    5,
    30,
    true,
  ]);
  const backwards = await me.fails("get_calendar_events", { time_min: "2026-12-02", time_max: "2026-12-01" });
  assert.deepEqual(backwards, { error: "invalid_arguments", message: "time_max must be after time_min." });
  const century = await me.fails("get_calendar_events", { time_max: "2126-12-01" });
  assert.match(century.message, /at most 366 days apart/);
  const words = await me.fails("get_calendar_events", { time_min: "tomorrow" });
  assert.match(words.message, /time_min: must be a date and time such as 2026-11-23T09:00/);
});

Deno.test("a recurring event keeps its wall-clock time when the clocks change", async () => {
  const me = await newToolUser({ time_zone: "Europe/Berlin" });
  // Berlin goes from UTC+1 to UTC+2 on 29 March 2026, and back on 25 October.
  await addEvent(me.user, {
    starts_at: "2026-03-02T08:00:00Z",
    ends_at: "2026-03-02T09:00:00Z",
    time_zone: "Europe/Berlin",
    recurrence: "weekly",
  });
  const spring = await me.ok("get_calendar_events", { time_min: "2026-03-20", time_max: "2026-04-10" });
  assert.deepEqual(starts(spring), [
    "2026-03-23T09:00+01:00",
    "2026-03-30T09:00+02:00",
    "2026-04-06T09:00+02:00",
  ]);
  assert.deepEqual(each(spring, "events", "end").at(1), "2026-03-30T10:00+02:00");
  const autumn = await me.ok("get_calendar_events", { time_min: "2026-10-19", time_max: "2026-10-27" });
  assert.deepEqual(starts(autumn), ["2026-10-19T09:00+02:00", "2026-10-26T09:00+01:00"]);
});

Deno.test("the event's own time zone decides, not the user's", async () => {
  const me = await newToolUser({ time_zone: "Asia/Tokyo" });
  await addEvent(me.user, {
    starts_at: "2026-10-31T13:00:00Z",
    ends_at: "2026-10-31T14:00:00Z",
    time_zone: "America/New_York",
    recurrence: "daily",
  });
  const data = await me.ok("get_calendar_events", { time_min: "2026-10-31", time_max: "2026-11-02" });
  // New York leaves summer time on 1 November 2026: 9:00 there is 22:00, then 23:00 in Tokyo.
  assert.deepEqual(starts(data), [
    "2026-10-31T22:00+09:00",
    "2026-11-01T23:00+09:00",
    "2026-11-02T23:00+09:00",
  ]);
});

Deno.test("each recurrence pattern falls on its days", async () => {
  const me = await newToolUser();
  const days = async (recurrence: NewEvent["recurrence"], from: string, time_max: string, ends?: string) => {
    const id = await addEvent(me.user, {
      starts_at: `${from}T09:00:00Z`,
      ends_at: `${from}T10:00:00Z`,
      recurrence,
      recurrence_ends: ends,
    });
    const data = await me.ok("get_calendar_events", {
      time_min: from,
      time_max: `${time_max}T00:00`,
      limit: 50,
    });
    await me.ok("delete_calendar_event", { event_id: id, scope: "all" });
    return starts(data).map((start) => String(start).slice(5, 10));
  };
  assert.deepEqual(await days("daily", "2027-01-01", "2027-01-04"), ["01-01", "01-02", "01-03"]);
  // 1 January 2027 is a Friday.
  assert.deepEqual(await days("weekdays", "2027-01-01", "2027-01-06"), ["01-01", "01-04", "01-05"]);
  assert.deepEqual(await days("weekly", "2027-01-01", "2027-01-20"), ["01-01", "01-08", "01-15"]);
  assert.deepEqual(await days("biweekly", "2027-01-01", "2027-02-01"), ["01-01", "01-15", "01-29"]);
  assert.deepEqual(await days("monthly", "2027-01-31", "2027-05-01"), ["01-31", "02-28", "03-31", "04-30"]);
  assert.deepEqual(await days("daily", "2027-01-01", "2027-02-01", "2027-01-03"), [
    "01-01",
    "01-02",
    "01-03",
  ]);
});

Deno.test("a long-running series is laid out only inside the window", async () => {
  const me = await newToolUser();
  for (const recurrence of ["daily", "weekdays", "weekly", "biweekly", "monthly"] as const) {
    await addEvent(me.user, {
      title: recurrence,
      starts_at: "2001-01-01T09:00:00Z",
      ends_at: "2001-01-01T10:00:00Z",
      recurrence,
    });
  }
  // 1 January 2001 was a Monday, and so is 6 January 2031; the monthly one falls on the 1st.
  const data = await me.ok("get_calendar_events", {
    time_min: "2031-01-01",
    time_max: "2031-01-14",
    limit: 50,
  });
  const on = (title: string) => starts(data).filter((_, i) => at(data, `events.${i}.title`) === title).length;
  assert.deepEqual(["daily", "weekdays", "weekly", "biweekly", "monthly"].map(on), [14, 10, 2, 1, 1]);
  assert.deepEqual(each(data, "events", "recurrence").length, at(data, "total"));
});

Deno.test("an all-day event is a day long, also when that day has 25 hours", async () => {
  const me = await newToolUser({ time_zone: "Europe/Berlin" });
  await addEvent(me.user, {
    starts_at: "2026-10-17T22:00:00Z",
    ends_at: "2026-10-18T22:00:00Z",
    all_day: true,
    time_zone: "Europe/Berlin",
    recurrence: "weekly",
  });
  const data = await me.ok("get_calendar_events", { time_min: "2026-10-25", time_max: "2026-10-26" });
  assert.deepEqual([starts(data), each(data, "events", "end"), each(data, "events", "all_day")], [
    ["2026-10-25"],
    ["2026-10-25"],
    [true],
  ]);
});

Deno.test("find_available_slots leaves out what is busy, recurring events included, and keeps to the window", async () => {
  const me = await newToolUser();
  await addEvent(me.user, {
    starts_at: "2026-11-02T09:00:00Z",
    ends_at: "2026-11-02T09:15:00Z",
    recurrence: "weekly",
  });
  await addEvent(me.user, { starts_at: "2026-11-23T11:00:00Z", ends_at: "2026-11-23T12:00:00Z" });
  await addEvent(me.user, {
    starts_at: "2026-11-23T12:00:00Z",
    ends_at: "2026-11-23T13:00:00Z",
    status: "cancelled",
  });
  const data = await me.ok("find_available_slots", {
    time_min: "2026-11-23T08:10",
    time_max: "2026-11-23T13:45",
  });
  assert.deepEqual(each(data, "slots", "start"), ["2026-11-23T09:30Z", "2026-11-23T12:00Z"]);
  assert.deepEqual(each(data, "slots", "end"), ["2026-11-23T10:30Z", "2026-11-23T13:00Z"]);

  const short = await me.ok("find_available_slots", {
    time_min: "2026-11-23T08:10",
    time_max: "2026-11-23T11:00",
    duration_minutes: 30,
  });
  assert.deepEqual(each(short, "slots", "start"), [
    "2026-11-23T08:30Z",
    "2026-11-23T09:30Z",
    "2026-11-23T10:00Z",
    "2026-11-23T10:30Z",
  ]);
});

Deno.test("preferred hours are hours of the user's day", async () => {
  for (
    const [time_zone, first] of [["Asia/Kolkata", "2026-11-23T09:00+05:30"], ["UTC", "2026-11-23T09:00Z"]]
  ) {
    const me = await newToolUser({ time_zone });
    const data = await me.ok("find_available_slots", {
      time_min: "2026-11-23T00:00",
      time_max: "2026-11-25T00:00",
      preferred_hours: [9, 14],
    });
    const found = each(data, "slots", "start").map((start) => String(start).slice(8, 16));
    assert.equal(at(data, "slots.0.start"), first);
    assert.deepEqual(found, ["23T09:00", "23T14:00", "24T09:00", "24T14:00"]);
  }
});

Deno.test("find_available_slots gives at most 10 slots, none that has begun, none that overlaps another", async () => {
  const me = await newToolUser();
  const data = await me.ok("find_available_slots", {
    time_min: "2026-11-20T00:00",
    time_max: "2026-11-30T00:00",
    duration_minutes: 45,
    preferred_hours: [],
  });
  const slots = each(data, "slots", "start").map((start, i) => [
    new Date(String(start)).getTime(),
    new Date(text(data, `slots.${i}.end`)).getTime(),
  ]);
  assert.equal(slots.length, 10);
  assert.equal(at(data, "slots.0.start"), "2026-11-22T12:00Z");
  for (const [i, [start = 0, end = 0]] of slots.entries()) {
    assert.equal(end - start, 45 * 60_000);
    assert.equal(start % (30 * 60_000), 0);
    if (i > 0) assert.ok(start >= (slots[i - 1]?.[1] ?? 0));
  }
});

Deno.test("find_available_slots explains what it can't take", async () => {
  const me = await newToolUser();
  assert.match(
    (await me.fails("find_available_slots", {})).message,
    /time_min is required\. time_max is required\./,
  );
  const window = { time_min: "2026-11-23", time_max: "2026-11-24" };
  const hour = await me.fails("find_available_slots", { ...window, preferred_hours: [24] });
  assert.match(hour.message, /preferred_hours\.0: must be at most 23/);
  const long = await me.fails("find_available_slots", { ...window, duration_minutes: 2_000 });
  assert.match(long.message, /duration_minutes: must be at most 1440 minutes/);
  const year = await me.fails("find_available_slots", { ...window, time_max: "2027-11-24" });
  assert.match(year.message, /at most 92 days apart/);
  assert.deepEqual(
    each(
      await me.ok("find_available_slots", { ...window, time_max: "2026-11-23", duration_minutes: 1440 }),
      "slots",
      "start",
    ),
    [
      "2026-11-23T00:00Z",
    ],
  );
});

Deno.test("update_calendar_event changes each field, and a new start alone keeps the event's length", async () => {
  const me = await newToolUser({ time_zone: "Europe/Berlin" });
  const event_id = await addEvent(me.user, {
    starts_at: "2026-11-23T09:00:00Z",
    ends_at: "2026-11-23T10:30:00Z",
  });
  const change = (updates: { [key: string]: string }) =>
    me.ok("update_calendar_event", { event_id, updates });

  const moved = await change({ start_time: "2026-11-24T08:00" });
  assert.deepEqual([at(moved, "event.start"), at(moved, "event.end")], [
    "2026-11-24T08:00+01:00",
    "2026-11-24T09:30+01:00",
  ]);
  const longer = await change({ end_time: "2026-11-24T10:00" });
  assert.deepEqual([at(longer, "event.start"), at(longer, "event.end")], [
    "2026-11-24T08:00+01:00",
    "2026-11-24T10:00+01:00",
  ]);
  const both = await change({ start_time: "2026-11-25T08:00", end_time: "2026-11-25T08:30" });
  assert.equal(at(both, "event.end"), "2026-11-25T08:30+01:00");
  const named = await change({ title: "New", description: "Why" });
  assert.deepEqual([at(named, "event.title"), at(named, "event.description"), at(named, "event.start")], [
    "New",
    "Why",
    "2026-11-25T08:00+01:00",
  ]);
  const { data: row } = await me.user.client.from("calendar_events").select().eq("id", event_id).single();
  assert.equal(new Date(row?.starts_at ?? "").toISOString(), "2026-11-25T07:00:00.000Z");

  const backwards = await me.fails("update_calendar_event", {
    event_id,
    updates: { end_time: "2026-11-25T08:00" },
  });
  assert.deepEqual(backwards, { error: "invalid_arguments", message: "The end must be after the start." });
  assert.match(
    (await me.fails("update_calendar_event", { event_id, updates: {} })).message,
    /at least one of title/,
  );
  const nobody = await me.fails("update_calendar_event", { event_id: NOBODYS_ID, updates: { title: "x" } });
  assert.equal(nobody.error, "not_found");
});

Deno.test("a task that was dated by its event moves along with it", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
  const event = await me.ok("schedule_task", { task_id, start_time: "2026-11-23T09:00" });
  const updates = { start_time: "2026-11-26T09:00" };
  await me.ok("update_calendar_event", { event_id: text(event, "event.id"), updates });
  const start_date = async () => at(await me.ok("get_task_details", { task_id }), "task.start_date");
  assert.equal(await start_date(), "2026-11-26T09:00Z");
  await me.ok("update_task", { task_id, updates: { start_date: "2026-12-01" } });
  await me.ok("update_calendar_event", {
    event_id: text(event, "event.id"),
    updates: { start_time: "2026-11-27T09:00" },
  });
  assert.equal(await start_date(), "2026-12-01");
});

Deno.test("delete_calendar_event cancels: the row stays, the calendar is free, and a cancelled event does not change", async () => {
  const me = await newToolUser();
  const event_id = await addEvent(me.user, {
    starts_at: "2026-11-23T09:00:00Z",
    ends_at: "2026-11-23T10:00:00Z",
  });
  assert.equal(at(await me.ok("delete_calendar_event", { event_id }), "event.status"), "cancelled");
  assert.equal(at(await me.ok("get_calendar_events", {}), "total"), 0);
  const { data: row } = await me.user.client.from("calendar_events").select("status").eq("id", event_id)
    .single();
  assert.equal(row?.status, "cancelled");
  assert.equal(at(await me.ok("delete_calendar_event", { event_id }), "event.status"), "cancelled");
  const late = await me.fails("update_calendar_event", { event_id, updates: { title: "x" } });
  assert.equal(late.error, "conflict");
  assert.equal((await me.fails("delete_calendar_event", { event_id: NOBODYS_ID })).error, "not_found");
});
