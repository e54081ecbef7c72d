-- What the agents did, row by row: runs, agents and plans here, threads with what was said in them next. Rows are
-- written with the caller's own token. A row may reference only rows of the same user: the composite foreign keys on
-- (user_id, id) enforce that, those on (user_id, run_id, id) that what works together is of one run, and those that end
-- with a session that it is the run's. What one key implies no other one says: each costs a look and a lock with every
-- row. No caller ever deletes anything here.
--
-- Keys begin with user_id, so that one index serves the rule of row-level security, the foreign key and the query, and
-- so that an id which somebody else has is neither known nor taken. Ids of sessions are the database's own: no caller
-- may choose one. A run has few rows, so that the cascade which deletes an account finds those of a key by their run.

create type public.agent_type as enum ('planner', 'executor');
create type public.agent_permission as enum ('read_only', 'read_write');
create type public.agent_status as enum ('active', 'completed', 'failed', 'cancelled');
create type public.run_status as enum ('running', 'awaiting_approval', 'completed', 'failed', 'cancelled');
create type public.run_strategy as enum ('simple', 'tool_use', 'complex');
create type public.plan_status as enum ('pending', 'executing', 'completed', 'failed', 'cancelled');

create table public.agent_runs (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_id uuid not null,
  request_key text,
  request jsonb not null,
  status public.run_status not null default 'running',
  strategy public.run_strategy,
  time_zone text not null default 'UTC',
  limits jsonb not null default '{}',
  lease_generation integer not null default 1,
  owner_reservation_id uuid,
  lease_seconds numeric not null default 15,
  lease_expires_at timestamptz not null,
  leased_at timestamptz not null default now(),
  worked_ms bigint not null default 0,
  released boolean not null default false,
  takeovers integer not null default 0,
  cancel_requested_at timestamptz,
  usage jsonb,
  finished_reason text,
  error jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  purged_at timestamptz,
  primary key (user_id, id),
  unique (user_id, id, session_id),
  constraint agent_runs_session_fkey
    foreign key (user_id, session_id) references public.chat_sessions (user_id, id) on delete cascade
);
create unique index agent_runs_request_key on public.agent_runs (user_id, request_key)
  where request_key is not null;
create unique index agent_runs_one_unfinished on public.agent_runs (user_id, session_id)
  where status in ('running', 'awaiting_approval');
create index agent_runs_recent on public.agent_runs (user_id, created_at desc);
create index agent_runs_to_purge on public.agent_runs (finished_at) where purged_at is null;
create index agent_runs_session on public.agent_runs (user_id, session_id, created_at desc);

comment on table public.agent_runs is 'One user turn being answered, with who works on it and how it ended.';
comment on column public.agent_runs.request_key is
  'The caller''s idempotency key; null where none was given. A second start with it finds the first run.';
comment on column public.agent_runs.request is 'The chat request as the function parsed it.';
comment on column public.agent_runs.strategy is 'The last one announced; null until then.';
comment on column public.agent_runs.time_zone is 'The user''s, as an IANA name.';
comment on column public.agent_runs.limits is
  'The budget under which the run was started, for display: what binds are the functions'' own settings.';
comment on column public.agent_runs.lease_generation is
  'The fencing token: each owner has its own, and writes with an older one are refused.';
comment on column public.agent_runs.owner_reservation_id is
  'The reservation with which its owner started or claimed it: the same start or claim again gets the run again.';
comment on column public.agent_runs.lease_seconds is 'How long the lease lasts after each renewal.';
comment on column public.agent_runs.lease_expires_at is
  'After this any request may take the run over. Counts only while the run is running.';
comment on column public.agent_runs.leased_at is 'When its owner got it.';
comment on column public.agent_runs.worked_ms is
  'How long the owners before had it, by their leases: the time that counts for RUN_MAX_MS, with the owner''s own.';
comment on column public.agent_runs.released is
  'The owner has let the run go for hand-off. Its lease is over, but no takeover is counted.';
comment on column public.agent_runs.takeovers is
  'Leases that expired since the last checkpoint. After five the run fails.';
comment on column public.agent_runs.cancel_requested_at is 'When its user asked for it to stop; null if never.';
comment on column public.agent_runs.usage is
  'While it runs, what the planner''s own calls have cost; once it has ended, what everything has.';
comment on column public.agent_runs.finished_reason is 'As in the done event; null for a run that failed.';
comment on column public.agent_runs.error is '{ kind, message, retryable } of a run that failed, or else null.';
comment on column public.agent_runs.purged_at is
  'When purge_runs emptied its texts; null while they are there. A replay answers 410 from then on.';

create table public.agents (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  type public.agent_type not null,
  name text not null,
  model_preference jsonb not null,
  available_tools jsonb not null,
  permissions public.agent_permission not null,
  system_prompt text not null,
  run_id uuid not null,
  created_for_session uuid not null,
  created_for_plan uuid,
  status public.agent_status not null default 'active',
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  primary key (user_id, id),
  unique (user_id, run_id, id),
  constraint agents_run_fkey
    foreign key (user_id, run_id, created_for_session) references public.agent_runs (user_id, id, session_id)
    on delete cascade
);

comment on table public.agents is 'One agent instance, planner or executor. Kept for good: an audit trail.';
comment on column public.agents.name is 'Planner-<session> or Executor-<step>.';
comment on column public.agents.model_preference is
  '{ profile, models }: the models in the order in which they are asked.';
comment on column public.agents.available_tools is 'The names of the tools that it may call.';
comment on column public.agents.created_for_session is 'The user''s conversation that it works for.';
comment on column public.agents.created_for_plan is 'The plan whose step it carries out; null for a planner.';
comment on column public.agents.completed_at is 'When its status left active, whatever it became.';

create table public.agent_plans (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_id uuid not null,
  run_id uuid not null,
  planner_agent_id uuid not null,
  user_message text not null,
  goal text not null,
  strategy public.run_strategy not null default 'complex',
  steps jsonb not null,
  revision integer not null default 1,
  supersedes uuid,
  status public.plan_status not null default 'pending',
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (user_id, id),
  unique (user_id, run_id, revision),
  unique (user_id, run_id, id),
  constraint agent_plans_run_fkey
    foreign key (user_id, run_id, session_id) references public.agent_runs (user_id, id, session_id) on delete cascade,
  constraint agent_plans_planner_agent_fkey
    foreign key (user_id, run_id, planner_agent_id) references public.agents (user_id, run_id, id) on delete cascade,
  constraint agent_plans_supersedes_fkey
    foreign key (user_id, run_id, supersedes) references public.agent_plans (user_id, run_id, id) on delete cascade
);

comment on table public.agent_plans is 'One plan as the model wrote it. A changed plan is a new revision.';
comment on column public.agent_plans.session_id is 'The user''s conversation.';
comment on column public.agent_plans.user_message is 'What the plan is to answer.';
comment on column public.agent_plans.steps is 'The steps as they were checked; never changed after the insert.';
comment on column public.agent_plans.revision is 'Counts from 1 within its run.';
comment on column public.agent_plans.status is 'Pending until its first step begins.';
comment on column public.agent_plans.supersedes is 'The plan that this one replaces; null for the first.';

alter table public.agents add constraint agents_created_for_plan_fkey
  foreign key (user_id, run_id, created_for_plan) references public.agent_plans (user_id, run_id, id) on delete cascade;
alter table public.chat_messages add constraint chat_messages_run_fkey
  foreign key (user_id, run_id, session_id) references public.agent_runs (user_id, id, session_id) on delete cascade;

alter table public.agent_runs enable row level security;
create policy "own rows: select" on public.agent_runs for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agent_runs for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: update" on public.agent_runs for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

alter table public.agents enable row level security;
create policy "own rows: select" on public.agents for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agents for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: update" on public.agents for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

alter table public.agent_plans enable row level security;
create policy "own rows: select" on public.agent_plans for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.agent_plans for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: update" on public.agent_plans for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

revoke all on public.agent_runs, public.agents, public.agent_plans
  from public, anon, authenticated, service_role;
grant select on public.agent_runs, public.agents, public.agent_plans to authenticated;
-- What a run begins with: it is made running, and now.
grant insert (id, user_id, session_id, request_key, request, time_zone, limits, owner_reservation_id, lease_seconds,
  lease_expires_at) on public.agent_runs to authenticated;
grant insert (id, user_id, type, name, model_preference, available_tools, permissions, system_prompt, run_id,
  created_for_session, created_for_plan) on public.agents to authenticated;
grant insert (id, user_id, session_id, run_id, planner_agent_id, user_message, goal, steps, revision, supersedes)
  on public.agent_plans to authenticated;
grant select on public.agent_runs, public.agents, public.agent_plans to service_role;
grant update (status, strategy, lease_generation, owner_reservation_id, lease_seconds, lease_expires_at, leased_at,
  worked_ms, released, takeovers, cancel_requested_at, usage, finished_reason, error, finished_at)
  on public.agent_runs to authenticated;
grant update (status, completed_at) on public.agents to authenticated;
grant update (status, finished_at) on public.agent_plans to authenticated;
