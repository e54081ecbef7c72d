-- One look at the ledger that tells what reservations, claims and starts are judged by: what a run has spent, and what
-- its user has come to. It reads each row once, and no more of them than the run has and than are since the last sum.
--
--   private.usage_look (type)  what it tells
--   private.settled_until      up to when calls are settled, or won't be
--   private.summable_since     how many rows another sum would hold
--   private.usage_look         the look

-- Of the run first, which may be none: model_calls to most_cost. Then of the user, of all time: `tokens` and `runs`;
-- false `is_whole` says that there is more than these, and `summable` how many rows another sum would hold. Up to
-- `summed_until` they are of the sums.
create type private.usage_look as (
  model_calls bigint, tool_calls bigint, input_tokens bigint, output_tokens bigint, cost_usd numeric,
  began_at timestamptz, most_tool_calls integer, most_input integer, most_output integer,
  most_cost numeric, tokens bigint, runs bigint, is_whole boolean, summable bigint, summed_until timestamptz
);

-- Up to when calls count as they are: settled, or won't be. What was reserved within a minute may not be seen yet, and
-- whoever calls a model for more than a quarter of an hour counts for what they had reserved.
create function private.settled_until(p_since timestamptz)
returns timestamptz language plpgsql stable security invoker set search_path = '' as $$
begin
  return (select least(now() - interval '1 minute', min(r.reserved_at)) from public.usage_reservations r
    where r.user_id = (select auth.uid()) and r.reserved_at > greatest(p_since, now() - interval '15 minutes')
      and not exists (select from public.usage_settlements s where s.user_id = r.user_id and s.reservation_id = r.id));
end $$;

create function private.summable_since(p_upto timestamptz)
returns bigint language plpgsql stable security invoker set search_path = '' as $$
declare
  v_until constant timestamptz := private.settled_until(p_upto);
begin
  return (select count(*) from public.usage_reservations r
    where r.user_id = (select auth.uid()) and r.reserved_at > p_upto and r.reserved_at < v_until);
end $$;

-- The run's rows are all read, as many as its budget lets it have; the user's others are those that no sum holds.
create function private.usage_look(p_run_id uuid)
returns private.usage_look language plpgsql stable security invoker set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_last public.usage_sums;
  v_look private.usage_look;
begin
  select * into v_last from public.usage_sums where user_id = v_user order by upto desc limit 1;
  if not found then
    v_last := (v_user, '-infinity', 0, 0);
  end if;
  select coalesce(sum(coalesce(s.model_calls, 1)) filter (where r.is_own), 0),
      coalesce(sum(coalesce(s.tool_calls, r.tool_calls)) filter (where r.is_own), 0),
      coalesce(sum(coalesce(s.input_tokens, r.input_tokens)) filter (where r.is_own), 0),
      coalesce(sum(coalesce(s.output_tokens, r.output_tokens)) filter (where r.is_own), 0),
      coalesce(sum(case when s.model_calls is null then r.cost_usd else s.cost_usd end) filter (where r.is_own), 0),
      min(r.reserved_at) filter (where r.is_own and r.opens_run),
      max(r.tool_calls) filter (where r.is_own), max(r.input_tokens) filter (where r.is_own),
      max(r.output_tokens) filter (where r.is_own), max(r.cost_usd) filter (where r.is_own),
      v_last.tokens + coalesce(sum(coalesce(s.input_tokens::bigint + s.output_tokens,
        r.input_tokens::bigint + r.output_tokens)) filter (where r.is_new), 0),
      v_last.runs + count(*) filter (where r.is_new and r.opens_run),
      count(*) filter (where not r.is_own) < 1000,
      count(*) filter (where r.is_new and r.reserved_at < now() - interval '1 minute'), v_last.upto
    into v_look
    from (
      select true as is_own, o.reserved_at > v_last.upto as is_new, o.id, o.input_tokens, o.output_tokens, o.cost_usd,
        o.tool_calls, o.opens_run, o.reserved_at
      from public.usage_reservations o where o.user_id = v_user and o.run_id = p_run_id
      union all (
        select false, true, n.id, n.input_tokens, n.output_tokens, n.cost_usd, n.tool_calls, n.opens_run, n.reserved_at
        from public.usage_reservations n
        where n.user_id = v_user and n.reserved_at > v_last.upto and n.run_id is distinct from p_run_id
        order by n.reserved_at desc limit 1000)
    ) r
    left join lateral (
      select * from public.usage_settlements s where s.user_id = v_user and s.reservation_id = r.id limit 1) s on true;
  if v_look.summable >= 10 then
    v_look.summable := private.summable_since(v_last.upto);
  end if;
  return v_look;
end $$;

revoke execute on function
  private.settled_until(timestamptz),
  private.summable_since(timestamptz),
  private.usage_look(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  private.settled_until(timestamptz),
  private.summable_since(timestamptz),
  private.usage_look(uuid)
  to authenticated;
