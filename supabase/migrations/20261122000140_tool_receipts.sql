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

create table public.tool_receipts (
  -- First in the key: a call that somebody forges stands in the way of nobody else's.
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  call_id uuid not null,
  attempt uuid not null,
  relation text not null,
  row_key jsonb not null check (jsonb_typeof(row_key) = 'object'),
  created_at timestamptz not null default now(),
  primary key (user_id, call_id)
);

comment on table public.tool_receipts is
  'One row for each call of a write tool that changed something: the idempotency key.';
comment on column public.tool_receipts.attempt is
  'The attempt at the call that changed it; what any other attempt would change is refused.';
comment on column public.tool_receipts.relation is
  'The table of the first row that was changed, such as public.orders.';
comment on column public.tool_receipts.row_key is
  'The key of that row, such as {"id": "4"}: the columns that its trigger names, each value as text.';

create function private.keep_tool_receipt() returns trigger
language plpgsql security invoker set search_path = ''
as $$
declare
  -- PostgREST sets it for the transaction, names in lower case; before the first request it is absent, and on a
  -- connection between requests it is empty.
  v_headers constant json := nullif(current_setting('request.headers', true), '');
  v_call_id constant uuid := v_headers ->> 'x-tool-call-id';
  v_attempt constant uuid := v_headers ->> 'x-tool-attempt';
  v_relation constant text := format('%I.%I', tg_table_schema, tg_table_name);
  v_row jsonb;
begin
  if v_call_id is null or exists (
    select from public.tool_receipts
    where user_id = (select auth.uid()) and call_id = v_call_id and attempt = v_attempt
  ) then
    return null;
  end if;
  v_row := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  if tg_nargs = 0 or not v_row ?& tg_argv then
    raise exception 'Cannot keep a receipt of %: its trigger does not name its key columns', v_relation;
  end if;
  -- As text: JSON's numbers end where a bigint goes on.
  insert into public.tool_receipts (call_id, attempt, relation, row_key)
    select v_call_id, v_attempt, v_relation, jsonb_object_agg(key_column, v_row ->> key_column)
    from unnest(tg_argv) key_column;
  return null;
end
$$;
revoke all on function private.keep_tool_receipt() from public, anon;

alter table public.tool_receipts enable row level security;
create policy tool_receipts_select on public.tool_receipts for select to authenticated
  using ((select auth.uid()) = user_id);
create policy tool_receipts_insert on public.tool_receipts for insert to authenticated
  with check ((select auth.uid()) = user_id);

revoke all on public.tool_receipts from public, anon, authenticated, service_role;
grant select on public.tool_receipts to authenticated, service_role;
grant insert (user_id, call_id, attempt, relation, row_key) on public.tool_receipts to authenticated;
