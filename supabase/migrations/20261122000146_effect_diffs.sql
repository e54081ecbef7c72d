-- What a call changes in all, made of its effects (migration tool_effects): what a person is shown before it is
-- approved, and what its commit is held to then (migration settling). It is a list of
--
--   { table, op, key, row }            of a row that is new (insert), or gone (delete)
--   { table, op, key, changes, title } of an update, by column: [what it was, what it is]; the row's title, where its
--                                      kind of thing has one (migration subjects), says which row it is, and binds
--   { table, op: unshown, key, row }   of a row that is too large to be looked at; or, without a key, of all that
--                                      comes after fifty changes, or 200,000 characters. `row` has their number
--                                      and a hash
--
-- Several changes of a row are one, and a row that is as it was is not in it, nor what the clock makes. `made` names
-- the columns whose values the database makes anew whenever the call is made: they are shown, and bind nobody. Long
-- values are cut, and have a hash of the whole. So the list is short, and differs wherever what it is of does.
--
--   private.keeps_effects    whether a trigger keeps every effect on its table
--   private.clock_columns    what that trigger says that the clock makes
--   private.is_readable      whether JavaScript reads a number as what it is
--   private.cut_value        a value as it is shown
--   private.row_title        what people call a row
--   private.parent_columns   the columns by which a row refers to rows of a list
--   private.binding          what binds of a change
--   private.net_effects      what a call did to each row, in all
--   private.all_changes      the same as changes, with everything in them
--   private.cut_change       a change as it is shown
--   private.call_diff        the list

-- The bits are those of pg_trigger.h: for each row, after insert, update and delete.
create function private.keeps_effects(p_trigger pg_catalog.pg_trigger)
returns boolean language sql stable security invoker set search_path = '' as $$
  select p_trigger.tgfoid = 'private.keep_tool_effect'::regproc and p_trigger.tgtype & 31 = 29
    and p_trigger.tgnargs > 0 and p_trigger.tgqual is null and cardinality(p_trigger.tgattr::smallint[]) = 0
    and p_trigger.tgenabled in ('O', 'A')
$$;

-- A trigger's arguments are kept as bytes, with a zero after each.
create function private.clock_columns(p_relation oid)
returns text[] language plpgsql stable security invoker set search_path = '' as $$
declare
  v_arguments constant text[] := array(
    select convert_from(decode(part, 'escape'), 'UTF8')
    from pg_catalog.pg_trigger t,
      unnest(string_to_array(encode(t.tgargs, 'escape'), '\000')) with ordinality parts (part, n)
    where t.tgrelid = p_relation and private.keeps_effects(t) order by t.tgname, n);
begin
  return coalesce(v_arguments[array_position(v_arguments, '--clock') + 1:], '{}');
end $$;

-- The list goes to the person and back as JSON, and JavaScript's numbers are float8.
create function private.is_readable(p_number numeric)
returns boolean language sql immutable parallel safe security invoker set search_path = ''
  set extra_float_digits = '1' as $$
  select case when p_number = 0 then true
    when abs(p_number) between 1e-300 and 1e300 then p_number::float8::text::numeric = p_number
    else false end
$$;

-- A value that looks like a cut one is cut, too: else the one would pass for the other. So is one with a number that
-- would come back as another: its digits are text.
create function private.cut_value(p_value jsonb)
returns jsonb language sql immutable parallel safe security invoker set search_path = '' as $$
  select case
    when length(p_value #>> '{}') > 500 or jsonb_typeof(p_value) = 'object' and p_value ? 'cut' or exists (
      select from jsonb_path_query(p_value, 'strict $.** ? (@.type() == "number")') number
      where not private.is_readable(number::numeric)) then jsonb_build_object(
      'cut', left(p_value #>> '{}', 500), 'length', length(p_value #>> '{}'), 'sha256', private.digest(p_value))
    else p_value end
$$;

create function private.row_title(p_relation oid, p_row jsonb)
returns text language plpgsql stable security invoker set search_path = '' as $$
begin
  return (select left(p_row ->> s.title_column, 500) from public.agent_subjects s
    where s.relation = p_relation and s.title_column is not null order by s.name limit 1);
end $$;

-- `p_parents` is a list of { relation, row }.
create function private.parent_columns(p_relation oid, p_row jsonb, p_parents jsonb)
returns text[] language sql stable security invoker set search_path = '' as $$
  select array(
    select distinct a.attname::text from pg_catalog.pg_constraint c
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
    where c.conrelid = p_relation and c.contype = 'f' and exists (
      select from jsonb_array_elements(p_parents) parent
      where to_regclass(parent ->> 'relation') = c.confrelid and not exists (
        select from unnest(c.conkey, c.confkey) pair (own, other)
        join pg_catalog.pg_attribute own on own.attrelid = c.conrelid and own.attnum = pair.own
        join pg_catalog.pg_attribute other on other.attrelid = c.confrelid and other.attnum = pair.other
        where p_row -> own.attname::text is distinct from parent -> 'row' -> other.attname::text)))
$$;

create function private.binding(p_change jsonb)
returns jsonb language sql immutable parallel safe security invoker set search_path = '' as $$
  select p_change || jsonb_build_object('key', (p_change -> 'key') - made) || case
      when p_change ? 'row' then jsonb_build_object('row', (p_change -> 'row') - made)
      else jsonb_build_object('changes', (p_change -> 'changes') - made) end
  from (select array(select jsonb_array_elements_text(p_change -> 'made')) as made) m
$$;

-- A key that an update changes begins another row.
create function private.net_effects(p_user_id uuid, p_call_id uuid)
returns table (relation text, key jsonb, was boolean, is_there boolean, before jsonb, after jsonb, unkept text)
language sql stable security invoker set search_path = '' as $$
  with effects as materialized (
    select * from public.tool_effects e where e.user_id = p_user_id and e.call_id = p_call_id
  ), befores as (
    -- Of values by one name the last one stays: the first that there was.
    select e.relation, e.row_key, jsonb_object_agg(b.key, b.value order by e.seq desc) as before
    from effects e, jsonb_each(e.before) b group by e.relation, e.row_key
  ), rows as (
    select e.relation, e.row_key,
      (array_agg(e.op order by e.seq))[1] <> 'insert' as was,
      (array_agg(e.op order by e.seq desc))[1] <> 'delete' as is_there,
      (array_agg(e.after order by e.seq desc))[1] as after,
      case when not bool_and(e.kept) then private.digest(jsonb_agg(e.digest order by e.seq)) end as unkept
    from effects e group by e.relation, e.row_key
  )
  select r.relation, r.row_key, r.was, r.is_there, b.before, r.after, r.unkept
  from rows r left join befores b using (relation, row_key)
  where r.was or r.is_there
$$;

create function private.all_changes(p_user_id uuid, p_call_id uuid)
returns setof jsonb language sql stable security invoker set search_path = '' as $$
  with net as materialized (
    select *, case when not was then 'insert' when not is_there then 'delete' else 'update' end as op
    from private.net_effects(p_user_id, p_call_id)
  ), relations as materialized (
    select relation, to_regclass(relation) as id,
      case when bool_or(op = 'delete') then private.clock_columns(to_regclass(relation)) end as clock
    from net group by relation
  ), parents as materialized (
    select coalesce(jsonb_agg(jsonb_build_object('relation', relation, 'row', after)), '[]') as list
    from net where op = 'insert' and after is not null
  ), changes as (
    select n.relation, n.key, n.op, case
        when n.unkept is not null then jsonb_build_object('op', 'unshown', 'row',
          jsonb_build_object('op', n.op, 'number', 1, 'sha256', n.unkept))
        when n.op = 'insert' then jsonb_build_object('row', n.after)
        when n.op = 'delete' then jsonb_build_object('row', n.before - r.clock)
        else jsonb_build_object('changes', (
          select jsonb_object_agg(b.key, jsonb_build_array(b.value, n.after -> b.key)) from jsonb_each(n.before) b
          where n.after ? b.key and b.value is distinct from (n.after -> b.key)))
          || jsonb_strip_nulls(jsonb_build_object('title', private.row_title(r.id, n.after || n.before))) end as change,
      case when n.op = 'delete' then '{}' else private.parent_columns(r.id, n.after, p.list) end
        || case when n.op = 'insert' then private.made_columns(r.id, coalesce(n.after, n.key)) else '{}' end as made
    from net n join relations r using (relation) cross join parents p
  )
  select jsonb_build_object('table', c.relation, 'op', c.op, 'key', c.key) || c.change || case when made.list is null
    then '{}' else jsonb_build_object('made', made.list) end
  from changes c, lateral (
    select jsonb_agg(distinct name order by name) as list from unnest(c.made) name
    where c.key ? name or c.change -> 'row' ? name or c.change -> 'changes' ? name
  ) made
  where c.change -> 'changes' is distinct from 'null'
$$;

create function private.cut_change(p_change jsonb)
returns jsonb language sql immutable parallel safe security invoker set search_path = '' as $$
  select p_change || case
    when p_change ? 'row' then jsonb_build_object('row', (
      select jsonb_object_agg(key, private.cut_value(value)) from jsonb_each(p_change -> 'row')))
    else jsonb_build_object('changes', (
      select jsonb_object_agg(key, jsonb_build_array(private.cut_value(value -> 0), private.cut_value(value -> 1)))
      from jsonb_each(p_change -> 'changes'))) end
$$;

-- How much is shown depends on nothing but what binds: else a longer number would make it another list.
create function private.call_diff(p_user_id uuid, p_call_id uuid)
returns jsonb language sql stable security invoker set search_path = '' as $$
  with changes as (
    select c.change, private.binding(c.change) as binding
    from private.all_changes(p_user_id, p_call_id) c (change)
  ), placed as (
    select change, binding, row_number() over ordered as place,
      sum(length(private.binding(private.cut_change(change))::text)) over ordered as size
    from changes
    window ordered as (order by change ->> 'table', (binding -> 'key')::text, change ->> 'op', binding::text
      rows unbounded preceding)
  ), shown as (
    select place, private.cut_change(change) as change from placed where place <= 50 and size <= 200000
    union all
    select 51, jsonb_build_object('table', min(change ->> 'table'), 'op', 'unshown', 'key', '{}'::jsonb, 'row',
      jsonb_build_object('number', count(*), 'sha256', private.digest(jsonb_agg(binding order by place))))
    from placed where place > 50 or size > 200000 having count(*) > 0
  )
  select coalesce(jsonb_agg(change order by place), '[]') from shown
$$;

revoke all on function
  private.keeps_effects(pg_catalog.pg_trigger),
  private.clock_columns(oid),
  private.is_readable(numeric),
  private.cut_value(jsonb),
  private.row_title(oid, jsonb),
  private.parent_columns(oid, jsonb, jsonb),
  private.binding(jsonb),
  private.net_effects(uuid, uuid),
  private.all_changes(uuid, uuid),
  private.cut_change(jsonb),
  private.call_diff(uuid, uuid)
  from public, anon, authenticated, service_role;
