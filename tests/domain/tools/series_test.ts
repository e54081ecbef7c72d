// A series keeps its meaning whatever is done to it: it never loses its last occurrence unseen, its pattern changes with
// the occurrences that were changed by hand, and every answer says what became of it.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { at, each, newToolUser, text, type ToolUser } from "./support.ts";

type Pattern = "daily" | "weekdays" | "weekly" | "biweekly" | "monthly";

interface Series {
  recurrence?: Pattern;
  recurrence_ends?: string;
  /** In UTC; an hour from 9:00 on of Monday 9 November unless told otherwise. */
  starts_at?: string;
  ends_at?: string;
}

async function addSeries({ user }: ToolUser, series: Series = {}): Promise<string> {
  const { data, error } = await user.client.from("calendar_events").insert({
    ...{ title: "Gym", starts_at: "2026-11-09T09:00Z", ends_at: "2026-11-09T10:00Z", recurrence: "weekly" },
    ...series,
  }).select("id").single();
  assert.equal(error, null);
  return data?.id ?? "";
}

const WINDOW = { time_min: "2026-11-01", time_max: "2026-12-31", limit: 50 };

/** Every occurrence as month, day and hour, with the titles of those that have another one. */
async function calendar(me: ToolUser) {
  const data = await me.ok("get_calendar_events", WINDOW);
  return each(data, "events", "start").map((start, i) => {
    const title = at(data, `events.${i}.title`);
    return `${String(start).slice(5, 13)}${title === "Gym" ? "" : ` ${title}`}`;
  });
}

async function says(me: ToolUser, tool: string, args: Json): Promise<string> {
  const result = await me.call(tool, args);
  assert.ok(result.ok, result.message);
  return result.message;
}

const NOTHING_LEFT = /nothing would be left of it\. Give a later recurrence_ends, or cancel it with/;
const DAYS = { recurrence: "daily", recurrence_ends: "2026-11-11" } as const;
const THREE = ["11-09T09", "11-10T09", "11-11T09"];

Deno.test("the last occurrence of a series is not cancelled as one occurrence, by this tool or over REST", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, DAYS);
  for (const occurrence of ["2026-11-10T09:00", "2026-11-09T09:00"]) {
    await me.ok("delete_calendar_event", { event_id, occurrence, scope: "this" });
  }
  const last = { event_id, occurrence: "2026-11-11T09:00" };
  assert.match((await me.fails("delete_calendar_event", { ...last, scope: "this" })).message, NOTHING_LEFT);
  const { error } = await me.user.client.from("calendar_events").insert({
    ...{
      title: "Gym",
      starts_at: "2026-11-11T09:00Z",
      ends_at: "2026-11-11T10:00Z",
      status: "cancelled" as const,
    },
    ...{ series_id: event_id, original_starts_at: "2026-11-11T09:00Z" },
  });
  assert.equal(error?.code, "23514");
  assert.deepEqual(await calendar(me), ["11-11T09"]);
  await me.ok("delete_calendar_event", { ...last, scope: "following" });
  assert.deepEqual(await calendar(me), []);
});

Deno.test("a changed occurrence that is the last one is not cancelled by its own id either", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, { ...DAYS, recurrence_ends: "2026-11-10" });
  const moved = { event_id, occurrence: "2026-11-10T09:00", scope: "this" };
  const own = await me.ok("update_calendar_event", { ...moved, updates: { start_time: "2026-11-20T08:00" } });
  await me.ok("delete_calendar_event", { event_id, occurrence: "2026-11-09T09:00", scope: "this" });
  const refused = await me.fails("delete_calendar_event", { event_id: text(own, "event.id"), scope: "this" });
  assert.match(refused.message, NOTHING_LEFT);
  assert.deepEqual(await calendar(me), ["11-20T08"]);
});

Deno.test("no end, start or pattern is taken that leaves a series without an occurrence", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, DAYS);
  await me.ok("delete_calendar_event", { event_id, occurrence: "2026-11-09T09:00", scope: "this" });
  const all = { event_id, scope: "all" };
  const updates: { [field: string]: Json }[] = [
    { recurrence_ends: "2026-11-08" },
    { recurrence_ends: "2026-11-09" },
    { recurrence_pattern: "weekly" },
    { recurrence_pattern: "weekdays", recurrence_ends: "2026-11-09" },
  ];
  for (const update of updates) {
    const refused = await me.fails("update_calendar_event", { ...all, updates: update });
    assert.match(refused.message, NOTHING_LEFT, JSON.stringify(update));
  }
  const { error } = await me.user.client.from("calendar_events").update({ recurrence_ends: "2026-11-09" })
    .eq("id", event_id);
  assert.equal(error?.code, "23514");
  assert.deepEqual(await calendar(me), THREE.slice(1));
});

Deno.test("following from the first occurrence that is left is all of the series", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, DAYS);
  await me.ok("delete_calendar_event", { event_id, occurrence: "2026-11-09T09:00", scope: "this" });
  const from = { event_id, occurrence: "2026-11-10T09:00", scope: "following" };
  const message = await says(me, "update_calendar_event", { ...from, updates: { title: "New" } });
  assert.match(message, /all of its occurrences/);
  assert.deepEqual(await calendar(me), ["11-10T09 New", "11-11T09 New"]);
});

Deno.test("a pattern is changed for all or from an occurrence on, and the answer says how it repeats", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, { recurrence_ends: "2026-11-30" });
  const change = (scope: string, updates: Json, occurrence?: string) =>
    says(me, "update_calendar_event", { event_id, scope, updates, ...(occurrence && { occurrence }) });
  const daily = await change("following", { recurrence_pattern: "daily" }, "2026-11-23T09:00");
  assert.match(daily, /the earlier ones stay as they were\. It repeats daily until 2026-11-30\./);
  const week = ["23", "24", "25", "26", "27", "28", "29", "30"].map((day) => `11-${day}T09`);
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09", ...week]);
  const all = await change("all", { recurrence_pattern: "daily", recurrence_ends: "2026-11-11" });
  assert.match(all, /It repeats daily until 2026-11-11\./);
  assert.deepEqual(await calendar(me), [...THREE, ...week]);
});

Deno.test("a pattern is cleared: all become the first occurrence, or the one named; following end with it", async () => {
  const me = await newToolUser();
  const clear = { recurrence_pattern: null };
  const first = await addSeries(me, DAYS);
  await me.ok("delete_calendar_event", { event_id: first, occurrence: "2026-11-09T09:00", scope: "this" });
  const message = await says(me, "update_calendar_event", { event_id: first, scope: "all", updates: clear });
  assert.match(message, /It does not repeat\./);
  assert.deepEqual(await calendar(me), ["11-10T09"]);
  await me.ok("delete_calendar_event", { event_id: first });

  const named = await addSeries(me, DAYS);
  const last = { event_id: named, occurrence: "2026-11-11T09:00" };
  await me.ok("update_calendar_event", { ...last, scope: "this", updates: { title: "Finale" } });
  const stays = await says(me, "update_calendar_event", { ...last, scope: "all", updates: clear });
  assert.doesNotMatch(stays, /no place/);
  assert.deepEqual(await calendar(me), ["11-11T09 Finale"]);
  await me.ok("delete_calendar_event", { event_id: named });

  const ended = await addSeries(me);
  const from = { event_id: ended, occurrence: "2026-11-23T09:00", scope: "following" };
  await me.ok("update_calendar_event", { ...from, updates: clear });
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09", "11-23T09"]);
});

Deno.test("an event begins to repeat by a pattern, and one occurrence never does", async () => {
  const me = await newToolUser();
  const { data } = await me.user.client.from("calendar_events")
    .insert({ title: "Gym", starts_at: "2026-11-28T09:00Z", ends_at: "2026-11-28T10:00Z" }).select("id")
    .single();
  const event_id = data?.id ?? "";
  const alone = await me.fails("update_calendar_event", {
    event_id,
    updates: { recurrence_ends: "2026-12-01" },
  });
  assert.match(alone.message, /does not repeat.*Give a recurrence_pattern/);
  const updates = { recurrence_pattern: "weekdays", recurrence_ends: "2026-12-02" };
  assert.match(
    await says(me, "update_calendar_event", { event_id, updates }),
    /It repeats weekdays until 2026-12-02\./,
  );
  assert.deepEqual(await calendar(me), ["11-30T09", "12-01T09", "12-02T09"]);
  const one = { event_id, occurrence: "2026-12-01T09:00", scope: "this" };
  const named = await me.fails("update_calendar_event", { ...one, updates: { recurrence_pattern: "daily" } });
  assert.match(named.message, /are of the series, not of one occurrence/);
  const own = await me.ok("update_calendar_event", { ...one, updates: { title: "Own" } });
  const refused = await me.fails("update_calendar_event", {
    ...{ event_id: text(own, "event.id"), updates: { recurrence_pattern: "daily" } },
  });
  assert.match(refused.message, /are of the series, not of one occurrence/);
});

Deno.test("changed occurrences without a place in a new pattern are cancelled, which is said; others stay", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, { ...DAYS, recurrence_ends: "2026-11-30" });
  for (const [day, title] of [["16", "Kept"], ["18", "Lost"]]) {
    await me.ok("update_calendar_event", {
      ...{ event_id, occurrence: `2026-11-${day}T09:00`, scope: "this", updates: { title: title ?? "" } },
    });
  }
  const message = await says(me, "update_calendar_event", {
    ...{ event_id, scope: "all", updates: { recurrence_pattern: "weekly" } },
  });
  assert.match(message, /One occurrence that had been changed before has no place in it any more/);
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09 Kept", "11-23T09", "11-30T09"]);
});

Deno.test("a changed occurrence after a new end is cancelled, and its place is free if the end moves on", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, { recurrence_ends: "2026-11-23" });
  const late = { event_id, occurrence: "2026-11-23T09:00", scope: "this", updates: { title: "Late" } };
  await me.ok("update_calendar_event", late);
  const end = (recurrence_ends: string) =>
    says(me, "update_calendar_event", { event_id, scope: "all", updates: { recurrence_ends } });
  assert.match(
    await end("2026-11-16"),
    /It repeats weekly until 2026-11-16\. One occurrence that had been changed/,
  );
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09"]);
  await end("2026-11-23");
  assert.deepEqual(await calendar(me), ["11-09T09", "11-16T09", "11-23T09"]);
});

Deno.test("occurrences that take each other's places are moved with their series", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, { ...DAYS, recurrence_ends: "2026-11-12" });
  for (const day of ["10", "11"]) {
    const one = { event_id, occurrence: `2026-11-${day}T09:00`, scope: "this" };
    await me.ok("update_calendar_event", { ...one, updates: { title: `On ${day}` } });
  }
  const one = { event_id, occurrence: "2026-11-09T09:00", scope: "all" };
  const message = await says(me, "update_calendar_event", {
    ...one,
    updates: { start_time: "2026-11-10T09:00" },
  });
  assert.match(message, /It repeats daily until 2026-11-13\./);
  assert.deepEqual((await calendar(me)).toSorted(), [
    "11-10T09",
    "11-10T09 On 10",
    "11-11T09 On 11",
    "11-13T09",
  ]);
});

Deno.test("a weekly series that is moved by a day keeps all of its occurrences: its end moves along", async () => {
  const me = await newToolUser();
  const event_id = await addSeries(me, { recurrence_ends: "2026-11-23" });
  const move = (occurrence: string, start_time: string) =>
    says(me, "update_calendar_event", { event_id, occurrence, scope: "all", updates: { start_time } });
  assert.match(await move("2026-11-09T09:00", "2026-11-11T09:00"), /It repeats weekly until 2026-11-25\./);
  assert.deepEqual(await calendar(me), ["11-11T09", "11-18T09", "11-25T09"]);
  await move("2026-11-18T09:00", "2026-11-17T09:00");
  assert.deepEqual(await calendar(me), ["11-10T09", "11-17T09", "11-24T09"]);
});

Deno.test("A02: all occurrences are never made longer than the time to the next, one of them may be", async () => {
  const steps: [Pattern, string, string][] = [
    ["daily", "2026-11-10T09:00", "2026-11-10T09:01"],
    ["weekdays", "2026-11-10T09:00", "2026-11-10T09:01"],
    ["weekly", "2026-11-16T09:00", "2026-11-16T09:01"],
    ["biweekly", "2026-11-23T09:00", "2026-11-23T09:01"],
    ["monthly", "2026-12-07T09:00", "2026-12-07T09:01"],
  ];
  for (const [recurrence, longest, longer] of steps) {
    const me = await newToolUser();
    const event_id = await addSeries(me, { recurrence });
    const first = { event_id, occurrence: "2026-11-09T09:00" };
    for (const scope of ["all", "following"]) {
      const refused = await me.fails("update_calendar_event", {
        ...first,
        scope,
        updates: { end_time: longer },
      });
      assert.match(refused.message, /would reach into one another/, `${recurrence} ${scope}`);
    }
    await me.ok("update_calendar_event", { ...first, scope: "all", updates: { end_time: longest } });
    await me.ok("update_calendar_event", { ...first, scope: "this", updates: { end_time: longer } });
  }
});

Deno.test("null clears a pattern and its end in update_or_schedule_task, and what is absent stays", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "Gym" }), "task.id");
  const move = { task_id, start_time: "2026-11-24T09:00" };
  const weekly = { recurrence_pattern: "weekly", recurrence_ends: "2026-12-08", duration_minutes: 30 };
  assert.match(
    await says(me, "update_or_schedule_task", { ...move, ...weekly }),
    /^Scheduled "Gym" at Tue 2026-11-24T09:00Z\. It is 30 minutes long and repeats weekly until 2026-12-08\.$/,
  );
  const kept = await says(me, "update_or_schedule_task", move);
  assert.match(kept, /It repeats weekly until 2026-12-08\.$/);
  const endless = await says(me, "update_or_schedule_task", { ...move, recurrence_ends: null });
  assert.match(endless, /It repeats weekly without an end\./);
  const once = await says(me, "update_or_schedule_task", { ...move, recurrence_pattern: null });
  assert.match(once, /It does not repeat\./);
  assert.deepEqual(await calendar(me), ["11-24T09"]);
  const task = await me.ok("get_task_details", { task_id });
  assert.deepEqual(
    ["task_type", "recurrence_pattern", "recurrence_ends"].map((field) => at(task, `task.${field}`)),
    ["one_off", undefined, undefined],
  );
});

Deno.test("a task's series that is moved takes its cancelled and changed occurrences along", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "Gym" }), "task.id");
  const weekly = { recurrence_pattern: "weekly", recurrence_ends: "2026-12-21" };
  for (const start_time of ["2026-11-23T09:00", "2026-11-09T09:00"]) {
    const made = await me.ok("update_or_schedule_task", {
      task_id,
      start_time,
      force_recreate: true,
      ...weekly,
    });
    const event_id = text(made, "event.id");
    await me.ok("delete_calendar_event", { event_id, occurrence: "2026-11-30T09:00", scope: "this" });
    const own = { event_id, occurrence: "2026-12-07T09:00", scope: "this", updates: { title: "Own" } };
    await me.ok("update_calendar_event", own);
    await me.ok("update_or_schedule_task", { task_id, start_time: "2026-11-24T10:00" });
    const past = start_time.startsWith("2026-11-09") ? ["11-09T09", "11-16T09"] : [];
    assert.deepEqual(await calendar(me), [...past, "11-24T10", "12-07T09 Own", "12-15T10"], start_time);
  }
});

Deno.test("a task recurs as its event does when that gets another pattern, or the answer says that it doesn't", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "Gym" }), "task.id");
  const weekly = { task_id, start_time: "2026-11-24T09:00", recurrence_pattern: "weekly" };
  const event_id = text(await me.ok("schedule_task", weekly), "event.id");
  const repeat = (recurrence_pattern: string) =>
    says(me, "update_calendar_event", { event_id, scope: "all", updates: { recurrence_pattern } });
  assert.doesNotMatch(await repeat("daily"), /Its task/);
  assert.equal(at(await me.ok("get_task_details", { task_id }), "task.recurrence_pattern"), "daily");
  await me.ok("update_task", { task_id, updates: { recurrence_pattern: "monthly" } });
  assert.match(await repeat("weekly"), /Its task "Gym" still repeats monthly\./);
});
