// What people report of other calendars (the ids are those of the list that the project keeps), and what is like it.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { at, each, newToolUser, text, type ToolUser } from "./support.ts";

interface Fault {
  id: string;
  what: string;
  time_zone?: string;
  check(me: ToolUser): Promise<void>;
}

type Pattern = "daily" | "weekdays" | "weekly" | "biweekly" | "monthly";

/** An event of an hour, or as long as is told; its id. */
async function add(me: ToolUser, starts_at: string, more: {
  title?: string;
  minutes?: number;
  recurrence?: Pattern;
  recurrence_ends?: string;
  all_day?: boolean;
  time_zone?: string;
} = {}) {
  const { minutes = 60, ...fields } = more;
  const ends_at = new Date(new Date(starts_at).getTime() + minutes * 60_000).toISOString();
  const { data, error } = await me.user.client.from("calendar_events")
    .insert({ title: "E", starts_at, ends_at, ...fields }).select("id").single();
  assert.equal(error, null);
  return data?.id ?? "";
}

async function starts(me: ToolUser, time_min: string, time_max: string) {
  return each(await me.ok("get_calendar_events", { time_min, time_max, limit: 50 }), "events", "start");
}

async function says(me: ToolUser, tool: string, args: Json): Promise<string> {
  const result = await me.call(tool, args);
  assert.ok(result.ok, result.message);
  return result.message;
}

async function task(me: ToolUser, start_time: string, more: { [name: string]: Json } = {}) {
  const task_id = text(await me.ok("create_task", { title: "Gym" }), "task.id");
  const made = await me.ok("schedule_task", { task_id, start_time, ...more });
  return { task_id, event_id: text(made, "event.id") };
}

/** Today is Sunday, 22 November 2026. */
const FAULTS: Fault[] = [
  {
    id: "A01",
    what: "the id of a listed occurrence alone cancels nothing, and all says that past ones go",
    async check(me) {
      const event_id = await add(me, "2026-11-02T09:00Z", { recurrence: "weekly" });
      assert.match((await me.fails("delete_calendar_event", { event_id })).message, /repeats \(weekly\)/);
      assert.match(await says(me, "delete_calendar_event", { event_id, scope: "all" }), /past ones too/);
    },
  },
  {
    id: "A02",
    what: "an end far from the first occurrence makes nobody busy for weeks",
    async check(me) {
      const event_id = await add(me, "2026-11-02T09:00Z", { recurrence: "daily", minutes: 15 });
      const updates = { end_time: "2026-11-24T09:30" };
      assert.match(
        (await me.fails("update_calendar_event", { event_id, updates })).message,
        /Say which is meant/,
      );
      const all = { event_id, scope: "all", occurrence: "2026-11-02T09:00", updates };
      assert.match((await me.fails("update_calendar_event", all)).message, /reach into one another/);
      const one = { event_id, scope: "all", occurrence: "2026-11-24T09:00", updates };
      assert.match(await says(me, "update_calendar_event", one), /It is 30 minutes long\b/);
      const slots = await me.ok("find_available_slots", {
        time_min: "2026-11-25T09:00",
        time_max: "2026-11-25T12:00",
      });
      assert.equal(each(slots, "slots", "start")[0], "2026-11-25T09:30Z");
    },
  },
  {
    id: "A03b",
    what: "past weeks stay when a series is moved, made anew, or made to repeat no more, and it is said",
    async check(me) {
      const ways: { [name: string]: Json }[] = [{}, { force_recreate: true }, { recurrence_pattern: null }];
      for (const more of ways) {
        const { task_id } = await task(me, "2026-11-02T18:00", { recurrence_pattern: "weekly" });
        const move = { task_id, start_time: "2026-11-24T19:00", ...more };
        assert.match(await says(me, "update_or_schedule_task", move), /^Kept what was before/);
        const past = await starts(me, "2026-11-01", "2026-11-21");
        assert.deepEqual(past, ["2026-11-02T18:00Z", "2026-11-09T18:00Z", "2026-11-16T18:00Z"]);
        await me.user.client.from("calendar_events").update({ status: "cancelled" }).eq("task_id", task_id);
      }
    },
  },
  {
    id: "A04",
    what: "a series that is moved beyond its end needs a new one",
    async check(me) {
      const { task_id } = await task(me, "2026-11-23T09:00");
      const daily = { task_id, start_time: "2026-11-23T09:00", recurrence_pattern: "daily" };
      await me.ok("update_or_schedule_task", { ...daily, recurrence_ends: "2026-11-27" });
      const late = { task_id, start_time: "2026-12-07T09:00" };
      assert.match((await me.fails("update_or_schedule_task", late)).message, /Give a later recurrence_ends/);
      await me.ok("update_or_schedule_task", { ...late, recurrence_ends: "2026-12-08" });
      assert.equal((await starts(me, "2026-12-01", "2026-12-31")).length, 2);
      await me.ok("update_or_schedule_task", {
        task_id,
        start_time: "2026-12-21T09:00",
        recurrence_ends: null,
      });
      assert.equal((await starts(me, "2026-12-01", "2026-12-31")).length, 11);
    },
  },
  {
    id: "A06",
    what: "an all-day event of the 29th, 30th or 31st is a day long in every month, and busy",
    async check(me) {
      for (const day of ["29", "30", "31"]) {
        await add(me, `2026-12-${day}T00:00Z`, { all_day: true, minutes: 1440, recurrence: "monthly" });
      }
      const data = await me.ok("get_calendar_events", { time_min: "2027-02-01", time_max: "2027-03-01" });
      assert.deepEqual(each(data, "events", "start"), Array(3).fill("2027-02-28"));
      assert.deepEqual(each(data, "events", "end"), Array(3).fill("2027-02-28"));
      const slots = await me.ok("find_available_slots", { time_min: "2027-02-28", time_max: "2027-02-28" });
      assert.deepEqual(at(slots, "slots"), []);
    },
  },
  {
    id: "A08",
    what: "weekdays from a Saturday begin on Monday: told, dated and listed",
    async check(me) {
      const { task_id } = await task(me, "2026-11-28T09:00", { recurrence_pattern: "weekdays" });
      const details = await me.ok("get_task_details", { task_id });
      assert.deepEqual([at(details, "task.start_date"), at(details, "task.weekday")], [
        "2026-11-30T09:00Z",
        "Mon",
      ]);
      assert.equal((await starts(me, "2026-11-28", "2026-12-01"))[0], "2026-11-30T09:00Z");
      const sunday = await add(me, "2026-12-06T09:00Z");
      const updates = { recurrence_pattern: "weekdays" };
      assert.match(
        await says(me, "update_calendar_event", { event_id: sunday, updates }),
        /It repeats weekdays/,
      );
      assert.deepEqual(await starts(me, "2026-12-05", "2026-12-07"), [
        "2026-12-07T09:00Z",
        "2026-12-07T09:00Z",
      ]);
    },
  },
  {
    id: "A08b",
    what: "weekdays that end on the weekend they begin on are refused, by every way",
    async check(me) {
      const task_id = text(await me.ok("create_task", { title: "Stretch" }), "task.id");
      const weekend = { recurrence_pattern: "weekdays", recurrence_ends: "2026-11-29" };
      const args = { task_id, start_time: "2026-11-28T09:00", ...weekend };
      assert.match((await me.fails("update_or_schedule_task", args)).message, /nothing would be left/);
      const event_id = await add(me, "2026-11-28T09:00Z");
      const refused = await me.fails("update_calendar_event", { event_id, updates: weekend });
      assert.match(refused.message, /nothing would be left/);
      assert.deepEqual(await starts(me, "2026-11-28", "2026-12-31"), ["2026-11-28T09:00Z"]);
    },
  },
  {
    id: "A10",
    what: "a daily 2:30 falls on 3:30 where the clocks skip it, and on the first of two",
    time_zone: "Europe/Berlin",
    async check(me) {
      await add(me, "2026-10-23T00:30Z", { recurrence: "daily", time_zone: "Europe/Berlin" });
      assert.deepEqual(await starts(me, "2026-10-25", "2026-10-26"), [
        "2026-10-25T02:30+02:00",
        "2026-10-26T02:30+01:00",
      ]);
      assert.deepEqual(await starts(me, "2027-03-28", "2027-03-28"), ["2027-03-28T03:30+02:00"]);
    },
  },
  {
    id: "A11",
    what: "a time that the clocks show twice is the first of the two on both sides of UTC",
    async check({ user }) {
      const nights = [["America/New_York", "2026-11-01T01:30", "-04:00"], [
        "Europe/Berlin",
        "2026-10-25T02:30",
        "+02:00",
      ]];
      for (const [time_zone = "", night = "", offset = ""] of nights) {
        const me = await newToolUser({ user, time_zone, now: new Date("2026-10-01T00:00Z") });
        const { event_id } = await task(me, night);
        const { data } = await user.client.from("calendar_events").select("starts_at").eq("id", event_id)
          .single();
        assert.equal(new Date(data?.starts_at ?? "").getTime(), new Date(`${night}${offset}`).getTime());
      }
    },
  },
  {
    id: "A15b",
    what: "a slot ends within the preferred hours, and one that is longer is none",
    async check(me) {
      const find = async (duration_minutes: number, preferred_hours: number[]) => {
        const day = { time_min: "2026-11-24", time_max: "2026-11-24" };
        const data = await me.ok("find_available_slots", { ...day, duration_minutes, preferred_hours });
        return each(data, "slots", "end").map((end) => String(end).slice(11, 16));
      };
      assert.deepEqual(await find(480, [9, 10, 11]), []);
      assert.deepEqual(await find(121, [22, 23]), []);
      assert.deepEqual(await find(120, [22, 23]), ["00:00"]);
      assert.deepEqual(await find(90, [9, 10, 20]), ["10:30"]);
    },
  },
  {
    id: "A16",
    what: "an all-day event is busy, which the tool's description says",
    async check(me) {
      await add(me, "2026-11-24T00:00Z", { title: "Birthday", all_day: true, minutes: 1440 });
      const day = { time_min: "2026-11-24", time_max: "2026-11-24" };
      assert.deepEqual(at(await me.ok("find_available_slots", day), "slots"), []);
      const tool = me.toolbox.offered.find(({ schema }) => schema.name === "find_available_slots");
      assert.match(tool?.schema.description ?? "", /all-day events are busy/);
    },
  },
  {
    id: "A19",
    what: "a window of one bare date is that day",
    async check(me) {
      await add(me, "2026-11-24T23:00Z");
      assert.deepEqual(await starts(me, "2026-11-24", "2026-11-24"), ["2026-11-24T23:00Z"]);
    },
  },
  {
    id: "A19b",
    what: "a bare time_max has its day, in the user's zone, on a day of 25 hours, too",
    time_zone: "Europe/Berlin",
    async check(me) {
      await add(me, "2026-10-25T22:30Z");
      assert.deepEqual(await starts(me, "2026-10-19", "2026-10-25"), ["2026-10-25T23:30+01:00"]);
      assert.deepEqual(await starts(me, "2026-10-19", "2026-10-24"), []);
    },
  },
  {
    id: "A21",
    what: "weekdays stand beside dates: of events, slots, tasks, subtasks, and in what a write says",
    time_zone: "Pacific/Auckland",
    async check(me) {
      const { task_id } = await task(me, "2026-11-25T08:00");
      const child = { title: "Sub", parent_task_id: task_id, start_date: "2026-11-26T08:00" };
      await me.ok("create_task", child);
      const events = await me.ok("get_calendar_events", {});
      assert.deepEqual(each(events, "events", "weekday"), ["Wed"]);
      assert.deepEqual(each(await me.ok("list_tasks", {}), "tasks", "weekday"), ["Wed", "Thu"]);
      const details = await me.ok("get_task_details", { task_id });
      assert.equal(at(details, "task.subtasks.0.weekday"), "Thu");
      const slots = await me.ok("find_available_slots", { time_min: "2026-11-27", time_max: "2026-11-27" });
      assert.equal(at(slots, "slots.0.weekday"), "Fri");
      const move = { task_id, start_time: "2026-11-28T08:00" };
      assert.match(await says(me, "update_or_schedule_task", move), /at Sat 2026-11-28T08:00\+13:00\./);
    },
  },
  {
    id: "A40",
    what: "a date at the end of all years is answered with a sentence, in every argument",
    async check(me) {
      const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
      const calls: [string, { [name: string]: Json }][] = [
        ["get_calendar_events", { time_min: "9999-12-31" }],
        ["get_calendar_events", { time_min: "9998-12-01", time_max: "9999-12-31" }],
        ["find_available_slots", { time_min: "9999-12-30", time_max: "9999-12-31" }],
        ["schedule_task", { task_id, start_time: "9999-12-31T23:59" }],
        ["update_task", { task_id, updates: { start_date: "0001-01-01" } }],
      ];
      for (const [tool, args] of calls) {
        const refused = await me.fails(tool, args);
        assert.deepEqual([refused.error, /a year from 1900 to 9998/.test(refused.message)], [
          "invalid_arguments",
          true,
        ]);
      }
      await me.ok("get_calendar_events", { time_min: "9998-12-31", time_max: "9998-12-31" });
      const last = { task_id, start_time: "9998-12-31T23:30", recurrence_pattern: "daily" };
      await me.ok("schedule_task", last);
    },
  },
  {
    id: "A44",
    what: "what overlaps is named; of a series, how many of its occurrences and with what",
    async check(me) {
      await add(me, "2026-11-25T09:30Z", { title: "One" });
      await add(me, "2026-12-02T09:30Z", { title: "Two" });
      const task_id = text(await me.ok("create_task", { title: "Gym" }), "task.id");
      const weekly = { task_id, start_time: "2026-11-25T09:00", recurrence_pattern: "weekly" };
      assert.match(
        await says(me, "schedule_task", weekly),
        /2 of its occurrences within a year overlap "One" \(Wed 2026-11-25T09:30Z\), "Two" \(Wed 2026-12-02T09:30Z\)\.$/,
      );
      const later = await add(me, "2026-12-20T09:00Z", { title: "Three", recurrence: "daily" });
      const updates = { start_time: "2026-12-20T09:00", end_time: "2026-12-20T09:20" };
      const moved = { event_id: later, occurrence: "2026-12-20T09:00", scope: "all", updates };
      assert.match(
        await says(me, "update_calendar_event", moved),
        /5\d of its occurrences within a year overlap/,
      );
    },
  },
  {
    id: "A47",
    what: "a task that gets another date, title or pattern than its event says that the event stays",
    async check(me) {
      const { task_id } = await task(me, "2026-11-24T09:00");
      const changes: Json[] = [
        ...[{ start_date: "2026-11-26T09:00" }, { title: "Other" }, { recurrence_pattern: "daily" }],
        ...[{ duration_minutes: 90 }, { recurrence_ends: "2026-12-24" }, { start_date: null }],
      ];
      for (const updates of changes) {
        assert.match(
          await says(me, "update_task", { task_id, updates }),
          /Its event "Gym" stays in the calendar/,
        );
      }
    },
  },
  {
    id: "A48",
    what: "a task whose only event is cancelled says that it keeps its date, and that it still repeats",
    async check(me) {
      const { event_id } = await task(me, "2026-11-24T09:00", { recurrence_pattern: "weekly" });
      assert.match(
        await says(me, "delete_calendar_event", { event_id, scope: "all" }),
        /Its task "Gym" keeps the date Tue 2026-11-24T09:00Z and still repeats weekly\.$/,
      );
      const { event_id: other } = await task(me, "2026-11-25T09:00");
      const renamed = { event_id: other, updates: { title: "Swim" } };
      assert.match(await says(me, "update_calendar_event", renamed), /Its task "Gym" keeps its title\.$/);
    },
  },
];

for (const { id, what, time_zone, check } of FAULTS) {
  Deno.test(`${id}: ${what}`, async () => await check(await newToolUser({ time_zone })));
}
