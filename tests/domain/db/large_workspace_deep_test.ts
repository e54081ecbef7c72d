// In a large workspace a read looks at the rows of its own user, and of a calendar at those of its window: by an index,
// whatever else is there. Counted by Postgres itself, in rows.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { database } from "../../support/stack/stack.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { asCaller } from "../../db/as_role.ts";

const MANY = 20_000;
const MINE = 200;

interface Reads {
  /** Scans of the whole table. */
  scans: number;
  /** Rows that were looked at, by whatever way. */
  rows: number;
}

/** What a statement reads of a table, as the user. */
async function reads(
  user_id: string,
  table: string,
  statement: (sql: TransactionSql) => Promise<unknown>,
): Promise<Reads> {
  const sql = database();
  try {
    const done = await asCaller(sql, { role: "authenticated", user_id }, async (transaction) => {
      await statement(transaction);
      const [row] = await transaction`
        select seq_scan::integer as scans, (seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as rows
        from pg_stat_xact_user_tables where schemaname = 'public' and relname = ${table}`;
      return { scans: Number(row?.scans), rows: Number(row?.rows) };
    });
    assert.ok(done.ok);
    return done.value;
  } finally {
    await sql.end();
  }
}

async function fill() {
  const [me, other] = [await newWorkspaceUser(), await newWorkspaceUser()];
  const sql = database();
  try {
    for (const [user_id, count] of [[other.id, MANY], [me.id, MINE]] as const) {
      await sql`insert into notes (user_id, title, content)
        select ${user_id}, 'Note ' || n, 'number ' || n from generate_series(1, ${count}) as n`;
      await sql`insert into tasks (user_id, title, details)
        select ${user_id}, 'Task ' || n, 'number ' || n from generate_series(1, ${count}) as n`;
      await sql`insert into brain_dumps (user_id, title, content)
        select ${user_id}, 'Dump ' || n, 'number ' || n from generate_series(1, ${count}) as n`;
    }
    await sql`insert into calendar_events (user_id, title, starts_at, ends_at)
      select ${me.id}, 'Event', at, at + interval '1 hour'
      from generate_series(timestamptz '2010-01-01', timestamptz '2010-01-01' + ${MANY} * interval '6 hours',
        interval '6 hours') as at`;
    await sql`insert into calendar_events (user_id, title, starts_at, ends_at, recurrence)
      values (${me.id}, 'Daily', '2001-01-01 09:00Z', '2001-01-01 10:00Z', 'daily')`;
    for (const table of ["notes", "tasks", "brain_dumps", "calendar_events"]) {
      await sql`analyze ${sql(table)}`;
    }
  } finally {
    await sql.end();
  }
  return me;
}

Deno.test("searches and lists among 20,000 rows of others look at their user's alone", async () => {
  const { id } = await fill();
  const queries = ["number 77", "nothing of it", "会", "Nuber 7", ""];
  const lists = {
    notes: (sql: TransactionSql, words: string) => sql`select * from public.search_notes(${words}::jsonb)`,
    brain_dumps: (sql: TransactionSql, words: string) =>
      sql`select * from public.search_brain_dumps(${words}::jsonb)`,
    tasks: (sql: TransactionSql, words: string) =>
      sql`select * from public.list_tasks(now(), ${words}::jsonb)`,
  };
  for (const [table, list] of Object.entries(lists)) {
    for (const query of queries) {
      const read = await reads(id, table, (sql) => list(sql, JSON.stringify({ query })));
      assert.equal(read.scans, 0, `${table} ${query}`);
      assert.ok(read.rows <= 8 * MINE, `${table} ${query}: ${read.rows} rows`);
    }
  }
  const window = async (from: string, to: string) =>
    await reads(
      id,
      "calendar_events",
      (sql) => sql`select * from public.list_events(${from}::timestamptz, ${to}::timestamptz, 'UTC', 50)`,
    );
  for (
    const [from, to] of [["2010-02-01", "2010-02-08"], ["2020-02-01", "2020-02-08"], [
      "2040-02-01",
      "2040-02-08",
    ]]
  ) {
    const { scans, rows } = await window(from ?? "", to ?? "");
    assert.ok(scans === 0 && rows < 400, `${from}: ${scans} scans, ${rows} rows`);
  }
});

Deno.test("a daily series that began long ago is laid out from its window on, not from its beginning", async () => {
  const { id } = await newWorkspaceUser();
  const sql = database();
  try {
    await sql`insert into calendar_events (user_id, title, starts_at, ends_at, recurrence)
      values (${id}, 'Daily', '1970-01-01 09:00Z', '1970-01-01 10:00Z', 'daily')`;
    const [row] = await sql`
      select substring(prosrc from 'return query(.*);\\nend') as body from pg_proc where proname = 'calendar_occurrences'`;
    const body = String(row?.body).replaceAll("p_from", "timestamptz '2026-11-02'")
      .replaceAll("p_to", "timestamptz '2026-11-09'").replaceAll("p_time_zone", "text 'UTC'");
    const plan = await asCaller(
      sql,
      { role: "authenticated", user_id: id },
      (transaction) => transaction.unsafe(`explain (analyze, timing off, format json) ${body}`),
    );
    assert.ok(plan.ok);
    const series = /"Function Name":"generate_series"[^}]*?"Actual Rows":([\d.]+)/.exec(
      JSON.stringify(plan.value),
    );
    assert.ok(series !== null && Number(series[1]) <= 7 + 6, JSON.stringify(series));
  } finally {
    await sql.end();
  }
});
