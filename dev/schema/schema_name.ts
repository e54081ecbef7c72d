// Which names an engine's schema may have. They stand in SQL without quotes, and Postgres shows them so.

const NAME = /^[a-z][a-z0-9_]{0,40}$/;

/** What Postgres and PL/pgSQL read as something else, or show in quotes: every keyword but the unreserved ones. */
const KEYWORDS = new Set(
  `all analyse analyze and any array as asc asymmetric authorization begin between bigint binary bit boolean both by
  case cast char character check coalesce collate collation column concurrently constraint create cross
  current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal
  declare default deferrable desc distinct do else end except excluded execute exists extract false fetch float for
  foreach foreign freeze from full grant greatest group grouping having if ilike in initially inner inout int integer
  intersect interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg
  json_query json_scalar json_serialize json_table json_value lateral leading least left like limit localtime
  localtimestamp loop merge_action national natural nchar new none normalize not notnull null nullif numeric offset
  old on only or order out outer overlaps overlay placing position precision primary real references returning right
  row select session_user setof similar smallint some strict substring symmetric system_user table tablesample then
  time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where while
  window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
  xmlserialize xmltable`.split(/\s+/),
);

/** What a project of the platform has, or may get. */
const PLATFORM = new Set(
  `auth cron extensions graphql graphql_public information_schema net pgbouncer pgmq pgmq_public pgsodium
  pgsodium_masks private realtime storage supabase_functions supabase_migrations vault`.split(/\s+/),
);

/** Why the engine can't lie in a schema of this name; null where it can. */
export function schemaNameProblem(name: string): string | null {
  if (!NAME.test(name)) {
    return `A schema's name is at most 41 small letters, digits and _, and begins with a letter: not "${name}".`;
  }
  if (KEYWORDS.has(name)) return `"${name}" is a word of SQL. Take another name for the schema.`;
  if (PLATFORM.has(name) || /^(pg|supabase)_/.test(name)) {
    return `A schema "${name}" is the platform's. Take another name.`;
  }
  return null;
}
