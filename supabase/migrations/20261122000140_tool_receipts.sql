-- A write tool's call has its effect once, however often it is made: by a planner that took over from one that died,
-- by two at the same time, after an answer that was lost. The client of a write tool names the call and the attempt
-- at it in two headers; the first row that an attempt changes leaves a receipt in the same transaction, and the
-- primary key refuses whatever another attempt at this call would change (23505 on `tool_receipts_pkey`).
-- It names the row, so that a tool can look up what it made even where the database makes the key.
--
-- Each table that tools write has the trigger, with the columns of its key:
--
--   create trigger keep_tool_receipt after insert or update or delete on public.orders
--     for each row execute function private.keep_tool_receipt('id');
--
-- A row's key as one text, as marks of rows and their readers have it, is made here:
--
--   private.row_key     a row's key as text
--   private.key_values  the values of such a text
--   private.row_owner   whose a row says that it is

create table public.tool_receipts (
  -- First in the key: a call that somebody forges stands in the way of nobody else's.
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  call_id uuid not null,
  attempt uuid not null,
  relation text not null,
  row_key jsonb not null check (jsonb_typeof(row_key) = 'object'),
  changes jsonb not null default '{}' check (jsonb_typeof(changes) = 'object'),
  created_at timestamptz not null default now(),
  primary key (user_id, call_id)
);

comment on table public.tool_receipts is
  'One row for each call of a write tool that changed something: the idempotency key. Written by the trigger only.';
comment on column public.tool_receipts.attempt is
  'The attempt at the call that changed it; what any other attempt would change is refused.';
comment on column public.tool_receipts.relation is
  'The table of the first row that was changed, such as public.orders.';
comment on column public.tool_receipts.row_key is
  'The key of that row, such as {"id": "4"}: the columns that its trigger names, each value as text.';
comment on column public.tool_receipts.changes is
  'How many rows the call has changed, by table and operation, such as {"public.orders UPDATE": 1}.';

alter table public.tool_receipts enable row level security;
create policy tool_receipts_select on public.tool_receipts for select to authenticated
  using ((select auth.uid()) = user_id);

revoke all on public.tool_receipts from public, anon, authenticated, service_role;
grant select on public.tool_receipts to authenticated, service_role;

-- A value by itself; of several columns their values with commas in between, and a backslash before those in them. Null
-- where one is missing.
create function private.row_key(p_row jsonb, p_columns text[]) returns text
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  if cardinality(p_columns) = 1 then
    -- A trigger's arguments begin at 0.
    return p_row ->> p_columns[array_lower(p_columns, 1)];
  end if;
  return (
    select case when bool_and(part is not null) then string_agg(part, ',' order by n) end
    from unnest(p_columns) with ordinality k (key_column, n)
    cross join lateral regexp_replace(p_row ->> key_column, '([\\,])', '\\\1', 'g') part);
end
$$;

-- Null where it has not so many.
create function private.key_values(p_key text, p_count integer) returns text[]
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
declare
  v_values text[];
begin
  if p_count = 1 then
    return array[p_key];
  end if;
  v_values := array(select regexp_replace(part[1], '\\(.)', '\1', 'g')
    from regexp_matches(p_key || ',', '((?:[^\\,]|\\.)*),', 'g') part);
  return case when cardinality(v_values) = p_count then v_values end;
end
$$;

-- Null where its user_id is none of the platform's users, whose ids are uuids: a project may count its own otherwise.
create function private.row_owner(p_row jsonb) returns uuid
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return case when p_row ->> 'user_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then (p_row ->> 'user_id')::uuid end;
end
$$;

revoke all on function private.row_key(jsonb, text[]), private.key_values(text, integer), private.row_owner(jsonb)
  from public, anon, authenticated, service_role;
grant execute on function private.row_key(jsonb, text[]), private.key_values(text, integer) to authenticated;
