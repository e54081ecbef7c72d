-- A write call is a row before it is made. It is inserted as `proposed`, and the database gives the verdict; from there
-- its status moves along these arrows only:
--
--   proposed           becomes approved, awaiting_approval or rejected: the verdict, given at once
--   awaiting_approval  becomes approved or rejected
--   approved           becomes executing with its first change, or else what came of it
--   executing          becomes succeeded or failed; rejected where it left no receipt
--   succeeded, failed and rejected are never left
--
-- Whoever acts by the API can tell the outcome of a call and nothing else: verdicts and `executing` are the database's.
--
--   private.tool_verdict      what becomes of a proposal
--   private.is_next_status    the arrows
--   private.guard_tool_call   keeps to them

-- Every call is approved.
create function private.tool_verdict(p_call public.agent_tool_calls) returns public.tool_call_status
language sql stable security invoker set search_path = ''
as $$
  select 'approved'::public.tool_call_status
$$;

create function private.is_outcome(p_status public.tool_call_status) returns boolean
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select p_status in ('succeeded', 'failed', 'rejected')
$$;

create function private.is_next_status(p_before public.tool_call_status, p_after public.tool_call_status)
returns boolean
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case p_before
    when 'proposed' then p_after in ('approved', 'awaiting_approval', 'rejected')
    when 'awaiting_approval' then p_after in ('approved', 'rejected')
    when 'approved' then p_after in ('executing', 'succeeded', 'failed', 'rejected')
    when 'executing' then p_after in ('succeeded', 'failed', 'rejected')
    else false end
$$;

-- A call may come with its outcome where nothing had to be approved: it was refused, or it has only read.
create function private.guard_new_call(p_call public.agent_tool_calls, p_by_api boolean)
returns public.tool_call_status
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if p_call.status = 'proposed' then
    return private.tool_verdict(p_call);
  elsif p_by_api and (not private.is_outcome(p_call.status)
    or p_call.status = 'succeeded' and p_call.access is not distinct from 'write') then
    raise sqlstate 'PT409' using message = 'call_not_proposed';
  end if;
  return p_call.status;
end
$$;

create function private.guard_status(
  p_call public.agent_tool_calls, p_after public.tool_call_status, p_by_api boolean
) returns void
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if private.is_outcome(p_call.status) and (p_by_api or p_after <> p_call.status) then
    raise sqlstate 'PT409' using message = 'call_has_ended';
  elsif p_after <> p_call.status and (not private.is_next_status(p_call.status, p_after)
      or p_by_api and not private.is_outcome(p_after))
    or p_call.status = 'executing' and p_after = 'rejected' and exists (select from public.tool_receipts r
      where r.user_id = p_call.user_id and r.call_id = p_call.id) then
    raise sqlstate 'PT409' using message = 'status_not_next';
  end if;
end
$$;

create function private.guard_tool_call() returns trigger
language plpgsql security invoker set search_path = ''
as $$
declare
  -- The owner of the tables is bound by no policy: so are functions with the owner's rights.
  v_by_api constant boolean := row_security_active('public.agent_tool_calls');
begin
  if tg_op = 'INSERT' then
    new.status := private.guard_new_call(new, v_by_api);
  else
    perform private.guard_status(old, new.status, v_by_api);
    -- What was approved is what is made. Of a run that ended long ago, arguments are taken away.
    if new.arguments is distinct from old.arguments and old.status <> 'awaiting_approval'
      and not (private.is_outcome(old.status) and new.arguments is null) then
      raise sqlstate 'PT409' using message = 'call_is_approved';
    end if;
  end if;
  if tg_op = 'INSERT' or new.arguments is distinct from old.arguments then
    new.arguments_sha256 := encode(sha256(convert_to(new.arguments::text, 'UTF8')), 'hex');
  end if;
  return new;
end
$$;
create trigger guard_tool_call before insert or update on public.agent_tool_calls
  for each row execute function private.guard_tool_call();

revoke all on function
  private.tool_verdict(public.agent_tool_calls),
  private.is_outcome(public.tool_call_status),
  private.is_next_status(public.tool_call_status, public.tool_call_status),
  private.guard_new_call(public.agent_tool_calls, boolean),
  private.guard_status(public.agent_tool_calls, public.tool_call_status, boolean),
  private.guard_tool_call()
  from public, anon, authenticated, service_role;
grant execute on function
  private.tool_verdict(public.agent_tool_calls),
  private.is_outcome(public.tool_call_status),
  private.is_next_status(public.tool_call_status, public.tool_call_status),
  private.guard_new_call(public.agent_tool_calls, boolean),
  private.guard_status(public.agent_tool_calls, public.tool_call_status, boolean)
  to authenticated;
