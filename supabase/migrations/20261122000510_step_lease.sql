-- The lease of a step: who works on it, and until when.
--
--   private.hold_step  every write of a step's worker begins with it: it checks the fencing token and renews the lease
--   heartbeat_step     a worker that has nothing to write renews its lease

-- Locks the execution for its worker and renews the lease. `p_generation` is the run's, where the worker is the
-- planner, or else the execution's own. A released lease is not renewed.
create function private.hold_step(p_execution_id uuid, p_generation integer)
returns public.agent_executions language plpgsql security invoker set search_path = '' as $$
declare
  v_run_generation integer;
  v_run_released boolean;
  v_execution public.agent_executions;
begin
  -- Of the planner's own step. Nobody takes the run over before this write is done; the run is locked first, as
  -- always.
  select r.lease_generation, r.released into v_run_generation, v_run_released
    from public.agent_executions e
    join public.agent_runs r on r.id = e.run_id
    where e.id = p_execution_id and e.worker = 'planner' and e.user_id = (select auth.uid())
    for share of r;
  select * into v_execution from public.agent_executions
    where id = p_execution_id and user_id = (select auth.uid()) for no key update;
  if not found then
    raise sqlstate 'PT404' using message = 'execution';
  end if;
  if v_execution.status <> 'running' or v_execution.released or coalesce(v_run_released, false)
    or coalesce(v_run_generation, v_execution.lease_generation) is distinct from p_generation then
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
  private.hold_step(uuid, integer),
  public.heartbeat_step(uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function
  private.hold_step(uuid, integer),
  public.heartbeat_step(uuid, integer)
  to authenticated;
