// The relations of a project, as far as tools can reach them: columns, keys, references, and the engine's triggers.
import type { Sql } from "postgres";
import { z } from "zod";
import { helpersOf } from "../schema/move_schema.ts";

const Column = z.object({
  name: z.string(),
  /** Without its length. */
  type: z.string(),
  category: z.string(),
  length: z.number().nullable(),
  not_null: z.boolean(),
  has_default: z.boolean(),
  defaults_to_user: z.boolean(),
  is_made: z.boolean(),
  labels: z.array(z.string()),
});
export type Column = z.infer<typeof Column>;

const Relation = z.object({
  /** With its schema, quoted where it has to be. */
  name: z.string(),
  kind: z.enum(["table", "view", "other"]),
  columns: z.array(Column),
  primary_key: z.array(z.string()),
  unique_keys: z.array(z.array(z.string())),
  references: z.array(z.object({
    columns: z.array(z.string()),
    target: z.string(),
    target_columns: z.array(z.string()),
  })),
  /** As SQL. */
  checks: z.array(z.string()),
  /** Relations that its policies or, for a view, its query read. */
  reads: z.array(z.string()),
  /** What the engine's triggers name; null where there is none that works. */
  receipt_key: z.array(z.string()).nullable(),
  effect_key: z.array(z.string()).nullable(),
  source_key: z.array(z.string()).nullable(),
  subject: z.object({ name: z.string(), key: z.array(z.string()), title: z.string().nullable() }).nullable(),
});
export type Relation = z.infer<typeof Relation>;

/** The columns that name a row of it, as marks and results do. */
export function keyOf({ source_key, subject, receipt_key, primary_key }: Relation): readonly string[] {
  return source_key ?? subject?.key ?? receipt_key ?? primary_key;
}

export async function readCatalog(sql: Sql, schema: string): Promise<Map<string, Relation>> {
  const inner = helpersOf(schema);
  const rows = await sql.unsafe<{ relation: unknown }[]>(
    QUERY.replaceAll("@engine", quoted(schema))
      .replaceAll("@inner", quoted(inner)),
  );
  const relations = rows.map(({ relation }) => Relation.parse(relation));
  return new Map(relations.map((relation) => [relation.name, relation]));
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const TRIGGER = (finds: string) =>
  `(
  select array(select convert_from(decode(part, 'escape'), 'UTF8')
    from unnest(string_to_array(encode(t.tgargs, 'escape'), '\\000')) with ordinality parts (part, n)
    where n <= t.tgnargs and n < coalesce(array_position(string_to_array(encode(t.tgargs, 'escape'), '\\000'),
      '--clock'), 1000) order by n)
  from pg_trigger t where t.tgrelid = c.oid and ${finds} and t.tgenabled in ('O', 'A') limit 1)`;

const QUERY = `
select jsonb_build_object(
  'name', format('%I.%I', n.nspname, c.relname),
  'kind', case when c.relkind in ('r', 'p') then 'table' when c.relkind = 'v' then 'view' else 'other' end,
  'columns', coalesce((select jsonb_agg(jsonb_build_object('name', a.attname,
      'type', format_type(a.atttypid, -1), 'category', t.typcategory,
      'length', case when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype) and a.atttypmod > 4
        then a.atttypmod - 4 end,
      'not_null', a.attnotnull or t.typnotnull, 'has_default', d.oid is not null,
      'defaults_to_user', coalesce(pg_get_expr(d.adbin, d.adrelid) ~ 'auth\\.(uid|jwt)', false),
      'is_made', a.attgenerated <> '' or a.attidentity <> '',
      'labels', array(select enumlabel from pg_enum e
        where e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid) order by enumsortorder)) order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
  'primary_key', array(select a.attname from pg_constraint k, unnest(k.conkey) with ordinality u (num, at)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = u.num
    where k.conrelid = c.oid and k.contype = 'p' order by u.at),
  'unique_keys', coalesce((select jsonb_agg(array(select a.attname from pg_attribute a
      where a.attrelid = c.oid and a.attnum = any (i.indkey))) from pg_index i
    where i.indrelid = c.oid and i.indisunique), '[]'),
  'references', coalesce((select jsonb_agg(jsonb_build_object(
      'columns', array(select a.attname from unnest(k.conkey) with ordinality u (num, at)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num order by u.at),
      'target', (select format('%I.%I', tn.nspname, tc.relname) from pg_class tc
        join pg_namespace tn on tn.oid = tc.relnamespace where tc.oid = k.confrelid),
      'target_columns', array(select a.attname from unnest(k.confkey) with ordinality u (num, at)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num order by u.at)))
    from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'), '[]'),
  'checks', array(select pg_get_constraintdef(k.oid) from pg_constraint k
    where k.conrelid = c.oid and k.contype = 'c'),
  'reads', array(select distinct format('%I.%I', rn.nspname, rc.relname)
    from pg_depend d join pg_class rc on rc.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
    join pg_namespace rn on rn.oid = rc.relnamespace
    where rc.oid <> c.oid and rc.relkind in ('r', 'p', 'v') and (
      d.classid = 'pg_policy'::regclass and d.objid in (select oid from pg_policy where polrelid = c.oid)
      or d.classid = 'pg_rewrite'::regclass and d.objid in (select oid from pg_rewrite where ev_class = c.oid))),
  'receipt_key', to_jsonb(${TRIGGER("@inner.keeps_receipts(t)")}),
  'effect_key', to_jsonb(${TRIGGER("@inner.keeps_effects(t)")}),
  'source_key', to_jsonb(${TRIGGER("@inner.notes_sources(t)")}),
  'subject', (select jsonb_build_object('name', s.name, 'key', s.id_column || s.id_rest, 'title', s.title_column)
    from @engine.agent_subjects s where s.relation = c.oid order by s.name limit 1)
) as relation
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and n.nspname !~ '^pg_' and n.nspname <> all (array['information_schema', 'auth', 'storage', 'realtime', 'vault',
    'extensions', 'supabase_migrations', 'graphql', 'graphql_public', 'net', 'cron', 'pgmq', 'pgsodium'])
  and to_regclass(format('%I.%I', n.nspname, c.relname)) not in (
    select to_regclass(e.name) from @inner.engine_tables() e where to_regclass(e.name) is not null)
  and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
  and n.oid <> @inner.inner_schema()`;
