-- Reserving and settling: the only way to a model call. Runs are counted by their first reservation, tokens by the
-- ledger, and the limits are the caller's: the functions state theirs at each start, claim and reservation. Whoever
-- states others has reserved for a call that they have no model for.
--
--   settle_usage              settles a call
--   private.lock_usage        the user's lock
--   private.share_usage       the same, for who is far from all limits
--   private.run_workers       how many of a run call models at the same time
--   private.take_place        one of so many places among those who share it
--   private.run_budget        what a run has left, by a look
--   private.reserved          what is told of a reservation that was made
--   private.last_call_made    whether a run has had its one beyond its budget
--   private.keep_reservation  makes one
--   private.reserve_opening   that of a run that a start has just made
--   private.wait_in_turn      the wait for the quota, of who has the user's lock
--   private.reserve_in_turn   a reservation of who takes turns
--   private.share_if_far      whether a call has to, or shares the lock
--   reserve_usage             settles one call and reserves the next

-- Settles a call. A second settlement of the same call changes nothing.
create function public.settle_usage(p_settlement jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if coalesce(p_settlement, 'null') = 'null' then
    return;
  end if;
  insert into public.usage_settlements (reservation_id, user_id, secret, model_calls, tool_calls, input_tokens,
      output_tokens, cost_usd, cached_tokens, model_asked, model_answered, parameters, cuts, started_at, first_token_ms,
      duration_ms, message_seq, end_reason, failure)
    select r.id, r.user_id, x.secret, x.model_calls, x.tool_calls, x.input_tokens, x.output_tokens, x.cost_usd,
      coalesce(x.cached_tokens, 0), x.model_asked, x.model_answered, x.parameters, x.cuts, x.started_at,
      x.first_token_ms, x.duration_ms, x.message_seq, x.end_reason, x.failure
    from jsonb_populate_record(null::public.usage_settlements, p_settlement) x
    -- A call whose reservation was refused has nothing to settle.
    join public.usage_reservations r on r.user_id = (select auth.uid()) and r.id = (p_settlement ->> 'id')::uuid
    on conflict (user_id, reservation_id) do nothing;
end $$;

-- The user's lock. Whoever starts or claims takes turns here, and so does whoever spends near to a limit, so that
-- nobody spends what another just did. Far from all limits callers share it: what they can spend at the same time
-- fits. It comes last: after it nobody waits for a row that another caller may hold.
create function private.lock_usage()
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('usage' || auth.uid()::text, 0));
end $$;

create function private.share_usage()
returns void language plpgsql security invoker set search_path = '' as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('usage' || auth.uid()::text, 0));
end $$;

-- How many of a run call models at the same time: its planner, and the steps of a plan that run at once.
create function private.run_workers()
returns integer language sql immutable parallel safe security invoker set search_path = '' as $$
  select 5;
$$;

-- Takes one of so many places until the transaction ends; false where all are taken. Nobody waits for one. This bounds
-- how many share the user's lock, and nothing else does: any number of runs may be taken up again at once, and whoever
-- has the token may ask for any number of calls.
create function private.take_place(p_of text, p_places bigint)
returns boolean language plpgsql security invoker set search_path = '' as $$
declare
  v_places constant integer := least(p_places, 1000);
  v_first constant integer := floor(random() * v_places);
begin
  for v_n in 0 .. v_places - 1 loop
    if pg_try_advisory_xact_lock(hashtextextended('usage place ' || p_of, (v_first + v_n) % v_places)) then
      return true;
    end if;
  end loop;
  return false;
end $$;

-- How large a model call is, or gets.
create type private.call_size as (input_tokens bigint, output_tokens bigint, cost_usd numeric, tool_calls bigint);

-- What a run has left for one more call. `broken_budget` names what the call would break, `tool_calls` is how many may
-- come of it. The last call is one beyond the budget of model calls, tokens or dollars; a run without tool calls left
-- still has those. `is_far` says that a call of each of its workers would fit, and as many of those whose place they
-- took and who have not noticed, each as large as a call of a run gets: by its caller's word (`largest_call`), else as
-- large as the largest of this one so far. One that is larger still is never far. `largest` is that of this one, in
-- tokens.
create function private.run_budget(p_spent private.usage_look, p_reservation jsonb, p_limits jsonb,
  out broken_budget text, out tool_calls bigint, out is_far boolean, out largest bigint)
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_callers constant bigint := 2 * private.run_workers();
  v_next constant private.call_size := jsonb_populate_record(null::private.call_size, p_reservation);
  v_most constant private.call_size := jsonb_populate_record(null::private.call_size,
    coalesce(p_limits -> 'largest_call', '{}'));
begin
  broken_budget := case
    when p_spent.model_calls + 1 > (p_limits ->> 'model_calls')::bigint then 'model calls'
    when p_spent.input_tokens + v_next.input_tokens > (p_limits ->> 'input_tokens')::bigint then 'input tokens'
    when p_spent.output_tokens + v_next.output_tokens > (p_limits ->> 'output_tokens')::bigint then 'output tokens'
    when p_spent.cost_usd >= (p_limits ->> 'cost_usd')::numeric
      or p_spent.cost_usd + v_next.cost_usd > (p_limits ->> 'cost_usd')::numeric then 'cost'
    when p_spent.tool_calls >= (p_limits ->> 'tool_calls')::bigint then 'tool calls'
  end;
  largest := greatest(p_spent.most_input, v_next.input_tokens)
    + greatest(p_spent.most_output, v_next.output_tokens);
  is_far := broken_budget is null and (
    v_next.input_tokens > v_most.input_tokens or v_next.output_tokens > v_most.output_tokens
    or v_next.cost_usd > v_most.cost_usd or v_next.tool_calls > v_most.tool_calls
    or p_spent.model_calls + v_callers > (p_limits ->> 'model_calls')::bigint
    or p_spent.input_tokens
      + v_callers * coalesce(v_most.input_tokens, greatest(p_spent.most_input, v_next.input_tokens))
      > (p_limits ->> 'input_tokens')::bigint
    or p_spent.output_tokens
      + v_callers * coalesce(v_most.output_tokens, greatest(p_spent.most_output, v_next.output_tokens))
      > (p_limits ->> 'output_tokens')::bigint
    or p_spent.cost_usd + v_callers * coalesce(v_most.cost_usd, greatest(p_spent.most_cost, v_next.cost_usd))
      > (p_limits ->> 'cost_usd')::numeric
    or p_spent.tool_calls
      + v_callers * coalesce(v_most.tool_calls, greatest(p_spent.most_tool_calls, v_next.tool_calls))
      > (p_limits ->> 'tool_calls')::bigint) is not true;
  tool_calls := greatest(0,
    least(coalesce(v_next.tool_calls, 0), (p_limits ->> 'tool_calls')::bigint - p_spent.tool_calls));
end $$;

create function private.reserved(p_reservation public.usage_reservations)
returns jsonb language plpgsql immutable security invoker set search_path = '' as $$
begin
  return jsonb_build_object('broken_budget', p_reservation.broken_budget, 'allowed', true,
    'tool_calls', p_reservation.tool_calls);
end $$;

-- Whether a run has made the call that it has beyond its budget.
create function private.last_call_made(p_run_id uuid)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin
  return exists (select from public.usage_reservations r
    left join public.usage_settlements s on s.user_id = r.user_id and s.reservation_id = r.id
    where r.user_id = (select auth.uid()) and r.run_id = p_run_id and r.broken_budget <> 'tool calls'
      and coalesce(s.model_calls, 1) > 0);
end $$;

-- Makes a reservation, unless the run has no room for it: then it may be the last one, where its caller says so. Gives
-- what there is to tell. One that is there already is told again.
create function private.keep_reservation(p_run_id uuid, p_reservation jsonb, p_broken_budget text, p_tool_calls bigint)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_made public.usage_reservations;
begin
  if p_broken_budget <> 'tool calls'
      and (p_reservation ->> 'beyond_budget' is distinct from 'may_be_last' or private.last_call_made(p_run_id)) then
    return jsonb_build_object('broken_budget', p_broken_budget, 'allowed', false, 'tool_calls', 0);
  end if;
  insert into public.usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens, cost_usd, tool_calls,
      broken_budget, agent_session_id, attempt)
    select x.id, v_user, p_run_id, x.seal, x.input_tokens, x.output_tokens, x.cost_usd,
      case when p_broken_budget is null then p_tool_calls else 0 end, p_broken_budget, x.agent_session_id,
      coalesce(x.attempt, 1)
    from jsonb_populate_record(null::public.usage_reservations, p_reservation - 'reserved_at') x
    on conflict (user_id, id) do nothing
    returning * into v_made;
  if not found then
    select * into v_made from public.usage_reservations
      where user_id = v_user and id = (p_reservation ->> 'id')::uuid;
  end if;
  return private.reserved(v_made);
end $$;

-- The first call of a run that a start has just made, which has spent nothing, and whose user has room for it.
create function private.reserve_opening(p_run_id uuid, p_reservation jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_spent constant private.usage_look := jsonb_populate_record(null::private.usage_look, jsonb_build_object(
    'model_calls', 0, 'tool_calls', 0, 'input_tokens', 0, 'output_tokens', 0, 'cost_usd', 0));
  v_left constant record := private.run_budget(v_spent, p_reservation, p_limits);
begin
  return private.keep_reservation(p_run_id, p_reservation, v_left.broken_budget, v_left.tool_calls);
end $$;

-- The same as private.quota_wait, for who has the user's lock and has looked: leaves a sum for the looks to come.
create function private.wait_in_turn(p_run_id uuid, p_look private.usage_look, p_reservation jsonb, p_limits jsonb)
returns integer language plpgsql security invoker set search_path = '' as $$
declare
  v_tokens constant bigint :=
    (p_reservation ->> 'input_tokens')::bigint + (p_reservation ->> 'output_tokens')::bigint;
begin
  if p_look.summable >= 10 then
    perform private.sum_usage();
  end if;
  return case when private.quota_holds(p_look, v_tokens, p_limits) then 0
    else private.quota_wait(p_run_id, v_tokens, p_limits) end;
end $$;

-- A call of a claim, or one near to a limit: nobody else of the user's reserves meanwhile. The run is locked. One that
-- was reserved before is among what was spent: it is not judged again.
create function private.reserve_in_turn(p_run_id uuid, p_reservation jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_known public.usage_reservations;
  v_look private.usage_look;
  v_left record;
  v_wait integer;
begin
  perform private.lock_usage();
  v_look := private.usage_look(p_run_id);
  v_left := private.run_budget(v_look, p_reservation, p_limits);
  v_wait := private.wait_in_turn(p_run_id, v_look, p_reservation, p_limits);
  if v_wait > 0 or v_left.broken_budget is not null then
    select * into v_known from public.usage_reservations
      where user_id = (select auth.uid()) and id = (p_reservation ->> 'id')::uuid;
    if found then
      return private.reserved(v_known);
    end if;
  end if;
  if v_wait > 0 then
    return jsonb_build_object('broken_budget', 'user quota', 'allowed', false, 'tool_calls', 0,
      'retry_after', v_wait);
  end if;
  return private.keep_reservation(p_run_id, p_reservation, v_left.broken_budget, v_left.tool_calls);
end $$;

-- Shares the user's lock where all calls that share it would fit at the same time: a call of each worker of as many
-- runs as may be under way, for each of which there is a place, of the largest that may share it. That is the same for
-- all of them, or small ones would spend what larger ones under way are to have: together they come to a quarter of
-- the quota. Whoever comes near to a limit, is larger or finds no place waits for all who saw it far, and who sees it
-- far waits for whoever is near before looking. Where a limit is near nothing is locked: lock and places go with the
-- look, since of two who share it neither could take it alone.
create function private.share_if_far(p_run_id uuid, p_reservation jsonb, p_limits jsonb, out is_far boolean,
  out tool_calls bigint, out summable bigint)
language plpgsql security invoker set search_path = '' as $$
declare
  -- Without it no quota of the user's is ever far.
  v_callers constant bigint := (p_limits ->> 'running_runs')::bigint * private.run_workers();
  v_largest constant bigint := least((p_limits ->> 'tokens_per_hour')::bigint, (p_limits ->> 'tokens_per_day')::bigint)
    / 4 / nullif(v_callers, 0);
  v_look private.usage_look;
  v_left record;
begin
  perform private.share_usage();
  -- Before the look: who gets the place of another sees what that one has spent.
  is_far := private.take_place('run ' || p_run_id::text, 2 * private.run_workers())
    and (v_callers is null or private.take_place('user ' || auth.uid()::text, v_callers));
  if is_far then
    v_look := private.usage_look(p_run_id);
    v_left := private.run_budget(v_look, p_reservation, p_limits);
    is_far := v_left.is_far and (v_left.largest > v_largest) is not true
      and private.quota_holds(v_look, v_callers * v_largest, p_limits);
    tool_calls := v_left.tool_calls;
    summable := v_look.summable;
  end if;
  if not is_far then
    raise sqlstate 'QUOTA';
  end if;
exception when sqlstate 'QUOTA' then
  is_far := false;
end $$;

-- Reserves the next call of a run, after settling the last one. Gives { broken_budget, allowed, tool_calls }, with
-- retry_after where the user's quota is used up, and `cancelled` where the user has asked for the run to stop. Where
-- the call is not allowed nothing is reserved. Asked again with the same id, because the answer was lost, it says the
-- same.
create function public.reserve_usage(p_run_id uuid, p_reservation jsonb, p_settlement jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker
set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  v_shared record;
  v_cancelled jsonb;
begin
  -- The run first: who ends it waits, and does not wait for whoever waits for it.
  select case when r.cancel_requested_at is null then '{}' else '{"cancelled": true}' end::jsonb into v_cancelled
    from public.agent_runs r where r.id = p_run_id and r.user_id = (select auth.uid()) for key share;
  perform public.settle_usage(p_settlement);
  v_shared := private.share_if_far(p_run_id, p_reservation, p_limits);
  if not v_shared.is_far then
    return private.reserve_in_turn(p_run_id, p_reservation, p_limits) || coalesce(v_cancelled, '{}');
  end if;
  if v_shared.summable >= 10 then
    perform private.sum_usage();
  end if;
  return private.keep_reservation(p_run_id, p_reservation, null, v_shared.tool_calls)
    || coalesce(v_cancelled, '{}');
end $$;

revoke execute on function
  public.settle_usage(jsonb),
  private.lock_usage(),
  private.share_usage(),
  private.run_workers(),
  private.take_place(text, bigint),
  private.run_budget(private.usage_look, jsonb, jsonb),
  private.reserved(public.usage_reservations),
  private.last_call_made(uuid),
  private.keep_reservation(uuid, jsonb, text, bigint),
  private.reserve_opening(uuid, jsonb, jsonb),
  private.wait_in_turn(uuid, private.usage_look, jsonb, jsonb),
  private.reserve_in_turn(uuid, jsonb, jsonb),
  private.share_if_far(uuid, jsonb, jsonb),
  public.reserve_usage(uuid, jsonb, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  public.settle_usage(jsonb),
  private.lock_usage(),
  private.share_usage(),
  private.run_workers(),
  private.take_place(text, bigint),
  private.run_budget(private.usage_look, jsonb, jsonb),
  private.reserved(public.usage_reservations),
  private.last_call_made(uuid),
  private.keep_reservation(uuid, jsonb, text, bigint),
  private.reserve_opening(uuid, jsonb, jsonb),
  private.wait_in_turn(uuid, private.usage_look, jsonb, jsonb),
  private.reserve_in_turn(uuid, jsonb, jsonb),
  private.share_if_far(uuid, jsonb, jsonb),
  public.reserve_usage(uuid, jsonb, jsonb, jsonb)
  to authenticated;
