-- What model calls cost, in a ledger that its user can read but not undo. Before each attempt at a call the most that
-- it may cost is reserved, with the tool calls that may come of it; after it the real cost is settled. A reservation
-- that was never settled, because the process died, counts in full.
--
-- The two together tell of the attempt: for whom it was reserved, what was sent to which model, and what came of it.
-- None of it is anybody's words: those are the thread's rows. What is told beside the cost counts nowhere.
--
-- Both happen under the user's own rights, so a settlement has to prove that it comes from who made the call:
-- a reservation carries the SHA-256 of a secret, and only who knows the secret can settle it, once. Rows are
-- never changed or deleted, and no number in them is negative (see private.fits): whatever a user adds can only count
-- against them.

create table public.usage_reservations (
  id uuid not null,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  seal text not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost_usd numeric,
  tool_calls integer not null default 0,
  broken_budget text,
  opens_run boolean not null default true,
  -- No foreign key: a question's thread is stored with its answer, or never.
  agent_session_id uuid,
  attempt integer not null default 1,
  reserved_at timestamptz not null default clock_timestamp(),
  primary key (user_id, id),
  constraint usage_reservations_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade
);

create table public.usage_settlements (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  reservation_id uuid not null,
  secret text not null,
  model_calls integer not null,
  tool_calls integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost_usd numeric,
  cached_tokens integer not null default 0,
  model_asked text,
  model_answered text,
  parameters jsonb,
  cuts jsonb,
  started_at timestamptz,
  first_token_ms integer,
  duration_ms integer,
  -- No foreign key: the message is stored by somebody else, or never.
  message_seq integer,
  end_reason text,
  failure text,
  settled_at timestamptz not null default now(),
  primary key (user_id, reservation_id),
  constraint usage_settlements_reservation_fkey
    foreign key (user_id, reservation_id) references public.usage_reservations (user_id, id) on delete cascade
);

-- Sums of the ledger up to a moment, so that nobody has to add up a day's rows at each call: what a window holds is the
-- difference of two of them and the few rows since the last. A function writes them, of rows that nobody can change.
create table public.usage_sums (
  user_id uuid not null references auth.users (id) on delete cascade,
  upto timestamptz not null,
  tokens bigint not null,
  runs bigint not null,
  primary key (user_id, upto)
);

create index usage_reservations_recent on public.usage_reservations (user_id, reserved_at desc);
create index usage_reservations_run on public.usage_reservations (user_id, run_id);
create index usage_reservations_opening on public.usage_reservations (user_id, reserved_at desc) where opens_run;

comment on table public.usage_reservations is
  'The most that one attempt at a model call may cost, kept before it is sent. Append-only.';
comment on column public.usage_reservations.seal is
  'SHA-256 of the secret, in hex, that the caller settles it with.';
comment on column public.usage_reservations.input_tokens is
  'The budget of its prompt, or its tokens as they were counted, where these are more.';
comment on column public.usage_reservations.output_tokens is 'The limit of its answer.';
comment on column public.usage_reservations.cost_usd is
  'Of all these tokens at the dearest model that may be asked; null where a price is not known.';
comment on column public.usage_reservations.tool_calls is 'How many tool calls may come of it.';
comment on column public.usage_reservations.broken_budget is
  'The budget of its run that it breaks, so that it is the last call, to answer with; else null.';
comment on column public.usage_reservations.opens_run is
  'It is its run''s first: runs are counted by these. Set by a trigger, whatever the caller says.';
comment on column public.usage_reservations.agent_session_id is 'Its thread; null for a summary''s, which has none.';
comment on column public.usage_reservations.attempt is 'Which attempt at its turn it is, from 1, of one worker.';
comment on table public.usage_settlements is
  'What a reserved call has really cost, with the tool calls that came of it. Append-only, once per call.';
comment on table public.usage_sums is
  'What a user''s ledger comes to, of all that was reserved up to a moment. Append-only; added by private.sum_usage.';
comment on column public.usage_sums.upto is 'When the last of these was reserved.';
comment on column public.usage_sums.runs is 'First reservations of runs.';
comment on column public.usage_settlements.secret is 'Its SHA-256 is the seal of the reservation.';
comment on column public.usage_settlements.model_calls is '0 where the reserved call was not made.';
comment on column public.usage_settlements.cost_usd is 'Null where neither the host nor a price tells it.';
comment on column public.usage_settlements.cached_tokens is 'Of the input, those out of the host''s prompt cache.';
comment on column public.usage_settlements.model_asked is 'This and what follows is null where no call was made.';
comment on column public.usage_settlements.model_answered is 'As the host names it; null where nothing came.';
comment on column public.usage_settlements.parameters is
  'What was sent beside the prompt: temperature, limits, reasoning, tool_choice, and how many tools.';
comment on column public.usage_settlements.cuts is
  'What of the thread was sent less of, for want of room, as [{ what, seq, call, from, to }] in characters: seq is the '
  'message, call one of its calls, and history the oldest part of initial_context''s. Empty where all of it was sent.';
comment on column public.usage_settlements.started_at is 'When it was sent, by the function''s clock.';
comment on column public.usage_settlements.first_token_ms is
  'From then to the first sign of words, thoughts or a tool call; null where there was none.';
comment on column public.usage_settlements.duration_ms is 'From its start to its end.';
comment on column public.usage_settlements.message_seq is
  'The message of the thread that it made; null where it made none.';
comment on column public.usage_settlements.end_reason is 'stop, tool_calls or length; null where it failed.';
comment on column public.usage_settlements.failure is
  'The kind of its failure, or stopped where nobody waited for its end any more; null where there was none.';

-- The first reservation of each run. Two at the same time may both be taken for it: the run counts once all the same.
-- Nobody has to look for one that a run is named after, as those are that a start makes: it is the first.
create function private.mark_opening()
returns trigger language plpgsql security invoker set search_path = '' as $$
begin
  new.opens_run := not exists (
    select from public.usage_reservations r where r.user_id = new.user_id and r.run_id = new.run_id);
  return new;
end $$;
create trigger mark_opening before insert on public.usage_reservations
  for each row when (new.id <> new.run_id) execute function private.mark_opening();
revoke execute on function private.mark_opening() from public, anon, authenticated, service_role;

alter table public.usage_reservations enable row level security;
alter table public.usage_settlements enable row level security;
alter table public.usage_sums enable row level security;

create policy "own rows: select" on public.usage_reservations for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.usage_reservations for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: select" on public.usage_settlements for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: select" on public.usage_sums for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert with the secret" on public.usage_settlements for insert to authenticated
  with check (
    (select auth.uid()) = user_id
    and exists (
      select from public.usage_reservations r
      where r.id = reservation_id and r.seal = encode(sha256(convert_to(secret, 'UTF8')), 'hex')
    )
  );

revoke all on public.usage_reservations, public.usage_settlements, public.usage_sums
  from public, anon, authenticated, service_role;
grant select on public.usage_reservations, public.usage_settlements, public.usage_sums to authenticated, service_role;
-- Not the times: a row can't be dated out of the window in which it counts.
grant insert (id, user_id, run_id, seal, input_tokens, output_tokens, cost_usd, tool_calls, broken_budget,
    agent_session_id, attempt)
  on public.usage_reservations to authenticated;
grant insert (reservation_id, user_id, secret, model_calls, tool_calls, input_tokens, output_tokens, cost_usd,
    cached_tokens, model_asked, model_answered, parameters, cuts, started_at, first_token_ms, duration_ms, message_seq,
    end_reason, failure)
  on public.usage_settlements to authenticated;

-- What every reservation counts for: its settlement, or all that it reserved. In numbers whose sums don't overflow.
create view public.usage_ledger with (security_invoker = true) as
  select r.id, r.user_id, r.run_id, r.broken_budget, r.reserved_at,
    coalesce(s.model_calls, 1)::bigint as model_calls,
    coalesce(s.tool_calls, r.tool_calls)::bigint as tool_calls,
    coalesce(s.input_tokens, r.input_tokens)::bigint as input_tokens,
    coalesce(s.output_tokens, r.output_tokens)::bigint as output_tokens,
    case when s.reservation_id is null then r.cost_usd else s.cost_usd end as cost_usd,
    coalesce(s.cached_tokens, 0)::bigint as cached_tokens,
    r.agent_session_id, r.attempt, s.message_seq, s.model_asked, s.model_answered, s.parameters, s.cuts, s.started_at,
    s.first_token_ms, s.duration_ms, s.end_reason, s.failure, s.settled_at
  from public.usage_reservations r
  left join public.usage_settlements s on s.user_id = r.user_id and s.reservation_id = r.id;
comment on view public.usage_ledger is
  'Every attempt at a model call: what it counts for in budgets and quotas, which is what was settled, or else what '
  'was reserved, and what came of it. Until it is settled, for ever where its process died, only its reservation is '
  'known.';
comment on column public.usage_ledger.id is 'The reservation''s.';
comment on column public.usage_ledger.user_id is 'Whose quota it counts against.';
comment on column public.usage_ledger.run_id is 'Whose budget it counts against.';
comment on column public.usage_ledger.broken_budget is 'The budget of its run that it breaks; null for most.';
comment on column public.usage_ledger.reserved_at is 'Before the call: what decides in which hour and day it counts.';
comment on column public.usage_ledger.model_calls is '1 until it is settled, and 0 where the call was not made.';
comment on column public.usage_ledger.tool_calls is 'That came of the model call; as reserved, until it is settled.';
comment on column public.usage_ledger.input_tokens is 'As reserved, until it is settled.';
comment on column public.usage_ledger.output_tokens is 'As reserved, until it is settled.';
comment on column public.usage_ledger.cost_usd is 'As reserved, until it is settled; null where it is not known.';
comment on column public.usage_ledger.cached_tokens is 'Of the input; 0 until it is settled.';
comment on column public.usage_ledger.agent_session_id is 'Its thread; null for a summary''s, which has none.';
comment on column public.usage_ledger.attempt is 'Which attempt at its turn it is, from 1, of one worker.';
comment on column public.usage_ledger.message_seq is 'The message of the thread that it made; null where it made none.';
comment on column public.usage_ledger.model_asked is 'Null where the call was not made, as all that follows.';
comment on column public.usage_ledger.model_answered is 'As the host names it; null where nothing came.';
comment on column public.usage_ledger.parameters is 'What was sent beside the prompt.';
comment on column public.usage_ledger.cuts is 'What of the thread was sent less of; empty where all of it was sent.';
comment on column public.usage_ledger.started_at is 'When it was sent.';
comment on column public.usage_ledger.first_token_ms is 'From then to the first sign of an answer, if any.';
comment on column public.usage_ledger.duration_ms is 'From its start to its end.';
comment on column public.usage_ledger.end_reason is 'stop, tool_calls or length; null where it failed.';
comment on column public.usage_ledger.failure is 'The kind of its failure, or stopped; null where there was none.';
comment on column public.usage_ledger.settled_at is 'Null until it is settled.';
revoke all on public.usage_ledger from public, anon, authenticated, service_role;
grant select on public.usage_ledger to authenticated, service_role;
