-- How a step's worker stores what it has done, and how the step ends.
--
--   private.step_progress  what a worker hands in: rows, and what its step has cost so far
--   record_step            progress is stored, with calls that are proposed: what becomes of them
--   advance_step           between two model calls: progress is stored, the next call is reserved
--   release_step           a worker lets the step go for hand-off
--   finish_step            an execution ends, with its thread and its tool calls
--   get_step               a step's latest execution, for the planner that waits for it
--   answer_step            the planner's answer to a step that asked

-- Stores { rows, usage, tool_calls_made } of an execution that is held.
create function private.step_progress(p_execution public.agent_executions, p_progress jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.append_rows(p_execution.run_id, p_progress -> 'rows');
  update public.agent_executions set usage = p_progress -> 'usage',
      tokens_used = (p_progress -> 'usage' ->> 'input_tokens')::integer
        + (p_progress -> 'usage' ->> 'output_tokens')::integer,
      tool_calls_made = (p_progress ->> 'tool_calls_made')::integer,
      message_count = (
        select count(*) from public.agent_chat_messages m where m.agent_session_id = p_execution.agent_session_id)
    where id = p_execution.id;
end $$;

-- Gives what private.write_answer makes of it. The same again tells where the calls that it proposes stand by then.
create function public.record_step(p_execution_id uuid, p_generation integer, p_progress jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_run constant public.agent_runs := private.lock_step_run(p_execution_id);
begin
  perform private.step_progress(private.hold_step(p_execution_id, p_generation), p_progress);
  return private.write_answer(private.verdicts(p_progress -> 'rows'), null, v_run.cancel_requested_at);
end $$;

-- Gives what became of the reservation, and `cancelled` where the user has asked for the run to stop.
create function public.advance_step(p_execution_id uuid, p_generation integer, p_progress jsonb, p_reservation jsonb,
  p_settlement jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_run constant public.agent_runs := private.lock_step_run(p_execution_id);
  v_execution public.agent_executions;
begin
  perform private.lock_usage();
  v_execution := private.hold_step(p_execution_id, p_generation);
  perform private.step_progress(v_execution, p_progress);
  return public.reserve_usage(v_execution.run_id, p_reservation, p_settlement, p_limits)
    || coalesce(private.write_answer(null, null, v_run.cancel_requested_at), '{}');
end $$;

-- Releases the step for hand-off. `p_progress` is null where the worker does not know how far it came: then the
-- attempt expires. Once released, it stays so.
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
    update public.agent_executions set lease_generation = private.next_generation(lease_generation),
        lease_expires_at = clock_timestamp()
      where id = p_execution_id;
  else
    perform private.step_progress(v_execution, p_progress);
    update public.agent_executions set released = true, lease_expires_at = clock_timestamp()
    where id = p_execution_id;
  end if;
end $$;

-- How an executor and its thread end with their step; a partial result is one.
create function private.worker_status(p_status public.execution_status)
returns public.agent_status language sql immutable security invoker set search_path = '' as $$
  select case when p_status in ('failed', 'cancelled') then p_status::text else 'completed' end::public.agent_status;
$$;

-- Ends an execution. The outcome counts once: the same one again changes nothing, and one that comes after the
-- lease was taken by another worker, or its run has ended, is refused with PT412.
create function public.finish_step(p_execution_id uuid, p_generation integer, p_outcome jsonb, p_progress jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_status constant public.execution_status := p_outcome ->> 'status';
  v_run constant public.agent_runs := private.lock_step_run(p_execution_id);
  v_execution public.agent_executions;
begin
  if v_status is null or v_status in ('running', 'skipped') then
    raise sqlstate 'PT400' using message = 'outcome';
  end if;
  -- The run is written below, and whoever writes it may wait for the execution.
  if v_run.takeovers > 0 then
    perform from public.agent_runs where id = v_run.id for no key update;
  end if;
  -- The same result, at the same time, is waited for.
  select * into v_execution from public.agent_executions where id = p_execution_id for no key update;
  if v_execution.status = v_status and v_execution.result = p_outcome -> 'result'
      and p_generation = (case v_execution.worker
        when 'planner' then v_run.lease_generation else v_execution.lease_generation end) then
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
        message_count = (
          select count(*) from public.agent_chat_messages m where m.agent_session_id = v_execution.agent_session_id),
        finished_at = now()
      where id = v_execution.agent_session_id;
    update public.agents set
        status = private.worker_status(v_status),
        completed_at = now()
      where id = v_execution.executor_agent_id;
  end if;
end $$;

-- Where a step stands: its latest execution with the tool calls of its thread, whether its lease has expired, whether
-- the planner has answered its question, and whether it waits for a person. Null where nobody has claimed it.
create function public.get_step(p_plan_id uuid, p_step_number integer)
returns jsonb language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object('attempt', e.attempt, 'status', e.status, 'result', e.result, 'error', e.error,
    'usage', e.usage, 'duration_ms', e.duration_ms, 'executor_agent_id', e.executor_agent_id,
    'lease_expired', e.status = 'running' and e.lease_expires_at <= clock_timestamp(),
    'released', e.status = 'running' and e.released,
    'answered', private.step_answered(e), 'awaiting', private.step_awaits(e),
    'tool_calls', private.thread_calls(e.agent_session_id), 'open_calls', private.open_calls(e.agent_session_id))
  from private.step_state(p_plan_id, p_step_number) e
  where e.user_id = (select auth.uid());
$$;

-- Puts the planner's answer ({ content, planner_agent_id, rows, usage }) into the thread of a step that asked, with
-- the rows of the call that made it, and what the planner has spent by then. The next claim of the step resumes
-- from there. A second answer changes nothing.
create function public.answer_step(p_plan_id uuid, p_step_number integer, p_generation integer, p_answer jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_execution public.agent_executions;
begin
  -- Who claims the step sees the answer, or is waited for.
  perform private.lock_run(p.run_id) from public.agent_plans p where p.id = p_plan_id;
  perform private.hold_run(p.run_id, p_generation) from public.agent_plans p where p.id = p_plan_id;
  select * into v_execution from private.step_state(p_plan_id, p_step_number);
  if v_execution.id is null or v_execution.status <> 'needs_input' then
    raise sqlstate 'PT409' using message = 'step_asked_nothing';
  elsif not private.step_answered(v_execution) then
    perform private.append_rows(v_execution.run_id, p_answer -> 'rows');
    update public.agent_runs set usage = coalesce(nullif(p_answer -> 'usage', 'null'), usage), takeovers = 0
      where id = v_execution.run_id;
    insert into public.agent_chat_messages (user_id, run_id, agent_session_id, parent_user_session_id, seq, kind,
        sender_type, sender_agent_id, role, content)
      select v_execution.user_id, v_execution.run_id, v_execution.agent_session_id, v_execution.session_id,
        max(m.seq) + 1, 'answer', 'planner', (p_answer ->> 'planner_agent_id')::uuid, 'user', p_answer ->> 'content'
      from public.agent_chat_messages m where m.agent_session_id = v_execution.agent_session_id;
  end if;
end $$;

revoke execute on function
  private.step_progress(public.agent_executions, jsonb),
  public.record_step(uuid, integer, jsonb),
  public.advance_step(uuid, integer, jsonb, jsonb, jsonb, jsonb),
  public.release_step(uuid, integer, jsonb, jsonb),
  private.worker_status(public.execution_status),
  public.finish_step(uuid, integer, jsonb, jsonb),
  public.get_step(uuid, integer),
  public.answer_step(uuid, integer, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.step_progress(public.agent_executions, jsonb),
  public.record_step(uuid, integer, jsonb),
  public.advance_step(uuid, integer, jsonb, jsonb, jsonb, jsonb),
  public.release_step(uuid, integer, jsonb, jsonb),
  private.worker_status(public.execution_status),
  public.finish_step(uuid, integer, jsonb, jsonb),
  public.get_step(uuid, integer),
  public.answer_step(uuid, integer, integer, jsonb)
  to authenticated;
