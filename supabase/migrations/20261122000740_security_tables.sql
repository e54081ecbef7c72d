-- The self-test's questions about tables and views, whose rows are whose, and their triggers.

create function private.security_tables(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  with tables as materialized (
    select r.*, c.relrowsecurity, c.relforcerowsecurity, o.rolname as owner, o.rolsuper or o.rolbypassrls as unheld,
      has_any_column_privilege('authenticated', r.id, 'insert, update')
        or has_table_privilege('authenticated', r.id, 'delete') as written,
      has_any_column_privilege('authenticated', r.id, 'select') as shown
    from private.security_relations(p_schemas) r
    join pg_catalog.pg_class c on c.oid = r.id
    join pg_catalog.pg_roles o on o.oid = c.relowner
    where r.kind in ('r', 'p') and r.place <> 'inner'
  )
  select 'S01', 'error', name, 'row-level security is off: whoever may read it reads every row'
  from tables where not relrowsecurity
  union all
  select 'S02', case when written or shown then 'warn' else 'info' end, name,
    'row-level security without a policy: users reach no row, whatever they have been granted'
  from tables t
  where relrowsecurity and place = 'api' and not exists (select from pg_catalog.pg_policy p where p.polrelid = t.id)
  union all
  select 'S22', case when written then 'error' else 'warn' end, name,
    'says not whose its rows are: no column, not null, that references auth.users'
  from tables t
  where place = 'api' and not exists (
    select from pg_catalog.pg_attribute a
    join pg_catalog.pg_constraint k on k.conrelid = a.attrelid and k.contype = 'f' and k.conkey = array[a.attnum]
    where a.attrelid = t.id and a.attnum = t.owner_column and a.attnotnull and k.confrelid = 'auth.users'::regclass
  )
  union all
  select 'S37', case when owner in ('anon', 'authenticated') then 'error' else 'info' end, name,
    format('its policies don''t hold its owner, %s; alter table … force row level security', owner)
  from tables where place = 'api' and relrowsecurity and not relforcerowsecurity and not unheld
$$;

-- A reference from one user's rows to another's: both sides know their user, and the key does not compare them.
create function private.security_references(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S23', 'error', format('%s (%s)', child.name, k.conname),
    format('a row may reference another user''s row of %s; let the key begin with the user, on both sides', parent.name)
  from pg_catalog.pg_constraint k
  join private.security_relations(p_schemas) child on child.id = k.conrelid
  join private.security_relations(p_schemas) parent on parent.id = k.confrelid
  where k.contype = 'f' and k.conparentid = 0 and child.place = 'api' and parent.place = 'api'
    and child.owner_column is not null and parent.owner_column is not null
    and not exists (
      select from unnest(k.conkey, k.confkey) pair(own, other)
      where pair.own = child.owner_column and pair.other = parent.owner_column
    )
$$;

create function private.security_views(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  with recursive views as (
    select r.*, lower(coalesce(c.reloptions, '{}')::text)::text[] as options,
      has_any_column_privilege('authenticated', r.id, 'select') or has_any_column_privilege('anon', r.id, 'select')
        as read
    from private.security_relations(p_schemas) r
    join pg_catalog.pg_class c on c.oid = r.id
    where r.kind in ('v', 'm', 'f') and r.place = 'api'
  ), seen as (
    select id as view, id from views
    union
    select s.view, d.refobjid
    from seen s
    join pg_catalog.pg_rewrite w on w.ev_class = s.id
    join pg_catalog.pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
      and d.refclassid = 'pg_class'::regclass
  )
  select 'S19', case when read then 'error' else 'warn' end, name,
    'shows what its owner may see, not what its reader may; create it with (security_invoker = true)'
  from views
  where kind = 'v' and not exists (
    select from unnest(options) option where option ~ '^security_invoker=(true|on|yes|1)$'
  )
  union all
  select 'S20', case when read then 'error' else 'info' end, name,
    'row-level security does not hold here' || case when read then ', and users may read it; revoke select' else '' end
  from views where kind in ('m', 'f')
  union all
  select 'S21', 'error', name, 'shows accounts: it reads auth.users'
  from views where id in (select view from seen where seen.id = 'auth.users'::regclass)
$$;

-- Whether a trigger leaves a receipt of everything that a tool's call changes: for each row, after insert, update and
-- delete, with the columns of the key. The bits are those of pg_trigger.h.
create function private.keeps_receipts(p_trigger pg_catalog.pg_trigger)
returns boolean language sql stable security invoker set search_path = '' as $$
  select p_trigger.tgfoid = 'private.keep_tool_receipt'::regproc and p_trigger.tgtype & 31 = 29
    and p_trigger.tgnargs > 0 and p_trigger.tgqual is null and cardinality(p_trigger.tgattr::smallint[]) = 0
$$;

-- Whether a trigger marks every row that is not its user's own words: for each row, after insert and update.
create function private.notes_sources(p_trigger pg_catalog.pg_trigger)
returns boolean language sql stable security invoker set search_path = '' as $$
  select p_trigger.tgfoid = 'private.note_row_source'::regproc and p_trigger.tgtype & 23 = 21
    and p_trigger.tgnargs > 0 and p_trigger.tgqual is null and cardinality(p_trigger.tgattr::smallint[]) = 0
$$;

create function private.security_triggers(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S24', case when exists (select from public.tool_footprints f where f.table_name = r.id) then 'error'
      else 'warn' end, r.name, 'users write it, and it ' || case
    when not exists (select from pg_catalog.pg_trigger t where t.tgrelid = r.id and private.keeps_receipts(t))
      then 'keeps no receipts: no write tool''s call has its effect once here; see keep_tool_receipt'
    when not exists (select from pg_catalog.pg_trigger t where t.tgrelid = r.id and private.keeps_effects(t))
      then 'keeps no effects: what a tool''s call does here can''t be seen before, nor undone; see keep_tool_effect'
    else 'notes no sources: what stands in its rows counts as its user''s own words; see note_row_source' end
  from private.security_relations(p_schemas) r
  where r.place = 'api' and r.kind in ('r', 'p') and r.name not in (select e.name from private.engine_tables() e)
    and (has_any_column_privilege('authenticated', r.id, 'insert, update')
      or has_table_privilege('authenticated', r.id, 'delete'))
    and (not exists (select from pg_catalog.pg_trigger t where t.tgrelid = r.id and private.keeps_receipts(t))
      or not exists (select from pg_catalog.pg_trigger t where t.tgrelid = r.id and private.keeps_effects(t))
      or not exists (select from pg_catalog.pg_trigger t where t.tgrelid = r.id and private.notes_sources(t)))
  union all
  select 'S25', 'error', format('%s (%s)', r.name, t.tgname), 'this trigger is off; alter table … enable trigger'
  from private.security_relations(p_schemas) r
  join pg_catalog.pg_trigger t on t.tgrelid = r.id
  where r.place = 'api' and t.tgenabled in ('D', 'R')
  union all
  select 'S25', 'error', format('%s (%s)', e.name, expected), 'this trigger of the engine''s is not there'
  from private.engine_tables() e, unnest(e.triggers) expected
  where to_regclass(e.name) is not null and not exists (
    select from pg_catalog.pg_trigger t where t.tgrelid = to_regclass(e.name) and t.tgname = expected
  )
$$;

create function private.has_column(p_relation oid, p_name text)
returns boolean language sql stable security invoker set search_path = '' as $$
  select exists (select from pg_catalog.pg_attribute a
    where a.attrelid = p_relation and a.attname = p_name and a.attnum > 0 and not a.attisdropped)
$$;

-- What tools may touch, where that is nothing: their calls are refused, and nobody has meant that.
create function private.security_footprints()
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S26', 'warn', d.tool_name, 'a tool that writes and has no footprint: each of its changes is refused'
  from public.tool_defaults d
  where d.access = 'write' and not exists (select from public.tool_footprints f where f.tool_name = d.tool_name)
  union all
  select 'S27', 'warn', format('%s (%s %s)', f.tool_name, lower(f.op), coalesce(c.oid::regclass::text, 'a table')),
    case when c.oid is null then 'a footprint on a table that is gone; delete it'
      when gone.target_column is not null
        then format('a footprint on rows by their %s, a column that they don''t have', gone.target_column)
      else 'a footprint on what users may not do themselves; grant it, or delete the footprint' end
  from public.tool_footprints f
  left join pg_catalog.pg_class c on c.oid = f.table_name
  left join lateral (
    select min(key.name) as target_column
    from (
      select f.target_column where f.target_column is not null
      union all select jsonb_object_keys(f.target_rest)
    ) key (name)
    where not private.has_column(c.oid, key.name)
  ) gone on true
  where c.oid is null or gone.target_column is not null
    or not has_table_privilege('authenticated', c.oid, f.op)
      and (f.op = 'DELETE' or not has_any_column_privilege('authenticated', c.oid, f.op))
$$;

-- What a run's first prompt is to show, where that is nothing.
create function private.security_subjects()
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S39', 'warn', s.name, case
      when c.oid is null then 'a subject whose relation is gone; delete it from agent_subjects'
      when gone.name is not null
        then format('a subject with a column that its relation doesn''t have: %s; mend its row in agent_subjects',
          gone.name)
      else 'a subject that users may not read; grant it, or delete it from agent_subjects' end
  from public.agent_subjects s
  left join pg_catalog.pg_class c on c.oid = s.relation
  left join lateral (
    select min(used.name) as name
    from unnest(array[s.id_column, s.title_column, s.group_column, s.newest_column, s.parent_column]
      || s.id_rest || s.columns) used (name)
    where not private.has_column(c.oid, used.name)
  ) gone on true
  where c.oid is null or gone.name is not null
    or not has_any_column_privilege('authenticated', c.oid, 'select')
$$;

revoke all on function private.security_tables(text[]), private.security_references(text[]),
  private.security_views(text[]), private.keeps_receipts(pg_catalog.pg_trigger),
  private.notes_sources(pg_catalog.pg_trigger), private.security_triggers(text[]), private.has_column(oid, text),
  private.security_footprints(), private.security_subjects()
  from public, anon, authenticated, service_role;
