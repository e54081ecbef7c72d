-- The end of a tool's request, where what its call has changed is looked at as a whole. A request with the header
-- x-tool-preview is a dry run: it is refused with what it would have changed, and so undone. The call's receipt is
-- changed with every change that the call makes, so that no table of a tool's can be forgotten here.

create function private.settle_tool_effects() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_headers constant jsonb := nullif(current_setting('request.headers', true), '');
  v_unkept text;
begin
  if not coalesce(v_headers ? 'x-tool-preview', false) then
    return null;
  end if;
  -- The last of its changes settles the call.
  if new.changes <> (select r.changes from public.tool_receipts r
    where r.user_id = new.user_id and r.call_id = new.call_id) then
    return null;
  end if;
  select min(touched.relation) into v_unkept
    from (select regexp_replace(change, ' [A-Z]+$', '') as relation from jsonb_object_keys(new.changes) change) touched
    where not exists (select from pg_catalog.pg_trigger t
      where t.tgrelid = to_regclass(touched.relation) and private.keeps_effects(t));
  if v_unkept is not null then
    raise sqlstate 'PT403' using message = 'effects_not_kept', detail = v_unkept;
  end if;
  raise sqlstate 'PT409' using message = 'tool_preview',
    detail = private.call_diff(new.user_id, new.call_id)::text;
end
$$;
create constraint trigger settle_tool_effects after insert or update on public.tool_receipts
  deferrable initially deferred
  for each row execute function private.settle_tool_effects();

revoke all on function private.settle_tool_effects() from public, anon, authenticated, service_role;
