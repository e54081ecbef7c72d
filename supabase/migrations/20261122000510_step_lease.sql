-- The lease of a step: who works on it, and until when.
--
--   private.lock_step_run  locks its run
--   private.hold_step      every write of a step's worker begins with it: it checks the fencing token and renews the
--                          lease
--   heartbeat_step         a worker that has nothing to write renews its lease

-- Locks the run of an execution, so that nobody takes it over or ends it before this write is done.
create function private.lock_step_run(p_execution_id uuid)
returns public.agent_runs language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
begin
  select r.* into v_run from public.agent_runs r
    where r.user_id = (select auth.uid())
      and r.id = (select e.run_id from public.agent_executions e where e.id = p_execution_id)
    for key share;
  if not found then
    raise sqlstate 'PT404' using message = 'execution';
  end if;
  return v_run;
end $$;

-- Locks the execution for its worker and renews the lease. `p_generation` is the run's, where the worker is the
-- planner, or else the execution's own. A released lease is not renewed.
create function private.hold_step(p_execution_id uuid, p_generation integer)
returns public.agent_executions language plpgsql security invoker set search_path = '' as $$
declare
  v_run constant public.agent_runs := private.lock_step_run(p_execution_id);
  v_execution public.agent_executions;
begin
  select * into v_execution from public.agent_executions
    where id = p_execution_id and user_id = (select auth.uid()) for no key update;
  if v_execution.status <> 'running' or v_execution.released
    or (v_execution.worker = 'planner' and v_run.released)
    or p_generation is distinct from (case v_execution.worker
      when 'planner' then v_run.lease_generation else v_execution.lease_generation end) then
    raise sqlstate 'PT412' using message = 'lease_lost';
  end if;
  if v_execution.lease_expires_at < clock_timestamp() + make_interval(secs => v_execution.lease_seconds * 2 / 3) then
    update public.agent_executions
      set lease_expires_at = clock_timestamp() + make_interval(secs => v_execution.lease_seconds)
      where id = p_execution_id;
  end if;
  return v_execution;
end $$;

-- True when the user has asked for the run to stop.
create function public.heartbeat_step(p_execution_id uuid, p_generation integer)
returns boolean language sql security invoker set search_path = '' as $$
  select r.cancel_requested_at is not null
  from private.hold_step(p_execution_id, p_generation) e join public.agent_runs r on r.id = e.run_id;
$$;

revoke execute on function
  private.lock_step_run(uuid),
  private.hold_step(uuid, integer),
  public.heartbeat_step(uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function
  private.lock_step_run(uuid),
  private.hold_step(uuid, integer),
  public.heartbeat_step(uuid, integer)
  to authenticated;
