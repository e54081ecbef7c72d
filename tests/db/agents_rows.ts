// What is in the tables, for tests of the SQL functions; and workers who are gone.
import type { Sql, TransactionSql } from "postgres";

/** The run's events: number and type. */
export async function log(sql: Sql, run_id: string): Promise<[number, string][]> {
  const rows = await sql<{ seq: number; type: string }[]>`
    select seq, type from agent_run_events where run_id = ${run_id} order by seq`;
  return rows.map(({ seq, type }) => [seq, type]);
}

/** What of the run is not closed, by table. */
export async function open(sql: Sql, run_id: string): Promise<string[]> {
  const rows = await sql<{ what: string }[]>`
    select 'agent' as what from agents where run_id = ${run_id} and status = 'active'
    union all select 'thread' from agent_chat_sessions where run_id = ${run_id} and status = 'active'
    union all select 'plan' from agent_plans where run_id = ${run_id} and status in ('pending', 'executing')
    union all select 'execution' from agent_executions where run_id = ${run_id} and status = 'running'
    union all select 'run' from agent_runs where id = ${run_id} and status in ('running', 'awaiting_approval')`;
  return rows.map(({ what }) => what);
}

/** Columns of one run. */
export async function runRow(sql: Sql, run_id: string, columns: string): Promise<Record<string, unknown>> {
  const [row] = await sql.unsafe(`select ${columns} from agent_runs where id = $1`, [run_id]);
  return { ...row };
}

/** Every row of the user's, in every table. */
export async function everything(
  sql: Sql | TransactionSql,
  user_id: string,
): Promise<Record<string, unknown[]>> {
  const tables = await sql<{ name: string }[]>`select c.relname::text as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`;
  const found: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const rows = await sql.unsafe(
      `select to_jsonb(t)::text as row from public."${name}" t where user_id = $1 order by 1`,
      [user_id],
    );
    found[name] = rows.map(({ row }) => JSON.parse(row));
  }
  return found;
}

/** Changes that stand for time that has passed: no trigger looks at them, not even at those of a run that has ended. */
export async function inThePast(
  sql: Sql,
  change: (sql: TransactionSql) => PromiseLike<unknown>,
): Promise<void> {
  await sql.begin(async (past) => {
    await past`set local session_replication_role = replica`;
    await change(past);
  });
}

/** No event comes after the run's last one, so that it can't be ended: no user can write this, but a damaged copy may. */
export async function endless(sql: Sql, run_id: string): Promise<void> {
  await inThePast(
    sql,
    (past) =>
      past`insert into agent_run_events (user_id, run_id, seq, type, at, data)
        select user_id, id, 2147483647, 'text', now(), '{}' from agent_runs where id = ${run_id}`,
  );
}

/** The run's owner has died, and its lease has expired. */
export async function loseOwner(sql: Sql, run_id: string): Promise<void> {
  await inThePast(
    sql,
    (past) => past`update agent_runs set lease_expires_at = clock_timestamp() where id = ${run_id}`,
  );
}

/** The run has ended then. */
export async function endedAt(sql: Sql, run_id: string, at: string): Promise<void> {
  await inThePast(sql, (past) => past`update agent_runs set finished_at = ${at} where id = ${run_id}`);
}

/** The same of a step's worker. */
export async function loseWorker(sql: Sql, execution_id: string): Promise<void> {
  await sql`update agent_executions set lease_expires_at = clock_timestamp() where id = ${execution_id}`;
}
