-- What model calls cost, in a ledger that its user can read but not undo. Before a call the tokens that its prompt
-- and its answer are budgeted for are reserved; after it the real cost is settled. A reservation that was never
-- settled, because the process died, counts with all of its tokens, and with no dollars.
--
-- Both happen under the user's own rights, so a settlement has to prove that it comes from who made the call:
-- a reservation carries the SHA-256 of a secret, and only who knows the secret can settle it, once. Rows are
-- never changed or deleted, and no number in them is negative: whatever a user adds can only count against them.

create table public.usage_reservations (
  id uuid not null,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  seal text not null check (seal ~ '^[0-9a-f]{64}$'),
  input_tokens integer not null check (input_tokens >= 0),
  output_tokens integer not null check (output_tokens >= 0),
  reserved_at timestamptz not null default now(),
  primary key (user_id, id),
  constraint usage_reservations_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade
);

create table public.usage_settlements (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  reservation_id uuid not null,
  secret text not null,
  model_calls integer not null check (model_calls >= 0),
  tool_calls integer not null check (tool_calls >= 0),
  input_tokens integer not null check (input_tokens >= 0),
  output_tokens integer not null check (output_tokens >= 0),
  cost_usd numeric not null check (cost_usd >= 0),
  settled_at timestamptz not null default now(),
  primary key (user_id, reservation_id),
  constraint usage_settlements_reservation_fkey
    foreign key (user_id, reservation_id) references public.usage_reservations (user_id, id) on delete cascade
);

create index usage_reservations_recent on public.usage_reservations (user_id, reserved_at desc);
create index usage_reservations_run on public.usage_reservations (user_id, run_id);

comment on table public.usage_reservations is
  'The tokens that one model call is budgeted for, kept before the call is made. Append-only.';
comment on column public.usage_reservations.seal is
  'SHA-256 of the secret, in hex, that the caller settles it with.';
comment on column public.usage_reservations.input_tokens is 'The budget of its prompt.';
comment on table public.usage_settlements is
  'What a reserved call has really cost, with the tool calls that came of it. Append-only, once per call.';
comment on column public.usage_settlements.secret is 'Its SHA-256 is the seal of the reservation.';
comment on column public.usage_settlements.model_calls is '0 where the reserved call was not made.';

alter table public.usage_reservations enable row level security;
alter table public.usage_settlements enable row level security;

create policy "own rows: select" on public.usage_reservations for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.usage_reservations for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: select" on public.usage_settlements for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert with the secret" on public.usage_settlements for insert to authenticated
  with check (
    (select auth.uid()) = user_id
    and exists (
      select from public.usage_reservations r
      where r.id = reservation_id and r.seal = encode(sha256(convert_to(secret, 'UTF8')), 'hex')
    )
  );

revoke all on public.usage_reservations, public.usage_settlements from public, anon, authenticated, service_role;
grant select on public.usage_reservations, public.usage_settlements to authenticated, service_role;
-- Not the times: a row can't be dated out of the window in which it counts.
grant insert (id, user_id, run_id, seal, input_tokens, output_tokens) on public.usage_reservations to authenticated;
grant insert (reservation_id, user_id, secret, model_calls, tool_calls, input_tokens, output_tokens, cost_usd)
  on public.usage_settlements to authenticated;

-- What every reservation counts for: its settlement, or the tokens that it reserved.
create view public.usage_ledger with (security_invoker = true) as
  select r.id, r.user_id, r.run_id, r.reserved_at,
    coalesce(s.model_calls, 1) as model_calls,
    coalesce(s.tool_calls, 0) as tool_calls,
    coalesce(s.input_tokens, r.input_tokens) as input_tokens,
    coalesce(s.output_tokens, r.output_tokens) as output_tokens,
    coalesce(s.cost_usd, 0) as cost_usd
  from public.usage_reservations r
  left join public.usage_settlements s on s.user_id = r.user_id and s.reservation_id = r.id;
comment on view public.usage_ledger is
  'What every reserved model call counts for in budgets and quotas: what was settled, or else what was reserved.';
comment on column public.usage_ledger.id is 'The reservation''s.';
comment on column public.usage_ledger.user_id is 'Whose quota it counts against.';
comment on column public.usage_ledger.run_id is 'Whose budget it counts against.';
comment on column public.usage_ledger.reserved_at is 'Before the call: what decides in which hour and day it counts.';
comment on column public.usage_ledger.model_calls is '1 until it is settled, and 0 where the call was not made.';
comment on column public.usage_ledger.tool_calls is 'That came of the model call; 0 until it is settled.';
comment on column public.usage_ledger.input_tokens is 'As reserved, until it is settled.';
comment on column public.usage_ledger.output_tokens is 'As reserved, until it is settled.';
comment on column public.usage_ledger.cost_usd is '0 until it is settled: dollars are not reserved.';
revoke all on public.usage_ledger from public, anon, authenticated, service_role;
grant select on public.usage_ledger to authenticated, service_role;

-- Settles a call. A second settlement of the same call changes nothing.
create function public.settle_usage(p_settlement jsonb)
returns void language sql security invoker set search_path = '' as $$
  insert into public.usage_settlements
      (reservation_id, user_id, secret, model_calls, tool_calls, input_tokens, output_tokens, cost_usd)
    select (p_settlement ->> 'id')::uuid, (select auth.uid()), p_settlement ->> 'secret',
      (p_settlement ->> 'model_calls')::integer, (p_settlement ->> 'tool_calls')::integer,
      (p_settlement ->> 'input_tokens')::integer, (p_settlement ->> 'output_tokens')::integer,
      (p_settlement ->> 'cost_usd')::numeric
    -- A call whose reservation was refused has nothing to settle.
    where exists (select from public.usage_reservations r where r.id = (p_settlement ->> 'id')::uuid)
    on conflict (user_id, reservation_id) do nothing;
$$;

-- Seconds until the user may spend `p_tokens` more, or begin another run: 0 is now. `p_limits` holds
-- tokens_per_hour, tokens_per_day, runs_per_hour, runs_per_day.
create function public.usage_wait(p_tokens integer, p_limits jsonb)
returns integer language sql stable security invoker set search_path = '' as $$
  with windows (tokens_limit, runs_limit, span) as (values
    ((p_limits ->> 'tokens_per_hour')::bigint, (p_limits ->> 'runs_per_hour')::bigint, interval '1 hour'),
    ((p_limits ->> 'tokens_per_day')::bigint, (p_limits ->> 'runs_per_day')::bigint, interval '1 day')
  ),
  -- Newest first: the first row with which the sum is too large has to leave the window.
  tokens as (
    select w.span, w.tokens_limit, l.reserved_at,
      sum(l.input_tokens + l.output_tokens) over (partition by w.span order by l.reserved_at desc, l.id) as total
    from windows w
    join public.usage_ledger l on l.user_id = (select auth.uid()) and l.reserved_at > now() - w.span
  ),
  runs as (
    select w.span, w.runs_limit, r.created_at,
      row_number() over (partition by w.span order by r.created_at desc, r.id) as total
    from windows w
    join public.agent_runs r on r.user_id = (select auth.uid()) and r.created_at > now() - w.span
  )
  select coalesce(ceil(extract(epoch from max(free_at) - now())), 0)::integer from (
    select max(reserved_at + span) as free_at from tokens where total + p_tokens > tokens_limit
    union all
    select max(created_at + span) from runs where total >= runs_limit
  ) waits;
$$;

-- The user's lock: whoever spends takes turns here, so that nobody spends what another just did. It comes after the
-- run and before its rows.
create function private.lock_usage()
returns void language sql security invoker set search_path = '' as $$
  select pg_advisory_xact_lock(hashtextextended('usage' || (select auth.uid())::text, 0));
$$;

-- Reserves the next call of a run, after settling the last one. The row is written in any case: `broken_budget` names
-- the limit that this call would break, and then it is the last one, to end with.
create function public.reserve_usage(p_run_id uuid, p_reservation jsonb, p_settlement jsonb, p_limits jsonb)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_input integer := (p_reservation ->> 'input_tokens')::integer;
  v_output integer := (p_reservation ->> 'output_tokens')::integer;
  v_new integer := v_input + v_output;
  v_spent record;
  v_over text;
begin
  -- The run first: who ends it waits, and does not wait for whoever waits for it.
  perform from public.agent_runs where id = p_run_id and user_id = v_user for key share;
  perform private.lock_usage();
  perform public.settle_usage(p_settlement);
  -- Asked again, because the answer was lost: it is in the user's ledger already.
  if exists (select from public.usage_reservations where id = (p_reservation ->> 'id')::uuid) then
    v_new := 0;
  end if;

  select coalesce(sum(model_calls), 0) as model_calls, coalesce(sum(tool_calls), 0) as tool_calls,
      coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
      coalesce(sum(cost_usd), 0) as cost_usd
    into v_spent from public.usage_ledger
    where run_id = p_run_id and user_id = v_user and id <> (p_reservation ->> 'id')::uuid;
  v_over := case
    when v_spent.model_calls + 1 > (p_limits ->> 'model_calls')::bigint then 'model calls'
    when v_spent.tool_calls >= (p_limits ->> 'tool_calls')::bigint then 'tool calls'
    when v_spent.input_tokens + v_input > (p_limits ->> 'input_tokens')::bigint then 'input tokens'
    when v_spent.output_tokens + v_output > (p_limits ->> 'output_tokens')::bigint then 'output tokens'
    when v_spent.cost_usd >= (p_limits ->> 'cost_usd')::numeric then 'cost'
    when public.usage_wait(v_new, p_limits - 'runs_per_hour' - 'runs_per_day') > 0 then 'user quota'
  end;

  insert into public.usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens)
    values ((p_reservation ->> 'id')::uuid, v_user, p_run_id, p_reservation ->> 'seal', v_input, v_output)
    on conflict (user_id, id) do nothing;
  return jsonb_build_object('broken_budget', v_over);
end $$;

revoke execute on function private.lock_usage(), public.settle_usage(jsonb), public.usage_wait(integer, jsonb),
  public.reserve_usage(uuid, jsonb, jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function private.lock_usage(), public.settle_usage(jsonb), public.usage_wait(integer, jsonb),
  public.reserve_usage(uuid, jsonb, jsonb, jsonb) to authenticated;
