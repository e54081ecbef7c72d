-- A write tool's call has its effect once, however often it is made: by a planner that took over from one that died,
-- by two at the same time, after an answer that was lost. The client of a write tool names the call and the attempt
-- at it in two headers; the first row that an attempt changes leaves a receipt in the same transaction, and the
-- primary key refuses whatever another attempt at this call would change (23505 on `tool_receipts_pkey`).
--
-- An adopter gives each table that tools write the trigger that stands at the end.

create table public.tool_receipts (
  -- First in the key: a call that somebody forges stands in the way of nobody else's.
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  call_id uuid not null,
  attempt uuid not null,
  created_at timestamptz not null default now(),
  primary key (user_id, call_id)
);

create function private.keep_tool_receipt() returns trigger
language plpgsql set search_path = ''
as $$
declare
  -- PostgREST sets it for the transaction, names in lower case; before the first request it is absent, and on a
  -- connection between requests it is empty.
  v_headers constant json := nullif(current_setting('request.headers', true), '');
  v_call_id constant uuid := v_headers ->> 'x-tool-call-id';
  v_attempt constant uuid := v_headers ->> 'x-tool-attempt';
begin
  if v_call_id is not null and not exists (
    select from public.tool_receipts
    where user_id = (select auth.uid()) and call_id = v_call_id and attempt = v_attempt
  ) then
    insert into public.tool_receipts (call_id, attempt) values (v_call_id, v_attempt);
  end if;
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
grant insert on public.tool_receipts to authenticated;

create trigger keep_tool_receipt after insert or update or delete on public.projects
  for each row execute function private.keep_tool_receipt();
create trigger keep_tool_receipt after insert or update or delete on public.tasks
  for each row execute function private.keep_tool_receipt();
create trigger keep_tool_receipt after insert or update or delete on public.notes
  for each row execute function private.keep_tool_receipt();
create trigger keep_tool_receipt after insert or update or delete on public.brain_dumps
  for each row execute function private.keep_tool_receipt();
create trigger keep_tool_receipt after insert or update or delete on public.calendar_events
  for each row execute function private.keep_tool_receipt();
