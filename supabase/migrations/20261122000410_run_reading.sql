-- Reading runs.
--
--   private.is_abandoned  whether a run is left with nobody who works on it
--   private.is_claimable  whether it may be taken over
--   agent_run_list        a user's runs, with whether anybody works on them
--   get_run               a run whole
--   follow_run            its events from any point on, and whether there is anybody to make more

-- True where a run is left with nobody who works on it: its lease has expired, and whoever it was released to has had
-- as long again to take it. One that has waited for a person is, once it waits for nothing any more.
create function private.is_abandoned(p_run public.agent_runs)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin
  return p_run.status = 'running' and clock_timestamp() >= p_run.lease_expires_at
    + make_interval(secs => case when p_run.released then p_run.lease_seconds else 0 end::double precision)
    or p_run.status = 'awaiting_approval' and not private.is_awaiting(p_run);
end $$;

-- True where the next claim gets the run.
create function private.is_claimable(p_run public.agent_runs)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin
  return p_run.status = 'running' and p_run.lease_expires_at <= clock_timestamp()
    or p_run.status = 'awaiting_approval' and not private.is_awaiting(p_run);
end $$;

create view public.agent_run_list with (security_invoker = true) as
  select r.id, r.user_id, r.session_id, r.request_key, r.status, private.is_abandoned(r) as abandoned, r.strategy,
    r.usage, r.finished_reason, r.error, r.created_at, r.finished_at
  from public.agent_runs r;
comment on view public.agent_run_list is 'The runs as a user lists them.';
comment on column public.agent_run_list.abandoned is
  'True where nobody works on a run that has not ended: the next request that touches it takes it over.';
comment on column public.agent_run_list.id is 'The run''s.';
comment on column public.agent_run_list.user_id is 'Whose run it is.';
comment on column public.agent_run_list.session_id is 'The conversation that it belongs to.';
comment on column public.agent_run_list.request_key is 'The caller''s idempotency key; null where none was given.';
comment on column public.agent_run_list.status is 'How it stands, or ended.';
comment on column public.agent_run_list.strategy is 'The last one announced; null until then.';
comment on column public.agent_run_list.usage is
  'While it runs, what the planner''s own calls have cost; once it has ended, what everything has.';
comment on column public.agent_run_list.finished_reason is 'As in the done event; null for a run that failed.';
comment on column public.agent_run_list.error is
  '{ kind, message, retryable } of a run that failed, or else null.';
comment on column public.agent_run_list.created_at is 'When it was started.';
comment on column public.agent_run_list.finished_at is 'When it ended; null until then.';
revoke all on public.agent_run_list from public, anon, authenticated, service_role;
grant select on public.agent_run_list to authenticated, service_role;

-- A run whole: what was asked, planned, done, said and spent. Null where the caller has no such run.
create function public.get_run(p_run_id uuid)
returns jsonb language sql stable security invoker set search_path = '' as $$
  select to_jsonb(r) - 'user_id' - 'owner_reservation_id' || jsonb_build_object(
    'lease_expired', private.is_claimable(r),
    'abandoned', private.is_abandoned(r),
    'awaiting', private.is_awaiting(r),
    'cost_limited', coalesce(r.limits -> 'priced' = 'true', false),
    'messages', (select coalesce(jsonb_agg(to_jsonb(m) - 'user_id' order by m.seq), '[]')
      from public.chat_messages m where m.user_id = r.user_id and m.run_id = r.id),
    'agents', (select coalesce(jsonb_agg(to_jsonb(a) - 'user_id' order by a.created_at, a.id), '[]')
      from public.agents a where a.user_id = r.user_id and a.run_id = r.id),
    'plans', (select coalesce(jsonb_agg(to_jsonb(p) - 'user_id' order by p.revision), '[]')
      from public.agent_plans p where p.user_id = r.user_id and p.run_id = r.id),
    'executions', (
      select coalesce(jsonb_agg(to_jsonb(e) - 'user_id' order by e.step_number, e.created_at, e.attempt), '[]')
      from public.agent_executions e where e.user_id = r.user_id and e.run_id = r.id),
    'threads', (select coalesce(jsonb_agg(to_jsonb(t) - 'user_id' || jsonb_build_object('messages',
        (select coalesce(jsonb_agg(to_jsonb(m) - 'user_id' - 'echo' order by m.seq), '[]')
          from public.agent_chat_messages m where m.user_id = r.user_id and m.agent_session_id = t.id))
        order by t.created_at, t.id), '[]')
      from public.agent_chat_sessions t where t.user_id = r.user_id and t.run_id = r.id),
    'tool_calls', (select coalesce(jsonb_agg(to_jsonb(c) - 'user_id'
        || jsonb_build_object('decision', to_jsonb(d) - 'user_id') order by c.created_at, c.id), '[]')
      from public.agent_tool_calls c
      left join public.approval_decisions d on d.user_id = c.user_id and d.call_id = c.id
      where c.user_id = r.user_id and c.run_id = r.id))
  from public.agent_runs r where r.id = p_run_id and r.user_id = (select auth.uid());
$$;

-- A replay: the events after `p_after`, at most `p_limit`; null where the caller has no such run. The log has no gap,
-- so that numbers bound a page, and no row beyond it is read. Nobody has an event that is not there: who asks for what
-- comes after it reads another run, and would wait for ever.
create function public.follow_run(p_run_id uuid, p_after integer, p_limit integer)
returns jsonb language plpgsql stable security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_run public.agent_runs;
  v_events jsonb;
begin
  select * into v_run from public.agent_runs where id = p_run_id and user_id = (select auth.uid());
  if not found then
    return null;
  elsif v_run.purged_at is not null then
    raise sqlstate 'PT410' using message = 'run_purged';
  end if;
  select coalesce(jsonb_agg(to_jsonb(e) - 'user_id' order by e.seq), '[]') into v_events
    from public.agent_run_events e
    where e.user_id = v_run.user_id and e.run_id = v_run.id and e.seq > p_after and e.seq <= p_after + p_limit;
  if p_after > 0 and v_events = '[]' and not exists (select from public.agent_run_events e
      where e.user_id = v_run.user_id and e.run_id = v_run.id and e.seq = p_after) then
    raise sqlstate 'PT400' using message = 'beyond_the_log', detail = (
      select jsonb_build_object('field', 'after', 'last', max(e.seq)::text)
      from public.agent_run_events e where e.user_id = v_run.user_id and e.run_id = v_run.id)::text;
  end if;
  return jsonb_build_object('events', v_events,
    'ended', v_run.finished_at is not null,
    'awaiting', private.is_awaiting(v_run),
    'lease_expired', private.is_claimable(v_run));
end $$;

revoke execute on function
  private.is_abandoned(public.agent_runs),
  private.is_claimable(public.agent_runs),
  public.get_run(uuid),
  public.follow_run(uuid, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function
  private.is_abandoned(public.agent_runs),
  private.is_claimable(public.agent_runs),
  public.get_run(uuid),
  public.follow_run(uuid, integer, integer)
  to authenticated;
