// What a stack's database holds: rows and bytes, by table.
import type { Sql } from "postgres";
import { z } from "zod";

export interface Stored {
  rows: number;
  /** Of the tables with their indexes. */
  bytes: number;
  /** Of `agent_run_events` alone. */
  log_bytes: number;
}

const Table = z.object({ name: z.string(), rows: z.coerce.number(), bytes: z.coerce.number() });
export type StoredTable = z.infer<typeof Table>;

/** Tables are packed before, so that what was written over does not count. */
export async function storedTables(sql: Sql): Promise<StoredTable[]> {
  await sql.unsafe("vacuum full analyze");
  return z.array(Table).parse(
    await sql`
      select c.relname as name, pg_total_relation_size(c.oid) as bytes,
        (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from public.%I', c.relname), false, true, '')))[1]::text as rows
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  );
}

export async function storedNow(sql: Sql): Promise<Stored> {
  const tables = await storedTables(sql);
  const sum = (of: (table: StoredTable) => number) => tables.reduce((total, table) => total + of(table), 0);
  return {
    rows: sum(({ rows }) => rows),
    bytes: sum(({ bytes }) => bytes),
    log_bytes: sum(({ name, bytes }) => name === "agent_run_events" ? bytes : 0),
  };
}
