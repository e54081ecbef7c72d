-- Who works on a step. An execution is one attempt at it, and belongs to its worker while it runs, under a lease
-- like a run's. An expired attempt is over; a released one is resumed by the next worker. The planner's own step
-- belongs to the run's owner, so it stays the same attempt through takeovers.
--
--   private.step_state       where a step stands
--   private.step_answered    whether its question has been answered
--   private.step_awaits      whether it was let go until a person decides on a call of it
--   private.find_step        a step with its plan and its run, which are locked
--   private.lock_step        locks the step
--   private.earlier_results  what the steps before it handed back
--   private.resume_attempt   the attempt that goes on
--   private.next_attempt     the one that begins
--   private.reserve_claim    its first model call
--   private.claimed_step     what its worker is told
--   private.resumed_thread   and what it goes on from
--   claim_step               an agent takes a step that is ready; inserting the execution is the claim

-- Where a step stands: its latest attempt in this plan, or the attempt that completed it in an earlier
-- revision of the plan, because a replanned plan keeps its completed steps. Null means pending.
create function private.step_state(p_plan_id uuid, p_step_number integer)
returns public.agent_executions language plpgsql stable security invoker set search_path = '' as $$
declare
  v_latest public.agent_executions;
begin
  select e.* into v_latest
    from public.agent_plans this
    join public.agent_plans p on p.user_id = this.user_id and p.run_id = this.run_id and p.revision <= this.revision
    join public.agent_executions e on e.user_id = p.user_id and e.plan_id = p.id and e.step_number = p_step_number
    where this.user_id = (select auth.uid()) and this.id = p_plan_id
      and (p.id = this.id or e.status in ('completed', 'partial'))
    order by p.revision desc, e.attempt desc
    limit 1;
  return v_latest;
end $$;

-- The last message in the thread of a step that asked is the planner's answer, once there is one.
create function private.step_answered(p_execution public.agent_executions)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin
  if p_execution.status <> 'needs_input' then
    return false;
  end if;
  return coalesce((select m.kind = 'answer' from public.agent_chat_messages m
    where m.user_id = p_execution.user_id and m.agent_session_id = p_execution.agent_session_id
    order by m.seq desc limit 1), false);
end $$;

-- Whether a worker has let the step go until a person decides on a call of it.
create function private.step_awaits(p_execution public.agent_executions)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin
  if p_execution.status <> 'running' or not p_execution.released then
    return false;
  end if;
  return exists (select from public.agent_tool_calls c
    where c.user_id = p_execution.user_id and c.agent_session_id = p_execution.agent_session_id
      and c.status = 'awaiting_approval' and c.expires_at > clock_timestamp());
end $$;

-- A step with its run, which can't end before the claim is done, and its plan, which can't change before it is. Either
-- may have while this waited: they are told as they are then.
create function private.find_step(p_plan_id uuid, p_step_number integer, out plan public.agent_plans,
  out run public.agent_runs, out step jsonb)
language plpgsql security invoker set search_path = '' as $$
declare
  v_found record;
begin
  select p as plan, r as run, jsonb_path_query_first(p.steps, '$[*] ? (@.step_number == $n)',
      jsonb_build_object('n', p_step_number)) as step
    into v_found
    from public.agent_plans p join public.agent_runs r on r.user_id = p.user_id and r.id = p.run_id
    where p.user_id = (select auth.uid()) and p.id = p_plan_id
    -- In the order of the two clauses.
    for key share of r for share of p;
  if not found then
    raise sqlstate 'PT404' using message = 'plan';
  elsif v_found.step is null then
    raise sqlstate 'PT404' using message = 'step';
  end if;
  plan := v_found.plan;
  run := v_found.run;
  step := v_found.step;
end $$;

-- Locks the step in its plan: those who claim one step take turns, and the second sees the execution that the first has
-- inserted.
create function private.lock_step(p_plan public.agent_plans, p_run public.agent_runs, p_step_number integer,
  p_agent jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('step' || p_plan.id::text, p_step_number));
  if p_agent ->> 'type' = 'planner'
      and (p_run.released or (p_agent ->> 'generation')::integer is distinct from p_run.lease_generation) then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
  if p_run.status <> 'running' or p_run.cancel_requested_at is not null
    or p_plan.status not in ('pending', 'executing') then
    raise sqlstate 'PT409' using message = 'plan_not_executing';
  end if;
end $$;

-- What the steps that this one depends on handed back. A result is one once its transaction has committed: nobody waits
-- for it here, since the planner has a step claimed after it was told of the results.
create function private.earlier_results(p_plan_id uuid, p_step jsonb)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
declare
  v_number integer;
  v_state public.agent_executions;
  v_results jsonb := '[]';
begin
  if p_step -> 'depends_on' = '[]' then
    return v_results;
  end if;
  for v_number in select x::integer as n from jsonb_array_elements_text(p_step -> 'depends_on') x order by n loop
    v_state := private.step_state(p_plan_id, v_number);
    if v_state.status is null or v_state.status not in ('completed', 'partial') then
      raise sqlstate 'PT409' using message = 'step_not_ready';
    end if;
    v_results := v_results || jsonb_build_object('step_number', v_number, 'result', v_state.result);
  end loop;
  return v_results;
end $$;

-- The latest attempt, if its next worker resumes it: the planner's own, or one that was released. One that expired
-- fails, and makes room for the next attempt, as does one whose question was answered. Null in both cases. Who has
-- claimed it already, with this reservation, gets it again.
create function private.resume_attempt(p_latest public.agent_executions, p_type text, p_reservation jsonb)
returns public.agent_executions language plpgsql security invoker set search_path = '' as $$
declare
  v_latest public.agent_executions;
begin
  if p_latest.id is null then
    return null;
  end if;
  -- Its worker may be about to renew its lease, and somebody else to claim the step.
  select * into v_latest from public.agent_executions where id = p_latest.id for no key update;
  if v_latest.status = 'running' and not v_latest.released
      and v_latest.owner_reservation_id = (p_reservation ->> 'id')::uuid then
    return v_latest;
  elsif private.step_awaits(v_latest) then
    raise sqlstate 'PT409' using message = 'step_awaits_approval';
  elsif v_latest.status = 'running' and (p_type = 'planner' or v_latest.released) then
    update public.agent_executions set lease_generation = private.next_generation(lease_generation), released = false,
        owner_reservation_id = (p_reservation ->> 'id')::uuid,
        lease_expires_at = clock_timestamp() + make_interval(secs => lease_seconds)
      where id = v_latest.id returning * into v_latest;
    return v_latest;
  elsif v_latest.status = 'running' and v_latest.lease_expires_at <= clock_timestamp() then
    update public.agent_executions set status = 'failed', error = 'its worker stopped before it had a result',
        finished_at = now()
      where id = v_latest.id;
  elsif not private.step_answered(v_latest) then
    raise sqlstate 'PT409' using message = 'step_already_claimed';
  end if;
  return null;
end $$;

-- An attempt at a step, not stored yet: the first one with a thread, and where an executor works, with an agent; the
-- next ones with those of the attempt before.
create function private.next_attempt(p_latest public.agent_executions, p_plan public.agent_plans, p_step jsonb,
  p_results jsonb, p_agent jsonb)
returns public.agent_executions language plpgsql security invoker set search_path = '' as $$
declare
  v_next public.agent_executions := p_latest;
begin
  v_next.worker := p_agent ->> 'type';
  -- What the step names and the worker may have.
  select coalesce(jsonb_agg(x order by x), '[]') into v_next.tools_available
    from jsonb_array_elements_text(p_step -> 'tools') x where p_agent -> 'allowed_tools' ? x;
  if p_latest.id is not null then
    return v_next;
  end if;
  v_next.agent_session_id := gen_random_uuid();
  if v_next.worker = 'executor' then
    v_next.executor_agent_id := gen_random_uuid();
    insert into public.agents (id, user_id, type, name, model_preference, available_tools, permissions,
        system_prompt, run_id, created_for_session, created_for_plan)
      values (v_next.executor_agent_id, p_plan.user_id, 'executor', 'Executor-' || (p_step ->> 'step_number'),
        p_agent -> 'model_preference', v_next.tools_available, 'read_only', p_agent ->> 'system_prompt',
        p_plan.run_id, p_plan.session_id, p_plan.id);
  end if;
  insert into public.agent_chat_sessions (id, user_id, session_type, parent_session_id, run_id, plan_id,
      step_number, planner_agent_id, executor_agent_id, initial_context)
    values (v_next.agent_session_id, p_plan.user_id,
      case v_next.worker when 'executor' then 'planner_executor' else 'planner_thinking' end::public.thread_type,
      p_plan.session_id, p_plan.run_id, p_plan.id, (p_step ->> 'step_number')::integer, p_plan.planner_agent_id,
      v_next.executor_agent_id, jsonb_build_object('task', p_step -> 'task', 'goal', p_plan.goal,
        'tools', v_next.tools_available, 'earlier_results', p_results));
  return v_next;
end $$;

-- All that the worker of a thread that has just begun has to know, besides its reservation.
create function private.claimed_step(p_execution public.agent_executions, p_run public.agent_runs,
  p_plan public.agent_plans, p_step jsonb, p_results jsonb)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin
  return jsonb_build_object('execution_id', p_execution.id, 'attempt', p_execution.attempt,
    'generation', case p_execution.worker
      when 'planner' then p_run.lease_generation else p_execution.lease_generation end,
    'run_id', p_run.id, 'session_id', p_run.session_id,
    'agent_id', coalesce(p_execution.executor_agent_id, p_plan.planner_agent_id),
    'planner_agent_id', p_plan.planner_agent_id,
    'thread_id', p_execution.agent_session_id, 'step', p_step, 'goal', p_plan.goal,
    'user_message', p_plan.user_message, 'time_zone', p_run.time_zone, 'earlier_results', p_results,
    'usage', p_execution.usage, 'tool_calls_made', p_execution.tool_calls_made,
    'guarded_reads', private.guarded_reads(p_run.user_id, p_run.session_id, 'infinity'),
    'messages', '[]'::jsonb, 'tool_calls', '[]'::jsonb, 'open_calls', '[]'::jsonb);
end $$;

-- What an attempt goes on from. What nobody approved in time is told to its worker.
create function private.resumed_thread(p_execution public.agent_executions)
returns jsonb language plpgsql security invoker set search_path = '' as $$
begin
  perform private.expire_calls(p_execution.run_id);
  return jsonb_build_object('messages', private.thread_messages(p_execution.agent_session_id),
    'tool_calls', private.thread_calls(p_execution.agent_session_id),
    'open_calls', private.open_calls(p_execution.agent_session_id));
end $$;

-- The first call of a step, reserved under the caller's limits. A budget or quota that does not hold it refuses the
-- claim: whoever planned the step has the last word. The planner's own step is resumed all the same, since a person may
-- have approved a call of it: that is made, and the step ends before its next model call.
create function private.reserve_claim(p_claimed public.agent_executions, p_agent jsonb, p_resumed uuid)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_reserved jsonb := private.reserve_in_turn(p_claimed.run_id,
    p_agent -> 'reservation' || jsonb_build_object('agent_session_id', p_claimed.agent_session_id),
    p_agent -> 'limits');
begin
  if p_agent ->> 'type' = 'planner' and p_resumed is not null then
    return v_reserved;
  elsif v_reserved ->> 'broken_budget' = 'user quota' then
    raise sqlstate 'PT429' using message = 'user_quota',
      detail = jsonb_build_object('retry_after', v_reserved ->> 'retry_after')::text;
  elsif v_reserved ->> 'broken_budget' is not null then
    raise sqlstate 'PT429' using message = 'run_budget';
  end if;
  return v_reserved;
end $$;

-- Takes a step. A released attempt is resumed, once no person is asked about a call of it any more, and so is the
-- planner's own; an expired one, and one whose question has been answered, is replaced by the next attempt on the same
-- thread; any other step is claimed only once.
create function public.claim_step(p_plan_id uuid, p_step_number integer, p_agent jsonb)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_found record;
  v_plan public.agent_plans;
  v_step jsonb;
  v_results jsonb;
  v_latest public.agent_executions;
  v_execution public.agent_executions;
  v_resumed uuid;
  v_told jsonb;
begin
  if coalesce(p_agent ->> 'type', '') not in ('planner', 'executor')
    or coalesce((p_agent ->> 'lease_seconds')::numeric, 0) <= 0 then
    raise sqlstate 'PT400' using message = 'claimant';
  end if;
  v_found := private.find_step(p_plan_id, p_step_number);
  v_plan := v_found.plan;
  v_step := v_found.step;
  perform private.lock_step(v_plan, v_found.run, p_step_number, p_agent);
  if (v_step ->> 'executor_required')::boolean <> (p_agent ->> 'type' = 'executor') then
    raise sqlstate 'PT409' using message = 'step_of_another_agent';
  end if;
  v_results := private.earlier_results(p_plan_id, v_step);
  v_latest := private.step_state(p_plan_id, p_step_number);
  v_execution := private.resume_attempt(v_latest, p_agent ->> 'type', p_agent -> 'reservation');
  v_resumed := v_execution.id;
  if v_execution.id is null then
    v_execution := private.next_attempt(v_latest, v_plan, v_step, v_results, p_agent);
    insert into public.agent_executions (user_id, run_id, plan_id, step_number, attempt, worker, executor_agent_id,
        agent_session_id, session_id, task, tools_available, owner_reservation_id, lease_seconds, lease_expires_at)
      values (v_plan.user_id, v_plan.run_id, v_plan.id, p_step_number, coalesce(v_latest.attempt, 0) + 1,
        v_execution.worker, v_execution.executor_agent_id, v_execution.agent_session_id, v_plan.session_id,
        private.step_task(v_plan.goal, v_step), v_execution.tools_available,
        (p_agent -> 'reservation' ->> 'id')::uuid, (p_agent ->> 'lease_seconds')::numeric,
        clock_timestamp() + make_interval(secs => (p_agent ->> 'lease_seconds')::double precision))
      returning * into v_execution;
  end if;
  v_told := private.claimed_step(v_execution, v_found.run, v_plan, v_step, v_results)
    || case when v_latest.id is null then '{}' else private.resumed_thread(v_execution) end;
  -- The user's lock comes last: whoever else of theirs claims waits for what is after it.
  return v_told || jsonb_build_object('reserved', private.reserve_claim(v_execution, p_agent, v_resumed));
end $$;

revoke execute on function
  private.step_state(uuid, integer),
  private.step_answered(public.agent_executions),
  private.step_awaits(public.agent_executions),
  private.find_step(uuid, integer),
  private.lock_step(public.agent_plans, public.agent_runs, integer, jsonb),
  private.earlier_results(uuid, jsonb),
  private.resume_attempt(public.agent_executions, text, jsonb),
  private.reserve_claim(public.agent_executions, jsonb, uuid),
  private.next_attempt(public.agent_executions, public.agent_plans, jsonb, jsonb, jsonb),
  private.claimed_step(public.agent_executions, public.agent_runs, public.agent_plans, jsonb, jsonb),
  private.resumed_thread(public.agent_executions),
  public.claim_step(uuid, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.step_state(uuid, integer),
  private.step_answered(public.agent_executions),
  private.step_awaits(public.agent_executions),
  private.find_step(uuid, integer),
  private.lock_step(public.agent_plans, public.agent_runs, integer, jsonb),
  private.earlier_results(uuid, jsonb),
  private.resume_attempt(public.agent_executions, text, jsonb),
  private.reserve_claim(public.agent_executions, jsonb, uuid),
  private.next_attempt(public.agent_executions, public.agent_plans, jsonb, jsonb, jsonb),
  private.claimed_step(public.agent_executions, public.agent_runs, public.agent_plans, jsonb, jsonb),
  private.resumed_thread(public.agent_executions),
  public.claim_step(uuid, integer, jsonb)
  to authenticated;
