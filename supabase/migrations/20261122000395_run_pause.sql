-- How a run comes to wait for a person. Its owner has stored all that it could do without them, and lets the run go:
-- it has no lease and costs nothing while it waits. Who decides the last of what is open claims it.
--
--   private.pause_run  the run waits, and its log says so
--   park_run           the owner's last call

-- Gives the event as it is stored.
create function private.pause_run(p_run public.agent_runs, p_open uuid[])
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_event public.agent_run_events;
begin
  insert into public.agent_run_events (user_id, run_id, seq, type, at, data)
    select p_run.user_id, p_run.id, (select max(e.seq) + 1 from public.agent_run_events e
        where e.user_id = p_run.user_id and e.run_id = p_run.id),
      'run_paused', date_trunc('milliseconds', now()),
      -- The first of them to expire.
      jsonb_build_object('open', to_jsonb(p_open), 'expires_at', (select min(c.expires_at)
        from public.agent_tool_calls c where c.user_id = p_run.user_id and c.id = any (p_open)))
    returning * into v_event;
  update public.agent_runs set status = 'awaiting_approval', released = true, takeovers = 0,
      lease_expires_at = clock_timestamp()
    where user_id = p_run.user_id and id = p_run.id;
  return to_jsonb(v_event) - 'user_id';
end $$;

-- Stores what the owner has done, settles its last model call, and has the run wait. Gives the event `run_paused` as it
-- is stored, or null where nothing is open any more, or the user has asked the run to stop: then it is released, as
-- by release_run, and goes on with its next claim. The same call again, because its answer was lost, is answered the
-- same.
create function public.park_run(p_run_id uuid, p_generation integer, p_batch jsonb, p_settlement jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs := private.lock_run(p_run_id);
  v_open uuid[];
begin
  if v_run.lease_generation = p_generation and v_run.released then
    return (select to_jsonb(e) - 'user_id' from public.agent_run_events e
      where e.user_id = v_run.user_id and e.run_id = p_run_id and e.type = 'run_paused'
        and v_run.status = 'awaiting_approval'
      order by e.seq desc limit 1);
  end if;
  v_run := private.hold_run(p_run_id, p_generation);
  perform public.settle_usage(p_settlement);
  perform private.append_rows(v_run, p_batch);
  perform private.append_events(p_run_id, coalesce(p_batch -> 'events', '[]'));
  update public.agent_runs set usage = coalesce(nullif(p_batch -> 'usage', 'null'), usage) where id = p_run_id;
  v_open := private.open_call_ids(p_run_id);
  if v_open <> '{}' and v_run.cancel_requested_at is null then
    return private.pause_run(v_run, v_open);
  end if;
  perform public.release_run(p_run_id, p_generation, null);
  return null;
end $$;

revoke execute on function
  private.pause_run(public.agent_runs, uuid[]),
  public.park_run(uuid, integer, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.pause_run(public.agent_runs, uuid[]),
  public.park_run(uuid, integer, jsonb, jsonb)
  to authenticated;
