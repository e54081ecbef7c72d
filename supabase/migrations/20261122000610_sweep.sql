-- Runs that nobody came back to. A run whose lease has expired goes on with the next request that touches it, and only
-- with that: it needs its user's token. What nobody asks for again is ended here, not continued: as failed, with an
-- `error` of kind `abandoned`, or as cancelled where its user had asked for that. Its session is usable after that.
--
-- Nobody calls this but the owner of the tables, such as a scheduled job (supabase/schedule.sql):
--
--   select private.sweep_runs(interval '1 hour');
--
-- One call ends one batch, so that no transaction grows with the table: call it until it answers 0. A run that awaits
-- approval has no lease, and is left alone.

create index agent_runs_to_sweep on public.agent_runs (lease_expires_at) where status = 'running';

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
  perform from public.agent_runs where user_id = p_user_id and id = p_run_id and status = 'running'
    and lease_expires_at < p_expired_before for update skip locked;
  if not found then
    return false;
  end if;
  -- Fences out an owner that only stood still.
  update public.agent_runs set lease_generation = private.next_generation(lease_generation)
    where id = p_run_id returning * into v_run;
  perform private.end_without_owner(v_run, jsonb_build_object('kind', 'abandoned', 'retryable', true,
    'message', 'The run was interrupted, and nobody came back to it. Please send the message again.'));
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
    where r.status = 'running' and r.lease_expires_at < v_before order by r.lease_expires_at
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

revoke all on function private.sweep_run(uuid, uuid, timestamptz), private.sweep_runs(interval, integer)
  from public, anon, authenticated, service_role;
