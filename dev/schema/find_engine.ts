// Where in a database the engine lies, found by what only it has.
import type { Sql } from "postgres";
import type { EngineSchemas } from "./engine_schemas.ts";

/** The engines of a database: none, one, or several in schemas of their own. Its catalogue is all that is read. */
export async function findEngines(sql: Sql): Promise<EngineSchemas[]> {
  const found = await sql<EngineSchemas[]>`
    select t.relnamespace::regnamespace::text as schema, h.relnamespace::regnamespace::text as helpers
    from pg_catalog.pg_class h
    join pg_catalog.pg_namespace n on n.oid = h.relnamespace and n.nspname ~ '^([a-z][a-z0-9_]*_)?private$'
    join pg_catalog.pg_class t on t.relname = 'agent_runs' and t.relkind = 'r' and t.relnamespace = to_regnamespace(
      case n.nspname when 'private' then 'public' else left(n.nspname, -length('_private')) end)
    where h.relname = 'security_exceptions' and h.relkind = 'r'
    order by 1`;
  return [...found];
}
