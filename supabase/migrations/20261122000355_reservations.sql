-- Reserving and settling: the only way to a model call. Runs are counted by their first reservation, tokens by the
-- ledger, and the limits are the caller's: the functions state theirs at each start, claim and reservation. Whoever
-- states others has reserved for a call that they have no model for.
--
--   settle_usage           settles a call
--   private.token_windows  the user's tokens, of the last hour and day
--   private.run_windows    the user's runs, likewise
--   private.quota_wait     until when either is used up
--   usage_wait             the same, for a new run
--   private.running_runs   how many runs are under way
--   private.lock_usage     the user's lock
--   private.run_budget     what a run has left
--   private.reserved       what is told of a reservation that was made
--   reserve_usage          settles one call and reserves the next

-- Settles a call. A second settlement of the same call changes nothing.
create function public.settle_usage(p_settlement jsonb)
returns void language sql security invoker set search_path = '' as $$
  insert into public.usage_settlements (reservation_id, user_id, secret, model_calls, tool_calls, input_tokens,
      output_tokens, cost_usd, cached_tokens, model_asked, model_answered, parameters, cuts, started_at, first_token_ms,
      duration_ms, message_seq, end_reason, failure)
    select r.id, r.user_id, x.secret, x.model_calls, x.tool_calls, x.input_tokens, x.output_tokens, x.cost_usd,
      coalesce(x.cached_tokens, 0), x.model_asked, x.model_answered, x.parameters, x.cuts, x.started_at,
      x.first_token_ms, x.duration_ms, x.message_seq, x.end_reason, x.failure
    from jsonb_populate_record(null::public.usage_settlements, nullif(p_settlement, 'null')) x
    -- A call whose reservation was refused has nothing to settle.
    join public.usage_reservations r on r.user_id = (select auth.uid()) and r.id = (p_settlement ->> 'id')::uuid
    on conflict (user_id, reservation_id) do nothing;
$$;

-- The user's tokens, by window: what counts in it, and when so many more fit into it. Null is now. More than a whole
-- quota waits for its whole window, and then again.
create function private.token_windows(p_tokens bigint, p_limits jsonb)
returns table (name text, quota bigint, used bigint, free_at timestamptz)
language sql stable security invoker set search_path = '' as $$
  with windows (name, quota, span) as (values
    ('tokens_per_hour', (p_limits ->> 'tokens_per_hour')::bigint, interval '1 hour'),
    ('tokens_per_day', (p_limits ->> 'tokens_per_day')::bigint, interval '1 day')
  ),
  -- Newest first: the first row with which the sum is too large has to leave the window.
  spent as (
    select w.name, w.quota, w.span, l.reserved_at,
      sum(l.input_tokens + l.output_tokens) over (partition by w.name order by l.reserved_at desc, l.id) as total
    from windows w
    join public.usage_ledger l on l.user_id = (select auth.uid()) and l.reserved_at > now() - w.span
  )
  select w.name, w.quota, coalesce(max(s.total), 0)::bigint,
    greatest(max(s.reserved_at + s.span) filter (where s.total + p_tokens > s.quota),
      case when p_tokens > w.quota then now() + w.span end)
  from windows w left join spent s on s.name = w.name
  group by w.name, w.quota, w.span order by w.span;
$$;

-- The user's runs, by window: how many began in it, and when another one may begin. Null is now. A run that has begun
-- already may go on where it was within the quota when it began: whoever begins more than they may, past the functions,
-- works on none of them, whenever it is.
create function private.run_windows(p_run_id uuid, p_limits jsonb)
returns table (name text, quota bigint, used bigint, free_at timestamptz)
language sql stable security invoker set search_path = '' as $$
  with windows (name, quota, span) as (values
    ('runs_per_hour', (p_limits ->> 'runs_per_hour')::bigint, interval '1 hour'),
    ('runs_per_day', (p_limits ->> 'runs_per_day')::bigint, interval '1 day')
  ),
  own as (
    select min(r.reserved_at) as began_at from public.usage_reservations r
    where r.user_id = (select auth.uid()) and r.run_id = p_run_id and r.opens_run
  ),
  others as (
    select w.name, w.quota, w.span, min(r.reserved_at) as began_at,
      row_number() over (partition by w.name order by min(r.reserved_at) desc, r.run_id) as n
    from own, windows w, public.usage_reservations r
    where r.user_id = (select auth.uid()) and r.opens_run and r.run_id is distinct from p_run_id
      and r.reserved_at > coalesce(own.began_at, now()) - w.span
      and (own.began_at is null or r.reserved_at < own.began_at)
    group by w.name, w.quota, w.span, r.run_id
  )
  select w.name, w.quota, count(o.n), max(o.began_at + o.span) filter (where o.n >= o.quota)
  from windows w left join others o on o.name = w.name
  group by w.name, w.quota, w.span order by w.span;
$$;

-- Seconds until the user may spend so many tokens more for a run, which is null for one that has not begun; 0 is now.
create function private.quota_wait(p_run_id uuid, p_tokens bigint, p_limits jsonb)
returns integer language sql stable security invoker set search_path = '' as $$
  select case when count(w.free_at) = 0 then 0
    else greatest(1, ceil(extract(epoch from (max(w.free_at) - now())))) end::integer from (
    select t.free_at from private.token_windows(p_tokens, p_limits) t
    union all
    select r.free_at from private.run_windows(p_run_id, p_limits) r
  ) w;
$$;

-- Seconds until the user may begin another run whose first call is of so many tokens: 0 is now. `p_limits` holds
-- tokens_per_hour, tokens_per_day, runs_per_hour, runs_per_day.
create function public.usage_wait(p_tokens bigint, p_limits jsonb)
returns integer language sql stable security invoker set search_path = '' as $$
  select private.quota_wait(null, p_tokens, p_limits);
$$;

-- The user's runs that are under way: not those that wait for a person, or to be taken over.
create function private.running_runs()
returns bigint language sql stable security invoker set search_path = '' as $$
  select count(*) from public.agent_runs r
  where r.user_id = (select auth.uid()) and r.status = 'running' and not r.released
    and r.lease_expires_at > clock_timestamp();
$$;

-- The user's lock: whoever spends takes turns here, so that nobody spends what another just did. It comes after the
-- run and before its rows.
create function private.lock_usage()
returns void language sql security invoker set search_path = '' as $$
  select pg_advisory_xact_lock(hashtextextended('usage' || (select auth.uid())::text, 0));
$$;

-- What a run has left for one more call: { broken_budget, tool_calls, last_call_made }. `broken_budget` names what
-- the call would break, `tool_calls` is how many may come of it. The last call is one beyond the budget of model
-- calls, tokens or dollars; a run without tool calls left still has those.
create function private.run_budget(p_run_id uuid, p_reservation jsonb, p_limits jsonb)
returns jsonb language sql stable security invoker set search_path = '' as $$
  with spent as (
    select coalesce(sum(model_calls), 0) as model_calls, coalesce(sum(tool_calls), 0) as tool_calls,
      coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
      coalesce(sum(cost_usd), 0) as cost_usd,
      coalesce(bool_or(model_calls > 0 and broken_budget <> 'tool calls'), false) as last_call_made
    from public.usage_ledger where run_id = p_run_id and user_id = (select auth.uid())
  )
  select jsonb_build_object('broken_budget', case
      when model_calls + 1 > (p_limits ->> 'model_calls')::bigint then 'model calls'
      when input_tokens + (p_reservation ->> 'input_tokens')::bigint > (p_limits ->> 'input_tokens')::bigint
        then 'input tokens'
      when output_tokens + (p_reservation ->> 'output_tokens')::bigint > (p_limits ->> 'output_tokens')::bigint
        then 'output tokens'
      when cost_usd >= (p_limits ->> 'cost_usd')::numeric
        or cost_usd + (p_reservation ->> 'cost_usd')::numeric > (p_limits ->> 'cost_usd')::numeric then 'cost'
      when tool_calls >= (p_limits ->> 'tool_calls')::bigint then 'tool calls'
    end,
    'tool_calls', greatest(0, least(
      coalesce((p_reservation ->> 'tool_calls')::bigint, 0), (p_limits ->> 'tool_calls')::bigint - tool_calls)),
    'last_call_made', last_call_made)
  from spent;
$$;

create function private.reserved(p_reservation public.usage_reservations)
returns jsonb language sql immutable security invoker set search_path = '' as $$
  select jsonb_build_object('broken_budget', p_reservation.broken_budget, 'allowed', true,
    'tool_calls', p_reservation.tool_calls);
$$;

-- Reserves the next call of a run, after settling the last one. Gives { broken_budget, allowed, tool_calls }, with
-- retry_after where the user's quota is used up. Where the call is not allowed nothing is reserved. Asked again with
-- the same id, because the answer was lost, it says the same.
create function public.reserve_usage(p_run_id uuid, p_reservation jsonb, p_settlement jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user constant uuid := (select auth.uid());
  v_known public.usage_reservations;
  v_wait integer;
  v_left jsonb;
  v_over text;
begin
  -- The run first: who ends it waits, and does not wait for whoever waits for it.
  perform from public.agent_runs where id = p_run_id and user_id = v_user for key share;
  perform private.lock_usage();
  perform public.settle_usage(p_settlement);
  select * into v_known from public.usage_reservations where user_id = v_user and id = (p_reservation ->> 'id')::uuid;
  if found then
    return private.reserved(v_known);
  end if;

  v_wait := private.quota_wait(p_run_id,
    (p_reservation ->> 'input_tokens')::bigint + (p_reservation ->> 'output_tokens')::bigint, p_limits);
  if v_wait > 0 then
    return jsonb_build_object('broken_budget', 'user quota', 'allowed', false, 'tool_calls', 0,
      'retry_after', v_wait);
  end if;
  v_left := private.run_budget(p_run_id, p_reservation, p_limits);
  v_over := v_left ->> 'broken_budget';
  if v_over <> 'tool calls' and ((v_left -> 'last_call_made')::boolean
      or p_reservation ->> 'beyond_budget' is distinct from 'may_be_last') then
    return jsonb_build_object('broken_budget', v_over, 'allowed', false, 'tool_calls', 0);
  end if;

  insert into public.usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens, cost_usd, tool_calls,
      broken_budget, agent_session_id, attempt)
    select x.id, v_user, p_run_id, x.seal, x.input_tokens, x.output_tokens, x.cost_usd,
      case when v_over is null then (v_left ->> 'tool_calls')::integer else 0 end, v_over, x.agent_session_id,
      coalesce(x.attempt, 1)
    from jsonb_populate_record(null::public.usage_reservations, p_reservation - 'reserved_at') x
    returning * into v_known;
  return private.reserved(v_known);
end $$;

revoke execute on function
  public.settle_usage(jsonb),
  private.token_windows(bigint, jsonb),
  private.run_windows(uuid, jsonb),
  private.quota_wait(uuid, bigint, jsonb),
  public.usage_wait(bigint, jsonb),
  private.running_runs(),
  private.lock_usage(),
  private.run_budget(uuid, jsonb, jsonb),
  private.reserved(public.usage_reservations),
  public.reserve_usage(uuid, jsonb, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  public.settle_usage(jsonb),
  private.token_windows(bigint, jsonb),
  private.run_windows(uuid, jsonb),
  private.quota_wait(uuid, bigint, jsonb),
  public.usage_wait(bigint, jsonb),
  private.running_runs(),
  private.lock_usage(),
  private.run_budget(uuid, jsonb, jsonb),
  private.reserved(public.usage_reservations),
  public.reserve_usage(uuid, jsonb, jsonb, jsonb)
  to authenticated;
