-- A person decides on the calls that wait for them. It is the person's own: no agent may, and a request that names a
-- call or an agent is refused. What holds of each decision is told in migration approval_decisions.
--
--   private.decide_call  one decision
--   decide_tool_calls    decides some of a run's open calls, or all; all of them count, or none
--   open_approvals       what waits for the user, over all sessions

-- `p_decision` is { tool_call_id, approved, arguments_sha256, arguments?, effects?, reason?, scope? }: `arguments` are
-- those to use instead, `effects` what the person was shown, where it is not what the call has.
create function private.decide_call(p_run_id uuid, p_decision jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_call public.agent_tool_calls;
  v_edited jsonb;
begin
  select * into v_call from public.agent_tool_calls c
    where c.user_id = (select auth.uid()) and c.run_id = p_run_id and c.id = (p_decision ->> 'tool_call_id')::uuid;
  if not found then
    raise sqlstate 'PT404' using message = 'call';
  end if;
  v_edited := nullif(nullif(p_decision -> 'arguments', 'null'), v_call.arguments);
  insert into public.approval_decisions (call_id, approved, shown_sha256, edited, effects, reason, scope)
    values (v_call.id, (p_decision ->> 'approved')::boolean, p_decision ->> 'arguments_sha256',
      v_edited, case when p_decision ? 'effects' then nullif(p_decision -> 'effects', 'null')
        when v_edited is null then v_call.effects end,
      p_decision ->> 'reason', coalesce(p_decision ->> 'scope', 'once')::public.approval_scope);
end $$;

-- Gives { open }: the calls of the run that wait still.
create function public.decide_tool_calls(p_run_id uuid, p_decisions jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
begin
  perform private.check_person();
  if jsonb_typeof(p_decisions) is distinct from 'array' then
    raise sqlstate 'PT400' using message = 'decisions';
  end if;
  perform private.lock_run(p_run_id);
  perform private.decide_call(p_run_id, x) from jsonb_array_elements(p_decisions) x;
  return jsonb_build_object('open', private.open_call_ids(p_run_id));
end $$;

-- Oldest first, each as `approval_required` tells of it, with its run and session: a write once it is known what it
-- would change, or why that is not.
create function public.open_approvals()
returns jsonb language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('run_id', r.id, 'session_id', r.session_id,
      'tool_call_id', c.id, 'name', c.tool_name, 'arguments_sha256', c.arguments_sha256, 'problem', c.problem,
      'remember', c.remember, 'expires_at', c.expires_at, 'step_number', t.step_number))
    || jsonb_build_object('arguments', c.arguments, 'why', coalesce(c.why, '[]'), 'effects', c.effects)
    order by c.created_at, c.id), '[]')
  from public.agent_tool_calls c
  join public.agent_runs r on r.user_id = c.user_id and r.id = c.run_id
  join public.agent_chat_sessions t on t.user_id = c.user_id and t.id = c.agent_session_id
  where c.user_id = (select auth.uid()) and c.status = 'awaiting_approval' and c.expires_at > clock_timestamp()
    and (c.access is distinct from 'write' or c.effects is not null or c.problem is not null)
    and r.status in ('running', 'awaiting_approval') and r.cancel_requested_at is null;
$$;

revoke execute on function
  private.decide_call(uuid, jsonb),
  public.decide_tool_calls(uuid, jsonb),
  public.open_approvals()
  from public, anon, authenticated, service_role;
grant execute on function
  private.check_person(),
  private.decide_call(uuid, jsonb),
  public.decide_tool_calls(uuid, jsonb),
  public.open_approvals()
  to authenticated;
