-- How a step's state moves, in the manner of the run functions before: one transaction each, under the caller's
-- own rights, PT404 and PT409 for what can't be.
--
--   step_state    where a step stands
--   claim_step    an agent takes a step that is ready; inserting the execution is the claim
--   finish_step   an execution ends, with its thread and its tool calls
--   answer_step   the planner's answer to a step that asked

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

-- Takes a step. A step that waits for an answer is taken again with its thread; any other only once.
create function public.claim_step(p_plan_id uuid, p_step_number integer, p_agent jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_plan public.agent_plans;
  v_run public.agent_runs;
  v_step jsonb;
  v_latest public.agent_executions;
  v_execution_id uuid := gen_random_uuid();
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
  -- Nor does the plan change any more; it may have been replaced while this waited.
  select status into v_plan.status from public.agent_plans where id = p_plan_id;
  if v_run.status <> 'running' or v_run.cancel_requested_at is not null or v_plan.status <> 'executing' then
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
  if v_latest.id is not null and v_latest.status <> 'needs_input' then
    raise sqlstate 'PT409' using message = 'step_already_claimed';
  elsif v_latest.id is not null then
    v_agent_id := v_latest.agent_id;
    v_thread_id := v_latest.thread_id;
  else
    if p_agent ->> 'type' = 'executor' then
      insert into public.agents (id, user_id, type, name, model_preference, available_tools, permissions,
          system_prompt, run_id, created_for_session, created_for_plan)
        values (v_agent_id, v_user, 'executor', left('Executor: ' || (v_step ->> 'title'), 200),
          p_agent ->> 'model_preference', v_tools, 'read_only', p_agent ->> 'system_prompt',
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

  begin
    insert into public.agent_executions (id, user_id, run_id, plan_id, step_number, attempt, agent_id, thread_id,
        session_id, task, tools_available)
      values (v_execution_id, v_user, v_run.id, v_plan.id, p_step_number, coalesce(v_latest.attempt, 0) + 1,
        v_agent_id, v_thread_id, v_run.session_id, v_step ->> 'task', v_tools);
  exception when unique_violation then
    raise sqlstate 'PT409' using message = 'step_already_claimed';
  end;

  return jsonb_build_object('execution_id', v_execution_id, 'attempt', coalesce(v_latest.attempt, 0) + 1,
    'run_id', v_run.id, 'session_id', v_run.session_id, 'agent_id', v_agent_id, 'thread_id', v_thread_id,
    'step', v_step, 'goal', v_plan.goal, 'user_message', v_plan.user_message, 'time_zone', v_run.time_zone,
    'earlier_results', v_results,
    'messages', (select coalesce(jsonb_agg(to_jsonb(m) order by m.seq), '[]')
      from public.agent_chat_messages m where m.thread_id = v_thread_id));
end $$;

-- Ends an execution. The outcome counts once: an execution that is not running any more is left as it is.
create function public.finish_step(p_execution_id uuid, p_outcome jsonb, p_batch jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_execution public.agent_executions;
  v_status public.execution_status := (p_outcome ->> 'status')::public.execution_status;
begin
  -- The run before its execution, as when the run ends.
  perform from public.agent_runs where id =
    (select e.run_id from public.agent_executions e where e.id = p_execution_id and e.user_id = (select auth.uid()))
    for no key update;
  select * into v_execution from public.agent_executions
    where id = p_execution_id and user_id = (select auth.uid()) for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'execution';
  end if;
  if v_execution.status <> 'running' then
    raise sqlstate 'PT409' using message = 'execution_finished';
  end if;
  perform public.record_progress(v_execution.run_id, p_batch);
  perform public.settle_usage(p_outcome -> 'settlement');
  update public.agent_executions set status = v_status, result = p_outcome -> 'result',
      error = p_outcome ->> 'error', usage = p_outcome -> 'usage',
      tokens_used = (p_outcome ->> 'tokens_used')::integer, duration_ms = (p_outcome ->> 'duration_ms')::integer,
      tool_calls_made = (p_outcome ->> 'tool_calls_made')::integer,
      message_count = (select count(*) from public.agent_chat_messages m where m.thread_id = v_execution.thread_id),
      finished_at = now()
    where id = p_execution_id;
  if v_status <> 'needs_input' then
    update public.agent_chat_sessions set
        status = case when v_status in ('failed', 'cancelled') then 'failed' else 'completed' end::public.agent_status,
        message_count = (select count(*) from public.agent_chat_messages m where m.thread_id = v_execution.thread_id),
        finished_at = now()
      where id = v_execution.thread_id;
    update public.agents set
        status = case when v_status in ('failed', 'cancelled') then 'failed' else 'completed' end::public.agent_status,
        completed_at = now()
      where id = v_execution.agent_id and type = 'executor';
  end if;
end $$;

-- Puts the planner's answer ({ content, planner_agent_id }) into the thread of a step that asked. The next claim of
-- the step goes on from there.
create function public.answer_step(p_plan_id uuid, p_step_number integer, p_answer jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_execution public.agent_executions;
begin
  select * into v_execution from private.step_state(p_plan_id, p_step_number);
  if v_execution.id is null or v_execution.status <> 'needs_input' then
    raise sqlstate 'PT409' using message = 'step_asked_nothing';
  end if;
  insert into public.agent_chat_messages (user_id, run_id, thread_id, seq, sender_type, sender_agent_id, role, content)
    select v_execution.user_id, v_execution.run_id, v_execution.thread_id, max(m.seq) + 1, 'planner',
      (p_answer ->> 'planner_agent_id')::uuid, 'user', p_answer ->> 'content'
    from public.agent_chat_messages m where m.thread_id = v_execution.thread_id;
end $$;

revoke execute on function
  private.step_state(uuid, integer),
  public.claim_step(uuid, integer, jsonb),
  public.finish_step(uuid, jsonb, jsonb),
  public.answer_step(uuid, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.step_state(uuid, integer),
  public.claim_step(uuid, integer, jsonb),
  public.finish_step(uuid, jsonb, jsonb),
  public.answer_step(uuid, integer, jsonb)
  to authenticated;
