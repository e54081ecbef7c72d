-- What agents work on, as far as a run's first prompt shows it. Each row of `agent_subjects` is one kind of thing,
-- such as a table of the project's own; rows are written by migrations only, so what they put into a statement is
-- the operator's. All is read under the caller's rights: a kind that the caller may not read is left out.
--
-- A row is named by its key as one text (private.row_key): that is a request's entity_id, and the key of the rows that
-- are shown.
--
--   agent_overview             what there is, in counts and newest rows
--   agent_entity               the one row that a chat is about
--   private.opening_rows       the rows whose text those two show
--   private.readable           a value in which JavaScript loses no digit
--   private.is_value           whether a text can be read as a value of a type
--   private.subject_key        the columns of a kind's key
--   private.subject_condition  the condition that finds the row of a key
--   private.subject_count, subject_newest, subject_overview, subject_fields  the parts of the first two
--
-- A domain that knows better gives these three other bodies (`create or replace`); `private.run_opening` calls them.

create table public.agent_subjects (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
  relation regclass not null,
  id_column text not null default 'id',
  id_rest text[] not null default '{}',
  title_column text,
  columns text[] not null default '{}',
  condition text,
  group_column text,
  newest_column text,
  parent_column text,
  parent regclass,
  count_up_to integer not null default 1000 check (count_up_to between 0 and 100000),
  constraint agent_subjects_parent check ((parent_column is null) = (parent is null))
);
comment on table public.agent_subjects is
  'The kinds of things that agents work on, for a run''s first prompt. Written by migrations only.';
comment on column public.agent_subjects.name is 'The kind''s name: what a request gives as context_type.';
comment on column public.agent_subjects.id_column is 'The column that a request''s entity_id names a row by.';
comment on column public.agent_subjects.id_rest is
  'More columns of the key, where it has several: entity_id is all their values, with commas in between.';
comment on column public.agent_subjects.columns is 'What agent_entity shows of a row, beside its id and title.';
comment on column public.agent_subjects.condition is
  'An SQL condition that rows must meet, such as deleted_at is null.';
comment on column public.agent_subjects.group_column is 'A column with few values: rows are counted by it.';
comment on column public.agent_subjects.newest_column is
  'The newest five rows by this column are shown with id and title. An index should lead with it.';
comment on column public.agent_subjects.parent is
  'The table of the row that parent_column names, such as a task''s project: who names that row, by its title, means '
  'this one, too (private.is_named).';
comment on column public.agent_subjects.count_up_to is 'Rows beyond this many are not counted; 0 counts none.';

alter table public.agent_subjects enable row level security;
create policy "all rows: select" on public.agent_subjects for select to authenticated using (true);
revoke all on public.agent_subjects from public, anon, authenticated, service_role;
grant select on public.agent_subjects to authenticated, service_role;

create function private.subject_key(p public.agent_subjects) returns text[]
language sql immutable security invoker set search_path = '' as $$
  select p.id_column || p.id_rest
$$;

-- A number of more digits than JavaScript's keep is text: a key beyond 2^53 would come back as another.
create function private.readable(p_value jsonb) returns jsonb
language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return case
    when jsonb_typeof(p_value) = 'number' and length(regexp_replace(p_value::text, '\D', '', 'g')) > 15
      then to_jsonb(p_value #>> '{}')
    else p_value
  end;
end $$;

-- How many rows there are, by group where there are groups; `1000+` where counting stops.
create function private.subject_count(p public.agent_subjects) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_count bigint;
  v_groups jsonb;
begin
  if p.count_up_to = 0 then
    return null;
  end if;
  execute format($query$
    with found as materialized (select private.excerpt(%s, 60) as label from %s where %s limit %s),
      groups as (
        select coalesce(label, 'none') as label, count(*) as n from found group by 1 order by 2 desc limit 12
      )
    select (select count(*) from found), (select jsonb_object_agg(label, n) from groups)
    $query$,
    coalesce(quote_ident(p.group_column) || '::text', 'null::text'), p.relation, coalesce(p.condition, 'true'),
    p.count_up_to + 1)
  into v_count, v_groups;
  return case
    when v_count > p.count_up_to then to_jsonb(p.count_up_to || '+')
    when v_count = 0 or p.group_column is null then to_jsonb(v_count)
    else v_groups
  end;
end $$;

-- The newest rows as [id, title]; null where the kind has no order or no titles.
create function private.subject_newest(p public.agent_subjects) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_newest jsonb;
begin
  if p.newest_column is null or p.title_column is null then
    return null;
  end if;
  execute format($query$
    select jsonb_agg(jsonb_build_array(id, private.excerpt(title, 60)) order by at desc)
    from (select %s as id, %I::text as title, %I as at from %s where %s order by 3 desc nulls last limit 5) newest
    $query$,
    case when p.id_rest = '{}' then format('private.readable(to_jsonb(%I))', p.id_column)
      else format('private.row_key(jsonb_build_object(%s), %L)',
        (select string_agg(format('%L, %I', name, name), ', ') from unnest(private.subject_key(p)) name),
        private.subject_key(p)) end,
    p.title_column, p.newest_column, p.relation, coalesce(p.condition, 'true'))
  into v_newest;
  return v_newest;
end $$;

-- One kind in short; null where it can't be read. A fault of one kind is told to the log and leaves the others.
create function private.subject_overview(p public.agent_subjects) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_count constant jsonb := private.subject_count(p);
  v_newest constant jsonb := private.subject_newest(p);
begin
  return case
    when v_newest is null then v_count
    else jsonb_strip_nulls(jsonb_build_object('count', v_count, 'newest', v_newest))
  end;
end $$;

create function public.agent_overview(p_time_zone text default 'UTC') returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_subject public.agent_subjects;
  v_told jsonb := '{}';
begin
  for v_subject in select * from public.agent_subjects order by name loop
    begin
      v_told := v_told || jsonb_build_object(v_subject.name, private.subject_overview(v_subject));
    exception
      when insufficient_privilege then null;
      when others then raise warning 'Cannot show the subject "%": %', v_subject.name, sqlerrm;
    end;
  end loop;
  return jsonb_strip_nulls(v_told);
end $$;
comment on function public.agent_overview(text) is
  'What there is to work on, for the prompt of a run. A domain may replace it.';

-- The columns of a row that are shown, long values cut.
create function private.subject_fields(p_row jsonb) returns jsonb
language plpgsql immutable security invoker set search_path = '' as $$
begin return (
  select jsonb_object_agg(key, case
      when length(value #>> '{}') > 1500 then to_jsonb(private.excerpt(value #>> '{}', 1500))
      else private.readable(value)
    end)
  from jsonb_each(p_row)
); end $$;

-- Postgres has pg_input_is_valid for it from 16 on.
create function private.is_value(p_text text, p_type text) returns boolean
language plpgsql stable security invoker set search_path = '' as $$
begin
  execute format('select $1::%s', p_type) using p_text;
  return true;
exception when data_exception or integrity_constraint_violation then
  return false;
end $$;

-- Null for a key that its columns can't hold, and where one of those is gone.
create function private.subject_condition(p public.agent_subjects, p_key text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_columns constant text[] := private.subject_key(p);
  v_values constant text[] := private.key_values(p_key, cardinality(v_columns));
  v_conditions text[] := '{}';
  v_type text;
begin
  for place in 1..cardinality(v_columns) loop
    -- Without the type's length: a cast to it would cut a long id down to another one.
    select format_type(a.atttypid, -1) into v_type from pg_catalog.pg_attribute a
      where a.attrelid = p.relation and a.attname = v_columns[place] and not a.attisdropped;
    if v_type is null or v_values[place] is null or not private.is_value(v_values[place], v_type) then
      return null;
    end if;
    v_conditions := v_conditions || format('%I = %L::%s', v_columns[place], v_values[place], v_type);
  end loop;
  return array_to_string(v_conditions, ' and ');
end $$;

-- The row of a kind that has this id. Null where there is none, where its columns can't hold such an id, where the
-- caller has no right to it, and for a name that is no kind.
create function public.agent_entity(p_type text, p_id text) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_subject public.agent_subjects;
  v_condition text;
  v_row jsonb;
begin
  select * into v_subject from public.agent_subjects where name = p_type;
  if not found then
    return null;
  end if;
  v_condition := private.subject_condition(v_subject, p_id);
  if v_condition is null then
    return null;
  end if;
  execute format('select to_jsonb(found) from (select %s from %s where %s and (%s) limit 1) found',
    (select string_agg(distinct quote_ident(shown), ', ')
      from unnest(private.subject_key(v_subject) || v_subject.title_column || v_subject.columns) shown),
    v_subject.relation, v_condition, coalesce(v_subject.condition, 'true'))
  into v_row;
  return case when v_row is not null then
    jsonb_strip_nulls(jsonb_build_object(p_type, private.subject_fields(v_row)))
  end;
exception
  when insufficient_privilege then return null;
  when others then
    raise warning 'Cannot show a row of the subject "%": %', p_type, sqlerrm;
    return null;
end $$;
comment on function public.agent_entity(text, text) is
  'The row that a chat is about, for the prompt of a run; null where the caller has none. A domain may replace it.';

-- The rows whose text an overview and an entity show, as [{ relation, key }], read from what they say.
create function private.opening_rows(p_overview jsonb, p_entity jsonb) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select coalesce(jsonb_agg(jsonb_build_object('relation', s.relation::text, 'key', told.key)), '[]')
  from (
    select o.name, newest ->> 0 as key
    from jsonb_each(p_overview) o (name, said)
    cross join lateral jsonb_array_elements(case when jsonb_typeof(o.said -> 'newest') = 'array'
      then o.said -> 'newest' else '[]' end) newest
    union all
    select e.name, private.row_key(e.said, private.subject_key(s))
    from jsonb_each(p_entity) e (name, said) join public.agent_subjects s on s.name = e.name
  ) told
  join public.agent_subjects s on s.name = told.name
); end $$;
comment on function private.opening_rows(jsonb, jsonb) is
  'The rows whose text agent_overview and agent_entity show. A domain that replaces those replaces this.';

revoke all on function
  private.subject_key(public.agent_subjects),
  private.readable(jsonb),
  private.subject_condition(public.agent_subjects, text),
  private.subject_count(public.agent_subjects),
  private.subject_newest(public.agent_subjects),
  private.subject_overview(public.agent_subjects),
  private.subject_fields(jsonb),
  private.is_value(text, text),
  private.opening_rows(jsonb, jsonb),
  public.agent_overview(text),
  public.agent_entity(text, text)
from public, anon, authenticated, service_role;
grant execute on function
  private.subject_key(public.agent_subjects),
  private.readable(jsonb),
  private.subject_condition(public.agent_subjects, text),
  private.subject_count(public.agent_subjects),
  private.subject_newest(public.agent_subjects),
  private.subject_overview(public.agent_subjects),
  private.subject_fields(jsonb),
  private.is_value(text, text),
  private.opening_rows(jsonb, jsonb),
  public.agent_overview(text),
  public.agent_entity(text, text)
to authenticated;
