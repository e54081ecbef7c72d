-- Where a write is held to what was approved: the trigger that keeps receipts (migration tool_receipts) looks first. In
-- this order, for each row: agents write by a call or not at all, where they have tokens of their own with one of those
-- (migration agent_token); the row is the user's own; the call's run is running, and nobody has asked it to stop; the
-- call is approved; the row is within the footprint of its tool.
--
-- A dry run (header x-tool-preview, migration settling) is of a call that nobody has decided yet, also while its run
-- waits for that. With other arguments than were proposed it says so in the header x-tool-arguments, as JSON: there is
-- nothing to gain from saying anything else, since it leaves nothing behind.

-- The run of a call, where it may go on. It is locked: whoever ends or stops it waits for the write, or the write for
-- them.
create function private.hold_run_of(p_call_id uuid, p_statuses public.run_status[]) returns uuid
language plpgsql security invoker set search_path = ''
as $$
declare
  v_run public.agent_runs;
begin
  select r.* into v_run from public.agent_tool_calls c
    join public.agent_runs r on r.user_id = c.user_id and r.id = c.run_id
    where c.user_id = (select auth.uid()) and c.id = p_call_id
    for key share of r;
  if not found then
    raise sqlstate 'PT403' using message = 'call_not_approved';
  elsif v_run.status <> all (p_statuses) then
    raise sqlstate 'PT409' using message = 'run_not_running';
  elsif v_run.cancel_requested_at is not null then
    raise sqlstate 'PT409' using message = 'cancel_requested';
  end if;
  return v_run.user_id;
end
$$;

-- The call that a dry run names, which stays as it is.
create function private.preview_call(p_call_id uuid, p_arguments jsonb) returns public.agent_tool_calls
language plpgsql security invoker set search_path = ''
as $$
declare
  v_user_id constant uuid := private.hold_run_of(p_call_id, '{running,awaiting_approval}');
  v_call public.agent_tool_calls;
begin
  select * into v_call from public.agent_tool_calls where user_id = v_user_id and id = p_call_id;
  if private.is_outcome(v_call.status) then
    raise sqlstate 'PT409' using message = 'call_has_ended';
  elsif v_call.status not in ('proposed', 'awaiting_approval') or v_call.access is distinct from 'write' then
    raise sqlstate 'PT409' using message = 'call_not_open';
  end if;
  v_call.arguments := coalesce(p_arguments, v_call.arguments);
  return v_call;
end
$$;

-- The call that a write names, executing from here on.
create function private.execute_call(p_call_id uuid) returns public.agent_tool_calls
language plpgsql security invoker set search_path = ''
as $$
declare
  v_user_id constant uuid := private.hold_run_of(p_call_id, '{running}');
  v_call public.agent_tool_calls;
begin
  update public.agent_tool_calls set status = 'executing'
    where user_id = v_user_id and id = p_call_id and status = 'approved' and access = 'write'
    returning * into v_call;
  if not found then
    select * into v_call from public.agent_tool_calls where user_id = v_user_id and id = p_call_id;
    if private.is_outcome(v_call.status) then
      raise sqlstate 'PT409' using message = 'call_has_ended';
    elsif v_call.status <> 'executing' or v_call.access is distinct from 'write' then
      raise sqlstate 'PT403' using message = 'call_not_approved';
    end if;
  end if;
  return v_call;
end
$$;

-- Counts a change that a call makes, and leaves the call's receipt with the first. Nobody else may write receipts.
create function private.count_change(p_call_id uuid, p_attempt uuid, p_relation text, p_op text, p_row_key jsonb)
returns void
language plpgsql security invoker set search_path = ''
as $$
declare
  v_change constant text := p_relation || ' ' || p_op;
begin
  update public.tool_receipts
    set changes = changes || jsonb_build_object(v_change, coalesce((changes ->> v_change)::integer, 0) + 1)
    where user_id = (select auth.uid()) and call_id = p_call_id and attempt = p_attempt;
  if not found then
    insert into public.tool_receipts (call_id, attempt, relation, row_key, changes)
      values (p_call_id, p_attempt, p_relation, p_row_key, jsonb_build_object(v_change, 1));
  end if;
end
$$;

-- Null where there is none.
create function private.uuid_header(p_headers jsonb, p_name text) returns uuid
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  if p_headers ->> p_name !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    raise sqlstate 'PT400' using message = 'tool_header', detail = p_name;
  end if;
  return (p_headers ->> p_name)::uuid;
end
$$;

create function private.keep_tool_receipt() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  -- PostgREST sets it for the transaction, names in lower case; before the first request it is absent, and on a
  -- connection between requests it is empty.
  v_headers constant jsonb := nullif(current_setting('request.headers', true), '');
  v_call_id constant uuid := private.uuid_header(v_headers, 'x-tool-call-id');
  v_attempt constant uuid := private.uuid_header(v_headers, 'x-tool-attempt');
  v_relation constant text := format('%I.%I', tg_table_schema, tg_table_name);
  v_row constant jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  v_before constant jsonb := case tg_op when 'INSERT' then v_row else to_jsonb(old) end;
  v_call record;
  v_row_key jsonb;
begin
  if v_call_id is null and not private.is_agent() and not coalesce(v_headers ? 'x-tool-preview', false) then
    return null;
  elsif v_call_id is null then
    raise sqlstate 'PT403' using message = 'no_tool_call', detail = v_relation;
  elsif v_attempt is null then
    raise sqlstate 'PT400' using message = 'tool_header', detail = 'x-tool-attempt';
  elsif tg_nargs = 0 or not v_row ?& tg_argv then
    raise exception 'Cannot keep a receipt of %: its trigger does not name its key columns', v_relation;
  end if;
  perform private.check_agent_token();
  if private.row_owner(v_before) <> (select auth.uid()) or private.row_owner(v_row) <> (select auth.uid()) then
    raise sqlstate 'PT403' using message = 'row_of_another_user', detail = v_relation;
  end if;
  if v_headers ? 'x-tool-preview' then
    v_call := private.preview_call(v_call_id, (v_headers ->> 'x-tool-arguments')::jsonb);
  else
    v_call := private.execute_call(v_call_id);
  end if;
  if not private.is_in_footprint(v_call, v_attempt, tg_relid, tg_op, v_before, v_row) then
    raise sqlstate 'PT403' using message = 'outside_footprint',
      detail = format('%s: %s %s', v_call.tool_name, tg_op, v_relation);
  end if;
  -- As text: JSON's numbers end where a bigint goes on.
  select jsonb_object_agg(key_column, v_row ->> key_column) into v_row_key from unnest(tg_argv) key_column;
  perform private.count_change(v_call_id, v_attempt, v_relation, tg_op, v_row_key);
  return null;
end
$$;
revoke all on function
  private.hold_run_of(uuid, public.run_status[]),
  private.preview_call(uuid, jsonb),
  private.execute_call(uuid),
  private.count_change(uuid, uuid, text, text, jsonb),
  private.uuid_header(jsonb, text),
  private.keep_tool_receipt()
  from public, anon, authenticated, service_role;
