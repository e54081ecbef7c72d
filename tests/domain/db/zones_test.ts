// A zone means the same in Postgres and in code: what one takes the other takes, with the same clocks; abbreviations and
// rules, which Postgres reads in its own way, are refused wherever a zone goes in.
import assert from "node:assert/strict";
import { Temporal } from "temporal-polyfill";
import { TimeZone } from "../../../shared/contracts/time_zone.ts";
import { database } from "../../support/stack/stack.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";

/** Long enough ago that both have heard of what governments decided. */
const INSTANTS = ["1999-01-15", "1999-07-15", "2010-01-15", "2010-07-15", "2022-01-15", "2025-07-15"].map((
  day,
) => `${day}T12:00Z`);

/** Old names without a place, which browsers still report; and what IANA has them stand for. */
const LINKS = {
  CET: "Europe/Brussels",
  EET: "Europe/Athens",
  EST: "America/Panama",
  HST: "Pacific/Honolulu",
  PST8PDT: "America/Los_Angeles",
  Japan: "Asia/Tokyo",
  GMT: "UTC",
  "W-SU": "Europe/Moscow",
};

/** What Postgres takes `at time zone`, and what is no zone of one meaning. */
const REFUSED = [
  "PST",
  "IST",
  "BST",
  "CST",
  "EDT",
  "CEST",
  "Foo/Bar5",
  "+05:30",
  "posix/Europe/Berlin",
  "localtime",
  "",
];

interface Row {
  name: string;
  is_zone: boolean;
  /** In seconds, at each of the instants. */
  offsets: number[];
}

async function zonesOfPostgres(): Promise<Row[]> {
  const sql = database();
  try {
    return await sql<Row[]>`
      select name, private.is_zone(name) as is_zone, (
        select array_agg(extract(epoch from (at at time zone name) - (at at time zone 'UTC'))::integer order by at)
        from unnest(${INSTANTS}::timestamptz[]) as at
      ) as offsets
      from pg_timezone_names where name !~ '^(posix|right)/'`;
  } finally {
    await sql.end();
  }
}

const offsetsOf = (zone: string) =>
  INSTANTS.map((at) => Temporal.Instant.from(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e9);

Deno.test("every IANA zone has the same clocks in Postgres and in code", async () => {
  const rows = await zonesOfPostgres();
  assert.ok(rows.length > 400);
  const byName = new Map(rows.map((row) => [row.name, row]));
  for (const { name, is_zone } of rows) {
    const parsed = TimeZone.safeParse(name);
    // Names that SQL refuses are known to code as the place that they stand for, or not at all.
    assert.ok(is_zone ? parsed.data === name : parsed.data !== name, `${name}: ${is_zone}, ${parsed.data}`);
    if (!parsed.success) continue;
    assert.deepEqual(byName.get(parsed.data)?.offsets, offsetsOf(parsed.data), name);
  }
});

Deno.test("every zone that this runtime lists is one in SQL", async () => {
  const sql = database();
  try {
    const names = Intl.supportedValuesOf("timeZone").map((name) => TimeZone.parse(name));
    const rows =
      await sql`select name, private.is_zone(name) as is_zone from unnest(${names}::text[]) as name`;
    assert.deepEqual(rows.filter(({ is_zone }) => is_zone !== true).map(({ name }) => name), []);
  } finally {
    await sql.end();
  }
});

Deno.test("A20: an old name without a place is read as its place, which keeps summer time", () => {
  for (const [name, place] of Object.entries(LINKS)) {
    assert.deepEqual([TimeZone.parse(name), TimeZone.parse(name.toLowerCase())], [place, place]);
  }
  for (const name of REFUSED) assert.equal(TimeZone.safeParse(name).success, false, name);
});

Deno.test("abbreviations, rules and offsets are refused by every function and column that takes a zone", async () => {
  const { client } = await newWorkspaceUser();
  const window = { p_from: "2026-11-01", p_to: "2026-11-02" };
  const event = { title: "E", starts_at: "2026-11-23T09:00Z", ends_at: "2026-11-23T10:00Z" };
  const { data: made } = await client.from("calendar_events").insert(event).select("id").single();
  const { data: task } = await client.from("tasks").insert({ title: "T" }).select("id").single();
  const [id, task_id] = [made?.id ?? "", task?.id ?? ""];
  const at = { p_starts_at: event.starts_at, p_now: event.starts_at, p_existing: "keep", p_task_id: task_id };
  for (const p_time_zone of [...REFUSED.slice(0, -1), ...Object.keys(LINKS), "Mars/Base"]) {
    const zone = { time_zone: p_time_zone };
    const schedule = { ...at, p_event_id: crypto.randomUUID() };
    const answers = [
      await client.rpc("calendar_occurrences", { ...window, p_time_zone }),
      await client.rpc("list_events", { ...window, p_time_zone }),
      await client.rpc("event_overlaps", { p_event_id: id, p_now: event.starts_at, p_time_zone }),
      await client.rpc("free_slots", { ...window, p_time_zone, p_minutes: 30, p_now: "2026-11-01" }),
      await client.rpc("schedule_task_event", { ...schedule, p_user_time_zone: p_time_zone }),
      await client.rpc("schedule_task_event", { ...schedule, p_user_time_zone: "UTC", p_time_zone }),
      await client.from("calendar_events").insert({ ...event, ...zone }),
      await client.from("calendar_events").update(zone).eq("id", id),
    ];
    assert.deepEqual(
      answers.map(({ error }) => error?.code),
      Array(answers.length).fill("22023"),
      p_time_zone,
    );
  }
  for (const p_time_zone of REFUSED.slice(0, -1)) {
    assert.equal((await client.rpc("agent_overview", { p_time_zone })).error?.code, "22023", p_time_zone);
  }
});
