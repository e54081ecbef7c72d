// Which names a database has already, from its catalogue.
import postgres from "postgres";
import type { MadeName } from "./made_names.ts";

/** What stands in the way of these names, each with its kind, as `type public.message_role`. Reads only. */
export async function takenNames(
  url: string,
  names: readonly MadeName[],
  schemas: readonly string[],
): Promise<string[]> {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => {},
    connection: { default_transaction_read_only: true },
  });
  const of = (kinds: readonly string[]) => names.filter(({ kind }) => kinds.includes(kind));
  const paths = (made: readonly MadeName[]) => made.map(({ schema, name }) => `${schema}.${name}`);
  try {
    const rows = await sql<{ taken: string }[]>`
      select 'schema ' || quote_ident(nspname) as taken from pg_catalog.pg_namespace where nspname = any(${[
      ...schemas,
    ]})
      union all
      select case c.relkind when 'v' then 'view ' when 'm' then 'view ' when 'S' then 'sequence ' when 'i' then 'index '
          when 'c' then 'type ' else 'table ' end || format('%I.%I', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname || '.' || c.relname = any(${paths(of(["relation", "type"]))})
      union all
      select 'type ' || format('%I.%I', n.nspname, t.typname)
      from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      where t.typrelid = 0 and n.nspname || '.' || t.typname = any(${paths(of(["relation", "type"]))})
      union all
      select distinct 'function ' || format('%I.%I', n.nspname, p.proname)
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname || '.' || p.proname = any(${paths(of(["function"]))})
      order by taken`;
    return rows.map(({ taken }) => taken);
  } finally {
    await sql.end();
  }
}
