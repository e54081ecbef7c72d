-- What a user reads of their usage: what each day has cost, and how far they are from their limits.
--
--   private.usage_days  what each of some days has cost
--   usage_by_day        the same of the last days, up to today
--   usage_limits        the limits in force, what counts towards them, and when there is room again

-- By the calendar of the zone. A run counts on the day of its first reservation; what a day's cost is made of, and
-- nobody knows, makes it null.
create function private.usage_days(p_first date, p_last date, p_time_zone text)
returns table (day date, runs bigint, model_calls bigint, tool_calls bigint, input_tokens bigint, cached_tokens bigint,
  output_tokens bigint, cost_usd numeric)
language sql stable security invoker set search_path = '' as $$
  with calls as (
    select (l.reserved_at at time zone p_time_zone)::date as day, sum(l.model_calls) as model_calls,
      sum(l.tool_calls) as tool_calls, sum(l.input_tokens) as input_tokens, sum(l.cached_tokens) as cached_tokens,
      sum(l.output_tokens) as output_tokens,
      case when count(*) = count(l.cost_usd) then sum(l.cost_usd) end as cost_usd
    from public.usage_ledger l
    -- A day more than is told: midnight comes twice where a clock is set back then.
    where l.user_id = (select auth.uid()) and l.reserved_at >= (p_first - 1)::timestamp at time zone p_time_zone
    group by 1
  ), begun as (
    select (o.began_at at time zone p_time_zone)::date as day, count(*) as runs
    from (
      select min(r.reserved_at) as began_at from public.usage_reservations r
      where r.user_id = (select auth.uid()) and r.opens_run
        and r.reserved_at >= (p_first - 1)::timestamp at time zone p_time_zone
      group by r.run_id
    ) o
    group by 1
  )
  select p_first + n, coalesce(b.runs, 0), coalesce(c.model_calls, 0)::bigint, coalesce(c.tool_calls, 0)::bigint,
    coalesce(c.input_tokens, 0)::bigint, coalesce(c.cached_tokens, 0)::bigint, coalesce(c.output_tokens, 0)::bigint,
    case when c.day is null then 0 else c.cost_usd end
  from generate_series(0, p_last - p_first) n
  left join calls c on c.day = p_first + n
  left join begun b on b.day = p_first + n
  order by n;
$$;

create function public.usage_by_day(p_days integer default 30, p_time_zone text default 'UTC')
returns table (day date, runs bigint, model_calls bigint, tool_calls bigint, input_tokens bigint, cached_tokens bigint,
  output_tokens bigint, cost_usd numeric)
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_today date;
begin
  if p_days is null or p_days not between 1 and 366 then
    raise sqlstate 'PT400' using message = 'usage_days', hint = 'p_days is a number from 1 to 366.';
  end if;
  begin
    v_today := (now() at time zone private.zone(coalesce(p_time_zone, '')))::date;
  exception when invalid_parameter_value then
    raise sqlstate 'PT400' using message = 'time_zone', hint = 'p_time_zone is an IANA name such as Europe/Berlin.';
  end;
  return query select * from private.usage_days(v_today - p_days + 1, v_today, p_time_zone);
end $$;

-- `p_tokens` are those of a run's first call: there is room where it fits. Gives { windows: [{ name, limit, used,
-- free_at }], running_runs: { limit, used } } for the limits that are stated, as starts take them.
create function public.usage_limits(p_tokens bigint, p_limits jsonb)
returns jsonb language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object('windows', coalesce(jsonb_agg(jsonb_build_object('name', w.name, 'limit', w.quota,
    'used', w.used, 'free_at', w.free_at)), '[]'),
    'running_runs', jsonb_build_object('limit', p_limits -> 'running_runs', 'used', private.running_runs()))
  from (
    select * from private.run_windows(null, p_limits)
    union all
    select * from private.token_windows(p_tokens, p_limits)
  ) w where w.quota is not null;
$$;

revoke execute on function
  private.usage_days(date, date, text),
  public.usage_by_day(integer, text),
  public.usage_limits(bigint, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function
  private.usage_days(date, date, text),
  public.usage_by_day(integer, text),
  public.usage_limits(bigint, jsonb)
  to authenticated;
