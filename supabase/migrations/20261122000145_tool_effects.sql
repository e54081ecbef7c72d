-- What a tool's call has changed, row by row, so that its user can take it back (migration undo). The rows are written
-- in the call's own transaction, by a trigger with its owner's rights: nobody else can add, change or delete one.
--
-- Each table that tools write has the trigger, after the one that keeps its receipts, which fires first by its name:
-- with the columns of a unique key, and after '--clock' those that the clock makes, in which a row may differ from
-- what the call left behind and still be the same.
--
--   create trigger record_tool_effect after insert or update or delete on public.orders
--     for each row execute function private.keep_tool_effect('id', '--clock', 'created_at', 'updated_at');
--
-- The answer to the request says whether the call can be undone, in the header x-tool-undoable: `yes`, or `yes, no` and
-- `no` where an image was too large to be kept. No header: nothing was changed.
--
-- Images hold every column of a row that is not generated, also those that a user may not read in the table.

create sequence private.tool_effect_numbers;

create table public.tool_effects (
  user_id uuid not null references auth.users on delete cascade,
  call_id uuid not null,
  seq bigint not null default nextval('private.tool_effect_numbers'),
  relation text not null,
  op text not null check (op in ('insert', 'update', 'delete')),
  row_key jsonb not null check (jsonb_typeof(row_key) = 'object'),
  before jsonb,
  after jsonb,
  digest text,
  kept boolean generated always as (before is not null or after is not null) stored,
  created_at timestamptz not null default now(),
  undone_at timestamptz,
  primary key (user_id, call_id, seq)
);

comment on table public.tool_effects is 'One row for each change of a row by a call of a write tool.';
comment on column public.tool_effects.seq is 'Rises with every change; it may have gaps.';
comment on column public.tool_effects.relation is 'The table of the row, such as public.orders.';
comment on column public.tool_effects.row_key is
  'The key of the row, of an update the new one, such as {"id": "4"}: the columns that its trigger names, as text.';
comment on column public.tool_effects.before is
  'What undoing it writes: of an update the columns that it changed, of a delete the row; null for an insert, and '
  'where the image was too large or has been purged.';
comment on column public.tool_effects.after is
  'The row as the change left it, without the columns that the clock makes; null for a delete, and as before.';
comment on column public.tool_effects.digest is
  'A hash of what has changed, where the image was too large to be kept.';
comment on column public.tool_effects.kept is 'Whether it can be undone: the images are there.';
comment on column public.tool_effects.undone_at is 'When its user took it back; null where that has not happened.';

-- A row as it is compared and written back. Whatever the session's settings, the same row gives the same image.
create function private.row_image(p_row anyelement, p_relation oid) returns jsonb
language sql stable security invoker set search_path = '' set timezone = 'UTC' set extra_float_digits = '1'
  set intervalstyle = 'iso_8601' set bytea_output = 'hex'
as $$
  select to_jsonb(p_row) - array(
    select attname::text from pg_catalog.pg_attribute where attrelid = p_relation and attgenerated <> '')
$$;

-- A hash.
create function private.digest(p_value jsonb)
returns text language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin return (
  select encode(sha256(convert_to(p_value::text, 'UTF8')), 'hex')
); end $$;

-- Whether a default gives another value each time.
create function private.is_made_anew(p_default text)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select p_default ~* '\m(current_(date|time|timestamp)|localtime|localtimestamp)\M' or exists (
    select from regexp_matches(regexp_replace(p_default, '''[^'']*''', '', 'g'), '(\w+)"?\s*\(', 'g') called (name)
    join pg_catalog.pg_proc p on p.proname = called.name[1]
    where p.provolatile = 'v' or p.proname in ('now', 'transaction_timestamp', 'statement_timestamp'))
); end $$;

-- Whether it gives the same value each time in one transaction, and none has it by chance.
create function private.is_of_transaction(p_default text)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select not exists (
    select from regexp_matches(regexp_replace(p_default, '''[^'']*''', '', 'g'), '(\w+)"?\s*\(', 'g') called (name)
    join pg_catalog.pg_proc p on p.proname = called.name[1]
    where p.provolatile = 'v' or p.proname = 'statement_timestamp')
); end $$;

-- Whether a value is what a default of the clock gives in this transaction.
create function private.is_default_now(p_default text, p_type text, p_value text)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
declare
  v_is boolean;
begin
  execute format('select (%s)::%s is not distinct from $1::%2$s', p_default, p_type) into v_is using p_value;
  return v_is;
end
$$;

-- The columns of a new row whose values the database made, in the transaction that made them. One of the clock's that
-- was given another time is not among them.
create function private.made_columns(p_relation oid, p_row jsonb)
returns text[] language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select array(
    select a.attname::text from pg_catalog.pg_attribute a
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    cross join pg_get_expr(d.adbin, d.adrelid) usual
    where a.attrelid = p_relation and a.attnum > 0 and not a.attisdropped and p_row ? a.attname
      and case
        when a.attidentity <> '' then true
        when not coalesce(private.is_made_anew(usual), false) then false
        when not private.is_of_transaction(usual) then true
        else private.is_default_now(usual, format_type(a.atttypid, a.atttypmod), p_row ->> a.attname) end)
); end $$;

create function private.keep_tool_effect() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  c_largest constant integer := 1000000;
  v_headers constant jsonb := nullif(current_setting('request.headers', true), '');
  v_call_id constant uuid := v_headers ->> 'x-tool-call-id';
  v_relation constant text := format('%I.%I', tg_table_schema, tg_table_name);
  v_keys constant integer := coalesce(array_position(tg_argv, '--clock'), tg_nargs);
  v_clock text[];
  v_sent constant jsonb := coalesce(nullif(current_setting('response.headers', true), ''), '[]');
  v_told jsonb := '[{"x-tool-undoable": "yes"}]';
  v_old jsonb;
  v_new jsonb;
  v_key jsonb;
  v_digest text;
begin
  if v_call_id is null then
    return null;
  end if;
  if tg_op <> 'INSERT' then
    v_old := private.row_image(old, tg_relid);
  end if;
  if tg_op <> 'DELETE' then
    v_new := private.row_image(new, tg_relid);
  end if;
  if v_keys = 0 or not coalesce(v_new, v_old) ?& tg_argv[:v_keys - 1] then
    raise exception 'Cannot keep an effect on %: its trigger does not name its key columns', v_relation;
  end if;
  select jsonb_object_agg(key_column, coalesce(v_new, v_old) ->> key_column) into v_key
    from unnest(tg_argv[:v_keys - 1]) key_column;
  v_clock := tg_argv[v_keys + 1:];
  if tg_op = 'UPDATE' then
    if v_old - v_clock = v_new - v_clock then
      return null;
    end if;
    select jsonb_object_agg(key, value) into v_old from jsonb_each(v_old) where value is distinct from v_new -> key;
  end if;
  v_new := v_new - v_clock;
  if coalesce(pg_column_size(v_old), 0) + coalesce(pg_column_size(v_new), 0) > c_largest then
    v_digest := private.digest(jsonb_build_array(v_old - v_clock, (
      select jsonb_object_agg(key, value)
      from jsonb_each(v_new - case tg_op when 'INSERT' then private.made_columns(tg_relid, v_new) else '{}' end)
      where tg_op = 'INSERT' or v_old ? key)));
    v_old := null;
    v_new := null;
    v_told := '[{"x-tool-undoable": "no"}]';
  end if;
  insert into public.tool_effects (user_id, call_id, relation, op, row_key, before, after, digest)
    values (auth.uid(), v_call_id, v_relation, lower(tg_op), v_key, v_old, v_new, v_digest);
  -- PostgREST sends it with the answer, so that nobody has to ask.
  if not v_sent @> v_told then
    perform set_config('response.headers', (v_sent || v_told)::text, true);
  end if;
  return null;
end
$$;

-- Whether a call has changed rows, and all of that can be undone, or has been.
create function private.is_undoable(p_user_id uuid, p_call_id uuid) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select coalesce(bool_and(e.kept), false) from public.tool_effects e
  where e.user_id = p_user_id and e.call_id = p_call_id
);
end
$$;
revoke all on function private.is_undoable(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function private.is_undoable(uuid, uuid) to authenticated;
revoke all on function private.row_image(anyelement, oid), private.digest(jsonb), private.is_made_anew(text),
  private.is_of_transaction(text), private.is_default_now(text, text, text), private.made_columns(oid, jsonb),
  private.keep_tool_effect() from public, anon, authenticated, service_role;

alter table public.tool_effects enable row level security;
create policy tool_effects_select on public.tool_effects for select to authenticated
  using ((select auth.uid()) = user_id);

revoke all on public.tool_effects from public, anon, authenticated, service_role;
revoke all on sequence private.tool_effect_numbers from public, anon, authenticated, service_role;
grant select on public.tool_effects to authenticated, service_role;
