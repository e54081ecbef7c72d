-- How a step's worker stores what it has done, and how the step ends.
--
--   private.step_progress  what a worker hands in: rows, and what its step has cost so far
--   private.keep_step      stores the execution
--   record_step            progress is stored, with calls that are proposed: what becomes of them
--   advance_step           between two model calls: progress is stored, the next call is reserved
--   release_step           a worker lets the step go for hand-off
--   private.worker_status  how an executor ends with its step
--   private.end_worker     the end of its thread, and of its executor
--   finish_step            an execution ends, with its thread and its tool calls
--   get_step               a step's latest execution, for the planner that waits for it
--   answer_step            the planner's answer to a step that asked

-- Stores the rows of { rows, usage, tool_calls_made }, and gives the execution with the rest, for private.keep_step.
create function private.step_progress(p_execution public.agent_executions, p_run public.agent_runs, p_progress jsonb)
returns public.agent_executions language plpgsql security invoker set search_path = '' as $$
declare
  v_usage constant jsonb := p_progress -> 'usage';
begin
  perform private.append_rows(p_run, p_progress -> 'rows');
  p_execution.usage := v_usage;
  p_execution.tokens_used := (v_usage ->> 'input_tokens')::integer + (v_usage ->> 'output_tokens')::integer;
  p_execution.tool_calls_made := (p_progress ->> 'tool_calls_made')::integer;
  p_execution.lease_expires_at := private.lease_until(p_execution);
  return p_execution;
end $$;

-- Stores what its worker may change of an execution that it holds, in one update. How many messages its thread has is
-- the number of the last, since a thread has no gap. Gives it as it is stored.
create function private.keep_step(p_execution public.agent_executions)
returns public.agent_executions language plpgsql security invoker set search_path = '' as $$
begin
  update public.agent_executions e set status = p_execution.status, result = p_execution.result,
      error = p_execution.error, usage = p_execution.usage, tokens_used = p_execution.tokens_used,
      tool_calls_made = p_execution.tool_calls_made, duration_ms = p_execution.duration_ms,
      lease_expires_at = p_execution.lease_expires_at, released = p_execution.released,
      finished_at = p_execution.finished_at,
      message_count = coalesce((select max(m.seq) from public.agent_chat_messages m
        where m.user_id = e.user_id and m.agent_session_id = e.agent_session_id), 0)
    where e.user_id = p_execution.user_id and e.id = p_execution.id
    returning * into p_execution;
  return p_execution;
end $$;

-- Gives what private.write_answer makes of it. The same again tells where the calls that it proposes stand by then.
create function public.record_step(p_execution_id uuid, p_generation integer, p_progress jsonb)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_held constant record := private.hold_step(p_execution_id, p_generation);
begin
  perform private.keep_step(private.step_progress(v_held.execution, v_held.run, p_progress));
  return private.write_answer(private.verdicts(p_progress -> 'rows'), null, (v_held.run).cancel_requested_at);
end $$;

-- Gives what reserve_usage gives.
create function public.advance_step(p_execution_id uuid, p_generation integer, p_progress jsonb, p_reservation jsonb,
  p_settlement jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_held constant record := private.hold_step(p_execution_id, p_generation);
begin
  perform private.keep_step(private.step_progress(v_held.execution, v_held.run, p_progress));
  -- The user's lock comes last.
  return public.reserve_usage((v_held.run).id, p_reservation, p_settlement, p_limits);
end $$;

-- Releases the step for hand-off. `p_progress` is null where the worker does not know how far it came: then the
-- attempt expires. Once released, it stays so.
create function public.release_step(p_execution_id uuid, p_generation integer, p_progress jsonb, p_settlement jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_held record;
  v_execution public.agent_executions;
begin
  if exists (select from public.agent_executions where id = p_execution_id and user_id = (select auth.uid())
      and status = 'running' and lease_generation = p_generation and released) then
    return;
  end if;
  v_held := private.hold_step(p_execution_id, p_generation);
  perform public.settle_usage(p_settlement);
  if p_progress is null then
    update public.agent_executions set lease_generation = private.next_generation(lease_generation),
        lease_expires_at = clock_timestamp()
      where id = p_execution_id;
  else
    v_execution := private.step_progress(v_held.execution, v_held.run, p_progress);
    v_execution.released := true;
    v_execution.lease_expires_at := clock_timestamp();
    perform private.keep_step(v_execution);
  end if;
end $$;

-- How an executor and its thread end with their step; a partial result is one.
create function private.worker_status(p_status public.execution_status)
returns public.agent_status language plpgsql immutable security invoker set search_path = '' as $$
begin
  return case when p_status in ('failed', 'cancelled') then p_status::text else 'completed' end;
end $$;

-- Ends the thread of an execution that has ended, and its executor.
create function private.end_worker(p_execution public.agent_executions)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_status constant public.agent_status := private.worker_status(p_execution.status);
begin
  update public.agent_chat_sessions set status = v_status, message_count = p_execution.message_count,
      finished_at = now()
    where user_id = p_execution.user_id and id = p_execution.agent_session_id;
  if p_execution.executor_agent_id is not null then
    update public.agents set status = v_status, completed_at = now()
      where user_id = p_execution.user_id and id = p_execution.executor_agent_id;
  end if;
end $$;

-- Ends an execution. The outcome counts once: the same one again changes nothing, and one that comes after the
-- lease was taken by another worker, or its run has ended, is refused with PT412.
create function public.finish_step(p_execution_id uuid, p_generation integer, p_outcome jsonb, p_progress jsonb)
returns void language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_status constant public.execution_status := p_outcome ->> 'status';
  v_run constant public.agent_runs := (private.lock_step_run(p_execution_id)).run;
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
  select * into v_execution from public.agent_executions
    where user_id = v_run.user_id and id = p_execution_id for no key update;
  if v_execution.status = v_status and v_execution.result = p_outcome -> 'result'
      and p_generation = (case v_execution.worker
        when 'planner' then v_run.lease_generation else v_execution.lease_generation end) then
    return;
  end if;
  if not private.has_lease(v_execution, v_run, p_generation) then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
  v_execution := private.step_progress(v_execution, v_run, p_progress);
  v_execution.status := v_status;
  v_execution.result := p_outcome -> 'result';
  v_execution.error := p_outcome ->> 'error';
  v_execution.duration_ms := (p_outcome ->> 'duration_ms')::integer;
  v_execution.finished_at := now();
  v_execution := private.keep_step(v_execution);
  perform public.settle_usage(p_outcome -> 'settlement');
  if v_run.takeovers > 0 then
    update public.agent_runs set takeovers = 0 where id = v_run.id;
  end if;
  if v_status <> 'needs_input' then
    perform private.end_worker(v_execution);
  end if;
end $$;

-- Where a step stands: its latest execution with the tool calls of its thread, whether its lease has expired, whether
-- the planner has answered its question, and whether it waits for a person. Null where nobody has claimed it.
create function public.get_step(p_plan_id uuid, p_step_number integer)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
declare
  e constant public.agent_executions := private.step_state(p_plan_id, p_step_number);
begin
  return case when e.id is not null then jsonb_build_object('attempt', e.attempt, 'status', e.status,
    'result', e.result, 'error', e.error, 'usage', e.usage, 'duration_ms', e.duration_ms,
    'executor_agent_id', e.executor_agent_id,
    'lease_expired', e.status = 'running' and e.lease_expires_at <= clock_timestamp(),
    'released', e.status = 'running' and e.released,
    'answered', private.step_answered(e), 'awaiting', private.step_awaits(e),
    'tool_calls', private.thread_calls(e.agent_session_id), 'open_calls', private.open_calls(e.agent_session_id)) end;
end $$;

-- Puts the planner's answer ({ content, planner_agent_id, rows, usage }) into the thread of a step that asked, with
-- the rows of the call that made it, and what the planner has spent by then. The next claim of the step resumes
-- from there. A second answer changes nothing.
create function public.answer_step(p_plan_id uuid, p_step_number integer, p_generation integer, p_answer jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
  v_execution public.agent_executions;
begin
  -- Who claims the step sees the answer, or is waited for.
  perform private.lock_run(p.run_id) from public.agent_plans p where p.id = p_plan_id;
  select h.* into v_run from public.agent_plans p, private.hold_run(p.run_id, p_generation) h where p.id = p_plan_id;
  v_execution := private.step_state(p_plan_id, p_step_number);
  if v_execution.id is null or v_execution.status <> 'needs_input' then
    raise sqlstate 'PT409' using message = 'step_asked_nothing';
  elsif not private.step_answered(v_execution) then
    perform private.append_rows(v_run, p_answer -> 'rows');
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
  private.step_progress(public.agent_executions, public.agent_runs, jsonb),
  private.keep_step(public.agent_executions),
  public.record_step(uuid, integer, jsonb),
  public.advance_step(uuid, integer, jsonb, jsonb, jsonb, jsonb),
  public.release_step(uuid, integer, jsonb, jsonb),
  private.worker_status(public.execution_status),
  private.end_worker(public.agent_executions),
  public.finish_step(uuid, integer, jsonb, jsonb),
  public.get_step(uuid, integer),
  public.answer_step(uuid, integer, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.step_progress(public.agent_executions, public.agent_runs, jsonb),
  private.keep_step(public.agent_executions),
  public.record_step(uuid, integer, jsonb),
  public.advance_step(uuid, integer, jsonb, jsonb, jsonb, jsonb),
  public.release_step(uuid, integer, jsonb, jsonb),
  private.worker_status(public.execution_status),
  private.end_worker(public.agent_executions),
  public.finish_step(uuid, integer, jsonb, jsonb),
  public.get_step(uuid, integer),
  public.answer_step(uuid, integer, integer, jsonb)
  to authenticated;
