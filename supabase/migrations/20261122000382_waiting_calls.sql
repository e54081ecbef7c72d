-- Calls that a person has to decide on before they are made, and runs that wait for that. Such a call is open until it
-- is decided (migration approval_decisions), its time is over, or its run goes on without it or ends.
--
--   private.open_call_ids     the calls of a run that can still be decided
--   private.is_awaiting       whether a run waits for a person, and for nothing else
--   private.told_decision     a decision as the agents are told of it
--   private.undecided_result  what the model is told of a call that nobody decided on
--   private.close_undecided   ends calls that nobody decided on
--   private.expire_calls      those of a run whose time is over
--   private.log_decisions     tells of decisions that no owner has told of
--   private.supersede_calls   ends those of a run whose user has moved on
--   private.waited_until      since when a run has been waiting for nobody

create function private.open_call_ids(p_run_id uuid)
returns uuid[] language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select coalesce(array_agg(c.id order by c.created_at, c.id), '{}') from public.agent_tool_calls c
  where c.user_id = (select auth.uid()) and c.run_id = p_run_id and c.status = 'awaiting_approval'
    and c.expires_at > clock_timestamp()
); end $$;

-- A run that was asked to stop waits for nobody: its next owner stops it. Nor does one for a write that nobody has been
-- shown: its next owner tries that.
create function private.is_awaiting(p_run public.agent_runs)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select p_run.status = 'awaiting_approval' and p_run.cancel_requested_at is null
    and exists (select from public.agent_tool_calls c
      where c.user_id = p_run.user_id and c.run_id = p_run.id and c.status = 'awaiting_approval'
        and c.expires_at > clock_timestamp()
        and (c.access is distinct from 'write' or c.effects is not null or c.problem is not null))
); end $$;

create function private.told_decision(p_decision public.approval_decisions)
returns jsonb language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return case when p_decision.call_id is not null then jsonb_build_object('approved', p_decision.approved,
    'edited', p_decision.edited is not null, 'reason', p_decision.reason, 'by', 'user') end;
end $$;

create function private.undecided_result(p_why text)
returns jsonb language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return jsonb_build_object('ok', false, 'error', 'rejected', 'message', case p_why
    when 'expired' then 'Nobody approved this in time, so it was not done.'
    when 'superseded' then 'The user sent another message instead of approving this. It was not done.'
    when 'cancelled' then 'The user stopped the run before this was approved. It was not done.'
    else 'The run ended before this was approved. It was not done.' end);
end $$;

create function private.close_undecided(p_call_ids uuid[], p_why text)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  update public.agent_tool_calls c set status = 'rejected', error = p_why, result = private.undecided_result(p_why),
      duration_ms = 0, finished_at = now()
    where c.user_id = (select auth.uid()) and c.id = any (p_call_ids) and c.status = 'awaiting_approval';
end $$;

create function private.expire_calls(p_run_id uuid)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.close_undecided(array(select c.id from public.agent_tool_calls c
    where c.user_id = (select auth.uid()) and c.run_id = p_run_id and c.status = 'awaiting_approval'
      and c.expires_at <= clock_timestamp() order by c.id for update), 'expired');
end $$;

-- The log of a run that ends without an owner tells what became of its calls, where no owner has told it.
create function private.log_decisions(p_run_id uuid)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.append_events(p_run_id, jsonb_agg(jsonb_build_object('seq', last + n, 'type', 'approval_decided',
    'at', date_trunc('milliseconds', now()), 'agent', null, 'data', decided)))
  from (
    select row_number() over (order by c.created_at, c.id) as n, jsonb_build_object('tool_call_id', c.id)
      || jsonb_strip_nulls(coalesce(private.told_decision(d), jsonb_build_object('approved', false, 'edited', false,
        'by', c.error))) || case when d.edited is null then '{}' else jsonb_build_object('arguments', c.arguments) end
      as decided
    from public.agent_tool_calls c
    left join public.approval_decisions d on d.user_id = c.user_id and d.call_id = c.id
    where c.user_id = (select auth.uid()) and c.run_id = p_run_id
      and (d.call_id is not null or c.error in ('superseded', 'expired'))
      and not exists (select from public.agent_run_events e where e.user_id = c.user_id and e.run_id = c.run_id
        and e.type = 'approval_decided' and e.data ->> 'tool_call_id' = c.id::text)
  ) untold, (select max(e.seq) as last from public.agent_run_events e
    where e.user_id = (select auth.uid()) and e.run_id = p_run_id) log;
end $$;

-- What a person was asked for when they sent their next message is not done.
create function private.supersede_calls(p_run_id uuid)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.close_undecided(private.open_call_ids(p_run_id), 'superseded');
  perform private.expire_calls(p_run_id);
  perform private.log_decisions(p_run_id);
end $$;

-- When the last thing happened for which a run waited: it was let go, a call was decided, the time of one was over.
create function private.waited_until(p_run public.agent_runs)
returns timestamptz language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select greatest(p_run.lease_expires_at, p_run.cancel_requested_at, max(c.expires_at) filter (
      where c.status = 'awaiting_approval' and p_run.cancel_requested_at is null), max(d.decided_at))
  from public.agent_tool_calls c
  left join public.approval_decisions d on d.user_id = c.user_id and d.call_id = c.id
  where c.user_id = p_run.user_id and c.run_id = p_run.id
); end $$;

revoke execute on function
  private.open_call_ids(uuid),
  private.is_awaiting(public.agent_runs),
  private.told_decision(public.approval_decisions),
  private.undecided_result(text),
  private.close_undecided(uuid[], text),
  private.expire_calls(uuid),
  private.log_decisions(uuid),
  private.supersede_calls(uuid),
  private.waited_until(public.agent_runs)
  from public, anon, authenticated, service_role;
grant execute on function
  private.open_call_ids(uuid),
  private.is_awaiting(public.agent_runs),
  private.told_decision(public.approval_decisions),
  private.undecided_result(text),
  private.close_undecided(uuid[], text),
  private.expire_calls(uuid),
  private.log_decisions(uuid),
  private.supersede_calls(uuid),
  private.waited_until(public.agent_runs)
  to authenticated;
