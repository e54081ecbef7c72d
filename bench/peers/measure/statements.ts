// How many statements a database has had so far, where its server counts them.
import postgres, { type Sql } from "postgres";
import { z } from "zod";

export interface Statements {
  all: number;
  /** Without what begins, ends and sets up transactions. */
  own: number;
}

const FRAME =
  "^(begin|commit|rollback|start transaction|set|show|savepoint|release|deallocate|discard|select set_config|select current_setting)\\M";

/** Whether the server counts; it needs the library pg_stat_statements from its start on. */
export async function countsStatements(sql: Sql): Promise<boolean> {
  try {
    await sql`create extension if not exists pg_stat_statements`;
    await sql`select count(*) from pg_stat_statements`;
    return true;
  } catch (error) {
    if (error instanceof postgres.PostgresError) return false;
    throw error;
  }
}

export async function readStatements(sql: Sql, database: string): Promise<Statements> {
  const [row] = await sql`
    select coalesce(sum(calls), 0)::int as all,
      coalesce(sum(calls) filter (where query !~* ${FRAME}), 0)::int as own
    from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where d.datname = ${database} and s.toplevel`;
  return z.object({ all: z.int(), own: z.int() }).parse(row);
}
