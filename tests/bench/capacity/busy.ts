// What the database has done so far, as it counts itself.
import type { Sql } from "postgres";
import { z } from "zod";

const Busy = z.array(z.object({ ms: z.coerce.number(), transactions: z.coerce.number() })).length(1);

/** Milliseconds for which connections were at work on statements, and how many transactions there were. */
export async function busyNow(sql: Sql): Promise<{ ms: number; transactions: number }> {
  await sql`create extension if not exists pg_stat_statements with schema public`;
  const [busy] = Busy.parse(
    await sql`
      select coalesce(sum(total_exec_time + total_plan_time), 0) as ms,
        coalesce(sum(calls) filter (where query ilike 'begin%'), 0) as transactions
      from pg_stat_statements where toplevel and dbid = (select oid from pg_database where datname = current_database())`,
  );
  if (!busy) throw new Error("The database did not say what it has done.");
  return busy;
}
