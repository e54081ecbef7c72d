-- The lease of a step: who works on it, and until when.
--
--   private.lock_step_run   locks its run
--   private.has_lease       the fencing token
--   private.hold_step       every write of a step's worker comes after it: it locks, and checks the fencing token
--   private.lease_until     when the lease ends that a write renews
--   heartbeat_step          a worker that has nothing to write renews its lease

-- Locks the run of an execution, so that nobody takes it over or ends it before this write is done. The execution is
-- as it is seen without a lock.
create function private.lock_step_run(p_execution_id uuid, out execution public.agent_executions,
  out run public.agent_runs)
language plpgsql security invoker set search_path = '' as $$
declare
  v_found record;
begin
  select e as execution, r as run into v_found
    from public.agent_executions e join public.agent_runs r on r.user_id = e.user_id and r.id = e.run_id
    where e.user_id = (select auth.uid()) and e.id = p_execution_id
    for key share of r;
  if not found then
    raise sqlstate 'PT404' using message = 'execution';
  end if;
  execution := v_found.execution;
  run := v_found.run;
end $$;

-- False for whoever is not the worker any more: a run that has ended has ended its steps. `p_generation` is the run's,
-- where the worker is the planner, or else the execution's own.
create function private.has_lease(p_execution public.agent_executions, p_run public.agent_runs, p_generation integer)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin
  return (p_execution.status <> 'running' or p_execution.released or p_run.finished_at is not null
    or (p_execution.worker = 'planner' and p_run.released)
    or p_generation is distinct from (case p_execution.worker
      when 'planner' then p_run.lease_generation else p_execution.lease_generation end)) is not true;
end $$;

-- Locks the execution for its worker, and its run before it.
create function private.hold_step(p_execution_id uuid, p_generation integer, out execution public.agent_executions,
  out run public.agent_runs)
language plpgsql security invoker set search_path = '' as $$
declare
  v_held record;
begin
  -- In the order of the two clauses.
  select e as execution, r as run into v_held
    from public.agent_executions e join public.agent_runs r on r.user_id = e.user_id and r.id = e.run_id
    where e.user_id = (select auth.uid()) and e.id = p_execution_id
    for key share of r for no key update of e;
  if not found then
    raise sqlstate 'PT404' using message = 'execution';
  end if;
  execution := v_held.execution;
  run := v_held.run;
  if not private.has_lease(execution, run, p_generation) then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
end $$;

-- A lease is renewed once a quarter of it is over. A worker beats every third, which may come a moment early.
create function private.lease_until(p_execution public.agent_executions)
returns timestamptz language plpgsql stable security invoker set search_path = '' as $$
begin
  return case when p_execution.lease_expires_at
      < clock_timestamp() + make_interval(secs => p_execution.lease_seconds * 3 / 4)
    then clock_timestamp() + make_interval(secs => p_execution.lease_seconds) else p_execution.lease_expires_at end;
end $$;

-- True when the user has asked for the run to stop.
create function public.heartbeat_step(p_execution_id uuid, p_generation integer)
returns boolean language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_held constant record := private.hold_step(p_execution_id, p_generation);
  v_until constant timestamptz := private.lease_until(v_held.execution);
begin
  if v_until <> (v_held.execution).lease_expires_at then
    update public.agent_executions set lease_expires_at = v_until where id = p_execution_id;
  end if;
  return (v_held.run).cancel_requested_at is not null;
end $$;

revoke execute on function
  private.lock_step_run(uuid),
  private.has_lease(public.agent_executions, public.agent_runs, integer),
  private.hold_step(uuid, integer),
  private.lease_until(public.agent_executions),
  public.heartbeat_step(uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function
  private.lock_step_run(uuid),
  private.has_lease(public.agent_executions, public.agent_runs, integer),
  private.hold_step(uuid, integer),
  private.lease_until(public.agent_executions),
  public.heartbeat_step(uuid, integer)
  to authenticated;
