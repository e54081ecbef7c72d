-- How runs begin, store their checkpoints and end.
--
--   start_run        a user's message becomes a run, with all that the first model call needs to know
--   record_progress  what has happened since the last time: rows of every agents table, and events
--   finish_run       the run ends, with the answer and the terminal event
--   fail_run         the run ends as failed, when nothing better can be stored
--   cancel_run       its owner is asked to stop

-- The run that this request has started before, under its caller's key or the one that was made for it; null where
-- there is none.
create function private.run_of_key(p_request jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_key constant text := p_request ->> 'request_key';
  v_run public.agent_runs;
begin
  -- Two requests with one key, at the same time, take turns here.
  perform pg_advisory_xact_lock(hashtextextended(v_user::text || coalesce(v_key, private.made_key(p_request)), 0));
  if v_key is null then
    v_run := private.run_of_made_key(p_request);
  else
    select * into v_run from public.agent_runs where user_id = v_user and request_key = v_key;
  end if;
  if v_run.id is null then
    return null;
  elsif exists (select from public.chat_sessions
      where user_id = v_user and id = v_run.session_id and deleted_at is not null) then
    raise sqlstate 'PT410' using message = 'session_deleted';
  elsif v_run.request <> p_request then
    raise sqlstate 'PT409' using message = 'request_key_reused',
      detail = jsonb_build_object('run_id', v_run.id)::text;
  end if;
  return jsonb_build_object('existing', true, 'run_id', v_run.id, 'session_id', v_run.session_id);
end $$;

-- The run that this very attempt at a start has started before, because its answer was lost: it is its owner
-- still, unless the run has passed on. Null where there is none.
create function private.run_of_reservation(p_reservation jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_made public.usage_reservations;
  v_run public.agent_runs;
begin
  select * into v_made from public.usage_reservations
    where user_id = (select auth.uid()) and id = (p_reservation ->> 'id')::uuid;
  if not found then
    return null;
  end if;
  select * into v_run from public.agent_runs where id = v_made.run_id;
  if v_run.status = 'running' and private.is_owner(v_run, p_reservation) then
    return private.owned_run(v_run) || jsonb_build_object('existing', false, 'reserved', private.reserved(v_made));
  end if;
  return jsonb_build_object('existing', true, 'run_id', v_run.id, 'session_id', v_run.session_id);
end $$;

-- Locks the session for a new run, and the unfinished one before it, which is refused while somebody else works on it.
create function private.lock_session(p_session_id uuid, p_reservation jsonb)
returns public.chat_sessions language plpgsql security invoker set search_path = '' as $$
declare
  v_session public.chat_sessions;
  v_run public.agent_runs;
begin
  select * into v_session from public.chat_sessions
    where id = p_session_id and user_id = (select auth.uid()) for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'session';
  elsif v_session.deleted_at is not null then
    raise sqlstate 'PT410' using message = 'session_deleted';
  end if;
  select * into v_run from public.agent_runs
    where session_id = v_session.id and status in ('running', 'awaiting_approval') for update;
  -- Released for hand-off: not abandoned. What waits for a person does not keep them from saying something else.
  if found and v_run.status = 'running' and (v_run.lease_expires_at > clock_timestamp() or v_run.released)
      and not private.is_owner(v_run, p_reservation) then
    raise sqlstate 'PT409' using message = 'run_unfinished',
      detail = jsonb_build_object('run_id', v_run.id, 'retry_after', greatest(1,
        ceil(extract(epoch from v_run.lease_expires_at - clock_timestamp())))::text)::text;
  end if;
  return v_session;
end $$;

-- Ends the unfinished run of a session that is locked: its owner is lost, or it waits for a person, and its user has
-- moved on.
create function private.supersede_run(p_session_id uuid)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  update public.agent_runs set lease_generation = private.next_generation(lease_generation)
    where session_id = p_session_id and status in ('running', 'awaiting_approval') returning * into v_run;
  if v_run.status = 'awaiting_approval' and v_run.cancel_requested_at is null then
    perform private.supersede_calls(v_run.id);
    perform private.end_run(v_run, '{"status": "cancelled", "finished_reason": "superseded"}');
  elsif v_run.id is not null then
    perform private.end_without_owner(v_run, jsonb_build_object('kind', 'internal', 'retryable', true,
      'message', 'The run was interrupted and did not finish. Please send the message again.'));
  end if;
end $$;

-- Refuses what the user's quota does not hold.
create function private.check_quota(p_reservation jsonb, p_limits jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_wait integer;
begin
  if private.running_runs() >= (p_limits ->> 'running_runs')::bigint then
    -- Nobody knows when one of them ends: often soon.
    raise sqlstate 'PT429' using message = 'too_many_runs',
      detail = jsonb_build_object('limit', p_limits ->> 'running_runs', 'retry_after', '5')::text;
  end if;
  v_wait := private.wait_in_turn(null, private.usage_look(null), p_reservation, p_limits);
  if v_wait > 0 then
    raise sqlstate 'PT429' using message = 'user_quota',
      detail = jsonb_build_object('retry_after', v_wait::text)::text;
  end if;
end $$;

create function private.open_session(p_request jsonb, p_title text)
returns public.chat_sessions language plpgsql security invoker set search_path = '' as $$
declare
  v_session public.chat_sessions;
begin
  insert into public.chat_sessions (user_id, title, context_type, entity_id, client_id)
    values ((select auth.uid()),
      coalesce(p_title, left(regexp_replace(btrim(p_request ->> 'message'), '\s+', ' ', 'g'), 80)),
      coalesce(p_request ->> 'context_type', 'general'), p_request ->> 'entity_id', p_request ->> 'client_id')
    returning * into v_session;
  return v_session;
end $$;

-- A run with its user's message, its planner and the planner's thread, as its owner is told of it. It has the id of its
-- first reservation, so that a caller that never hears of it knows its id all the same.
create function private.open_run(p_session_id uuid, p_request jsonb, p_agent jsonb, p_lease_seconds numeric)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_message_id constant uuid := gen_random_uuid();
  v_agent_id constant uuid := gen_random_uuid();
  v_seq integer;
  v_run public.agent_runs;
  v_thread public.agent_chat_sessions;
  v_event public.agent_run_events;
begin
  insert into public.agent_runs (id, user_id, session_id, request_key, request, time_zone, limits,
      owner_reservation_id, lease_seconds, lease_expires_at)
    values ((p_agent -> 'reservation' ->> 'id')::uuid, v_user, p_session_id, p_request ->> 'request_key', p_request,
      coalesce(p_request ->> 'time_zone', 'UTC'), coalesce(p_agent -> 'limits', '{}'),
      (p_agent -> 'reservation' ->> 'id')::uuid, p_lease_seconds,
      clock_timestamp() + make_interval(secs => p_lease_seconds))
    returning * into v_run;
  insert into public.chat_messages (id, user_id, session_id, role, content, run_id, seq)
    select v_message_id, v_user, p_session_id, 'user', p_request ->> 'message', v_run.id, coalesce(max(m.seq), 0) + 1
    from public.chat_messages m where m.session_id = p_session_id
    returning seq into v_seq;
  insert into public.agents (id, user_id, type, name, model_preference, available_tools, permissions,
      system_prompt, run_id, created_for_session)
    values (v_agent_id, v_user, 'planner', 'Planner-' || p_session_id, p_agent -> 'model_preference',
      p_agent -> 'available_tools', 'read_write', p_agent ->> 'system_prompt', v_run.id, p_session_id);
  insert into public.agent_chat_sessions (user_id, session_type, parent_session_id, run_id, planner_agent_id,
      initial_context)
    values (v_user, 'planner_thinking', p_session_id, v_run.id, v_agent_id,
      jsonb_build_object('message', p_request -> 'message', 'context', private.run_context(v_run)))
    returning * into v_thread;
  insert into public.agent_run_events (user_id, run_id, seq, type, at, agent, data)
    values (v_user, v_run.id, 1, 'session', date_trunc('milliseconds', now()),
      jsonb_build_object('id', v_agent_id, 'type', 'planner'),
      jsonb_build_object('session_id', p_session_id, 'user_message_id', v_message_id))
    returning * into v_event;
  return private.opened_run(v_run, v_thread, v_event, v_seq);
end $$;

-- Starts a run, or finds the one that this request started before. The caller is its first owner, also when it has to
-- ask again. The request names its session by `session_id`, or by `client_id`, which makes one where there is none.
create function public.start_run(p_request jsonb, p_agent jsonb, p_lease_seconds numeric)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_existing jsonb;
  v_session_id uuid := (p_request ->> 'session_id')::uuid;
  v_session public.chat_sessions;
  v_owned jsonb;
  v_run_id uuid;
begin
  if auth.uid() is null then
    raise sqlstate 'PT401' using message = 'no_user';
  end if;
  v_existing := private.run_of_key(p_request);
  if v_existing is null and p_request ? 'client_id' then
    v_session_id := private.held_client_session(p_request ->> 'client_id');
  end if;
  if v_existing is null and v_session_id is not null then
    v_session := private.lock_session(v_session_id, p_agent -> 'reservation');
  end if;
  -- Parallel starts of one user take turns, so that they keep to the quota together.
  perform private.lock_usage();
  v_existing := coalesce(private.run_of_reservation(p_agent -> 'reservation'), v_existing);
  if v_existing is not null then
    return v_existing;
  end if;
  perform private.check_quota(p_agent -> 'reservation', p_agent -> 'limits');
  if v_session.id is not null then
    perform private.supersede_run(v_session.id);
    update public.chat_sessions set updated_at = now() where id = v_session.id;
  else
    v_session := private.open_session(p_request, p_agent ->> 'title');
  end if;
  v_owned := private.open_run(v_session.id, p_request, p_agent, p_lease_seconds);
  v_run_id := v_owned ->> 'run_id';
  perform private.keep_made_key(p_request, v_run_id);
  if p_request ? 'entity_id' and v_owned -> 'opening' -> 'entity' = 'null' then
    raise sqlstate 'PT404' using message = 'entity';
  end if;
  return v_owned || jsonb_build_object('existing', false, 'reserved', private.reserve_opening(v_run_id,
    p_agent -> 'reservation' || jsonb_build_object('agent_session_id', v_owned -> 'thread_id'), p_agent -> 'limits'));
end $$;

-- Ends a run as failed at its owner's wish, unless it has ended. Gives its terminal event, as it is stored.
create function public.fail_run(p_run_id uuid, p_generation integer, p_error jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_run constant public.agent_runs := private.lock_run_to_end(p_run_id);
begin
  if not coalesce(jsonb_strip_nulls(p_error) ?& array['kind', 'message', 'retryable'], false) then
    raise sqlstate 'PT400' using message = 'outcome';
  end if;
  if v_run.lease_generation is distinct from p_generation or v_run.released then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
  if v_run.status in ('running', 'awaiting_approval') then
    perform private.end_as_failed(v_run, p_error);
  end if;
  return private.terminal_event(p_run_id);
end $$;

-- Asks a run's owner to stop; wherever it works, it looks for this. Gives the status that the run has now, and
-- whether nobody is there to hear it: a run that has ended stays as it ended.
create function public.cancel_run(p_run_id uuid)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_run constant public.agent_runs := private.lock_run_to_end(p_run_id);
begin
  update public.agent_runs set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
    where id = p_run_id and status in ('running', 'awaiting_approval');
  return jsonb_build_object('status', v_run.status,
    -- What waited for a person is stopped by whoever comes next.
    'lease_expired', v_run.status = 'awaiting_approval'
      or v_run.status = 'running' and v_run.lease_expires_at <= clock_timestamp());
end $$;

-- Stores what has happened since the last time, for the run's owner. Gives what private.write_answer makes of it.
create function public.record_progress(p_run_id uuid, p_generation integer, p_batch jsonb)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_run constant public.agent_runs := private.lock_owned_run(p_run_id, p_generation);
  v_expires_at constant timestamptz := private.renewed_lease(v_run.lease_expires_at, v_run.lease_seconds);
  v_tainted_from integer;
begin
  perform private.append_rows(v_run, p_batch);
  v_tainted_from := private.append_events(p_run_id, p_batch -> 'events');
  if p_batch ? 'messages' or v_expires_at <> v_run.lease_expires_at then
    update public.agent_runs set lease_expires_at = v_expires_at,
        usage = case when p_batch ? 'messages' then coalesce(nullif(p_batch -> 'usage', 'null'), usage) else usage end,
        takeovers = case when p_batch ? 'messages' then 0 else takeovers end
      where user_id = v_run.user_id and id = p_run_id;
  end if;
  return private.write_answer(case when p_batch ? 'tool_calls' then private.verdicts(p_batch) end, v_tainted_from,
    v_run.cancel_requested_at);
end $$;

-- How a run's log ends, as it is stored: its last event, and those before it from the number on that its owner gave the
-- terminal event, which tell of steps.
create function private.log_end(p_run_id uuid, p_batch jsonb)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
declare
  v_due constant integer := private.own_events(p_batch, true) -> 0 ->> 'seq';
begin return (
  select jsonb_agg(to_jsonb(e) - 'user_id' order by e.seq) from public.agent_run_events e
  where e.user_id = (select auth.uid()) and e.run_id = p_run_id and e.seq >= least(v_due, (
    select max(l.seq) from public.agent_run_events l where l.user_id = (select auth.uid()) and l.run_id = p_run_id))
); end $$;

-- Its owner ends a run: the last rows, the assistant's message, the terminal event and every open state, at once.
-- Gives the terminal event as it is stored: with the usage of the whole run, and how its plan ended; before it, the
-- ends of steps that ended with the run. An answer that comes after the user has cancelled is refused with PT409.
create function public.finish_run(p_run_id uuid, p_generation integer, p_outcome jsonb, p_batch jsonb)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_status public.run_status := (p_outcome ->> 'status')::public.run_status;
  v_run public.agent_runs := private.lock_run_to_end(p_run_id);
begin
  if v_status is null or v_status in ('running', 'awaiting_approval') then
    raise sqlstate 'PT400' using message = 'outcome';
  end if;
  if v_run.status = v_status and v_run.lease_generation = p_generation then
    return private.log_end(p_run_id, p_batch);
  end if;
  v_run := private.lock_owned_run(p_run_id, p_generation);
  if v_run.cancel_requested_at is not null and v_status = 'completed' then
    raise sqlstate 'PT409' using message = 'cancel_requested';
  end if;
  perform public.settle_usage(p_outcome -> 'settlement');
  perform private.append_rows(v_run, p_batch);
  perform private.end_run(v_run, (p_outcome - 'settlement')
    || jsonb_build_object('events', coalesce(p_batch -> 'events', '[]')));
  return private.log_end(p_run_id, p_batch);
end $$;

revoke execute on function
  private.run_of_key(jsonb),
  private.run_of_reservation(jsonb),
  private.lock_session(uuid, jsonb),
  private.supersede_run(uuid),
  private.check_quota(jsonb, jsonb),
  private.open_session(jsonb, text),
  private.open_run(uuid, jsonb, jsonb, numeric),
  public.start_run(jsonb, jsonb, numeric),
  public.fail_run(uuid, integer, jsonb),
  public.cancel_run(uuid),
  public.record_progress(uuid, integer, jsonb),
  private.log_end(uuid, jsonb),
  public.finish_run(uuid, integer, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.run_of_key(jsonb),
  private.run_of_reservation(jsonb),
  private.lock_session(uuid, jsonb),
  private.supersede_run(uuid),
  private.check_quota(jsonb, jsonb),
  private.open_session(jsonb, text),
  private.open_run(uuid, jsonb, jsonb, numeric),
  public.start_run(jsonb, jsonb, numeric),
  public.fail_run(uuid, integer, jsonb),
  public.cancel_run(uuid),
  public.record_progress(uuid, integer, jsonb),
  private.log_end(uuid, jsonb),
  public.finish_run(uuid, integer, jsonb, jsonb)
  to authenticated;
