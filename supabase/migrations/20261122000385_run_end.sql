-- How a run ends. Every ending comes through private.end_run: its owner's, one without an owner, and that of a run
-- which its session's next one supersedes.
--
--   private.lock_run           locks a run against all who work on it
--   private.lock_run_to_end    the same, for what may end it
--   private.close_calls        calls that were to be made, or decided on
--   private.close_run_rows     ends whatever is open
--   private.run_usage          what a run has cost
--   private.last_plan          the last revision of its plan
--   private.log_step_ends      tells how steps ended of which nobody has told
--   private.terminal_event     the end of its log, which whoever ended it streams as it is stored
--   private.safe_to_repeat     keeps a user from being told to repeat what has changed something
--   private.end_run            the one ending
--   private.end_as_failed      ends a run as failed
--   private.end_without_owner  the same, or as cancelled where its user has asked for that

-- Locks a run against all who work on it: whoever is writing a row of it is waited for, and who comes later sees
-- what was done.
create function private.lock_run(p_run_id uuid)
returns public.agent_runs language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  select * into v_run from public.agent_runs where id = p_run_id and user_id = (select auth.uid()) for update;
  if not found then
    raise sqlstate 'PT404' using message = 'run';
  end if;
  return v_run;
end $$;

-- The same for what may end the run: an ending writes into the session, and takes turns with the start of the next run.
create function private.lock_run_to_end(p_run_id uuid)
returns public.agent_runs language plpgsql security invoker set search_path = '' as $$
begin
  perform from public.chat_sessions where id =
    (select r.session_id from public.agent_runs r where r.id = p_run_id and r.user_id = (select auth.uid()))
    for no key update;
  return private.lock_run(p_run_id);
end $$;

-- A write that was to be made when its run ended: its receipt says whether it was carried out. Nobody carries it out
-- after this, and nobody decides on one any more.
create function private.close_calls(p_run_id uuid, p_status public.run_status)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if not exists (select from public.agent_tool_calls c where c.user_id = (select auth.uid()) and c.run_id = p_run_id
      and c.status not in ('succeeded', 'failed', 'rejected')) then
    return;
  end if;
  perform private.close_undecided(array(select c.id from public.agent_tool_calls c
      where c.user_id = (select auth.uid()) and c.run_id = p_run_id and c.status = 'awaiting_approval'),
    case p_status when 'cancelled' then 'cancelled' else 'run_ended' end);
  update public.agent_tool_calls c
    set status = case when made then 'succeeded' else 'rejected' end::public.tool_call_status, finished_at = now(),
      error = case when not made then 'run_ended' end,
      result = case when made then
        '{"ok": true, "data": null, "message": "It was carried out. Its process ended before it could tell more."}'
        else '{"ok": false, "error": "not_allowed", "message": "The run ended before it was carried out."}' end::jsonb
    from (
      select open.id, exists (select from public.tool_receipts t
          where t.user_id = open.user_id and t.call_id = open.id) as made
      from public.agent_tool_calls open
      where open.run_id = p_run_id and open.user_id = (select auth.uid())
        and open.status not in ('succeeded', 'failed', 'rejected')
    ) left_open
    where c.user_id = (select auth.uid()) and c.run_id = p_run_id and c.id = left_open.id;
end $$;

-- Whatever a run left open ends with it: cancelled with a run that was cancelled. Else a step that nobody has ended
-- has failed, and so have its thread and its executor, however the run ended. After this no worker can add to what
-- its step has cost. `p_plan_id` is its last plan, null where it has none, and so no steps.
create function private.close_run_rows(p_run_id uuid, p_plan_id uuid, p_status public.run_status)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if p_plan_id is not null then
    -- A worker that is storing something is waited for, so that its rows are counted below.
    perform from public.agent_executions where run_id = p_run_id and user_id = (select auth.uid())
      and status = 'running' order by id for no key update;
  end if;
  update public.agents a
    set status = case when p_status = 'completed' and exists (
        select from public.agent_executions e where e.user_id = a.user_id and e.run_id = a.run_id
          and e.executor_agent_id = a.id and e.status = 'running')
      then 'failed' else p_status::text end::public.agent_status,
      completed_at = now()
    where run_id = p_run_id and user_id = (select auth.uid()) and status = 'active';
  update public.agent_chat_sessions t
    set status = case when p_status = 'completed' and exists (
        select from public.agent_executions e where e.user_id = t.user_id and e.run_id = t.run_id
          and e.agent_session_id = t.id and e.status = 'running')
      then 'failed' else p_status::text end::public.agent_status,
      message_count = (select count(*) from public.agent_chat_messages m where m.agent_session_id = t.id),
      finished_at = now()
    where run_id = p_run_id and user_id = (select auth.uid()) and status = 'active';
  if p_plan_id is null then
    return;
  end if;
  update public.agent_plans
    set status = case p_status when 'cancelled' then 'cancelled' else 'failed' end::public.plan_status,
      finished_at = now()
    where run_id = p_run_id and user_id = (select auth.uid()) and status in ('pending', 'executing');
  update public.agent_executions
    set status = case p_status when 'cancelled' then 'cancelled' else 'failed' end::public.execution_status,
      error = 'the run ended first', finished_at = now()
    where run_id = p_run_id and user_id = (select auth.uid()) and status = 'running';
end $$;

-- What the planner's own calls have cost, with what every attempt at a step has, expired ones included. Whatever the
-- rows say, the sums stay within what a row may hold.
create function private.run_usage(p_run_id uuid, p_own jsonb)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select jsonb_build_object(
    'input_tokens', coalesce(least(sum((u ->> 'input_tokens')::numeric), 1000000000), 0),
    'output_tokens', coalesce(least(sum((u ->> 'output_tokens')::numeric), 1000000000), 0),
    'cached_tokens', coalesce(least(sum((u ->> 'cached_tokens')::numeric), 1000000000), 0),
    'reasoning_tokens', coalesce(least(sum((u ->> 'reasoning_tokens')::numeric), 1000000000), 0),
    'model_calls', coalesce(least(sum((u ->> 'model_calls')::numeric), 1000000000), 0),
    -- Unknown where a part is.
    'cost_usd', case when bool_and(u ->> 'cost_usd' is not null) then
      least(sum((u ->> 'cost_usd')::numeric), 1000000000) end,
    'estimated', coalesce(bool_or((u ->> 'estimated')::boolean), false),
    'cost_estimated', coalesce(bool_or((u ->> 'cost_estimated')::boolean), false))
  from (
    select p_own as u
    union all
    select e.usage from public.agent_executions e
      where e.run_id = p_run_id and e.user_id = (select auth.uid()) and e.usage is not null
  ) spent
); end $$;

-- Tells how those steps of the last plan ended whose end nobody has told: as their rows say, which are closed by then,
-- or the run, where an attempt was announced that nobody has claimed. What was never begun is told nothing of. Gives
-- how many there were. Numbers are compared as JSON: an event is its user's to write.
create function private.log_step_ends(p_run_id uuid, p_plan_id uuid, p_status public.run_status, p_at timestamptz)
returns integer language plpgsql security invoker set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_last integer;
  v_events jsonb;
begin
  select max(e.seq) into v_last from public.agent_run_events e where e.user_id = v_user and e.run_id = p_run_id;
  with told as (
    select e.type, e.data -> 'step_number' as step_number from public.agent_run_events e
    where e.user_id = v_user and e.run_id = p_run_id and e.type in ('step_start', 'step_complete')
      and e.seq > (select coalesce(max(c.seq), 0) from public.agent_run_events c
        where c.user_id = v_user and c.run_id = p_run_id and c.type = 'plan_created')
  ), starts as (
    select t.step_number, count(*)::integer as n_starts from told t where t.type = 'step_start' group by t.step_number
  ), latest as (
    select distinct on (e.step_number) e.step_number, e.attempt, e.status, e.result, e.error
    from public.agent_executions e where e.user_id = v_user and e.plan_id = p_plan_id
    order by e.step_number, e.attempt desc
  ), untold as (
    select n as step_number, x.status, x.result, x.error, greatest(x.attempt, s.n_starts) as attempt,
      x.attempt is null or coalesce(s.n_starts > x.attempt, false) as unclaimed
    from generate_series(1, 100) n
    left join latest x on x.step_number = n
    left join starts s on s.step_number = to_jsonb(n)
    where (x.attempt is not null or s.n_starts > 0)
      and not exists (select from told t where t.type = 'step_complete' and t.step_number = to_jsonb(n))
  ), said as (
    select u.step_number, u.attempt, u.error, u.result ->> 'summary' as summary, case
      when u.unclaimed then case p_status when 'cancelled' then 'cancelled' else 'failed' end
      when u.status in ('completed', 'partial') then 'completed'
      when u.status in ('skipped', 'cancelled') then u.status::text
      else 'failed' end as status
    from untold u
  )
  select jsonb_agg(jsonb_build_object('seq', v_last + row_number, 'type', 'step_complete', 'at', p_at, 'agent', null,
    'data', data) order by row_number) into v_events
  from (
    select row_number() over (order by s.step_number), jsonb_build_object('step_number', s.step_number,
        'attempt', s.attempt, 'status', s.status) || case s.status
        when 'completed' then jsonb_build_object('summary', coalesce(s.summary, ''))
        when 'cancelled' then '{"summary": "It was stopped with its run."}'
        when 'skipped' then jsonb_build_object('summary', 'Skipped.', 'error', coalesce(s.error, ''))
        else jsonb_build_object('summary', ended, 'error', ended) end as data
    from said s, coalesce(s.summary, 'The run ended before this step did.') ended
  ) ends;
  perform private.append_events(p_run_id, coalesce(v_events, '[]'));
  return coalesce(jsonb_array_length(v_events), 0);
end $$;

-- The last revision of a run's plan; null where it has none.
create function private.last_plan(p_run_id uuid)
returns uuid language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select p.id from public.agent_plans p
  where p.user_id = (select auth.uid()) and p.run_id = p_run_id order by p.revision desc limit 1
); end $$;

-- How a plan ended, for its run's terminal event.
create function private.plan_end(p_plan_id uuid)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select jsonb_build_object('plan_status', p.status) from public.agent_plans p
  where p.user_id = (select auth.uid()) and p.id = p_plan_id
); end $$;

-- The end of a run's log, which is its last event; null while it has none.
create function private.terminal_event(p_run_id uuid)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select to_jsonb(e) - 'user_id' from (
    select * from public.agent_run_events e where e.user_id = (select auth.uid()) and e.run_id = p_run_id
    order by e.seq desc limit 1
  ) e where e.type in ('done', 'error')
); end $$;

-- The end of a run whose log has its terminal event already: the run ends as its log does, whoever wrote that, and
-- nothing comes after it. Null where the log goes on.
create function private.end_in_log(p_terminal jsonb, p_end jsonb)
returns jsonb language plpgsql immutable security invoker set search_path = '' as $$
begin
  return jsonb_build_object('usage', p_end -> 'usage', 'events', '[]'::jsonb) || case
    when p_terminal is null then null
    when p_terminal ->> 'type' = 'done' and p_terminal -> 'data' ->> 'status' in ('completed', 'cancelled') then
      jsonb_build_object('status', p_terminal -> 'data' -> 'status',
        'finished_reason', p_terminal -> 'data' -> 'finished_reason')
    else jsonb_build_object('status', 'failed', 'error', p_terminal -> 'data') end;
end $$;

-- The caller's last events: the one that ends the log, or those before it.
create function private.own_events(p_end jsonb, p_ends boolean)
returns jsonb language plpgsql immutable security invoker set search_path = '' as $$
begin
  return coalesce(case when p_ends
    then jsonb_path_query_array(p_end -> 'events', '$[*] ? (@.type == "done" || @.type == "error")')
    else jsonb_path_query_array(p_end -> 'events', '$[*] ? (!(@.type == "done" || @.type == "error"))') end, '[]');
end $$;

-- How the log ends: as the caller says, `p_later` numbers later, or else as the run does. The terminal event tells what
-- only the end knows, `p_more`: how the run's plan ended, and which message of the session tells of it; and what the
-- run has cost.
create function private.last_events(p_run_id uuid, p_end jsonb, p_usage jsonb, p_more jsonb, p_later integer)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select case when p_end ? 'events' then (
      select coalesce(jsonb_agg(x || jsonb_build_object('seq', (x ->> 'seq')::integer + p_later,
        'data', x -> 'data' || p_more
          || case x ->> 'type' when 'done' then jsonb_build_object('usage', p_usage) else '{}' end)), '[]')
      from jsonb_array_elements(private.own_events(p_end, true)) x)
    else jsonb_build_array(jsonb_build_object('at', date_trunc('milliseconds', now()),
      'seq', (select coalesce(max(e.seq), 0) + 1 from public.agent_run_events e
        where e.user_id = (select auth.uid()) and e.run_id = p_run_id)) || case
        when p_end ? 'error' then jsonb_build_object('type', 'error', 'data', p_end -> 'error' || p_more)
        else jsonb_build_object('type', 'done', 'data', jsonb_build_object('status', p_end -> 'status',
          'finished_reason', p_end -> 'finished_reason', 'usage', p_usage) || p_more)
      end)
  end
); end $$;

-- Nobody is told to send a message again whose run has changed something before it failed: it would be changed twice.
create function private.without_retry(p_error jsonb)
returns jsonb language plpgsql immutable security invoker set search_path = '' as $$
begin
  return p_error || jsonb_build_object('retryable', false, 'message',
    regexp_replace(p_error ->> 'message', ' Please (try again|send the message again)[^.]*\.$', '')
      || ' Something had been changed by then: please look at it before you ask again.');
end $$;

-- The end of a run as its user is told it.
create function private.safe_to_repeat(p_run_id uuid, p_end jsonb)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin
  if p_end -> 'error' -> 'retryable' is distinct from 'true' then
    return p_end;
  elsif not exists (
    select from public.agent_tool_calls c where c.user_id = (select auth.uid()) and c.run_id = p_run_id
      and c.access = 'write' and (c.status = 'succeeded' or exists (
        select from public.tool_receipts t where t.user_id = c.user_id and t.call_id = c.id))) then
    return p_end;
  end if;
  return p_end || jsonb_build_object('error', private.without_retry(p_end -> 'error'))
    || case when p_end ? 'events' then jsonb_build_object('events', (
      select jsonb_agg(case x ->> 'type'
        when 'error' then jsonb_set(x, '{data}', private.without_retry(x -> 'data')) else x end order by n)
      from jsonb_array_elements(p_end -> 'events') with ordinality o (x, n))) else '{}' end;
end $$;

-- Ends a run; the caller has locked it, and its session before it. `p_end` is { status, strategy, finished_reason,
-- error, usage, events, answer }: usage is what the planner's own calls have cost, events are the last
-- ones, up to the terminal event, before which steps are told of that have ended with the run. What is left out is made
-- from the run's rows. The status comes last, because nothing of a run can be written once it has ended.
create function private.end_run(p_run public.agent_runs, p_end jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_terminal constant jsonb := private.terminal_event(p_run.id);
  v_end constant jsonb := coalesce(private.end_in_log(v_terminal, p_end), private.safe_to_repeat(p_run.id, p_end))
    || jsonb_build_object('message_id', gen_random_uuid());
  v_status constant public.run_status := v_end ->> 'status';
  v_plan_id constant uuid := private.last_plan(p_run.id);
  v_events jsonb := private.own_events(v_end, false);
  v_more jsonb := jsonb_build_object('message_id', v_end -> 'message_id');
  v_step_ends integer := 0;
  v_usage jsonb;
begin
  perform private.close_run_rows(p_run.id, v_plan_id, v_status);
  perform private.close_calls(p_run.id, v_status);
  -- Who says how the log ends has numbered it, and told of them.
  if not v_end ? 'events' then
    perform private.log_decisions(p_run.id);
  end if;
  if v_plan_id is not null then
    perform private.append_events(p_run.id, v_events);
    v_events := '[]';
    v_more := private.plan_end(v_plan_id) || v_more;
    if v_terminal is null then
      v_step_ends := private.log_step_ends(p_run.id, v_plan_id, v_status,
        coalesce((private.own_events(v_end, true) -> 0 ->> 'at')::timestamptz, date_trunc('milliseconds', now())));
    end if;
  end if;
  v_usage := private.run_usage(p_run.id, coalesce(nullif(v_end -> 'usage', 'null'), p_run.usage, '{"input_tokens": 0,
    "output_tokens": 0, "cached_tokens": 0, "reasoning_tokens": 0, "model_calls": 0, "cost_usd": 0,
    "estimated": false, "cost_estimated": false}'));
  perform private.append_events(p_run.id,
    v_events || private.last_events(p_run.id, v_end, v_usage, v_more, v_step_ends));
  perform private.tell_end(p_run, v_end);
  update public.agent_runs set status = v_status, usage = v_usage, finished_at = now(),
      finished_reason = v_end ->> 'finished_reason', error = nullif(v_end -> 'error', 'null'),
      strategy = coalesce(v_end ->> 'strategy', (
        select e.data ->> 'strategy' from public.agent_run_events e
        where e.run_id = p_run.id and e.type = 'analysis'
          and e.data ->> 'strategy' in ('simple', 'tool_use', 'complex')
        order by e.seq desc limit 1))::public.run_strategy
    where user_id = p_run.user_id and id = p_run.id;
end $$;

-- Ends a run as failed, whatever was left undone: what could not be stored is lost, and the log ends here.
create function private.end_as_failed(p_run public.agent_runs, p_error jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.end_run(p_run, jsonb_build_object('status', 'failed', 'error', p_error));
end $$;

-- Ends a run that has no owner: as cancelled, where its user had asked for that, or else as failed.
create function private.end_without_owner(p_run public.agent_runs, p_error jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.end_run(p_run, case when p_run.cancel_requested_at is null
    then jsonb_build_object('status', 'failed', 'error', p_error)
    else '{"status": "cancelled", "finished_reason": "cancelled"}' end);
end $$;

revoke execute on function
  private.lock_run(uuid),
  private.lock_run_to_end(uuid),
  private.close_calls(uuid, public.run_status),
  private.close_run_rows(uuid, uuid, public.run_status),
  private.run_usage(uuid, jsonb),
  private.log_step_ends(uuid, uuid, public.run_status, timestamptz),
  private.last_plan(uuid),
  private.plan_end(uuid),
  private.terminal_event(uuid),
  private.end_in_log(jsonb, jsonb),
  private.own_events(jsonb, boolean),
  private.last_events(uuid, jsonb, jsonb, jsonb, integer),
  private.without_retry(jsonb),
  private.safe_to_repeat(uuid, jsonb),
  private.end_run(public.agent_runs, jsonb),
  private.end_as_failed(public.agent_runs, jsonb),
  private.end_without_owner(public.agent_runs, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.lock_run(uuid),
  private.lock_run_to_end(uuid),
  private.close_calls(uuid, public.run_status),
  private.close_run_rows(uuid, uuid, public.run_status),
  private.run_usage(uuid, jsonb),
  private.log_step_ends(uuid, uuid, public.run_status, timestamptz),
  private.last_plan(uuid),
  private.plan_end(uuid),
  private.terminal_event(uuid),
  private.end_in_log(jsonb, jsonb),
  private.own_events(jsonb, boolean),
  private.last_events(uuid, jsonb, jsonb, jsonb, integer),
  private.without_retry(jsonb),
  private.safe_to_repeat(uuid, jsonb),
  private.end_run(public.agent_runs, jsonb),
  private.end_as_failed(public.agent_runs, jsonb),
  private.end_without_owner(public.agent_runs, jsonb)
  to authenticated;
