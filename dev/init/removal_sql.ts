// The migration that takes the engine out of a database: what the engine made, and the triggers by which the project's
// tables led to it. Where something of the project's own stands on the engine, it names that and changes nothing.
import { helpersOf } from "../schema/move_schema.ts";
import type { MadeName } from "./made_names.ts";

/** The text of it, for an engine in `schema` that has made these names. */
export function removalSql(schema: string, names: readonly MadeName[]): string {
  const own = schema !== "public";
  return `-- Takes the engine out of this database, with all that its users' agents have kept: sessions, messages, runs, plans,
-- tool calls, receipts, what could be undone, rules, usage. Your own tables and rows stay.
do $removal$
declare
  v_one record;
  v_held text;
${own ? "" : "  v_drops text[];\n  v_drop text;\n"}begin
  create temporary table engine_made on commit drop as
${own ? madeInSchemas(schema) : madeByName(names)};

  -- Their functions go, so the triggers on your tables go first.
  for v_one in
    select t.tgname, t.tgrelid::regclass as relation from pg_catalog.pg_trigger t
    where not t.tgisinternal
      and t.tgfoid in (select e.objid from engine_made e where e.classid = 'pg_catalog.pg_proc'::regclass)
      and t.tgrelid not in (select e.objid from engine_made e where e.classid = 'pg_catalog.pg_class'::regclass)
  loop
    execute format('drop trigger %I on %s', v_one.tgname, v_one.relation);
  end loop;

  -- Whatever else of yours leads there would be dropped along with it.
  select string_agg(distinct pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid), '; ') into v_held
  from pg_catalog.pg_depend d
  join engine_made made on made.classid = d.refclassid and made.objid = d.refobjid
  left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid
  left join pg_catalog.pg_trigger t on d.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = d.objid
  left join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
  left join pg_catalog.pg_policy p on d.classid = 'pg_catalog.pg_policy'::regclass and p.oid = d.objid
  left join pg_catalog.pg_attrdef a on d.classid = 'pg_catalog.pg_attrdef'::regclass and a.oid = d.objid
  left join pg_catalog.pg_type y on d.classid = 'pg_catalog.pg_type'::regclass and y.oid = d.objid
  left join pg_catalog.pg_index i on d.classid = 'pg_catalog.pg_class'::regclass and i.indexrelid = d.objid
  where d.deptype = 'n' and not exists (
    select from engine_made own
    where (own.classid, own.objid) = (d.classid, d.objid) or own.classid = 'pg_catalog.pg_class'::regclass
      and own.objid in (r.ev_class, t.tgrelid, k.conrelid, p.polrelid, a.adrelid, y.typrelid, i.indrelid)
  );
${own ? othersIn(schema, names) : ""}  if v_held is not null then
    raise exception 'The engine can''t be dropped: something of your own stands on it (%)', v_held
      using hint = 'Drop that, or lead it elsewhere, in a migration before this one.';
  end if;

${own ? dropSchemas(schema) : DROP_BY_NAME}
end
$removal$;
`;
}

function madeInSchemas(schema: string): string {
  const schemas = schemaIds(schema);
  return `  select 'pg_catalog.pg_class'::regclass::oid as classid, oid as objid from pg_catalog.pg_class
    where relnamespace = any (${schemas})
  union all
  select 'pg_catalog.pg_proc'::regclass, oid from pg_catalog.pg_proc where pronamespace = any (${schemas})
  union all
  select 'pg_catalog.pg_type'::regclass, oid from pg_catalog.pg_type where typnamespace = any (${schemas})`;
}

/** Tables of others in the engine's schemas would go with those. */
function othersIn(schema: string, names: readonly MadeName[]): string {
  const listed = names.filter(({ kind }) => kind === "relation").map(({ name }) => `'${name}'`).join(", ");
  return `  select concat_ws('; ', v_held, string_agg(c.oid::pg_catalog.regclass::text, '; ')) into v_held
  from pg_catalog.pg_class c
  where c.relnamespace = any (${schemaIds(schema)})
    and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname <> all (array[${listed}]);
  v_held := nullif(v_held, '');
`;
}

function schemaIds(schema: string): string {
  return `array[to_regnamespace('${schema}')::oid, to_regnamespace('${helpersOf(schema)}')::oid]`;
}

function dropSchemas(schema: string): string {
  return `  drop schema if exists ${schema} cascade;
  drop schema if exists ${helpersOf(schema)} cascade;`;
}

function madeByName(names: readonly MadeName[]): string {
  const listed = (kinds: readonly string[]) =>
    names.filter(({ kind }) => kinds.includes(kind)).map(({ schema, name }) => `'${schema}.${name}'`).join(
      ",\n      ",
    );
  return `  select 'pg_catalog.pg_class'::regclass::oid as classid, c.oid as objid
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'v', 'S', 'c') and n.nspname || '.' || c.relname = any (array[
      ${listed(["relation", "type"])}
    ])
  union all
  select 'pg_catalog.pg_proc'::regclass, p.oid
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname || '.' || p.proname = any (array[
      ${listed(["function"])}
    ])
  union all
  select 'pg_catalog.pg_type'::regclass, t.oid
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where n.nspname || '.' || t.typname = any (array[
      ${listed(["relation", "type"])}
    ])`;
}

/** All names are written out before the first of them goes: what goes along with another has none any more. */
const DROP_BY_NAME = `  select array_agg(one.text order by one.place) into v_drops from (
    select case c.relkind when 'v' then 1 else 2 end as place,
      format('drop %s if exists %s cascade',
        case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, c.oid::regclass) as text
    from engine_made e join pg_catalog.pg_class c on c.oid = e.objid
    where e.classid = 'pg_catalog.pg_class'::regclass and c.relkind <> 'c'
    union all
    select 3, format('drop routine if exists %s cascade', e.objid::regprocedure)
    from engine_made e where e.classid = 'pg_catalog.pg_proc'::regclass
    union all
    select 4, format('drop type if exists %s cascade', t.oid::regtype)
    from engine_made e join pg_catalog.pg_type t on t.oid = e.objid
    left join pg_catalog.pg_class c on c.oid = t.typrelid
    where e.classid = 'pg_catalog.pg_type'::regclass and coalesce(c.relkind, 'c') = 'c'
  ) as one;
  foreach v_drop in array coalesce(v_drops, '{}') loop
    execute v_drop;
  end loop;
  -- The schema of the helpers may hold your own as well.
  if not exists (select from pg_catalog.pg_depend where refclassid = 'pg_catalog.pg_namespace'::regclass
    and refobjid = to_regnamespace('private')) then
    drop schema private;
  end if;`;
