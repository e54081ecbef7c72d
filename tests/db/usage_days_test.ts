// What each day has cost, by the calendar of the user's zone: days in which a clock is set forward or back included.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { asUser, refusalOf, testAsUser as test, type User } from "./agents_calls.ts";
import { startRun } from "./agents_runs.ts";

const Day = z.object({
  day: z.string(),
  ...{ runs: z.int(), model_calls: z.int(), tool_calls: z.int() },
  ...{ input_tokens: z.int(), cached_tokens: z.int(), output_tokens: z.int() },
  cost_usd: z.number().nullable(),
});

/** A call of the run, reserved at this moment, with 1 token in and 1 out. */
async function callAt(sql: Sql, user: User, run_id: string, at: string, cost: number | null = 0) {
  const id = crypto.randomUUID();
  await sql`insert into usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens, cost_usd,
      tool_calls, reserved_at)
    values (${id}, ${user.id}, ${run_id}, ${"a".repeat(64)}, 1, 1, ${cost}, 2, ${at})`;
  return id;
}

/** A run whose first reservation was made at this moment. */
async function runAt(sql: Sql, user: User, at: string): Promise<string> {
  const { run_id } = await startRun(user);
  await sql`update usage_reservations set reserved_at = ${at}, input_tokens = 1, output_tokens = 1, cost_usd = 0
    where run_id = ${run_id}`;
  return run_id;
}

async function daysOf(sql: Sql, user: User, first: string, last: string, zone: string) {
  const rows = await asUser(
    sql,
    user.id,
    (own) => own`select to_jsonb(d) as day from private.usage_days(${first}, ${last}, ${zone}) d`,
  );
  return rows.map(({ day }) => Day.parse(day));
}

const counted = (days: z.infer<typeof Day>[]) => days.map((one) => `${one.day}: ${one.model_calls}`);

test("every day of the span is there, the newest last, with what its calls count for", async (user, sql) => {
  const run_id = await runAt(sql, user, "2026-05-01T10:00:00Z");
  await callAt(sql, user, run_id, "2026-05-03T10:00:00Z", 0.25);
  const settled = await callAt(sql, user, run_id, "2026-05-03T11:00:00Z", 9);
  await sql`insert into usage_settlements (user_id, reservation_id, secret, model_calls, tool_calls, input_tokens,
      cached_tokens, output_tokens, cost_usd) values (${user.id}, ${settled}, 'x', 1, 1, 70, 30, 7, 0.5)`;
  await runAt(sql, user, "2026-05-04T00:00:00Z");

  const none = {
    runs: 0,
    model_calls: 0,
    tool_calls: 0,
    input_tokens: 0,
    cached_tokens: 0,
    output_tokens: 0,
  };
  assert.deepEqual(await daysOf(sql, user, "2026-05-01", "2026-05-04", "UTC"), [
    { ...none, day: "2026-05-01", runs: 1, model_calls: 1, input_tokens: 1, output_tokens: 1, cost_usd: 0 },
    { ...none, day: "2026-05-02", cost_usd: 0 },
    {
      ...{ day: "2026-05-03", runs: 0, model_calls: 2, tool_calls: 3 },
      ...{ input_tokens: 71, cached_tokens: 30, output_tokens: 8, cost_usd: 0.75 },
    },
    { ...none, day: "2026-05-04", runs: 1, model_calls: 1, input_tokens: 1, output_tokens: 1, cost_usd: 0 },
  ]);
});

test("what a part of the day has cost, and nobody knows, makes the day's cost unknown", async (user, sql) => {
  const run_id = await runAt(sql, user, "2026-05-01T10:00:00Z");
  await callAt(sql, user, run_id, "2026-05-02T10:00:00Z", null);
  await callAt(sql, user, run_id, "2026-05-02T11:00:00Z", 1);
  const days = await daysOf(sql, user, "2026-05-01", "2026-05-02", "UTC");
  assert.deepEqual(days.map(({ cost_usd }) => cost_usd), [0, null]);
});

const CHANGES = [
  {
    of: "the clock is set forward, in Berlin",
    zone: "Europe/Berlin",
    calls: ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"],
    days: ["2026-03-28: 1", "2026-03-29: 2", "2026-03-30: 1"],
  },
  {
    of: "the clock is set back to midnight, so that there are two, in Havana",
    zone: "America/Havana",
    calls: ["2026-11-01T03:59:59Z", "2026-11-01T04:00:00Z", "2026-11-01T05:00:00Z", "2026-11-02T05:00:00Z"],
    days: ["2026-10-31: 1", "2026-11-01: 2", "2026-11-02: 1"],
  },
  {
    of: "there is no midnight, in Cairo",
    zone: "Africa/Cairo",
    calls: ["2026-04-23T21:59:59Z", "2026-04-23T22:00:00Z", "2026-04-24T20:59:59Z", "2026-04-24T21:00:00Z"],
    days: ["2026-04-23: 1", "2026-04-24: 2", "2026-04-25: 1"],
  },
  {
    of: "the day is far from that of UTC, on Kiritimati",
    zone: "Pacific/Kiritimati",
    calls: ["2026-05-01T09:59:59Z", "2026-05-01T10:00:00Z"],
    days: ["2026-05-01: 1", "2026-05-02: 1"],
  },
];

for (const { of, zone, calls, days } of CHANGES) {
  test(`a day goes from midnight to midnight where ${of}`, async (user, sql) => {
    const { run_id } = await startRun(user);
    for (const at of calls) await callAt(sql, user, run_id, at);
    const [first, last] = [days[0]?.slice(0, 10) ?? "", days.at(-1)?.slice(0, 10) ?? ""];
    assert.deepEqual(counted(await daysOf(sql, user, first, last, zone)), days);
  });
}

test(
  "a run counts once, on the day of its first reservation, and nobody else's counts",
  async (user, sql) => {
    const run_id = await runAt(sql, user, "2026-05-01T23:59:59Z");
    await callAt(sql, user, run_id, "2026-05-02T00:00:01Z");
    const days = await daysOf(sql, user, "2026-05-01", "2026-05-02", "UTC");
    assert.deepEqual(days.map(({ runs }) => runs), [1, 0]);
    const other = { ...user, id: crypto.randomUUID() };
    assert.deepEqual(counted(await daysOf(sql, other, "2026-05-01", "2026-05-01", "UTC")), ["2026-05-01: 0"]);
  },
);

test(
  "the days end with today's, and a span or a zone that makes no sense is refused in words",
  async (user, sql) => {
    await startRun(user);
    const last = (days: number | null, zone: string | null) =>
      asUser(
        sql,
        user.id,
        (own) =>
          own`select to_jsonb(d) as day, (now() at time zone ${zone ?? ""})::date::text as today
        from usage_by_day(${days}, ${zone}) d`,
      );
    for (
      const [days, zone] of [[1, "Pacific/Kiritimati"], [30, "UTC"], [366, "America/Los_Angeles"]] as const
    ) {
      const rows = await last(days, zone);
      const { day, runs } = Day.parse(rows.at(-1)?.day);
      assert.deepEqual([rows.length, day, runs], [days, rows[0]?.today, 1]);
    }
    const refusal = async (days: number | null, zone: string | null) => {
      const error = await asUser(sql, user.id, (own) => own`select usage_by_day(${days}, ${zone})`)
        .then(() => null, refusalOf);
      return `${error?.code} ${error?.message}`;
    };
    for (const days of [0, -1, 367, null]) {
      assert.equal(await refusal(days, "UTC"), "PT400 usage_days");
    }
    for (const zone of ["", "Mars/Base5", "CET", "EST5EDT", null]) {
      assert.equal(await refusal(30, zone), "PT400 time_zone");
    }
  },
);
