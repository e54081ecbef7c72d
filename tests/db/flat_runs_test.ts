// What a turn costs does not grow with what there was before it: with the account's runs, the session's turns and the
// run's log. Counted are the pages that Postgres reads for a call, of two accounts that share one database and so the
// height of its indexes. Both sessions have more turns than a prompt's history takes in.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { freshDatabase } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { addUser, type Argument, asUser, callFunction, type User } from "./agents_calls.ts";
import { inThePast } from "./agents_rows.ts";
import { ending, event, finishRun, lease, message, Owned, planRow, startArguments } from "./agents_runs.ts";
import { type Past, pastRuns } from "./past_runs.ts";

interface Account extends Past {
  /** The log of the run that is measured. */
  events: number;
}

const SMALL: Account = { runs: 60, turns: 60, events: 50 };
const LARGE: Account = { runs: 2_000, turns: 300, events: 50_000 };

/** Pages of the project's tables and indexes that this transaction has read. */
async function pagesSoFar(sql: TransactionSql): Promise<number> {
  const [row] = await sql<{ pages: number }[]>`
    select sum(pg_stat_get_xact_blocks_fetched(c.oid))::int as pages
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i')`;
  assert.ok(row);
  return row.pages;
}

/** The pages of one turn's calls, by function. */
async function turnOf(
  sql: Sql,
  user: User,
  session_id: string,
  { events }: Account,
): Promise<Record<string, number>> {
  const pages: Record<string, number> = {};
  const call = (name: string, args: readonly Argument[]) =>
    asUser(sql, user.id, async (own) => {
      const before = await pagesSoFar(own);
      const answer = await callFunction(own, name, args);
      pages[name] = await pagesSoFar(own) - before;
      return answer ?? null;
    });
  const owned = Owned.parse(await call("start_run", startArguments({ session_id })));
  const plans = [planRow(owned, [{ step_number: 1 }], { id: crypto.randomUUID() })];
  await user.call("record_progress", [...lease(owned), { plans, events: [event(2, "plan_created")] }]);
  await inThePast(sql, (past) =>
    past`insert into agent_run_events (user_id, run_id, seq, type, at, data)
      select ${user.id}, ${owned.run_id}, n, 'text', now(), '{"part": 1, "delta": "Hm"}'
      from generate_series(3, ${events}::int) n`);
  await sql`vacuum (analyze) agent_run_events`;
  const batch = { messages: [message(owned.thread_id)], events: [event(events + 1)] };
  await call("record_progress", [...lease(owned), batch]);
  await call("follow_run", [owned.run_id, events - 9, 100]);
  const outcome = [ending("completed", { answer: "Done." }), { events: [event(events + 2, "done")] }];
  await call("finish_run", [...lease(owned), ...outcome]);
  return pages;
}

test("a turn reads as many pages after 2,000 runs, 300 turns and 50,000 events as after few", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  try {
    const [large, small] = [await addUser(sql), await addUser(sql)];
    const sessions = [await pastRuns(sql, large, LARGE), await pastRuns(sql, small, SMALL)];
    await sql`vacuum (analyze)`;
    // The turn before: with it the ledger's older rows are summed up.
    for (const [i, user] of [large, small].entries()) {
      const before = await user.call("start_run", startArguments({ session_id: sessions[i] }));
      await finishRun(user, Owned.parse(before));
    }

    const few = await turnOf(sql, small, sessions[1] ?? "", SMALL);
    const many = await turnOf(sql, large, sessions[0] ?? "", LARGE);
    for (const [name, pages] of Object.entries(few)) {
      const grown = many[name] ?? Infinity;
      // Few rows may lie on one page or on two, and so may what an index says of them.
      assert.ok(grown <= pages * 1.1 + 2, `${name} reads ${grown} pages instead of ${pages}`);
    }
    assert.deepEqual(Object.keys(few), ["start_run", "record_progress", "follow_run", "finish_run"]);
  } finally {
    await sql.end();
    await drop();
  }
});
