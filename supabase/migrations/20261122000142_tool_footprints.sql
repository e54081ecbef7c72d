-- What each write tool may touch: which tables, by which operation, how many rows, and which of them. A change that no
-- row here allows is refused (private.keep_tool_receipt), whatever the tool's code does. Rows are written by
-- migrations only, and say the same as the tool's definition (`writes`), which a test compares:
--
--   insert into public.tool_footprints (tool_name, table_name, op, target, target_column) values
--     ('create_order', 'public.orders', 'INSERT', null, null),
--     ('update_order', 'public.orders', 'UPDATE', '$.order_id', 'id');
--
-- A row whose key has several columns is named by all of them, or the tool could reach its neighbours:
--
--   insert into public.tool_footprints (tool_name, table_name, op, target, target_column, target_rest) values
--     ('update_line', 'public.lines', 'UPDATE', '$.order_id', 'order_id', '{"line": "$.line"}');

create table public.tool_footprints (
  tool_name text not null check (tool_name <> ''),
  table_name regclass not null,
  op text not null check (op in ('INSERT', 'UPDATE', 'DELETE')),
  number integer not null default 1,
  target jsonpath,
  target_column text,
  target_rest jsonb not null default '{}' check (jsonb_typeof(target_rest) = 'object'),
  max_rows integer not null default 1 check (max_rows > 0),
  forceful jsonpath,
  primary key (tool_name, table_name, op, number),
  constraint tool_footprints_column_has_target check (target_column is null or target is not null),
  constraint tool_footprints_rest_has_column check (target_rest = '{}' or target_column is not null)
);

comment on table public.tool_footprints is
  'What the write tools may touch; a change that no row allows is refused. Written by migrations only.';
comment on column public.tool_footprints.number is 'Tells apart what a tool may do to one table by one operation.';
comment on column public.tool_footprints.target is
  'Finds in the call''s arguments what the row must carry in target_column; without that column, the row of this '
  'table allows something only where the path finds anything. Null: any row of the user''s.';
comment on column public.tool_footprints.target_column is 'The column of the changed row that carries the target.';
comment on column public.tool_footprints.target_rest is
  'More columns that the row must carry, where its key has several: each with its path in the arguments.';
comment on column public.tool_footprints.max_rows is
  'How many changes a call may make to this table by this operation.';
comment on column public.tool_footprints.forceful is
  'Finds something in the arguments where the change overwrites or takes away; null where it never does.';

alter table public.tool_footprints enable row level security;
create policy "all rows: select" on public.tool_footprints for select to authenticated using (true);
revoke all on public.tool_footprints from public, anon, authenticated, service_role;
grant select on public.tool_footprints to authenticated, service_role;

-- Whether a value of an argument is that of a column. A model may write a uuid in capitals and a number as text, as it
-- has to where JSON's numbers would lose digits.
create function private.is_same_key(p_argument jsonb, p_value jsonb) returns boolean
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
declare
  v_argument constant text := p_argument #>> '{}';
  v_value constant text := p_value #>> '{}';
begin
  return v_argument = v_value
    or v_value ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' and lower(v_argument) = v_value
    or jsonb_typeof(p_value) = 'number' and case when v_argument ~ '^\s*-?\d{1,100}(\.\d{1,100})?\s*$'
      then btrim(v_argument)::numeric = v_value::numeric end;
end
$$;

-- The paths that find in the arguments which row it is.
create function private.target_paths(p_footprint public.tool_footprints) returns setof jsonpath
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select p_footprint.target where p_footprint.target_column is not null
  union all
  select rest.value::jsonpath from jsonb_each_text(p_footprint.target_rest) rest
$$;

-- Whether a row carries what the arguments name.
create function private.is_targeted(p_footprint public.tool_footprints, p_arguments jsonb, p_row jsonb) returns boolean
language plpgsql stable parallel safe security invoker set search_path = ''
as $$
begin return (
  select p_footprint.target is null or exists (
    select from jsonb_path_query(p_arguments, p_footprint.target, silent => true) named
    where p_footprint.target_column is null
      or private.is_same_key(named, p_row -> p_footprint.target_column))
  and not exists (
    select from jsonb_each_text(p_footprint.target_rest) rest where not exists (
      select from jsonb_path_query(p_arguments, rest.value::jsonpath, silent => true) named
      where private.is_same_key(named, p_row -> rest.key)))
);
end
$$;

-- Whether a call may change a row, `p_before` being the row as it was: that is its own in both states, and one more
-- change to its table is not too many. `p_call` is a row of agent_tool_calls.
create function private.is_in_footprint(
  p_call record, p_attempt uuid, p_table oid, p_op text, p_before jsonb, p_row jsonb
) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_change constant text := (select format('%I.%I %s', n.nspname, c.relname, p_op)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
  v_made constant integer := (select (r.changes ->> v_change)::integer from public.tool_receipts r
    where r.user_id = p_call.user_id and r.call_id = p_call.id and r.attempt = p_attempt);
begin
  return exists (
    select from public.tool_footprints f
    where f.tool_name = p_call.tool_name and f.table_name = p_table and f.op = p_op
      and coalesce(v_made, 0) < f.max_rows
      and private.is_targeted(f, p_call.arguments, p_before) and private.is_targeted(f, p_call.arguments, p_row));
end
$$;

revoke all on function
  private.is_same_key(jsonb, jsonb),
  private.target_paths(public.tool_footprints),
  private.is_targeted(public.tool_footprints, jsonb, jsonb),
  private.is_in_footprint(record, uuid, oid, text, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function private.target_paths(public.tool_footprints) to authenticated;
