-- Who owns a run. One owner at a time works on it, under a lease that each of its writes renews. Once the lease has
-- expired, any request may take the run over. The generation is the fencing token: what an earlier owner still tries
-- to write is refused with PT412.
--
--   private.lock_owned_run  every write of an owner begins with it
--   private.renewed_lease   until when the lease holds with such a write
--   private.hold_run        both
--   private.owned_run       all that an owner has to know of a run that was taken over
--   private.opened_run      the same of one that has just begun, which has nothing yet
--   private.take_run        makes somebody its owner
--   private.log_takeover    tells that another one goes on
--   claim_run               takes over a run whose lease has expired, or that has waited for a person
--   heartbeat_run           an owner that has nothing to write renews its lease
--   release_run             an owner lets the run go for hand-off

-- Locks the run for its owner. Steps and reservations go on beside it; who takes the run over does not.
create function private.lock_owned_run(p_run_id uuid, p_generation integer)
returns public.agent_runs language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  select * into v_run from public.agent_runs where id = p_run_id and user_id = (select auth.uid()) for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'run';
  end if;
  -- A released lease is not renewed by a heartbeat that was under way.
  if v_run.lease_generation is distinct from p_generation or v_run.released then
    raise sqlstate 'PT412' using message = 'lease_lost';
  elsif v_run.status <> 'running' then
    raise sqlstate 'PT409' using message = 'run_not_running';
  end if;
  return v_run;
end $$;

-- Until when a lease holds that is held now. Not every write renews it: a row's new version costs more than the look.
create function private.renewed_lease(p_expires_at timestamptz, p_seconds numeric)
returns timestamptz language plpgsql volatile security invoker set search_path = '' as $$
begin
  return case when p_expires_at < clock_timestamp() + make_interval(secs => p_seconds * 2 / 3)
    then clock_timestamp() + make_interval(secs => p_seconds) else p_expires_at end;
end $$;

-- The same, and the lease is renewed.
create function private.hold_run(p_run_id uuid, p_generation integer)
returns public.agent_runs language plpgsql security invoker set search_path = '' as $$
declare
  v_run constant public.agent_runs := private.lock_owned_run(p_run_id, p_generation);
  v_expires_at constant timestamptz := private.renewed_lease(v_run.lease_expires_at, v_run.lease_seconds);
begin
  if v_expires_at <> v_run.lease_expires_at then
    update public.agent_runs set lease_expires_at = v_expires_at where user_id = v_run.user_id and id = p_run_id;
  end if;
  return v_run;
end $$;

-- The conversation before this message: its newest summary, and the messages after those that it covers, oldest first.
-- More of them than a prompt could hold are left out, the oldest first, and history_cut says so.
create function private.session_history(p_session_id uuid, p_before_seq integer)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin
  if p_before_seq = 1 then
    return '{"summary": null, "history": [], "history_cut": false}';
  end if;
  return (
  with newest as (
    select s.content, s.upto_seq from public.chat_session_summaries s
    where s.user_id = (select auth.uid()) and s.session_id = p_session_id order by s.number desc limit 1
  ), latest as (
    -- One bound, so that the index gives the newest: with two, Postgres reads the whole session and sorts it.
    select m as message, m.seq from public.chat_messages m
    where m.user_id = (select auth.uid()) and m.session_id = p_session_id and m.seq < p_before_seq
    order by m.seq desc limit 101
  ), sized as (
    select u.*, row_number() over newest_first as number, sum(length(u.content)) over newest_first as characters
    from (
      select (l.message).role, case when exists (
          -- Most turns have written nothing, of which there is nothing to be said.
          select from public.agent_tool_calls c where c.user_id = (select auth.uid())
            and c.run_id = (l.message).run_id and c.access = 'write')
        then private.in_history(l.message) else (l.message).content end as content, l.seq from latest l
      where l.seq > coalesce((select n.upto_seq from newest n), 0)
    ) u window newest_first as (order by u.seq desc)
  )
  select jsonb_build_object(
    'summary', (select n.content from newest n),
    'history', coalesce(jsonb_agg(jsonb_build_object('role', z.role, 'content', z.content) order by z.seq)
      filter (where z.number <= 100 and z.characters <= 40000), '[]'),
    'history_cut', coalesce(bool_or(z.number > 100 or z.characters > 40000), false))
  from sized z
); end $$;

-- What the first prompt of a run is made of: the conversation before its message, whose number is `p_seq`, and the
-- user's data as it is now.
create function private.run_opening(p_run public.agent_runs, p_about jsonb, p_seq integer)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
declare
  v_overview constant jsonb := public.agent_overview(p_run.time_zone);
  -- Null where it is not there any more.
  v_entity constant jsonb := case when p_about ? 'entity_id' then
    public.agent_entity(p_about ->> 'type', p_about ->> 'entity_id') end;
begin
  return private.session_history(p_run.session_id, p_seq) || jsonb_build_object('overview', v_overview,
    'entity', v_entity, 'shown_rows', private.opening_rows(v_overview, v_entity));
end $$;

create function private.thread_messages(p_thread_id uuid)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select coalesce(jsonb_agg(to_jsonb(m) order by m.seq), '[]')
  from public.agent_chat_messages m where m.agent_session_id = p_thread_id
); end $$;

-- The calls whose outcome is known.
create function private.thread_calls(p_thread_id uuid)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'tool_name', c.tool_name, 'status', c.status,
    'arguments', c.arguments, 'result', c.result, 'error', c.error, 'duration_ms', coalesce(c.duration_ms, 0),
    'decision', case when c.error in ('expired', 'superseded', 'step_ended') then jsonb_build_object('approved', false,
      'edited', false, 'reason', null, 'by', c.error) else private.told_decision(d) end)
    || case when c.access = 'write' and private.is_undoable(c.user_id, c.id) then '{"undoable": true}'
      else '{}' end::jsonb
    order by c.created_at, c.id), '[]')
  from public.agent_tool_calls c
  left join public.approval_decisions d on d.user_id = c.user_id and d.call_id = c.id
  where c.agent_session_id = p_thread_id and c.status in ('succeeded', 'failed', 'rejected')
); end $$;

-- The others: they wait for a person, or are made again.
create function private.open_calls(p_thread_id uuid)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'tool_name', c.tool_name, 'status', c.status,
    'arguments', c.arguments, 'arguments_sha256', c.arguments_sha256, 'why', coalesce(c.why, '[]'),
    'effects', c.effects, 'problem', c.problem, 'expires_at', c.expires_at, 'remember', c.remember,
    'decision', private.told_decision(d)) order by c.created_at, c.id), '[]')
  from public.agent_tool_calls c
  left join public.approval_decisions d on d.user_id = c.user_id and d.call_id = c.id
  where c.agent_session_id = p_thread_id and c.status not in ('succeeded', 'failed', 'rejected')
); end $$;

-- What the log of a run tells its owner of one event: what a tool found stands in the row of its call.
create function private.told_event(p_event public.agent_run_events)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin
  return to_jsonb(p_event) - 'user_id' #- '{data,data}';
end $$;

-- What the log holds, without the texts.
create function private.run_log(p_run_id uuid)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select jsonb_build_object(
    'events', (
      select coalesce(jsonb_agg(private.told_event(e) order by e.seq), '[]')
      from public.agent_run_events e where e.run_id = p_run_id and e.type <> 'text'),
    'last_seq', (select max(e.seq) from public.agent_run_events e where e.run_id = p_run_id),
    'last_text', (
      select jsonb_build_object('part', e.data -> 'part', 'message_id', e.data -> 'message_id')
      from public.agent_run_events e where e.run_id = p_run_id and e.type = 'text' order by e.seq desc limit 1))
); end $$;

-- Every revision of the plan, and the latest attempt at each step.
create function private.run_plans(p_run_id uuid)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select jsonb_build_object(
    'plans', (
      select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'revision', p.revision, 'goal', p.goal,
        'steps', p.steps) order by p.revision), '[]')
      from public.agent_plans p where p.run_id = p_run_id),
    'steps', (
      select coalesce(jsonb_agg(jsonb_build_object('plan_id', x.plan_id, 'step_number', x.step_number,
        'attempt', x.attempt, 'status', x.status, 'result', x.result, 'error', x.error) order by x.created_at), '[]')
      from public.agent_executions x
      where x.run_id = p_run_id and not exists (
        select from public.agent_executions y
        where y.plan_id = x.plan_id and y.step_number = x.step_number and y.attempt > x.attempt)))
); end $$;

-- All that an owner has to know of a run that was taken over, or that it has started before.
create function private.owned_run(p_run public.agent_runs)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select jsonb_build_object('run_id', p_run.id, 'generation', p_run.lease_generation, 'session_id', p_run.session_id,
      'agent_id', t.planner_agent_id, 'thread_id', t.id, 'message', p_run.request ->> 'message',
      'time_zone', p_run.time_zone, 'worked_ms', p_run.worked_ms, 'usage', p_run.usage,
      'cancel_requested', p_run.cancel_requested_at is not null,
      'opening', case when t.messages = '[]' then private.run_opening(p_run, private.run_context(p_run), (
        select min(m.seq) from public.chat_messages m where m.user_id = p_run.user_id and m.run_id = p_run.id)) end,
      'history', coalesce(t.initial_context -> 'history', '[]'), 'summary_due', t.initial_context -> 'summary_due',
      'messages', t.messages,
      'tool_calls', private.thread_calls(t.id), 'open_calls', private.open_calls(t.id),
      'guarded_reads', private.guarded_reads(p_run.user_id, p_run.session_id, 'infinity'))
    || private.run_log(p_run.id) || private.run_plans(p_run.id)
  from (
    select s.id, s.planner_agent_id, s.initial_context, private.thread_messages(s.id) as messages
    from public.agent_chat_sessions s
    -- The planner's main thread: those of steps and questions belong to a plan.
    where s.run_id = p_run.id and s.session_type = 'planner_thinking' and s.plan_id is null
  ) t
); end $$;

-- The same of a run that has just begun: its thread is empty, and its first event is all of its log.
create function private.opened_run(p_run public.agent_runs, p_thread public.agent_chat_sessions,
  p_event public.agent_run_events, p_seq integer)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin
  return jsonb_build_object('run_id', p_run.id, 'generation', p_run.lease_generation, 'session_id', p_run.session_id,
    'agent_id', p_thread.planner_agent_id, 'thread_id', p_thread.id, 'message', p_run.request ->> 'message',
    'time_zone', p_run.time_zone, 'worked_ms', p_run.worked_ms, 'usage', p_run.usage, 'cancel_requested', false,
    'opening', private.run_opening(p_run, p_thread.initial_context -> 'context', p_seq),
    'history', jsonb_build_array(), 'summary_due', null, 'messages', jsonb_build_array(),
    'tool_calls', jsonb_build_array(), 'open_calls', jsonb_build_array(),
    'guarded_reads', private.guarded_reads(p_run.user_id, p_run.session_id, 'infinity'),
    'events', jsonb_build_array(private.told_event(p_event)), 'last_seq', p_event.seq, 'last_text', null,
    'plans', jsonb_build_array(), 'steps', jsonb_build_array());
end $$;

-- How long a run's owner has had it, in milliseconds. Bounded, because both times are its user's to write.
create function private.lease_ms(p_run public.agent_runs)
returns bigint language plpgsql stable security invoker set search_path = '' as $$
begin
  return least(1000000000000, greatest(0, extract(epoch from p_run.lease_expires_at - p_run.leased_at) * 1000))::bigint;
end $$;

-- Whether a run was started or claimed with this reservation, and has not passed on.
create function private.is_owner(p_run public.agent_runs, p_reservation jsonb)
returns boolean language plpgsql immutable security invoker set search_path = '' as $$
begin
  return coalesce(not p_run.released and p_run.owner_reservation_id = (p_reservation ->> 'id')::uuid, false);
end $$;

-- Makes the caller the owner of a run that is locked; the very same claim again changes nothing but the lease.
create function private.take_run(p_run public.agent_runs, p_lease_seconds numeric, p_reservation jsonb)
returns public.agent_runs language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  update public.agent_runs r set status = 'running',
      lease_generation = case when again then lease_generation else private.next_generation(lease_generation) end,
      takeovers = least(takeovers + case when released or again then 0 else 1 end, 1000), released = false,
      -- The time of its last owner, by the lease: what lies between two owners is nobody's.
      worked_ms = least(1000000000000, worked_ms + case when again then 0 else private.lease_ms(p_run) end),
      leased_at = case when again then leased_at else clock_timestamp() end,
      owner_reservation_id = (p_reservation ->> 'id')::uuid, lease_seconds = p_lease_seconds,
      lease_expires_at = clock_timestamp() + make_interval(secs => p_lease_seconds)
    from (select private.is_owner(p_run, p_reservation) as again) a
    where r.id = p_run.id returning r.* into v_run;
  return v_run;
end $$;

-- Tells readers that another owner goes on. Who goes on behind a pause takes the run from nobody, and the same claim
-- again is no other owner.
create function private.log_takeover(p_before public.agent_runs, p_run public.agent_runs)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  insert into public.agent_run_events (user_id, run_id, seq, type, at, data)
    select p_run.user_id, p_run.id, max(e.seq) + 1, 'taken_over', date_trunc('milliseconds', clock_timestamp()),
      jsonb_build_object('generation', p_run.lease_generation,
        'why', case when p_before.released then 'handed_over' else 'lease_expired' end)
    from public.agent_run_events e where e.user_id = p_run.user_id and e.run_id = p_run.id
    having p_before.status = 'running' and p_run.lease_generation <> p_before.lease_generation;
end $$;

-- Takes over a run whose lease has expired, with a reservation for its next model call, under the caller's limits. One
-- that waits for a person is taken once nothing is open any more, or its user has asked it to stop. Null when the run
-- has ended: a claim of a user whose quota is used up ends it, without a model call. So does one of a
-- run whose lease expires again and again without a checkpoint, because it is what kills its owners, one of a run whose
-- log has ended, and one of a run that no start has made, so that it has no thread or no log. The same claim again,
-- because its answer was lost, gets the run again. Without a reservation nothing can be spent.
create function public.claim_run(p_run_id uuid, p_lease_seconds numeric, p_reservation jsonb default null,
  p_limits jsonb default null)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_before constant public.agent_runs := private.lock_run_to_end(p_run_id);
  v_run public.agent_runs;
  v_thread_id uuid;
  v_reserved jsonb := '{"broken_budget": null, "allowed": false, "tool_calls": 0}';
begin
  if v_before.status not in ('running', 'awaiting_approval') then
    return null;
  elsif private.is_awaiting(v_before) then
    raise sqlstate 'PT409' using message = 'run_awaits_approval';
  elsif not private.is_owner(v_before, p_reservation) and v_before.lease_expires_at > clock_timestamp() then
    raise sqlstate 'PT409' using message = 'run_has_an_owner';
  end if;
  v_run := private.take_run(v_before, p_lease_seconds, p_reservation);
  perform private.expire_calls(p_run_id);
  if v_run.takeovers > 5 or private.terminal_event(p_run_id) is not null then
    perform private.end_without_owner(v_run, jsonb_build_object('kind', 'internal', 'retryable', true,
      'message', 'The run was interrupted again and again. Please send the message again.'));
    return null;
  end if;
  select t.id into v_thread_id from public.agent_chat_sessions t
    where t.user_id = v_run.user_id and t.run_id = p_run_id and t.session_type = 'planner_thinking'
      and t.plan_id is null;
  if v_thread_id is null or not exists (select from public.agent_run_events e
      where e.user_id = v_run.user_id and e.run_id = p_run_id and e.seq = 1) then
    raise warning 'Cannot claim run %: it has no thread or no log', p_run_id;
    perform private.end_without_owner(v_run, jsonb_build_object('kind', 'internal', 'retryable', false,
      'message', 'The run can''t be read, so it was not finished. Please send the message again.'));
    return null;
  end if;
  if p_reservation is not null then
    v_reserved := private.reserve_in_turn(p_run_id,
      p_reservation || jsonb_build_object('agent_session_id', v_thread_id), p_limits);
  end if;
  if v_reserved ->> 'broken_budget' = 'user quota' then
    perform private.end_without_owner(v_run, jsonb_build_object('kind', 'rate_limited', 'retryable', true,
      'message', 'Your quota is used up for now, so this could not be finished. Please try again later.'));
    return null;
  end if;
  perform private.log_takeover(v_before, v_run);
  return private.owned_run(v_run) || jsonb_build_object('reserved', v_reserved);
end $$;

-- Renews the lease. True when the user has asked for the run to stop.
create function public.heartbeat_run(p_run_id uuid, p_generation integer)
returns boolean language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_run constant public.agent_runs := private.hold_run(p_run_id, p_generation);
begin
  return v_run.cancel_requested_at is not null;
end $$;

-- Releases the run for hand-off: the next claim gets it at once, and no takeover is counted. Once released, it stays
-- so.
create function public.release_run(p_run_id uuid, p_generation integer, p_settlement jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if exists (select from public.agent_runs where id = p_run_id and user_id = (select auth.uid())
      and lease_generation = p_generation and released) then
    return;
  end if;
  perform private.lock_run(p_run_id);
  perform private.hold_run(p_run_id, p_generation);
  perform public.settle_usage(p_settlement);
  update public.agent_runs set released = true, lease_expires_at = clock_timestamp(), takeovers = 0
  where id = p_run_id;
end $$;

revoke execute on function
  private.lock_owned_run(uuid, integer),
  private.renewed_lease(timestamptz, numeric),
  private.hold_run(uuid, integer),
  private.session_history(uuid, integer),
  private.run_opening(public.agent_runs, jsonb, integer),
  private.thread_messages(uuid),
  private.thread_calls(uuid),
  private.open_calls(uuid),
  private.run_log(uuid),
  private.run_plans(uuid),
  private.told_event(public.agent_run_events),
  private.owned_run(public.agent_runs),
  private.opened_run(public.agent_runs, public.agent_chat_sessions, public.agent_run_events, integer),
  private.lease_ms(public.agent_runs),
  private.is_owner(public.agent_runs, jsonb),
  private.take_run(public.agent_runs, numeric, jsonb),
  private.log_takeover(public.agent_runs, public.agent_runs),
  public.claim_run(uuid, numeric, jsonb, jsonb),
  public.heartbeat_run(uuid, integer),
  public.release_run(uuid, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.lock_owned_run(uuid, integer),
  private.renewed_lease(timestamptz, numeric),
  private.hold_run(uuid, integer),
  private.session_history(uuid, integer),
  private.run_opening(public.agent_runs, jsonb, integer),
  private.thread_messages(uuid),
  private.thread_calls(uuid),
  private.open_calls(uuid),
  private.run_log(uuid),
  private.run_plans(uuid),
  private.told_event(public.agent_run_events),
  private.owned_run(public.agent_runs),
  private.opened_run(public.agent_runs, public.agent_chat_sessions, public.agent_run_events, integer),
  private.lease_ms(public.agent_runs),
  private.is_owner(public.agent_runs, jsonb),
  private.take_run(public.agent_runs, numeric, jsonb),
  private.log_takeover(public.agent_runs, public.agent_runs),
  public.claim_run(uuid, numeric, jsonb, jsonb),
  public.heartbeat_run(uuid, integer),
  public.release_run(uuid, integer, jsonb)
  to authenticated;
