// What REST may name: the functions, tables and columns of the schema `public`, as PostgREST's cache has them.
import type { Sql } from "postgres";
import { z } from "zod";

const Types = z.record(z.string(), z.string());
const Returns = z.enum(["rows", "nothing", "value"]);

export interface Catalogue {
  /** Of each function its arguments' types, and what it gives. */
  functions: Map<string, { types: z.infer<typeof Types>; returns: z.infer<typeof Returns> }>;
  /** Of each table or view its columns' types. */
  columns: Map<string, z.infer<typeof Types>>;
}

export async function readCatalogue(sql: Sql): Promise<Catalogue> {
  const functions = await sql`
    select p.proname as name,
      case when p.proretset then 'rows' when p.prorettype = 'void'::regtype then 'nothing' else 'value' end as returns,
      coalesce((
        select jsonb_object_agg(x.name, format_type(x.type, null))
        from unnest(p.proargnames, p.proargtypes::oid[]) as x (name, type) where x.type is not null
      ), '{}') as types
    from pg_proc p where p.pronamespace = 'public'::regnamespace`;
  const columns = await sql`
    select c.relname as name, jsonb_object_agg(a.attname, format_type(a.atttypid, null)) as types
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p')
    group by c.relname`;
  return {
    functions: new Map(
      functions.map(({ name, types, returns }) => [
        String(name),
        { types: Types.parse(types), returns: Returns.parse(returns) },
      ]),
    ),
    columns: new Map(columns.map(({ name, types }) => [String(name), Types.parse(types)])),
  };
}
