// A run with 100,000 events among as many of other runs: what reading it, claiming it and adding to it touch, by
// Postgres' own count.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { freshDatabase } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { addUser, type Argument, asUser, callFunction, type User } from "./agents_calls.ts";
import { ending, event, lease, startRun } from "./agents_runs.ts";

const EVENTS = 100_000;

interface Reads {
  /** Scans of the whole table. */
  scans: number;
  /** Uses of another index than the primary key, or the one that finds the end of a log. */
  elsewhere: number;
  rows: number;
}

/** What this transaction has read of agent_run_events so far. */
async function readSoFar(sql: TransactionSql): Promise<Reads> {
  // Postgres counts what an index scan fetches with its index.
  const [row] = await sql<Reads[]>`select pg_stat_get_xact_numscans(t.oid)::int as scans,
      (pg_stat_get_xact_tuples_returned(t.oid) + pg_stat_get_xact_tuples_fetched(t.oid)
        + sum(pg_stat_get_xact_tuples_fetched(indexrelid)))::int as rows,
      coalesce(sum(pg_stat_get_xact_numscans(indexrelid)) filter (where not indisprimary
        and indexrelid <> 'public.agent_run_events_end'::regclass), 0)::int as elsewhere
    from pg_class t join pg_index on indrelid = t.oid
    where t.oid = 'public.agent_run_events'::regclass group by t.oid`;
  assert.ok(row);
  return row;
}

async function fillLog(sql: Sql, user: User, run_id: string, last: number): Promise<void> {
  await sql`insert into agent_run_events (run_id, seq, user_id, type, at, data)
    select ${run_id}, n, ${user.id}, case when n % 50 = 0 then 'tool_call' else 'text' end, now(),
      jsonb_build_object('part', 1 + n / 1000, 'delta', 'Hm')
    from generate_series(2, ${last}::int) n`;
}

test("a long log is read, claimed and added to by indexes, and no more of it is touched than is needed", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  try {
    const user = await addUser(sql);
    const owned = await startRun(user);
    await fillLog(sql, user, owned.run_id, EVENTS);
    for (let n = 0; n < 100; n += 1) await fillLog(sql, user, (await startRun(user)).run_id, EVENTS / 100);
    await sql`analyze`;

    const readsOf = (name: string, args: Argument[]) =>
      asUser(sql, user.id, async (transaction): Promise<Reads> => {
        const before = await readSoFar(transaction);
        await callFunction(transaction, name, args);
        const { scans, elsewhere, rows } = await readSoFar(transaction);
        return {
          scans: scans - before.scans,
          elsewhere: elsewhere - before.elsewhere,
          rows: rows - before.rows,
        };
      });

    const page = { scans: 0, elsewhere: 0, rows: 500 };
    assert.deepEqual(await readsOf("follow_run", [owned.run_id, 0, 500]), page);
    // Beside the page, the event that the reader has; not where the index alone tells that it is there.
    const half = await readsOf("follow_run", [owned.run_id, EVENTS / 2, 500]);
    assert.deepEqual({ ...half, rows: Math.min(half.rows, 500) }, page);
    assert.ok(half.rows <= 501, `${half.rows} rows are read`);
    const none = { scans: 0, elsewhere: 0, rows: 0 };
    // The event that the reader has is looked for where nothing comes after it.
    const { rows: looked_for, ...elsewhere } = await readsOf("follow_run", [owned.run_id, EVENTS, 500]);
    assert.deepEqual(elsewhere, { scans: 0, elsewhere: 0 });
    // None where the index alone tells that it is there.
    assert.ok(looked_for <= 1, `${looked_for} rows are read`);
    assert.deepEqual(await readsOf("heartbeat_run", lease(owned)), none);

    const batch = { events: [event(EVENTS + 1)] };
    const done = { events: [event(EVENTS + 2, "done")] };
    for (
      const [name, args] of [
        ["record_progress", [...lease(owned), batch]],
        ["record_progress", [...lease(owned), batch]],
        ["finish_run", [...lease(owned), ending("completed", { answer: "Hi." }), done]],
      ] as const
    ) {
      const { rows, ...scans } = await readsOf(name, [...args]);
      assert.deepEqual(scans, { scans: 0, elsewhere: 0 }, name);
      assert.ok(rows < 10, `${name} reads ${rows} events`);
    }

    const lost = await startRun(user, {}, 0.000001);
    await fillLog(sql, user, lost.run_id, EVENTS / 100);
    const claim = await readsOf("claim_run", [lost.run_id, 60]);
    assert.equal(claim.scans, 0);
    assert.ok(claim.rows < EVENTS / 100 + 10, `claim_run reads ${claim.rows} events`);
  } finally {
    await sql.end();
    await drop();
  }
});
