// What days, hours and zones mean: the same in the tools and in the database.
import assert from "node:assert/strict";
import { at, each, newToolUser, text } from "./support.ts";

const DAY = { starts_at: "2026-11-27T09:00:00Z", ends_at: "2026-11-27T10:00:00Z" };

Deno.test("a window that a bare date closes has that day, and may be that day alone", async () => {
  const me = await newToolUser();
  const { error } = await me.user.client.from("calendar_events").insert({ title: "Friday", ...DAY });
  assert.equal(error, null);
  for (const time_min of ["2026-11-23", "2026-11-27"]) {
    const data = await me.ok("get_calendar_events", { time_min, time_max: "2026-11-27" });
    assert.deepEqual(each(data, "events", "title"), ["Friday"]);
  }
  const thursday = await me.ok("get_calendar_events", { time_min: "2026-11-23", time_max: "2026-11-26" });
  assert.equal(at(thursday, "total"), 0);
  const slots = await me.ok("find_available_slots", {
    ...{ time_min: "2026-11-27", time_max: "2026-11-27", duration_minutes: 60, preferred_hours: [9, 16] },
  });
  assert.deepEqual(each(slots, "slots", "start"), ["2026-11-27T16:00Z"]);
});

Deno.test("events and slots tell their weekday, on the user's clock", async () => {
  const me = await newToolUser({ time_zone: "Pacific/Auckland" });
  const { error } = await me.user.client.from("calendar_events").insert({
    ...{ title: "E", starts_at: "2026-11-23T20:00:00Z", ends_at: "2026-11-23T21:00:00Z" },
  });
  assert.equal(error, null);
  assert.deepEqual(each(await me.ok("get_calendar_events", {}), "events", "weekday"), ["Tue"]);
  const window = { time_min: "2026-11-28T10:00", time_max: "2026-11-28T11:00" };
  assert.deepEqual(each(await me.ok("find_available_slots", window), "slots", "weekday"), ["Sat"]);
});

Deno.test("a slot begins and ends within the preferred hours", async () => {
  const me = await newToolUser();
  const starts = async (duration_minutes: number, preferred_hours: number[]) => {
    const window = { time_min: "2026-11-23", time_max: "2026-11-23" };
    const data = await me.ok("find_available_slots", { ...window, duration_minutes, preferred_hours });
    return each(data, "slots", "start").map((start) => String(start).slice(11, 16));
  };
  assert.deepEqual(await starts(480, [9, 10, 11]), []);
  assert.deepEqual(await starts(180, [9, 10, 11]), ["09:00"]);
  assert.deepEqual(await starts(90, [9, 10, 14]), ["09:00"]);
  assert.deepEqual(await starts(45, [9]), ["09:00"]);
  assert.deepEqual(await starts(60, [9, 11]), ["09:00", "11:00"]);
});

Deno.test("a zone that Postgres reads as an abbreviation keeps its summer time", async () => {
  for (
    const [time_zone, july] of [["CET", "09:00+02:00"], ["eet", "09:00+03:00"], [
      "WET",
      "09:00+01:00",
    ]] as const
  ) {
    const me = await newToolUser({ now: new Date("2026-03-01T00:00Z") });
    const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
    const weekly = { start_time: "2026-03-03T09:00", recurrence_pattern: "weekly", time_zone };
    const data = await me.ok("schedule_task", { task_id, ...weekly });
    const there = await newToolUser({ user: me.user, time_zone: text(data, "event.time_zone") });
    const events = await there.ok("get_calendar_events", { time_min: "2026-07-07", time_max: "2026-07-07" });
    assert.equal(text(events, "events.0.start"), `2026-07-07T${july}`, time_zone);
  }
  const { user: { client } } = await newToolUser();
  for (const time_zone of ["CET", "met", "EST"]) {
    const { error } = await client.from("calendar_events").insert({ title: "E", ...DAY, time_zone });
    assert.equal(error?.code, "22023", time_zone);
  }
});

Deno.test("a date beyond the years that have four digits is answered with a sentence", async () => {
  const me = await newToolUser();
  for (const time_min of ["9999-12-31", "9999-12-31T23:59-14:00"]) {
    const refused = await me.fails("get_calendar_events", { time_min });
    assert.deepEqual([refused.error, /of a year from 1900 to 9998/.test(refused.message)], [
      "invalid_arguments",
      true,
    ]);
  }
  assert.equal(at(await me.ok("get_calendar_events", { time_min: "9998-12-31" }), "total"), 0);
});
