import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { at, each, newToolUser, NOBODYS_ID, text, type ToolUser } from "./support.ts";

const newTask = async (me: ToolUser, fields: { [key: string]: Json } = {}) =>
  text(await me.ok("create_task", { title: "Task", ...fields }), "task.id");

const start_date = async (me: ToolUser, task_id: string) =>
  at(await me.ok("get_task_details", { task_id }), "task.start_date");

const events = (me: ToolUser, task_id: string, include_cancelled = false) =>
  me.ok("get_task_calendar_events", { task_id, include_cancelled });

Deno.test("schedule_task makes an event of the task's title and length, at the user's time, and dates the task", async () => {
  const me = await newToolUser({ time_zone: "America/Sao_Paulo" });
  const task_id = await newTask(me, { title: "Write copy", description: "Six pages", duration_minutes: 90 });
  const data = await me.ok("schedule_task", { task_id, start_time: "2026-11-23T09:00" });
  assert.deepEqual(
    ["title", "description", "start", "end", "linked_task_id", "status", "time_zone", "recurrence"].map((
      field,
    ) => at(data, `event.${field}`)),
    [
      "Write copy",
      "Six pages",
      "2026-11-23T09:00-03:00",
      "2026-11-23T10:30-03:00",
      task_id,
      "confirmed",
      "America/Sao_Paulo",
      undefined,
    ],
  );
  assert.equal(await start_date(me, task_id), "2026-11-23T09:00-03:00");
  const { data: row } = await me.user.client.from("calendar_events").select().eq("id", text(data, "event.id"))
    .single();
  assert.equal(new Date(row?.starts_at ?? "").toISOString(), "2026-11-23T12:00:00.000Z");
  assert.equal(row?.user_id, me.user.id);
});

Deno.test("schedule_task takes a length, a recurrence and a time zone", async () => {
  const me = await newToolUser({ time_zone: "UTC" });
  const task_id = await newTask(me);
  const data = await me.ok("schedule_task", {
    task_id,
    start_time: "2026-11-23T09:00",
    duration_minutes: 15,
    recurrence_pattern: "weekdays",
    time_zone: "Asia/Tokyo",
  });
  assert.deepEqual(
    ["start", "end", "recurrence", "time_zone"].map((field) => at(data, `event.${field}`)),
    ["2026-11-23T00:00Z", "2026-11-23T00:15Z", "weekdays", "Asia/Tokyo"],
  );
  const task = await me.ok("get_task_details", { task_id });
  assert.deepEqual([at(task, "task.task_type"), at(task, "task.recurrence_pattern")], [
    "recurring",
    "weekdays",
  ]);
  assert.equal(at(await me.ok("get_calendar_events", {}), "total"), 5);

  const offset = await me.ok("schedule_task", { task_id, start_time: "2026-12-01T09:00-05:00" });
  assert.equal(at(offset, "event.start"), "2026-12-01T14:00Z");
  for (const time_zone of ["Mars/Base", "+05:30"]) {
    const zone = await me.fails("schedule_task", { task_id, start_time: "2026-12-02T09:00", time_zone });
    assert.match(zone.message, /time_zone: must be an IANA time zone such as Europe\/Berlin/);
  }
});

Deno.test("a task may have several events, but not the same one twice", async () => {
  const me = await newToolUser();
  const task_id = await newTask(me);
  const first = await me.ok("schedule_task", { task_id, start_time: "2026-11-23T09:00" });
  const same = await me.ok("schedule_task", { task_id, start_time: "2026-11-23T09:00Z" });
  assert.equal(at(same, "event.id"), at(first, "event.id"));
  await me.ok("schedule_task", { task_id, start_time: "2026-11-24T09:00" });
  assert.equal(at(await events(me, task_id), "total"), 2);
});

Deno.test("update_or_schedule_task creates the event of a task that has none, and moves the one it has", async () => {
  const me = await newToolUser({ time_zone: "Europe/Berlin" });
  const task_id = await newTask(me);
  const created = await me.ok("update_or_schedule_task", {
    task_id,
    start_time: "2026-11-23T09:00",
    duration_minutes: 45,
    recurrence_pattern: "weekly",
    recurrence_ends: "2026-12-14",
    time_zone: "Europe/London",
  });
  assert.deepEqual(
    ["start", "end", "recurrence", "recurrence_ends", "time_zone"].map((field) =>
      at(created, `event.${field}`)
    ),
    ["2026-11-23T10:00+01:00", "2026-11-23T10:45+01:00", "weekly", "2026-12-14", "Europe/London"],
  );
  const listed = await me.ok("get_calendar_events", { time_max: "2027-01-31" });
  assert.equal(at(listed, "total"), 4);

  // What is not said stays: the length, the recurrence, the zone.
  const moved = await me.ok("update_or_schedule_task", { task_id, start_time: "2026-11-24T14:00" });
  assert.equal(at(moved, "event.id"), at(created, "event.id"));
  assert.deepEqual(
    ["start", "end", "recurrence", "recurrence_ends", "time_zone"].map((field) =>
      at(moved, `event.${field}`)
    ),
    ["2026-11-24T14:00+01:00", "2026-11-24T14:45+01:00", "weekly", "2026-12-14", "Europe/London"],
  );
  assert.equal(await start_date(me, task_id), "2026-11-24T14:00+01:00");

  const longer = await me.ok("update_or_schedule_task", {
    task_id,
    start_time: "2026-11-24T14:00",
    duration_minutes: 120,
    recurrence_pattern: "biweekly",
    recurrence_ends: "2026-12-31",
    time_zone: "Europe/Berlin",
  });
  assert.deepEqual(
    ["end", "recurrence", "recurrence_ends", "time_zone"].map((field) => at(longer, `event.${field}`)),
    ["2026-11-24T16:00+01:00", "biweekly", "2026-12-31", "Europe/Berlin"],
  );
  assert.equal(at(await events(me, task_id), "total"), 1);
});

Deno.test("force_recreate cancels the old event and makes a new one, at once", async () => {
  const me = await newToolUser();
  const task_id = await newTask(me);
  const old = await me.ok("schedule_task", {
    task_id,
    start_time: "2026-11-23T09:00",
    recurrence_pattern: "daily",
  });
  const again = await me.ok("update_or_schedule_task", {
    task_id,
    start_time: "2026-11-25T09:00",
    force_recreate: true,
  });
  assert.notEqual(at(again, "event.id"), at(old, "event.id"));
  assert.equal(at(again, "event.recurrence"), undefined);
  assert.deepEqual(each(await events(me, task_id), "events", "id"), [at(again, "event.id")]);
  assert.deepEqual(each(await events(me, task_id, true), "events", "status"), ["cancelled", "confirmed"]);
  assert.equal(await start_date(me, task_id), "2026-11-25T09:00Z");

  const other = await newTask(me);
  const first = await me.ok("update_or_schedule_task", {
    task_id: other,
    start_time: "2026-11-25T09:00",
    force_recreate: true,
  });
  assert.deepEqual(each(await events(me, other, true), "events", "id"), [at(first, "event.id")]);
});

Deno.test("of several events, the one that is moved is the next to come", async () => {
  const me = await newToolUser({ now: new Date() });
  const task_id = await newTask(me);
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16) + "Z";
  await me.ok("schedule_task", { task_id, start_time: day(-1) });
  const next = await me.ok("schedule_task", { task_id, start_time: day(3) });
  await me.ok("schedule_task", { task_id, start_time: day(9) });
  const check = await me.ok("check_task_has_calendar_event", { task_id });
  assert.equal(at(check, "event.id"), at(next, "event.id"));
  const moved = await me.ok("update_or_schedule_task", { task_id, start_time: day(4) });
  assert.equal(at(moved, "event.id"), at(next, "event.id"));
});

Deno.test("an end of the recurrence must make sense", async () => {
  const me = await newToolUser();
  const task_id = await newTask(me);
  const early = await me.fails("update_or_schedule_task", {
    task_id,
    start_time: "2026-11-23T09:00",
    recurrence_pattern: "daily",
    recurrence_ends: "2026-11-22",
  });
  assert.deepEqual(early, {
    error: "invalid_arguments",
    message: "recurrence_ends must not be before start_time.",
  });
  const args = { task_id, start_time: "2026-11-23T09:00", recurrence_ends: "2026-11-30T00:00:00Z" };
  const alone = await me.call("update_or_schedule_task", args);
  assert.ok(alone.ok);
  assert.equal(at(alone.data, "event.recurrence_ends"), undefined);
  assert.match(alone.message, /recurrence_ends has no effect on an event without a recurrence_pattern/);
});

Deno.test("get_task_calendar_events leaves cancelled events out unless asked", async () => {
  const me = await newToolUser();
  const task_id = await newTask(me);
  const off = await me.ok("schedule_task", { task_id, start_time: "2026-11-24T09:00" });
  await me.ok("schedule_task", { task_id, start_time: "2026-11-23T09:00" });
  await me.ok("delete_calendar_event", { event_id: text(off, "event.id") });
  assert.deepEqual(each(await events(me, task_id), "events", "start"), ["2026-11-23T09:00Z"]);
  const all = await events(me, task_id, true);
  assert.deepEqual(each(all, "events", "start"), ["2026-11-23T09:00Z", "2026-11-24T09:00Z"]);
  assert.equal((await me.fails("get_task_calendar_events", { task_id: NOBODYS_ID })).error, "not_found");
});

Deno.test("check_task_has_calendar_event tells whether, and which; a cancelled event is none", async () => {
  const me = await newToolUser();
  const task_id = await newTask(me);
  assert.deepEqual(await me.ok("check_task_has_calendar_event", { task_id }), { has_event: false });
  const data = await me.ok("schedule_task", { task_id, start_time: "2026-11-24T09:00" });
  const check = await me.ok("check_task_has_calendar_event", { task_id });
  assert.deepEqual(check, { has_event: true, event: at(data, "event") ?? null });
  await me.ok("delete_calendar_event", { event_id: text(data, "event.id") });
  assert.deepEqual(await me.ok("check_task_has_calendar_event", { task_id }), { has_event: false });
});

Deno.test("two calls for one task at the same time make one event", async () => {
  const me = await newToolUser();
  const task_id = await newTask(me);
  await Promise.all(
    [9, 10, 11, 12].map((hour) =>
      me.ok("update_or_schedule_task", {
        task_id,
        start_time: `2026-11-24T${hour < 10 ? "0" : ""}${hour}:00`,
      })
    ),
  );
  const found = await events(me, task_id, true);
  assert.equal(at(found, "total"), 1);
  assert.equal(await start_date(me, task_id), at(found, "events.0.start"));
});
