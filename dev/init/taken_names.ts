// Which names a database has already, from its catalogue.
import postgres from "postgres";
import type { MadeName } from "./made_names.ts";

/** What stands in the way of these names, each with its kind, as `type public.message_role`. Reads only. */
export async function takenNames(
  url: string,
  names: readonly MadeName[],
  schemas: readonly string[],
): Promise<string[]> {
  // Poolers know neither settings of a connection nor statements that outlive a transaction.
  const sql = postgres(url, { max: 1, onnotice: () => {}, prepare: false });
  const of = (kinds: readonly string[]) => names.filter(({ kind }) => kinds.includes(kind));
  const paths = (made: readonly MadeName[]) => made.map(({ schema, name }) => `${schema}.${name}`);
  try {
    const rows = await sql.begin("read only", (transaction) =>
      transaction<{ taken: string }[]>`
      select 'schema ' || quote_ident(nspname) as taken from pg_catalog.pg_namespace
      where nspname = any(${[...schemas]})
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
      union all
      -- The engine's helpers are for who has been granted them, and its first migration sees to that.
      select distinct 'a right of everybody on schema ' || quote_ident(n.nspname)
      from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
      where n.nspname = any(${names.map(({ schema }) => schema)}) and n.nspname <> 'public' and a.grantee = 0
      order by taken`);
    return rows.map(({ taken }) => taken);
  } finally {
    await sql.end();
  }
}
