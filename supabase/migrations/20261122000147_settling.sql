-- The end of a tool's request, where what its call has changed is looked at as a whole. A dry run (header
-- x-tool-preview) is refused with that, and so undone. A call that a person has approved is held to what they were
-- shown: it changes that, or nothing. A call's receipt is changed with every change that the call makes, so that no
-- table with a trigger of receipts can be left out; that every table of a tool's has one, S24 of the self-test tells.
--
--   private.bindings             what binds of a list of changes
--   private.unkept_table         a table that a call has changed, and that does not keep its effects
--   private.settle_tool_effects  looks at a call when its request has come to its end

create function private.bindings(p_changes jsonb)
returns jsonb language sql immutable parallel safe security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(private.binding(change) order by place), '[]')
  from jsonb_array_elements(p_changes) with ordinality changes (change, place)
$$;

create function private.unkept_table(p_receipt public.tool_receipts)
returns text language sql stable security invoker set search_path = '' as $$
  select min(touched.relation)
  from (
    select regexp_replace(change, ' [A-Z]+$', '') as relation from jsonb_object_keys(p_receipt.changes) change
  ) touched
  where not exists (select from pg_catalog.pg_trigger t
    where t.tgrelid = to_regclass(touched.relation) and private.keeps_effects(t))
$$;

create function private.settle_tool_effects() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_preview constant boolean := coalesce(
    nullif(current_setting('request.headers', true), '')::jsonb ? 'x-tool-preview', false);
  v_approved jsonb;
  v_unkept text;
  v_diff jsonb;
begin
  if not v_preview then
    select c.effects into v_approved from public.approval_decisions d
      join public.agent_tool_calls c on c.user_id = d.user_id and c.id = d.call_id
      where d.user_id = new.user_id and d.call_id = new.call_id and d.approved;
    if coalesce(v_approved, 'null') = 'null' then
      return null;
    end if;
  end if;
  -- It is the call's last change that settles it.
  if new.changes is distinct from (select r.changes from public.tool_receipts r
    where r.user_id = new.user_id and r.call_id = new.call_id) then
    return null;
  end if;
  v_unkept := private.unkept_table(new);
  if v_unkept is not null then
    raise sqlstate 'PT403' using message = 'effects_not_kept', detail = v_unkept;
  end if;
  v_diff := private.call_diff(new.user_id, new.call_id);
  if v_preview then
    raise sqlstate 'PT409' using message = 'tool_preview', detail = v_diff::text;
  elsif private.bindings(v_diff) <> private.bindings(v_approved) then
    raise sqlstate 'PT409' using message = 'approval_stale';
  end if;
  return null;
end
$$;
create constraint trigger settle_tool_effects after insert or update on public.tool_receipts
  deferrable initially deferred
  for each row execute function private.settle_tool_effects();

revoke all on function
  private.bindings(jsonb),
  private.unkept_table(public.tool_receipts),
  private.settle_tool_effects()
  from public, anon, authenticated, service_role;
