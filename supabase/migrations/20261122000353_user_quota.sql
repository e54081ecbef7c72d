-- How much of their quota a user has left: tokens and runs of the last hour and of the last day, and runs at the same
-- time.
--
-- What a day comes to is looked at twice. Sums tell at the cost of a few rows the most that it can be, which is enough
-- for nearly everybody; the rows themselves are added up only for who may be over by that, and to tell when they may go
-- on. So who has a long day behind them waits no longer than who begins.
--
--   private.sum_usage      adds up the ledger, for the looks to come
--   private.token_windows  the user's tokens, of the last hour and day
--   private.run_windows    the user's runs, likewise
--   private.windows_hold   whether both hold for sure, by the sums
--   private.quota_holds    the same, of a look
--   private.quota_wait     until when they do not
--   usage_wait             the same, for a new run
--   private.running_runs   how many runs are under way

-- Adds up what the user's ledger has come to since the last sum: reservations that were settled, or won't be. It takes
-- nothing from its caller. One at a time, each on top of the one before: else a call
-- that is settled between two of them would count in one as it was reserved and in the other as it was settled, and a
-- window that begins between the two would hold too little. Nobody waits for another's.
create function private.sum_usage()
returns void language plpgsql security definer set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_last public.usage_sums;
  v_before timestamptz;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('usage sum' || v_user::text, 0)) then
    return;
  end if;
  select * into v_last from public.usage_sums where user_id = v_user order by upto desc limit 1;
  v_last.upto := coalesce(v_last.upto, '-infinity');
  v_before := private.settled_until(v_last.upto);
  insert into public.usage_sums (user_id, upto, tokens, runs)
    select v_user, max(r.reserved_at), coalesce(v_last.tokens, 0) + sum(
        case when s.reservation_id is null then r.input_tokens::bigint + r.output_tokens
          else s.input_tokens::bigint + s.output_tokens end),
      coalesce(v_last.runs, 0) + count(*) filter (where r.opens_run)
    from public.usage_reservations r
    left join public.usage_settlements s on s.user_id = r.user_id and s.reservation_id = r.id
    where r.user_id = v_user and r.reserved_at > v_last.upto and r.reserved_at < v_before
    having count(*) > 0;
end $$;

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

-- Whether the windows have room for sure, where a look tells of so many tokens and runs of all time, a call to come
-- among them. What is left out of a window is what a sum from before it holds, of the sums that the look was made with:
-- a later one may hold a call that was settled since for more than the look tells of it.
create function private.windows_hold(p_tokens bigint, p_runs bigint, p_runs_at timestamptz, p_summed_until timestamptz,
  p_limits jsonb)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
begin
  return (select coalesce(bool_and(coalesce(case w.name
      when 'tokens' then p_tokens - coalesce(before.tokens, 0) <= w.quota
      else p_runs - coalesce(before.runs, 0) < w.quota end, false)), true)
    from (values
      ('tokens', (p_limits ->> 'tokens_per_hour')::bigint, now() - interval '1 hour'),
      ('tokens', (p_limits ->> 'tokens_per_day')::bigint, now() - interval '1 day'),
      ('runs', (p_limits ->> 'runs_per_hour')::bigint, p_runs_at - interval '1 hour'),
      ('runs', (p_limits ->> 'runs_per_day')::bigint, p_runs_at - interval '1 day')
    ) w (name, quota, begins_at)
    left join lateral (
      select u.tokens, u.runs from public.usage_sums u
      where u.user_id = (select auth.uid()) and u.upto <= least(w.begins_at, p_summed_until)
      order by u.upto desc limit 1
    ) before on true
    where w.quota is not null);
end $$;

-- Whether the user may for sure spend so many tokens more, for the run that was looked at, or for one that has not
-- begun. It counts a little too much, never too little: a ledger that fits into each window as a whole is looked at no
-- further.
create function private.quota_holds(p_look private.usage_look, p_tokens bigint, p_limits jsonb)
returns boolean language plpgsql stable security invoker set search_path = '' as $$
declare
  v_tokens constant bigint :=
    least((p_limits ->> 'tokens_per_hour')::bigint, (p_limits ->> 'tokens_per_day')::bigint);
  v_runs constant bigint := least((p_limits ->> 'runs_per_hour')::bigint, (p_limits ->> 'runs_per_day')::bigint);
begin
  if not p_look.is_whole then
    return false;
  elsif (v_tokens is null or p_look.tokens + p_tokens <= v_tokens) and (v_runs is null or p_look.runs < v_runs) then
    return true;
  end if;
  return private.windows_hold(p_look.tokens + p_tokens, p_look.runs, coalesce(p_look.began_at, now()),
    p_look.summed_until, p_limits);
end $$;

-- Seconds until the user may spend so many tokens more for a run, which is null for one that has not begun; 0 is now.
create function private.quota_wait(p_run_id uuid, p_tokens bigint, p_limits jsonb)
returns integer language plpgsql stable security invoker set search_path = '' as $$
begin
  return (select case when count(w.free_at) = 0 then 0
      else greatest(1, ceil(extract(epoch from (max(w.free_at) - now())))) end::integer from (
      select t.free_at from private.token_windows(p_tokens, p_limits) t
      union all
      select r.free_at from private.run_windows(p_run_id, p_limits) r
    ) w);
end $$;

-- Seconds until the user may begin another run whose first call is of so many tokens: 0 is now. `p_limits` holds
-- tokens_per_hour, tokens_per_day, runs_per_hour, runs_per_day.
create function public.usage_wait(p_tokens bigint, p_limits jsonb)
returns integer language plpgsql stable security invoker set search_path = '' as $$
begin
  if private.quota_holds(private.usage_look(null), p_tokens, p_limits) then
    return 0;
  end if;
  return private.quota_wait(null, p_tokens, p_limits);
end $$;

-- The user's runs that are under way: not those that wait for a person, or to be taken over. With its owner's rights,
-- since a policy keeps Postgres from the statistics of the status, and without them it may read each run that the user
-- ever had.
create function private.running_runs()
returns bigint language plpgsql stable security definer set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
begin
  return (select count(*) from public.agent_runs r
    where r.user_id = v_user and r.status = 'running' and not r.released
      and r.lease_expires_at > clock_timestamp());
end $$;

revoke execute on function
  private.sum_usage(),
  private.token_windows(bigint, jsonb),
  private.run_windows(uuid, jsonb),
  private.windows_hold(bigint, bigint, timestamptz, timestamptz, jsonb),
  private.quota_holds(private.usage_look, bigint, jsonb),
  private.quota_wait(uuid, bigint, jsonb),
  public.usage_wait(bigint, jsonb),
  private.running_runs()
  from public, anon, authenticated, service_role;
grant execute on function
  private.sum_usage(),
  private.token_windows(bigint, jsonb),
  private.run_windows(uuid, jsonb),
  private.windows_hold(bigint, bigint, timestamptz, timestamptz, jsonb),
  private.quota_holds(private.usage_look, bigint, jsonb),
  private.quota_wait(uuid, bigint, jsonb),
  public.usage_wait(bigint, jsonb),
  private.running_runs()
  to authenticated;
