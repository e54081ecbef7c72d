-- How a run's state moves. Each function is one transaction under the caller's own rights: lock, check the
-- state, change it, on the database's clock. Locks are taken in one order, session, run, execution, so that no
-- two of them wait for each other. They speak to callers through PostgREST's PT codes: PT401 no user, PT404 no
-- such row for this user, PT409 the state does not allow it (`detail` is JSON), PT412 the caller is not the run's
-- owner any more. What an owner calls may be repeated when its answer was lost: it counts once.
--
--   start_run        a user's message becomes a run, with all that the first model call needs to know
--   record_progress  what has happened since the last time: rows of every agents table, and events
--   finish_run       the run ends, with the answer and the terminal event
--   fail_run         the run ends as failed, when nothing better can be stored
--   cancel_run       its owner is asked to stop
--   get_run          a run whole, for reading

-- Starts a run, or finds the one that this request key started before. The caller is its first owner.
create function public.start_run(p_request jsonb, p_agent jsonb, p_lease_seconds numeric)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_key text := p_request ->> 'request_key';
  v_session public.chat_sessions;
  v_run public.agent_runs;
  v_message_id uuid := gen_random_uuid();
  v_agent_id uuid := gen_random_uuid();
  v_owned jsonb;
  v_wait integer;
begin
  if v_user is null then
    raise sqlstate 'PT401' using message = 'no user';
  end if;

  if v_key is not null then
    -- Two requests with one key, at the same time, take turns here.
    perform pg_advisory_xact_lock(hashtextextended(v_user::text || v_key, 0));
    select * into v_run from public.agent_runs where user_id = v_user and request_key = v_key;
    if found and v_run.request <> p_request then
      raise sqlstate 'PT409' using message = 'request_key_reused',
        detail = jsonb_build_object('run_id', v_run.id)::text;
    elsif found then
      return jsonb_build_object('existing', true, 'run_id', v_run.id, 'session_id', v_run.session_id);
    end if;
  end if;

  if p_request ? 'session_id' then
    select * into v_session from public.chat_sessions
      where id = (p_request ->> 'session_id')::uuid and user_id = v_user for no key update;
    if not found then
      raise sqlstate 'PT404' using message = 'session';
    end if;
    select * into v_run from public.agent_runs
      where session_id = v_session.id and status in ('running', 'awaiting_approval') for no key update;
    -- Released for hand-off is not abandoned.
    if found and (v_run.lease_expires_at > clock_timestamp() or v_run.released) then
      raise sqlstate 'PT409' using message = 'run_unfinished',
        detail = jsonb_build_object('run_id', v_run.id)::text;
    elsif found then
      -- Its owner is gone, and its user has moved on: it is taken over to be ended.
      update public.agent_runs set lease_generation = lease_generation + 1 where id = v_run.id;
      perform private.end_as_failed(v_run.id, jsonb_build_object('kind', 'internal', 'retryable', true,
        'message', 'The run was interrupted and did not finish. Please send the message again.'));
    end if;
  end if;

  -- Parallel starts of one user take turns, so that together they keep to the quota, too.
  perform pg_advisory_xact_lock(hashtextextended('usage' || v_user::text, 0));
  v_wait := public.usage_wait((p_agent -> 'reservation' ->> 'input_tokens')::integer +
    (p_agent -> 'reservation' ->> 'output_tokens')::integer, p_agent -> 'limits');
  if v_wait > 0 then
    raise sqlstate 'PT429' using message = 'user_quota',
      detail = jsonb_build_object('retry_after', v_wait::text)::text;
  end if;

  if v_session.id is null then
    insert into public.chat_sessions (user_id, title, context_type, entity_id)
      values (v_user, left(regexp_replace(btrim(p_request ->> 'message'), '\s+', ' ', 'g'), 80),
        coalesce(p_request ->> 'context_type', 'general'), p_request ->> 'entity_id')
      returning * into v_session;
  else
    update public.chat_sessions set updated_at = now() where id = v_session.id;
  end if;

  insert into public.agent_runs (user_id, session_id, request_key, request, time_zone, limits, lease_seconds,
      lease_expires_at)
    values (v_user, v_session.id, v_key, p_request, coalesce(p_request ->> 'time_zone', 'UTC'),
      coalesce(p_agent -> 'limits', '{}'), p_lease_seconds,
      clock_timestamp() + make_interval(secs => p_lease_seconds))
    returning * into v_run;
  insert into public.chat_messages (id, user_id, session_id, role, content, run_id, seq)
    select v_message_id, v_user, v_session.id, 'user', p_request ->> 'message', v_run.id, coalesce(max(m.seq), 0) + 1
    from public.chat_messages m where m.session_id = v_session.id;
  insert into public.agents (id, user_id, type, name, model_preference, available_tools, permissions,
      system_prompt, run_id, created_for_session)
    values (v_agent_id, v_user, 'planner', 'Planner-' || v_session.id, p_agent -> 'model_preference',
      p_agent -> 'available_tools', 'read_write', p_agent ->> 'system_prompt', v_run.id, v_session.id);
  perform public.reserve_usage(v_run.id, p_agent -> 'reservation', null, p_agent -> 'limits');
  insert into public.agent_chat_sessions (user_id, session_type, parent_session_id, run_id, planner_agent_id)
    values (v_user, 'planner_thinking', v_session.id, v_run.id, v_agent_id);
  insert into public.agent_run_events (run_id, seq, user_id, type, at, agent, data)
    values (v_run.id, 1, v_user, 'session', date_trunc('milliseconds', now()),
      jsonb_build_object('id', v_agent_id, 'type', 'planner'),
      jsonb_build_object('session_id', v_session.id, 'user_message_id', v_message_id));

  v_owned := private.owned_run(v_run);
  if p_request ? 'entity_id' and v_owned -> 'opening' -> 'entity' = 'null' then
    raise sqlstate 'PT404' using message = 'entity';
  end if;
  return v_owned || '{"existing": false}';
end $$;

-- Ends a run as failed at its owner's wish, whatever has become of the run's status. False when its log has ended already.
create function public.fail_run(p_run_id uuid, p_generation integer, p_error jsonb)
returns boolean language plpgsql security invoker set search_path = '' as $$
begin
  perform from public.agent_runs
    where id = p_run_id and user_id = (select auth.uid())
      and lease_generation = p_generation and not released for no key update;
  if not found then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
  if exists (select from public.agent_run_events where run_id = p_run_id and type in ('done', 'error')) then
    return false;
  end if;
  perform private.end_as_failed(p_run_id, p_error);
  return true;
end $$;

-- Asks a run's owner to stop; wherever it works, it looks for this. Gives the status that the run has now, and
-- whether nobody is there to hear it: a run that has ended stays as it ended.
create function public.cancel_run(p_run_id uuid)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  update public.agent_runs set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
    where id = p_run_id and user_id = (select auth.uid()) and status in ('running', 'awaiting_approval');
  select * into v_run from public.agent_runs where id = p_run_id and user_id = (select auth.uid());
  if not found then
    raise sqlstate 'PT404' using message = 'run';
  end if;
  return jsonb_build_object('status', v_run.status,
    'ownerless', v_run.status = 'running' and v_run.lease_expires_at <= clock_timestamp());
end $$;

-- Stores what has happened since the last time, for the run's owner.
create function public.record_progress(p_run_id uuid, p_generation integer, p_batch jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform private.hold_run(p_run_id, p_generation);
  perform private.append_rows(p_run_id, p_batch);
  perform private.append_events(p_run_id, coalesce(p_batch -> 'events', '[]'));
  if p_batch ? 'messages' then
    update public.agent_runs set usage = coalesce(p_batch -> 'usage', usage), takeovers = 0 where id = p_run_id;
  end if;
end $$;

-- Ends a run: the last rows, the assistant's message, the terminal event and every open state, at once. Gives the
-- usage of the whole run, which its `done` event carries. An answer that comes after the user has cancelled is
-- refused with PT409.
create function public.finish_run(p_run_id uuid, p_generation integer, p_outcome jsonb, p_batch jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_status public.run_status := (p_outcome ->> 'status')::public.run_status;
  v_run public.agent_runs;
  v_usage jsonb;
begin
  -- Before the run, as when a run starts: two callers that lock in different orders would wait for each other.
  perform from public.chat_sessions where id =
    (select r.session_id from public.agent_runs r where r.id = p_run_id and r.user_id = (select auth.uid()))
    for no key update;
  select * into v_run from public.agent_runs where id = p_run_id and user_id = (select auth.uid()) for no key update;
  if v_run.status = v_status and v_run.lease_generation = p_generation then
    return v_run.usage;
  end if;
  v_run := private.hold_run(p_run_id, p_generation);
  if v_run.cancel_requested_at is not null and v_status = 'completed' then
    raise sqlstate 'PT409' using message = 'cancel_requested';
  end if;
  perform public.settle_usage(p_outcome -> 'settlement');
  perform private.append_rows(p_run_id, p_batch);
  perform private.close_run_rows(p_run_id, v_status);
  v_usage := private.run_usage(p_run_id, p_outcome -> 'usage');
  perform private.append_events(p_run_id, (
    select jsonb_agg(case x ->> 'type' when 'done' then jsonb_set(x, '{data,usage}', v_usage) else x end order by n)
    from jsonb_array_elements(p_batch -> 'events') with ordinality o (x, n)));
  update public.agent_runs set status = v_status, strategy = (p_outcome ->> 'strategy')::public.run_strategy,
      usage = v_usage, finished_reason = p_outcome ->> 'finished_reason',
      error = nullif(p_outcome -> 'error', 'null'), finished_at = now()
    where id = p_run_id;
  if p_outcome ? 'message_id' then
    insert into public.chat_messages (id, user_id, session_id, role, content, run_id, seq)
      select (p_outcome ->> 'message_id')::uuid, (select auth.uid()), v_run.session_id, 'assistant',
        p_outcome ->> 'answer', p_run_id, coalesce(max(m.seq), 0) + 1
      from public.chat_messages m where m.session_id = v_run.session_id;
    update public.chat_sessions set updated_at = now() where id = v_run.session_id;
  end if;
  return v_usage;
end $$;

-- A run whole: what was asked, planned, done, said and spent. Null where the caller has no such run.
create function public.get_run(p_run_id uuid)
returns jsonb language sql stable security invoker set search_path = '' as $$
  select to_jsonb(r) - 'user_id' || jsonb_build_object(
    'messages', (select coalesce(jsonb_agg(to_jsonb(m) - 'user_id' order by m.seq), '[]')
      from public.chat_messages m where m.user_id = r.user_id and m.run_id = r.id),
    'agents', (select coalesce(jsonb_agg(to_jsonb(a) - 'user_id' order by a.created_at, a.id), '[]')
      from public.agents a where a.user_id = r.user_id and a.run_id = r.id),
    'plans', (select coalesce(jsonb_agg(to_jsonb(p) - 'user_id' order by p.revision), '[]')
      from public.agent_plans p where p.user_id = r.user_id and p.run_id = r.id),
    'executions', (select coalesce(jsonb_agg(to_jsonb(e) - 'user_id' order by e.step_number, e.created_at, e.attempt), '[]')
      from public.agent_executions e where e.user_id = r.user_id and e.run_id = r.id),
    'threads', (select coalesce(jsonb_agg(to_jsonb(t) - 'user_id' || jsonb_build_object('messages',
        (select coalesce(jsonb_agg(to_jsonb(m) - 'user_id' order by m.seq), '[]')
          from public.agent_chat_messages m where m.user_id = r.user_id and m.agent_session_id = t.id))
        order by t.created_at, t.id), '[]')
      from public.agent_chat_sessions t where t.user_id = r.user_id and t.run_id = r.id),
    'tool_calls', (select coalesce(jsonb_agg(to_jsonb(c) - 'user_id' order by c.created_at, c.id), '[]')
      from public.agent_tool_calls c where c.user_id = r.user_id and c.run_id = r.id))
  from public.agent_runs r where r.id = p_run_id and r.user_id = (select auth.uid());
$$;

revoke execute on function
  public.start_run(jsonb, jsonb, numeric),
  public.fail_run(uuid, integer, jsonb),
  public.cancel_run(uuid),
  public.record_progress(uuid, integer, jsonb),
  public.finish_run(uuid, integer, jsonb, jsonb),
  public.get_run(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.start_run(jsonb, jsonb, numeric),
  public.fail_run(uuid, integer, jsonb),
  public.cancel_run(uuid),
  public.record_progress(uuid, integer, jsonb),
  public.finish_run(uuid, integer, jsonb, jsonb),
  public.get_run(uuid)
  to authenticated;
