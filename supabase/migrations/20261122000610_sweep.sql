-- Runs that nobody came back to. A run whose lease has expired goes on with the next request that touches it, and only
-- with that: it needs its user's token. What nobody asks for again is ended here, not continued: as failed, with an
-- `error` of kind `abandoned`, or as cancelled where its user had asked for that. Its session is usable after that.
--
-- Nobody calls this but the owner of the tables, such as a scheduled job (supabase/schedule.sql):
--
--   select private.sweep_runs(interval '1 hour');
--
-- One call ends one batch, so that no transaction grows with the table: call it until it answers 0. A run of
-- which a person is asked something is left alone until nothing of it is open any more, and as long again.
--
--   private.is_left     whether nobody has come back to a run since
--   private.sweep_run   ends one
--   private.sweep_runs  ends a batch

create index agent_runs_to_sweep on public.agent_runs (lease_expires_at)
  where status in ('running', 'awaiting_approval');

create function private.is_left(p_run public.agent_runs, p_before timestamptz)
returns boolean language sql stable security invoker set search_path = '' as $$
  select case p_run.status
    -- Its owner may have died before it let the run wait.
    when 'running' then p_run.lease_expires_at < p_before
      and (p_run.cancel_requested_at is not null or private.waited_until(p_run) < p_before)
    when 'awaiting_approval' then not private.is_awaiting(p_run) and private.waited_until(p_run) < p_before
    else false end;
$$;

-- Ends one run as its user, under the rules of row-level security, as every ending does: the session is locked before
-- the run. Whoever holds one of them is at work on the run: then it is left. True when the run has ended.
create function private.sweep_run(p_run_id uuid, p_user_id uuid, p_expired_before timestamptz)
returns boolean language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  perform set_config('request.jwt.claim.sub', '', true), set_config('request.jwt.claims',
    jsonb_build_object('sub', p_user_id, 'role', 'authenticated')::text, true);
  perform set_config('role', 'authenticated', true);
  perform from public.chat_sessions s where s.user_id = p_user_id and s.id = (
      select r.session_id from public.agent_runs r where r.user_id = p_user_id and r.id = p_run_id)
    for no key update skip locked;
  if not found then
    return false;
  end if;
  -- Somebody may have taken it over, or ended it, since it was chosen.
  select * into v_run from public.agent_runs r where r.user_id = p_user_id and r.id = p_run_id
    for update skip locked;
  if not found or not private.is_left(v_run, p_expired_before) then
    return false;
  end if;
  perform private.expire_calls(p_run_id);
  -- Fences out an owner that only stood still.
  update public.agent_runs set lease_generation = private.next_generation(lease_generation)
    where id = p_run_id returning * into v_run;
  perform private.end_without_owner(v_run, jsonb_build_object('kind', 'abandoned', 'retryable', true,
    'message', case v_run.status when 'running' then 'The run was interrupted, and nobody came back to it.'
      else 'The run waited for a person''s approval, and nobody came back to it.' end
      || ' Please send the message again.'));
  return true;
end $$;

-- Ends runs whose lease expired longer ago than `p_older_than`, the oldest `p_batch` of them that can be ended; the
-- number of runs that it ended. One that can't be is warned of and passed over, however many there are: it keeps none
-- of the others, and 0 means that nothing is left to end.
create function private.sweep_runs(p_older_than interval default interval '1 hour', p_batch integer default 100)
returns integer language plpgsql security invoker set search_path = '' as $$
declare
  v_before constant timestamptz := clock_timestamp() - p_older_than;
  -- Of who calls it; the claims that a session has set stay hidden while runs are ended.
  v_role constant text := current_setting('role');
  v_sub constant text := current_setting('request.jwt.claim.sub', true);
  v_claims constant text := current_setting('request.jwt.claims', true);
  v_run record;
  v_ended integer := 0;
begin
  if p_older_than is null or p_older_than < interval '0' then
    raise exception 'Cannot sweep runs: an age is not negative';
  elsif p_batch is null or p_batch < 1 then
    raise exception 'Cannot sweep runs: a batch has at least one';
  end if;
  for v_run in select r.id, r.user_id from public.agent_runs r
    where r.status in ('running', 'awaiting_approval') and r.lease_expires_at < v_before
      and private.is_left(r, v_before)
    order by r.lease_expires_at
  loop
    exit when v_ended = p_batch;
    begin
      if private.sweep_run(v_run.id, v_run.user_id, v_before) then
        v_ended := v_ended + 1;
      end if;
    exception when others then
      raise warning 'Cannot sweep run %: % %', v_run.id, sqlstate, sqlerrm;
    end;
    perform set_config('role', v_role, true), set_config('request.jwt.claim.sub', coalesce(v_sub, ''), true),
      set_config('request.jwt.claims', coalesce(v_claims, ''), true);
  end loop;
  return v_ended;
end $$;
comment on function private.sweep_runs(interval, integer) is
  'Ends runs that nobody came back to, in batches; answers how many. It continues none. For the owner only.';

revoke all on function private.is_left(public.agent_runs, timestamptz),
  private.sweep_run(uuid, uuid, timestamptz), private.sweep_runs(interval, integer)
  from public, anon, authenticated, service_role;
grant execute on function private.is_left(public.agent_runs, timestamptz) to authenticated;
