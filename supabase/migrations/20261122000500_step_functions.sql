-- How a step's state moves, in the manner of the run functions before: one transaction each, under the caller's
-- own rights. An execution is one attempt at a step, and belongs to its worker while it runs, under a lease like a
-- run's: a worker that is lost ends the attempt, one that hands the step on does not. The planner's own step belongs
-- to the run's owner, so it stays the same attempt, whoever that is.
--
--   step_state             where a step stands
--   claim_step             an agent takes a step that is ready; inserting the execution is the claim
--   private.hold_step      every write of a step's worker begins with it
--   private.step_progress  what a worker hands over: rows, and what its step has cost so far
--   advance_step           between two model calls: progress is stored, the next call is reserved
--   heartbeat_step         a worker that has nothing to write says that it is there
--   release_step           a worker hands the step on
--   finish_step            an execution ends, with its thread and its tool calls
--   get_step               a step's latest execution, for whoever waits for it
--   answer_step            the planner's answer to a step that asked

-- Where a step stands: its latest attempt in this plan, or the attempt that completed it in an earlier
-- revision of the plan, because a replanned plan keeps its completed steps. No row means pending.
create function private.step_state(p_plan_id uuid, p_step_number integer)
returns setof public.agent_executions language sql stable security invoker set search_path = '' as $$
  select e.*
    from public.agent_plans this
    join public.agent_plans p on p.run_id = this.run_id and p.revision <= this.revision
    join public.agent_executions e on e.plan_id = p.id and e.step_number = p_step_number
    where this.id = p_plan_id and (p.id = this.id or e.status in ('completed', 'partial'))
    order by p.revision desc, e.attempt desc
    limit 1;
$$;

-- Takes a step. One that was handed on goes on; one whose question has been answered, and one whose worker is gone, is
-- taken again with its thread, as the next attempt; any other only once.
create function public.claim_step(p_plan_id uuid, p_step_number integer, p_agent jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_plan public.agent_plans;
  v_run public.agent_runs;
  v_step jsonb;
  v_latest public.agent_executions;
  v_execution public.agent_executions;
  v_agent_id uuid := coalesce((p_agent ->> 'id')::uuid, gen_random_uuid());
  v_thread_id uuid := gen_random_uuid();
  v_waiting integer;
  v_results jsonb;
  v_tools jsonb;
begin
  select * into v_plan from public.agent_plans where id = p_plan_id and user_id = v_user;
  if not found then
    raise sqlstate 'PT404' using message = 'plan';
  end if;
  select x into v_step from jsonb_array_elements(v_plan.steps) x where (x ->> 'step_number')::integer = p_step_number;
  if v_step is null then
    raise sqlstate 'PT404' using message = 'step';
  end if;
  -- The run can't end while a step of it is being claimed.
  select * into v_run from public.agent_runs where id = v_plan.run_id for share;
  -- Nor does the plan change any more; it may have been replaced while this waited. Those who claim its steps take
  -- turns: the second one sees the execution that the first one has inserted.
  select status into v_plan.status from public.agent_plans where id = p_plan_id for no key update;
  if p_agent ->> 'type' = 'planner' and (p_agent ->> 'generation')::integer is distinct from v_run.lease_generation then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
  if v_run.status <> 'running' or v_run.cancel_requested_at is not null or v_plan.status not in ('pending', 'executing') then
    raise sqlstate 'PT409' using message = 'plan_not_executing';
  end if;
  if (v_step ->> 'executor_required')::boolean <> (p_agent ->> 'type' = 'executor') then
    raise sqlstate 'PT409' using message = 'step_of_another_agent';
  end if;

  select count(*) filter (where s.status is null or s.status not in ('completed', 'partial')),
      coalesce(jsonb_agg(jsonb_build_object('step_number', d.n, 'result', s.result) order by d.n), '[]')
    into v_waiting, v_results
    from (select x::integer as n from jsonb_array_elements_text(v_step -> 'depends_on') x) d
    left join lateral private.step_state(p_plan_id, d.n) s on true;
  if v_waiting > 0 then
    raise sqlstate 'PT409' using message = 'step_not_ready';
  end if;

  -- What the step names and the agent may have.
  select coalesce(jsonb_agg(x order by x), '[]') into v_tools
    from jsonb_array_elements_text(v_step -> 'tools') x where p_agent -> 'allowed_tools' ? x;

  select * into v_latest from private.step_state(p_plan_id, p_step_number);
  -- Its worker may be about to renew its lease, and somebody else to claim the step.
  select * into v_latest from public.agent_executions where id = v_latest.id for no key update;
  if v_latest.status = 'running' and (p_agent ->> 'type' = 'planner' or v_latest.released) then
    update public.agent_executions set lease_generation = lease_generation + 1, released = false,
        lease_expires_at = clock_timestamp() + make_interval(secs => lease_seconds)
      where id = v_latest.id returning * into v_execution;
  elsif v_latest.status = 'running' and v_latest.lease_expires_at <= clock_timestamp() then
    update public.agent_executions set status = 'failed', error = 'its worker stopped before it had a result',
        finished_at = now()
      where id = v_latest.id;
  elsif v_latest.id is not null and not private.step_answered(v_latest) then
    raise sqlstate 'PT409' using message = 'step_already_claimed';
  end if;
  if v_latest.id is not null then
    v_agent_id := coalesce(v_latest.executor_agent_id, v_plan.planner_agent_id);
    v_thread_id := v_latest.agent_session_id;
  else
    if p_agent ->> 'type' = 'executor' then
      insert into public.agents (id, user_id, type, name, model_preference, available_tools, permissions,
          system_prompt, run_id, created_for_session, created_for_plan)
        values (v_agent_id, v_user, 'executor', 'Executor-' || p_step_number,
          p_agent -> 'model_preference', v_tools, 'read_only', p_agent ->> 'system_prompt',
          v_run.id, v_run.session_id, v_plan.id);
    end if;
    insert into public.agent_chat_sessions (id, user_id, session_type, parent_session_id, run_id, plan_id,
        step_number, planner_agent_id, executor_agent_id, initial_context)
      values (v_thread_id, v_user,
        case p_agent ->> 'type' when 'executor' then 'planner_executor' else 'planner_thinking' end::public.thread_type,
        v_run.session_id, v_run.id, v_plan.id, p_step_number, v_plan.planner_agent_id,
        case p_agent ->> 'type' when 'executor' then v_agent_id end,
        jsonb_build_object('task', v_step -> 'task', 'earlier_results', v_results));
  end if;

  if public.reserve_usage(v_run.id, p_agent -> 'reservation', null, p_agent -> 'limits') ->> 'over' is not null then
    raise sqlstate 'PT429' using message = 'run_budget';
  end if;

  if v_execution.id is null then
    insert into public.agent_executions (user_id, run_id, plan_id, step_number, attempt, worker, executor_agent_id,
        agent_session_id, session_id, task, tools_available, lease_seconds, lease_expires_at)
      values (v_user, v_run.id, v_plan.id, p_step_number, coalesce(v_latest.attempt, 0) + 1,
        (p_agent ->> 'type')::public.agent_type, case p_agent ->> 'type' when 'executor' then v_agent_id end,
        v_thread_id, v_run.session_id, private.step_task(v_plan.goal, v_step), v_tools, (p_agent ->> 'lease_seconds')::numeric,
        clock_timestamp() + make_interval(secs => (p_agent ->> 'lease_seconds')::double precision))
      returning * into v_execution;
  end if;

  return jsonb_build_object('execution_id', v_execution.id, 'attempt', v_execution.attempt,
    'generation', case p_agent ->> 'type' when 'planner' then v_run.lease_generation else v_execution.lease_generation end,
    'run_id', v_run.id, 'session_id', v_run.session_id, 'agent_id', v_agent_id, 'thread_id', v_thread_id,
    'step', v_step, 'goal', v_plan.goal, 'user_message', v_plan.user_message, 'time_zone', v_run.time_zone,
    'earlier_results', v_results, 'usage', v_execution.usage, 'tool_calls_made', v_execution.tool_calls_made,
    'messages', (select coalesce(jsonb_agg(to_jsonb(m) order by m.seq), '[]')
      from public.agent_chat_messages m where m.agent_session_id = v_thread_id),
    'tool_calls', (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'tool_name', c.tool_name, 'status', c.status,
        'arguments', c.arguments, 'result', c.result, 'duration_ms', c.duration_ms) order by c.created_at, c.id), '[]')
      from public.agent_tool_calls c where c.agent_session_id = v_thread_id));
end $$;

-- Locks the execution for its worker and renews the lease. `p_generation` is the run's, where the worker is the
-- planner, or else the execution's own. A lease that was given up is not renewed.
create function private.hold_step(p_execution_id uuid, p_generation integer)
returns public.agent_executions language plpgsql security invoker set search_path = '' as $$
declare
  v_run_generation integer;
  v_execution public.agent_executions;
begin
  -- Of the planner's own step. Nobody takes the run over before this write is done; the run is locked first, as always.
  select r.lease_generation into v_run_generation
    from public.agent_executions e
    join public.agent_runs r on r.id = e.run_id
    where e.id = p_execution_id and e.worker = 'planner' and e.user_id = (select auth.uid())
    for share of r;
  select * into v_execution from public.agent_executions
    where id = p_execution_id and user_id = (select auth.uid()) for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'execution';
  end if;
  if v_execution.status <> 'running' or v_execution.released
    or coalesce(v_run_generation, v_execution.lease_generation) is distinct from p_generation then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
  if v_execution.lease_expires_at < clock_timestamp() + make_interval(secs => v_execution.lease_seconds * 2 / 3) then
    update public.agent_executions
      set lease_expires_at = clock_timestamp() + make_interval(secs => v_execution.lease_seconds)
      where id = p_execution_id;
  end if;
  return v_execution;
end $$;

-- Stores { rows, usage, tool_calls_made } of an execution that is held.
create function private.step_progress(p_execution public.agent_executions, p_progress jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.append_rows(p_execution.run_id, p_progress -> 'rows');
  update public.agent_executions set usage = p_progress -> 'usage',
      tokens_used = (p_progress -> 'usage' ->> 'input_tokens')::integer + (p_progress -> 'usage' ->> 'output_tokens')::integer,
      tool_calls_made = (p_progress ->> 'tool_calls_made')::integer,
      message_count = (select count(*) from public.agent_chat_messages m where m.agent_session_id = p_execution.agent_session_id)
    where id = p_execution.id;
end $$;

-- Gives { over }: the name of the budget that the next call would break.
create function public.advance_step(p_execution_id uuid, p_generation integer, p_progress jsonb, p_reservation jsonb,
  p_settlement jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_execution public.agent_executions := private.hold_step(p_execution_id, p_generation);
begin
  perform private.step_progress(v_execution, p_progress);
  return public.reserve_usage(v_execution.run_id, p_reservation, p_settlement, p_limits);
end $$;

-- True when the user has asked for the run to stop.
create function public.heartbeat_step(p_execution_id uuid, p_generation integer)
returns boolean language sql security invoker set search_path = '' as $$
  select r.cancel_requested_at is not null
  from private.hold_step(p_execution_id, p_generation) e join public.agent_runs r on r.id = e.run_id;
$$;

-- Gives the step to whoever claims it next. `p_progress` is null where the worker does not know how far it came: then
-- the attempt is lost. Once given up, it stays so.
create function public.release_step(p_execution_id uuid, p_generation integer, p_progress jsonb, p_settlement jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_execution public.agent_executions;
begin
  if exists (select from public.agent_executions where id = p_execution_id and user_id = (select auth.uid())
      and status = 'running' and lease_generation = p_generation and released) then
    return;
  end if;
  v_execution := private.hold_step(p_execution_id, p_generation);
  perform public.settle_usage(p_settlement);
  if p_progress is null then
    update public.agent_executions set lease_generation = lease_generation + 1, lease_expires_at = clock_timestamp()
      where id = p_execution_id;
  else
    perform private.step_progress(v_execution, p_progress);
    update public.agent_executions set released = true, lease_expires_at = clock_timestamp() where id = p_execution_id;
  end if;
end $$;

-- How an executor and its thread end with their step; a partial result is one.
create function private.worker_status(p_status public.execution_status)
returns public.agent_status language sql immutable security invoker set search_path = '' as $$
  select case when p_status in ('failed', 'cancelled') then p_status::text else 'completed' end::public.agent_status;
$$;

-- Ends an execution. The outcome counts once: the same one again changes nothing, and one that comes after the
-- step has gone to another worker, or its run has ended, is refused with PT412.
create function public.finish_step(p_execution_id uuid, p_generation integer, p_outcome jsonb, p_progress jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_execution public.agent_executions;
  v_status public.execution_status := (p_outcome ->> 'status')::public.execution_status;
begin
  -- The run before its execution, as when the run ends.
  perform from public.agent_runs where id =
    (select e.run_id from public.agent_executions e where e.id = p_execution_id and e.user_id = (select auth.uid()))
    for no key update;
  if exists (
    select from public.agent_executions e
      join public.agent_runs r on r.id = e.run_id
      where e.id = p_execution_id and e.user_id = (select auth.uid())
        and e.status = v_status and e.result = p_outcome -> 'result'
        and p_generation = case e.worker when 'planner' then r.lease_generation else e.lease_generation end
  ) then
    return;
  end if;
  v_execution := private.hold_step(p_execution_id, p_generation);
  perform private.step_progress(v_execution, p_progress);
  perform public.settle_usage(p_outcome -> 'settlement');
  update public.agent_executions set status = v_status, result = p_outcome -> 'result',
      error = p_outcome ->> 'error', duration_ms = (p_outcome ->> 'duration_ms')::integer, finished_at = now()
    where id = p_execution_id;
  update public.agent_runs set takeovers = 0 where id = v_execution.run_id and takeovers > 0;
  if v_status <> 'needs_input' then
    update public.agent_chat_sessions set
        status = private.worker_status(v_status),
        message_count = (select count(*) from public.agent_chat_messages m where m.agent_session_id = v_execution.agent_session_id),
        finished_at = now()
      where id = v_execution.agent_session_id;
    update public.agents set
        status = private.worker_status(v_status),
        completed_at = now()
      where id = v_execution.executor_agent_id;
  end if;
end $$;

-- The last word in the thread of a step that asked: the planner's, once it has answered.
create function private.step_answered(p_execution public.agent_executions)
returns boolean language sql stable security invoker set search_path = '' as $$
  select p_execution.status = 'needs_input' and coalesce((select m.kind = 'answer'
    from public.agent_chat_messages m where m.agent_session_id = p_execution.agent_session_id
    order by m.seq desc limit 1), false);
$$;

-- Where a step stands: its latest execution with the tool calls of its thread, whether its worker is gone, and
-- whether the planner has answered its question. Null where nobody has claimed it.
create function public.get_step(p_plan_id uuid, p_step_number integer)
returns jsonb language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object('attempt', e.attempt, 'status', e.status, 'result', e.result, 'error', e.error,
    'usage', e.usage, 'duration_ms', e.duration_ms, 'executor_agent_id', e.executor_agent_id,
    'ownerless', e.status = 'running' and e.lease_expires_at <= clock_timestamp(),
    'released', e.status = 'running' and e.released,
    'answered', private.step_answered(e),
    'tool_calls', (select coalesce(jsonb_agg(to_jsonb(c) - 'user_id' order by c.created_at, c.id), '[]')
      from public.agent_tool_calls c where c.agent_session_id = e.agent_session_id))
  from private.step_state(p_plan_id, p_step_number) e
  where e.user_id = (select auth.uid());
$$;

-- Puts the planner's answer ({ content, planner_agent_id, rows, usage }) into the thread of a step that asked, with
-- the rows of the call that made it, and what the planner has spent by then. The next claim of the step goes on
-- from there. A second answer changes nothing.
create function public.answer_step(p_plan_id uuid, p_step_number integer, p_generation integer, p_answer jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_execution public.agent_executions;
begin
  perform private.hold_run(p.run_id, p_generation) from public.agent_plans p where p.id = p_plan_id;
  select * into v_execution from private.step_state(p_plan_id, p_step_number);
  if v_execution.id is null or v_execution.status <> 'needs_input' then
    raise sqlstate 'PT409' using message = 'step_asked_nothing';
  elsif not private.step_answered(v_execution) then
    perform private.append_rows(v_execution.run_id, p_answer -> 'rows');
    update public.agent_runs set usage = p_answer -> 'usage', takeovers = 0 where id = v_execution.run_id;
    insert into public.agent_chat_messages (user_id, run_id, agent_session_id, parent_user_session_id, seq, kind,
        sender_type, sender_agent_id, role, content)
      select v_execution.user_id, v_execution.run_id, v_execution.agent_session_id, v_execution.session_id,
        max(m.seq) + 1, 'answer', 'planner', (p_answer ->> 'planner_agent_id')::uuid, 'user', p_answer ->> 'content'
      from public.agent_chat_messages m where m.agent_session_id = v_execution.agent_session_id;
  end if;
end $$;

revoke execute on function
  private.step_state(uuid, integer),
  public.claim_step(uuid, integer, jsonb),
  private.hold_step(uuid, integer),
  private.step_progress(public.agent_executions, jsonb),
  public.advance_step(uuid, integer, jsonb, jsonb, jsonb, jsonb),
  public.heartbeat_step(uuid, integer),
  public.release_step(uuid, integer, jsonb, jsonb),
  private.worker_status(public.execution_status),
  public.finish_step(uuid, integer, jsonb, jsonb),
  public.get_step(uuid, integer),
  private.step_answered(public.agent_executions),
  public.answer_step(uuid, integer, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.step_state(uuid, integer),
  public.claim_step(uuid, integer, jsonb),
  private.hold_step(uuid, integer),
  private.step_progress(public.agent_executions, jsonb),
  public.advance_step(uuid, integer, jsonb, jsonb, jsonb, jsonb),
  public.heartbeat_step(uuid, integer),
  public.release_step(uuid, integer, jsonb, jsonb),
  private.worker_status(public.execution_status),
  public.finish_step(uuid, integer, jsonb, jsonb),
  public.get_step(uuid, integer),
  private.step_answered(public.agent_executions),
  public.answer_step(uuid, integer, integer, jsonb)
  to authenticated;
