// The relations of schema public, read from pg_catalog at once.
import type { Sql } from "postgres";
import { z } from "zod";
import { closedSets } from "./closed_sets.ts";
import { Relation } from "./relation.ts";
import { SYSTEM } from "./system_schemas.ts";

export interface Catalog {
  relations: Relation[];
  /** The names of the engine's own tables and views in schema public. */
  engine_tables: string[];
  /** How many tables and views are in each other schema of the project's that its API serves. */
  elsewhere: { schema: string; count: number }[];
  /** What migrations have told the engine of tools. */
  told: Told;
}

const Subject = z.object({
  name: z.string(),
  /** With its schema, as Postgres writes it. */
  relation: z.string(),
  /** As `agent_subjects` has it. */
  row: z.record(z.string(), z.json()),
});
type Subject = z.infer<typeof Subject>;

const Footprint = z.object({
  tool_name: z.string(),
  /** With its schema, as Postgres writes it. */
  table_name: z.string(),
  op: z.string(),
  target: z.string().nullable(),
  target_column: z.string().nullable(),
  target_rest: z.record(z.string(), z.json()),
  forceful: z.string().nullable(),
});
type Footprint = z.infer<typeof Footprint>;

export interface Told {
  /** The tools with a default or a footprint. */
  tools: string[];
  /** The kinds of things, and of which relation each is. */
  subjects: Subject[];
  footprints: Footprint[];
}

const Row = Relation.extend({
  /** Check constraints of one column each. */
  checks: z.array(z.strictObject({ column: z.string(), definition: z.string() })),
});

/** Reads it as the owner of the tables, whom row-level security does not hold. Errors: the engine is not in the database. */
export async function readCatalog(
  sql: Sql,
  { engine_schema, schemas }: { engine_schema: string; schemas: readonly string[] },
): Promise<Catalog> {
  return {
    relations: await readRelations(sql),
    engine_tables: engine_schema === "public" ? await engineTables(sql) : [],
    elsewhere: await readElsewhere(
      sql,
      schemas.filter((name) => !["public", engine_schema].includes(name) && !SYSTEM.test(name)),
    ),
    told: await readTold(sql, engine_schema),
  };
}

/** The tables and views of schema public, by name. */
export async function readRelations(sql: Sql): Promise<Relation[]> {
  const rows = await sql`select to_jsonb(r) as relation from (${sql.unsafe(RELATIONS)}) r order by r.name`;
  return rows.map(({ relation }) => {
    const { checks, ...known } = Row.parse(relation);
    return { ...known, columns: closedSets(known.columns, checks) };
  });
}

async function readElsewhere(sql: Sql, schemas: readonly string[]): Promise<Catalog["elsewhere"]> {
  const rows = await sql<{ schema: string; count: number }[]>`
    select n.nspname as schema, count(*)::int as count
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(${[...schemas]}) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    group by 1 order by 1`;
  return rows.map(({ schema, count }) => ({ schema, count }));
}

/** Views that read them are the engine's as well. */
async function engineTables(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    with own as (select to_regclass(name) as id from private.engine_tables())
    select c.relname as name from pg_class c
    where c.oid in (select id from own) or c.oid in (
      select r.ev_class from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
      join own on own.id = d.refobjid)
    order by 1`;
  return rows.map(({ name }) => name);
}

/** A relation's name with its schema, by its id. */
function qualified(sql: Sql, id: string) {
  return sql.unsafe(`(select format('%I.%I', n.nspname, c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${id})`);
}

async function readTold(sql: Sql, engine_schema: string): Promise<Told> {
  const [found] = await sql<{ is_there: boolean }[]>`
    select to_regclass(format('%I.agent_subjects', ${engine_schema}::text)) is not null as is_there`;
  if (found?.is_there !== true) {
    throw new Error(
      `The engine is not in this database: there is no ${engine_schema}.agent_subjects. Push its migrations.`,
    );
  }
  const tools = await sql<{ name: string }[]>`
    select tool_name as name from ${sql(engine_schema)}.tool_defaults
    union select tool_name from ${sql(engine_schema)}.tool_footprints order by 1`;
  const subjects = await sql`
    select s.name, ${qualified(sql, "s.relation")} as relation,
      to_jsonb(s) || jsonb_build_object('parent', ${qualified(sql, "s.parent")}) as row
    from ${sql(engine_schema)}.agent_subjects s order by 1`;
  const footprints = await sql`
    select f.tool_name, ${qualified(sql, "f.table_name")} as table_name, f.op, f.target::text as target,
      f.target_column, f.target_rest, f.forceful::text as forceful
    from ${sql(engine_schema)}.tool_footprints f order by f.tool_name, f.op, f.number`;
  return {
    tools: tools.map(({ name }) => name),
    subjects: z.array(Subject).parse([...subjects]),
    footprints: z.array(Footprint).parse([...footprints]),
  };
}

/** Below its domains, which may say that it is never null. What a domain says of a default, the generated types don't know. */
const BASE = `
  with recursive down as (
    select a.atttypid as id, a.atttypmod as mod, a.attnotnull as not_null, false as is_domain
    union all
    select t.typbasetype, t.typtypmod, d.not_null or t.typnotnull, true
    from down d join pg_type t on t.oid = d.id and t.typtype = 'd'
  )
  select d.*, t.typelem, t.typcategory from down d join pg_type t on t.oid = d.id and t.typtype <> 'd'`;

const COLUMNS = `
  select a.attname as name, quote_ident(a.attname) as quoted, e.typname as type,
    case e.typtype when 'b' then 'base' when 'e' then 'enum' when 'r' then 'range' when 'c' then 'composite'
      else 'other' end as type_kind,
    e.typtype = 'e' or e.typnamespace = 'pg_catalog'::regnamespace as is_native,
    b.typcategory = 'A' as is_array, b.is_domain or e.typtype = 'd' as is_domain,
    (select jsonb_agg(l.enumlabel order by l.enumsortorder) from pg_enum l where l.enumtypid = e.oid) as labels,
    case when e.typname in ('varchar', 'bpchar') and b.mod > 4 then b.mod - 4 end as length,
    case when e.typname = 'numeric' and b.mod > 4 then (b.mod - 4) >> 16 & 65535 end as precision,
    b.not_null, case when a.attgenerated = '' then pg_get_expr(f.adbin, f.adrelid) end as default,
    case when a.attgenerated <> '' then pg_get_expr(f.adbin, f.adrelid) end as generated,
    case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
    col_description(a.attrelid, a.attnum) as comment,
    has_column_privilege('authenticated', a.attrelid, a.attnum, 'select') as may_select,
    has_column_privilege('authenticated', a.attrelid, a.attnum, 'insert') as may_insert,
    has_column_privilege('authenticated', a.attrelid, a.attnum, 'update') as may_update
  from pg_attribute a
  cross join lateral (${BASE}) b
  join pg_type e on e.oid = case when b.typcategory = 'A' then b.typelem else b.id end
  left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

const KEY = `
  select i.indexrelid, i.indkey, i.indnkeyatts from pg_index i
  where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    and (i.indisprimary or not exists (
      select from unnest(i.indkey) with ordinality k (number, n)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
      where k.n <= i.indnkeyatts and not a.attnotnull))
  order by i.indisprimary desc, i.indnkeyatts, i.indexrelid limit 1`;

const POLICIES = `
  select case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
      else 'delete' end as command,
    pg_get_expr(p.polqual, p.polrelid) as "using", pg_get_expr(p.polwithcheck, p.polrelid) as "check"
  from pg_policy p
  where p.polrelid = c.oid and p.polpermissive and exists (select from unnest(p.polroles) role
    where case when role = 0 then true else pg_has_role('authenticated', role, 'usage') end)
  order by p.polname`;

/** The names of a constraint's columns, in its order. */
const named = (table: string, numbers: string) => `
  select jsonb_agg(a.attname order by k.n) from unnest(${numbers}) with ordinality k (number, n)
  join pg_attribute a on a.attrelid = ${table} and a.attnum = k.number`;

const REFERENCES = `
  select con.conname as "constraint", (${named("con.conrelid", "con.conkey")}) as columns,
    tn.nspname as schema, t.relname as table, (${named("con.confrelid", "con.confkey")}) as target_columns
  from pg_constraint con join pg_class t on t.oid = con.confrelid join pg_namespace tn on tn.oid = t.relnamespace
  where con.conrelid = c.oid and con.contype = 'f' and con.conparentid = 0
  order by con.conkey, con.conname`;

const INDEXES = `
  select (select jsonb_agg(a.attname order by k.n) from unnest(i.indkey) with ordinality k (number, n)
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number and k.number > 0
    where k.n <= i.indnkeyatts) as columns
  from pg_index i where i.indrelid = c.oid and i.indisvalid and i.indpred is null
  order by i.indexrelid`;

const CHECKS = `
  select a.attname as column, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
  where k.conrelid = c.oid and k.contype = 'c' and k.convalidated and cardinality(k.conkey) = 1
  order by k.conname`;

const list = (query: string, value = "to_jsonb(x)") =>
  `coalesce((select jsonb_agg(${value}) from (${query}) x), '[]')`;

const RELATIONS = `
  select c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted,
    case c.relkind when 'p' then 'partitioned' when 'v' then 'view' when 'm' then 'materialized view'
      when 'f' then 'foreign table' else case when c.relispartition then 'partition' else 'table' end end as kind,
    c.relrowsecurity as has_rls,
    exists (select from pg_options_to_table(c.reloptions)
      where option_name = 'security_invoker' and option_value::boolean) as is_security_invoker,
    ${list(POLICIES)} as policies,
    coalesce((select (select jsonb_agg(a.attname order by k.n) from unnest(i.indkey) with ordinality k (number, n)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number where k.n <= i.indnkeyatts)
      from (${KEY}) i), '[]') as key,
    ${list(REFERENCES)} as references,
    ${list(INDEXES, "x.columns")} as indexes,
    coalesce((select jsonb_agg(t.tgname order by t.tgname) from pg_trigger t
      where t.tgrelid = c.oid and not t.tgisinternal), '[]') as triggers,
    ${list(CHECKS)} as checks,
    ${list(COLUMNS)} as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
      and d.deptype = 'e')`;
