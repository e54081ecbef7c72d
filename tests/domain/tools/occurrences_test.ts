// One occurrence of a series can be named and written apart from the others, and every write says what it wrote.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { at, each, newToolUser, text, type ToolUser } from "./support.ts";

type Pattern = "daily" | "weekdays" | "weekly" | "biweekly" | "monthly";

/** A series of an hour at 9:00 in Berlin; its id. */
async function addSeries(me: ToolUser, recurrence: Pattern, day: string, recurrence_ends?: string) {
  const { data, error } = await me.user.client.from("calendar_events").insert({
    ...{ title: "Jour fixe", time_zone: "Europe/Berlin", recurrence, recurrence_ends },
    ...{ starts_at: `${day}T08:00:00Z`, ends_at: `${day}T09:00:00Z` },
  }).select("id").single();
  assert.equal(error, null);
  return data?.id ?? "";
}

const WINDOW = { time_min: "2026-11-01T00:00", time_max: "2026-12-31T00:00", limit: 50 };
const berlin = () => newToolUser({ time_zone: "Europe/Berlin" });

/** Every occurrence as month, day and hour, with the titles of those that have another one. */
async function calendar(me: ToolUser) {
  const data = await me.ok("get_calendar_events", WINDOW);
  return each(data, "events", "start").map((start, i) => {
    const title = at(data, `events.${i}.title`);
    return `${String(start).slice(5, 13)}${title === "Jour fixe" ? "" : ` ${title}`}`;
  });
}

async function listed(me: ToolUser, i: number) {
  const data = await me.ok("get_calendar_events", WINDOW);
  return { event_id: text(data, `events.${i}.id`), occurrence: text(data, `events.${i}.occurrence`) };
}

const WEEKS = ["11-09T09", "11-16T09", "11-23T09", "11-30T09"];

Deno.test("a write on a recurring event that does not say which occurrences is refused and asks", async () => {
  const me = await berlin();
  await addSeries(me, "weekly", "2026-11-09", "2026-11-30");
  const { event_id } = await listed(me, 2);
  const writes: [string, { [key: string]: Json }][] = [
    ["delete_calendar_event", {}],
    ["update_calendar_event", { updates: { title: "New" } }],
    ["update_calendar_event", { updates: { end_time: "2026-11-24T09:30" } }],
  ];
  for (const [tool, args] of writes) {
    const refused = await me.fails(tool, { event_id, ...args });
    assert.equal(refused.error, "invalid_arguments");
    assert.match(refused.message, /"Jour fixe" repeats \(weekly\).*scope this or following.*or scope all/);
    const alone = await me.fails(tool, { event_id, scope: "this", ...args });
    assert.match(alone.message, /Say from which occurrence/);
  }
  assert.deepEqual(await calendar(me), WEEKS);
});

Deno.test("this cancels one occurrence, following ends the series, all cancels it", async () => {
  const me = await berlin();
  await addSeries(me, "weekly", "2026-11-09", "2026-11-30");
  const one = await me.call("delete_calendar_event", { ...await listed(me, 1), scope: "this" });
  assert.match(one.message, /of the series only the occurrence of Mon 2026-11-16T09:00\+01:00/);
  assert.deepEqual(await calendar(me), ["11-09T09", "11-23T09", "11-30T09"]);
  const rest = await me.call("delete_calendar_event", { ...await listed(me, 1), scope: "following" });
  assert.match(rest.message, /from Mon 2026-11-23T09:00\+01:00 on; the earlier ones stay/);
  assert.deepEqual(await calendar(me), ["11-09T09"]);
  const { event_id } = await listed(me, 0);
  const all = await me.call("delete_calendar_event", { event_id, scope: "all" });
  assert.match(all.message, /all of its occurrences, past ones too/);
  assert.deepEqual(await calendar(me), []);
});

Deno.test("this changes one occurrence, which is written again under its own id or its place in the series", async () => {
  const me = await berlin();
  await addSeries(me, "weekly", "2026-11-09", "2026-11-30");
  const named = await listed(me, 2);
  const updates = { title: "Special", start_time: "2026-11-24T11:00" };
  const moved = await me.ok("update_calendar_event", { ...named, scope: "this", updates });
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09", "11-24T11 Special", "11-30T09"]);
  assert.equal(at(moved, "event.end"), "2026-11-24T12:00+01:00");
  await me.ok("update_calendar_event", { ...named, scope: "this", updates: { title: "Again" } });
  const own = { event_id: text(moved, "event.id"), scope: "this" };
  await me.ok("update_calendar_event", { ...own, updates: { start_time: "2026-11-25T11:00" } });
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09", "11-25T11 Again", "11-30T09"]);
  await me.ok("delete_calendar_event", own);
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09", "11-30T09"]);
});

/** A weekly series, the third occurrence of which was moved to Tuesday at 11; the ids of both rows. */
async function withOneMoved(me: ToolUser) {
  const series_id = await addSeries(me, "weekly", "2026-11-09", "2026-11-30");
  const updates = { start_time: "2026-11-24T11:00" };
  const named = { event_id: series_id, occurrence: "2026-11-23T09:00", scope: "this" };
  const moved = await me.ok("update_calendar_event", { ...named, updates });
  return { series_id, own_id: text(moved, "event.id") };
}

Deno.test("a changed occurrence is listed as one of its series, and a write by its own id asks which are meant", async () => {
  const me = await berlin();
  const { own_id } = await withOneMoved(me);
  const data = await me.ok("get_calendar_events", WINDOW);
  assert.deepEqual(each(data, "events", "recurrence"), Array(4).fill("weekly"));
  assert.deepEqual([at(data, "events.2.id"), at(data, "events.2.occurrence")], [
    own_id,
    "2026-11-23T09:00+01:00",
  ]);
  for (
    const [tool, args] of [["delete_calendar_event", {}], ["update_calendar_event", {
      updates: { title: "New" },
    }]] as const
  ) {
    const refused = await me.fails(tool, { event_id: own_id, ...args });
    assert.equal(refused.error, "invalid_arguments");
    assert.match(refused.message, /"Jour fixe" is one occurrence of a recurring event.*or scope all/);
  }
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09", "11-24T11", "11-30T09"]);
});

Deno.test("all and following, by the id of a changed occurrence, are about its series", async () => {
  const me = await berlin();
  const { series_id, own_id } = await withOneMoved(me);
  const renamed = await me.call("update_calendar_event", {
    ...{ event_id: own_id, scope: "all", updates: { title: "Team" } },
  });
  assert.match(renamed.message, /all of its occurrences/);
  assert.deepEqual(await calendar(me), ["11-09T09 Team", "11-16T09 Team", "11-24T11 Team", "11-30T09 Team"]);
  await me.ok("update_calendar_event", { event_id: own_id, scope: "this", updates: { title: "Jour fixe" } });
  // Named by either of its starts, or by none, it is the same occurrence; by another's start, it is that one.
  for (const occurrence of ["2026-11-24T11:00", "2026-11-23T09:00"]) {
    const one = { event_id: own_id, occurrence, scope: "this", updates: { title: "Special" } };
    assert.equal(text(await me.ok("update_calendar_event", one), "event.id"), own_id);
  }
  const other = { event_id: own_id, occurrence: "2026-11-16T09:00", scope: "this" };
  await me.ok("update_calendar_event", { ...other, updates: { title: "Other" } });
  assert.deepEqual(await calendar(me), [
    ...["11-09T09 Team", "11-16T09 Other", "11-24T11 Special", "11-30T09 Team"],
  ]);
  const later = { event_id: own_id, scope: "following", updates: { start_time: "2026-11-25T15:00" } };
  const split = await me.call("update_calendar_event", later);
  assert.match(split.message, /this occurrence and those after it; the earlier ones stay/);
  assert.deepEqual(await calendar(me), [
    ...["11-09T09 Team", "11-16T09 Other", "11-24T11 Special", "12-02T15 Team"],
  ]);
  await me.ok("delete_calendar_event", { event_id: own_id, scope: "following" });
  assert.deepEqual(await calendar(me), ["11-09T09 Team", "11-16T09 Other"]);
  await me.ok("delete_calendar_event", { event_id: series_id, scope: "all" });
  assert.deepEqual(await calendar(me), []);
});

Deno.test("an end that is given for one occurrence makes that one longer, and all as much longer only if all are meant", async () => {
  const me = await berlin();
  await addSeries(me, "weekdays", "2026-11-16", "2026-11-27");
  const { event_id } = await listed(me, 0);
  const occurrence = "2026-11-24T09:00";
  const updates = { end_time: "2026-11-24T10:15" };
  await me.ok("update_calendar_event", { event_id, occurrence, scope: "this", updates });
  const minutes = async () => {
    const data = await me.ok("get_calendar_events", WINDOW);
    const ends = each(data, "events", "end").map((end) => Date.parse(String(end)));
    return each(data, "events", "start").map((start, i) =>
      ((ends[i] ?? 0) - Date.parse(String(start))) / 60_000
    );
  };
  assert.deepEqual((await minutes()).toSorted(), [...Array(9).fill(60), 75]);
  await me.ok("update_calendar_event", {
    ...{ event_id, occurrence: "2026-11-25T09:00", scope: "all" },
    updates: { end_time: "2026-11-25T09:30" },
  });
  assert.deepEqual((await minutes()).toSorted((a, b) => a - b), [...Array(9).fill(30), 75]);
});

Deno.test("following moves an occurrence and those after it, the cancelled and changed ones with them", async () => {
  const me = await berlin();
  await addSeries(me, "weekly", "2026-11-09", "2026-12-21");
  const { event_id } = await listed(me, 0);
  await me.ok("delete_calendar_event", { event_id, occurrence: "2026-12-07T09:00", scope: "this" });
  const renamed = { event_id, occurrence: "2026-12-14T09:00", scope: "this", updates: { title: "Party" } };
  await me.ok("update_calendar_event", renamed);
  const moved = await me.call("update_calendar_event", {
    ...{ event_id, occurrence: "2026-11-23T09:00", scope: "following" },
    updates: { start_time: "2026-11-24T14:00", recurrence_ends: "2026-12-31" },
  });
  assert.match(moved.message, /from Mon 2026-11-23T09:00\+01:00 on; the earlier ones stay/);
  assert.deepEqual(await calendar(me), [
    ...["11-09T09", "11-16T09", "11-24T14", "12-01T14", "12-14T09 Party", "12-22T14", "12-29T14"],
  ]);
});

Deno.test("all moves every occurrence by as much as the named one, on the clock of the series' zone", async () => {
  const me = await berlin();
  await addSeries(me, "weekly", "2026-10-12");
  const { event_id } = await listed(me, 0);
  const updates = { start_time: "2026-11-24T11:30" };
  await me.ok("update_calendar_event", { event_id, occurrence: "2026-11-23T10:00", scope: "all", updates });
  const october = await me.ok("get_calendar_events", {
    time_min: "2026-10-01T00:00",
    time_max: "2026-10-31T00:00",
  });
  assert.equal(at(october, "events.0.start"), "2026-10-13T11:30+02:00");
});

Deno.test("what begins at no occurrence's time is refused", async () => {
  const me = await berlin();
  const event_id = await addSeries(me, "weekly", "2026-11-09", "2026-11-30");
  for (const occurrence of ["2026-11-23T10:00", "2026-11-24T09:00", "2026-12-07T09:00", "2026-11-02T09:00"]) {
    const refused = await me.fails("delete_calendar_event", { event_id, occurrence, scope: "this" });
    assert.deepEqual([refused.error, /has no occurrence that begins then/.test(refused.message)], [
      "not_found",
      true,
    ]);
  }
  assert.deepEqual(await calendar(me), WEEKS);
});

Deno.test("each pattern's occurrences are known by the start that is listed", async () => {
  for (
    const [pattern, day] of [["daily", "20"], ["weekdays", "20"], ["biweekly", "02"], [
      "monthly",
      "30",
    ]] as const
  ) {
    const me = await berlin();
    await addSeries(me, pattern, `2026-11-${day}`);
    const before = await calendar(me);
    const last = before.length - 1;
    await me.ok("delete_calendar_event", { ...await listed(me, last), scope: "this" });
    assert.deepEqual(await calendar(me), before.slice(0, last), pattern);
  }
});

Deno.test("a series that would be left without an occurrence is refused", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "Stretch" }), "task.id");
  const weekend = {
    start_time: "2026-11-28T09:00",
    recurrence_pattern: "weekdays",
    recurrence_ends: "2026-11-29",
  };
  const none = await me.fails("update_or_schedule_task", { task_id, ...weekend });
  assert.deepEqual([none.error, /nothing would be left of it/.test(none.message)], [
    "invalid_arguments",
    true,
  ]);
  const week = { start_time: "2026-11-23T09:00", recurrence_pattern: "daily", recurrence_ends: "2026-11-27" };
  const made = await me.ok("update_or_schedule_task", { task_id, ...week });
  const late = await me.fails("update_or_schedule_task", { task_id, start_time: "2026-12-07T09:00" });
  assert.match(late.message, /Give a later recurrence_ends/);
  const ended = {
    event_id: text(made, "event.id"),
    scope: "all",
    updates: { recurrence_ends: "2026-11-20" },
  };
  assert.match((await me.fails("update_calendar_event", ended)).message, /nothing would be left of it/);
  assert.equal(at(await me.ok("get_calendar_events", {}), "total"), 5);
});

Deno.test("a weekday series that is scheduled on a Saturday begins, and dates its task, on Monday", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "Stretch" }), "task.id");
  const data = await me.ok("schedule_task", {
    ...{ task_id, start_time: "2026-11-28T09:00", recurrence_pattern: "weekdays" },
  });
  assert.equal(at(data, "event.start"), "2026-11-30T09:00Z");
  assert.equal(at(await me.ok("get_task_details", { task_id }), "task.start_date"), "2026-11-30T09:00Z");
});

Deno.test("a task's series that has begun keeps its past when it is moved or made anew, and says so", async () => {
  for (const force_recreate of [false, true]) {
    const me = await newToolUser();
    const task_id = text(await me.ok("create_task", { title: "Gym" }), "task.id");
    const start_time = "2026-11-04T18:00";
    await me.ok("schedule_task", { task_id, start_time, recurrence_pattern: "weekly" });
    const moved = await me.call("update_or_schedule_task", {
      ...{ task_id, start_time: "2026-11-26T19:00", recurrence_pattern: "weekly", force_recreate },
    });
    assert.match(moved.message, /^Kept what was before of the (old )?series/);
    const data = await me.ok("get_calendar_events", {
      time_min: "2026-11-01T00:00",
      time_max: "2026-12-05T00:00",
    });
    assert.deepEqual(each(data, "events", "start").map((start) => String(start).slice(5, 13)), [
      ...["11-04T18", "11-11T18", "11-18T18", "11-26T19", "12-03T19"],
    ]);
  }
});

Deno.test("an all-day event is the same date in every zone, a day long on the 29th to 31st of each month", async () => {
  const me = await berlin();
  const { error } = await me.user.client.from("calendar_events").insert({
    ...{ title: "Rent", all_day: true, time_zone: "Europe/Berlin", recurrence: "monthly" as const },
    ...{ starts_at: "2027-01-28T23:00:00Z", ends_at: "2027-01-29T23:00:00Z" },
  });
  assert.equal(error, null);
  for (const time_zone of ["Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles"]) {
    const there = await newToolUser({ user: me.user, time_zone });
    const data = await there.ok("get_calendar_events", {
      time_min: "2027-01-01T00:00",
      time_max: "2027-04-30T00:00",
    });
    const days = ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"];
    assert.deepEqual([each(data, "events", "start"), each(data, "events", "end")], [days, days], time_zone);
    const day = { time_min: "2027-02-28T12:00", time_max: "2027-02-28T13:00" };
    assert.equal(at(await there.ok("get_calendar_events", day), "total"), 1);
    assert.deepEqual(at(await there.ok("find_available_slots", day), "slots"), []);
  }
});

Deno.test("an all-day event is moved and made longer by days", async () => {
  const me = await newToolUser({ time_zone: "America/New_York" });
  const { data: row } = await me.user.client.from("calendar_events").insert({
    ...{ title: "Trip", all_day: true, time_zone: "Asia/Tokyo" },
    ...{ starts_at: "2026-11-24T15:00:00Z", ends_at: "2026-11-25T15:00:00Z" },
  }).select("id").single();
  const event_id = row?.id ?? "";
  const moved = await me.ok("update_calendar_event", { event_id, updates: { start_time: "2026-12-01" } });
  assert.deepEqual([at(moved, "event.start"), at(moved, "event.end")], ["2026-12-01", "2026-12-01"]);
  const longer = await me.ok("update_calendar_event", { event_id, updates: { end_time: "2026-12-03" } });
  assert.deepEqual([at(longer, "event.start"), at(longer, "event.end")], ["2026-12-01", "2026-12-03"]);
});

Deno.test("a series is laid out at the first of two times that the clocks show", async () => {
  const me = await newToolUser();
  const { error } = await me.user.client.from("calendar_events").insert({
    ...{ title: "Night", time_zone: "Europe/Berlin", recurrence: "daily" as const },
    ...{ starts_at: "2026-10-23T00:30:00Z", ends_at: "2026-10-23T00:45:00Z" },
  });
  assert.equal(error, null);
  const data = await me.ok("get_calendar_events", {
    time_min: "2026-10-24T20:00",
    time_max: "2026-10-26T20:00",
  });
  assert.deepEqual(each(data, "events", "start"), ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]);
});

Deno.test("a window that is too long is refused by the database, too", async () => {
  const { user: { client } } = await newToolUser();
  const window = { p_from: "2026-01-01", p_to: "2036-01-01" };
  assert.match(
    (await client.rpc("calendar_occurrences", window)).error?.message ?? "",
    /longer than 367 days/,
  );
  const slots = { ...window, p_now: "2026-01-01", p_minutes: 30, p_time_zone: "UTC" };
  assert.match((await client.rpc("free_slots", slots)).error?.message ?? "", /longer than/);
});
