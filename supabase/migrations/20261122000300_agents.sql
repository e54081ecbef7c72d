-- What the agents did, row by row: runs, agents, plans, step executions, threads, messages, tool calls, events.
-- Rows are written with the caller's own token. A row may reference only rows of the same user, which the
-- composite foreign keys on (user_id, id) enforce. Nothing here is ever deleted by a caller.

create type public.agent_type as enum ('planner', 'executor');
create type public.agent_permission as enum ('read_only', 'read_write');
create type public.agent_status as enum ('active', 'completed', 'failed');
create type public.run_status as enum
  ('queued', 'running', 'awaiting_approval', 'completed', 'failed', 'cancelled');
create type public.run_strategy as enum ('simple', 'tool_use', 'complex');
create type public.plan_status as enum ('pending', 'executing', 'completed', 'failed', 'cancelled');
create type public.execution_status as enum
  ('running', 'completed', 'partial', 'needs_input', 'failed', 'skipped', 'cancelled');
create type public.thread_type as enum ('planner_thinking', 'planner_executor');
create type public.message_role as enum ('system', 'user', 'assistant', 'tool');
create type public.message_kind as enum
  ('prompt', 'history', 'task', 'turn', 'result', 'answer', 'nudge', 'limit');
create type public.sender_type as enum ('system', 'user', 'planner', 'executor', 'tool');
create type public.tool_access as enum ('read', 'write');
create type public.tool_call_status as enum
  ('proposed', 'awaiting_approval', 'approved', 'rejected', 'executing', 'succeeded', 'failed');

-- One user turn being answered.
create table public.agent_runs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_id uuid not null,
  -- The caller's key for an idempotent start, and the request it stands for.
  request_key text,
  request jsonb not null,
  status public.run_status not null default 'running',
  strategy public.run_strategy,
  time_zone text not null default 'UTC',
  limits jsonb not null default '{}',
  -- Who works on it: each owner has a generation of its own, and keeps the run for lease_seconds at a time.
  lease_generation integer not null default 1,
  lease_seconds numeric not null default 15 check (lease_seconds > 0),
  lease_expires_at timestamptz not null,
  -- Owners lost since the run last got on.
  takeovers integer not null default 0,
  cancel_requested_at timestamptz,
  -- While it runs, what the planner's own calls have cost; then what everything has.
  usage jsonb,
  finished_reason text,
  error jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (user_id, id),
  constraint agent_runs_session_fkey
    foreign key (user_id, session_id) references public.chat_sessions (user_id, id) on delete cascade
);

-- One agent instance, planner or executor.
create table public.agents (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  type public.agent_type not null,
  name text not null,
  model_preference text not null,
  available_tools jsonb not null check (jsonb_typeof(available_tools) = 'array'),
  permissions public.agent_permission not null,
  system_prompt text not null,
  run_id uuid not null,
  created_for_session uuid not null,
  created_for_plan uuid,
  status public.agent_status not null default 'active',
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  unique (user_id, id),
  check (type = 'planner' or permissions = 'read_only'),
  constraint agents_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade,
  constraint agents_created_for_session_fkey
    foreign key (user_id, created_for_session) references public.chat_sessions (user_id, id) on delete cascade
);

-- One plan as the model wrote it; `steps` never changes, a changed plan is a new revision.
create table public.agent_plans (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_id uuid not null,
  run_id uuid not null,
  planner_agent_id uuid not null,
  user_message text not null check (length(user_message) <= 16000),
  goal text not null check (length(goal) <= 500),
  strategy public.run_strategy not null default 'complex',
  steps jsonb not null check (jsonb_typeof(steps) = 'array' and jsonb_array_length(steps) > 0),
  revision integer not null default 1 check (revision > 0),
  supersedes uuid,
  status public.plan_status not null default 'executing',
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (user_id, id),
  unique (run_id, revision),
  constraint agent_plans_session_fkey
    foreign key (user_id, session_id) references public.chat_sessions (user_id, id) on delete cascade,
  constraint agent_plans_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade,
  constraint agent_plans_planner_agent_fkey
    foreign key (user_id, planner_agent_id) references public.agents (user_id, id) on delete cascade,
  constraint agent_plans_supersedes_fkey
    foreign key (user_id, supersedes) references public.agent_plans (user_id, id) on delete cascade
);
alter table public.agents add constraint agents_created_for_plan_fkey
  foreign key (user_id, created_for_plan)
  references public.agent_plans (user_id, id) on delete cascade;

-- One LLM thread: what was sent to a model, and what came back, is its messages.
create table public.agent_chat_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_type public.thread_type not null,
  -- The user's conversation that this thread serves.
  parent_session_id uuid not null,
  run_id uuid not null,
  plan_id uuid,
  step_number integer,
  planner_agent_id uuid,
  executor_agent_id uuid,
  initial_context jsonb not null default '{}',
  status public.agent_status not null default 'active',
  message_count integer not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (user_id, id),
  constraint agent_chat_sessions_parent_session_fkey
    foreign key (user_id, parent_session_id) references public.chat_sessions (user_id, id) on delete cascade,
  constraint agent_chat_sessions_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade,
  constraint agent_chat_sessions_plan_fkey
    foreign key (user_id, plan_id) references public.agent_plans (user_id, id) on delete cascade,
  constraint agent_chat_sessions_planner_agent_fkey
    foreign key (user_id, planner_agent_id) references public.agents (user_id, id) on delete cascade,
  constraint agent_chat_sessions_executor_agent_fkey
    foreign key (user_id, executor_agent_id) references public.agents (user_id, id) on delete cascade
);

-- One attempt at one step. Inserting the row is the claim: the unique key lets one of two claimers win.
create table public.agent_executions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  plan_id uuid not null,
  step_number integer not null check (step_number > 0),
  attempt integer not null check (attempt > 0),
  -- Null for a step that was skipped: nobody worked on it.
  worker public.agent_type,
  -- Null for the planner's own step.
  executor_agent_id uuid,
  agent_session_id uuid,
  session_id uuid not null,
  -- { description, goal, constraints }, from the plan.
  task jsonb not null check (jsonb_typeof(task) = 'object'),
  tools_available jsonb not null default '[]',
  status public.execution_status not null default 'running',
  -- Null while it works.
  success boolean generated always as (case when status <> 'running' then status in ('completed', 'partial') end) stored,
  result jsonb,
  error text,
  usage jsonb,
  tokens_used integer not null default 0 check (tokens_used >= 0),
  duration_ms integer check (duration_ms >= 0),
  tool_calls_made integer not null default 0,
  message_count integer not null default 0,
  -- Its worker, as for a run; null for a step that was skipped. A step that was handed on has lost its lease for ever.
  lease_generation integer not null default 1,
  lease_seconds numeric check (lease_seconds > 0),
  lease_expires_at timestamptz,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (user_id, id),
  unique (plan_id, step_number, attempt),
  check (worker is not null or status = 'skipped'),
  check (executor_agent_id is null or worker = 'executor'),
  constraint agent_executions_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade,
  constraint agent_executions_plan_fkey
    foreign key (user_id, plan_id) references public.agent_plans (user_id, id) on delete cascade,
  constraint agent_executions_executor_agent_fkey
    foreign key (user_id, executor_agent_id) references public.agents (user_id, id) on delete cascade,
  constraint agent_executions_agent_session_fkey
    foreign key (user_id, agent_session_id) references public.agent_chat_sessions (user_id, id) on delete cascade,
  constraint agent_executions_session_fkey
    foreign key (user_id, session_id) references public.chat_sessions (user_id, id) on delete cascade
);

-- One message of a thread, exactly as it was sent or received.
create table public.agent_chat_messages (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  agent_session_id uuid not null,
  -- The user's conversation that the thread serves.
  parent_user_session_id uuid not null,
  seq integer not null check (seq > 0),
  -- What it is there for: whoever resumes the thread reads its state from this, not from what the message says.
  kind public.message_kind not null,
  -- Of a limit: { reason, name }.
  detail jsonb,
  sender_type public.sender_type not null,
  sender_agent_id uuid,
  role public.message_role not null,
  content text not null,
  tool_calls jsonb,
  tool_call_id text,
  reasoning text,
  -- The model that answered, as its host named it, and what the host says it cost.
  model_used text,
  input_tokens integer check (input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  cached_tokens integer check (cached_tokens >= 0),
  -- Null where no model answered.
  tokens_used integer generated always as (input_tokens + output_tokens) stored,
  cost_usd numeric check (cost_usd >= 0),
  usage_estimated boolean,
  created_at timestamptz not null default now(),
  unique (agent_session_id, seq),
  check ((kind = 'limit') = (detail is not null)),
  constraint agent_chat_messages_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade,
  constraint agent_chat_messages_agent_session_fkey
    foreign key (user_id, agent_session_id) references public.agent_chat_sessions (user_id, id) on delete cascade,
  constraint agent_chat_messages_parent_user_session_fkey
    foreign key (user_id, parent_user_session_id) references public.chat_sessions (user_id, id) on delete cascade,
  constraint agent_chat_messages_sender_agent_fkey
    foreign key (user_id, sender_agent_id) references public.agents (user_id, id) on delete cascade
);

-- One tool call, refused ones included.
create table public.agent_tool_calls (
  id uuid primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  agent_id uuid not null,
  agent_session_id uuid not null,
  tool_call_id text not null,
  tool_name text not null,
  -- Null where the model asked for a tool that does not exist.
  access public.tool_access,
  arguments jsonb,
  status public.tool_call_status not null,
  result jsonb,
  error text,
  duration_ms integer check (duration_ms >= 0),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (user_id, id),
  constraint agent_tool_calls_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade,
  constraint agent_tool_calls_agent_fkey
    foreign key (user_id, agent_id) references public.agents (user_id, id) on delete cascade,
  constraint agent_tool_calls_agent_session_fkey
    foreign key (user_id, agent_session_id) references public.agent_chat_sessions (user_id, id) on delete cascade
);

-- One streamed event. The run's owner numbers them, from 1 and without a gap.
create table public.agent_run_events (
  run_id uuid not null,
  seq integer not null check (seq > 0),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  type text not null,
  at timestamptz not null,
  agent jsonb,
  data jsonb not null,
  primary key (run_id, seq),
  constraint agent_run_events_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade
);

alter table public.chat_messages add constraint chat_messages_run_fkey
  foreign key (user_id, run_id)
  references public.agent_runs (user_id, id) on delete cascade;

create unique index agent_runs_request_key on public.agent_runs (user_id, request_key)
  where request_key is not null;
create unique index agent_runs_one_unfinished on public.agent_runs (session_id)
  where status in ('queued', 'running', 'awaiting_approval');
create index agent_runs_recent on public.agent_runs (user_id, created_at desc);
create index agent_runs_session on public.agent_runs (user_id, session_id, created_at desc);
create index agents_run on public.agents (user_id, run_id);
create index agents_session on public.agents (user_id, created_for_session);
create index agents_plan on public.agents (user_id, created_for_plan);
create index agent_plans_run on public.agent_plans (user_id, run_id);
create index agent_plans_planner on public.agent_plans (user_id, planner_agent_id);
create index agent_plans_supersedes on public.agent_plans (user_id, supersedes);
create index agent_chat_sessions_run on public.agent_chat_sessions (user_id, run_id);
create index agent_chat_sessions_parent on public.agent_chat_sessions (user_id, parent_session_id);
create index agent_chat_sessions_plan on public.agent_chat_sessions (user_id, plan_id);
create index agent_chat_sessions_planner on public.agent_chat_sessions (user_id, planner_agent_id);
create index agent_chat_sessions_executor on public.agent_chat_sessions (user_id, executor_agent_id);
create index agent_executions_run on public.agent_executions (user_id, run_id, step_number);
create index agent_executions_plan on public.agent_executions (user_id, plan_id);
create index agent_executions_executor on public.agent_executions (user_id, executor_agent_id);
create index agent_executions_agent_session on public.agent_executions (user_id, agent_session_id);
create index agent_executions_session on public.agent_executions (user_id, session_id);
create index agent_plans_session on public.agent_plans (user_id, session_id);
create index agent_chat_messages_parent on public.agent_chat_messages (user_id, parent_user_session_id);
create index agent_chat_messages_run on public.agent_chat_messages (user_id, run_id);
create index agent_chat_messages_agent_session on public.agent_chat_messages (user_id, agent_session_id);
create index agent_chat_messages_sender on public.agent_chat_messages (user_id, sender_agent_id);
create index agent_tool_calls_run on public.agent_tool_calls (user_id, run_id);
create index agent_tool_calls_agent on public.agent_tool_calls (user_id, agent_id);
create index agent_tool_calls_agent_session on public.agent_tool_calls (user_id, agent_session_id);
create index agent_run_events_user on public.agent_run_events (user_id, run_id);

-- The same rule eight times: a user's rows are that user's. Who may write which columns is in the grants.
do $$
declare
  t text;
begin
  foreach t in array array['agent_runs', 'agents', 'agent_plans', 'agent_chat_sessions', 'agent_executions',
    'agent_chat_messages', 'agent_tool_calls', 'agent_run_events'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('create policy "own rows: select" on public.%I for select to authenticated
      using ((select auth.uid()) = user_id)', t);
    execute format('create policy "own rows: insert" on public.%I for insert to authenticated
      with check ((select auth.uid()) = user_id)', t);
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
    execute format('grant select, insert on public.%I to authenticated', t);
    execute format('grant select on public.%I to service_role', t);
  end loop;
  -- The tables with a state that moves. Messages and events are append-only; so are finished tool calls.
  foreach t in array array['agent_runs', 'agents', 'agent_plans', 'agent_chat_sessions', 'agent_executions'] loop
    execute format('create policy "own rows: update" on public.%I for update to authenticated
      using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id)', t);
  end loop;
end $$;

grant update (status, strategy, lease_generation, lease_seconds, lease_expires_at, takeovers, cancel_requested_at,
  usage, finished_reason, error, finished_at) on public.agent_runs to authenticated;
grant update (status, completed_at) on public.agents to authenticated;
grant update (status, finished_at) on public.agent_plans to authenticated;
grant update (status, message_count, finished_at) on public.agent_chat_sessions to authenticated;
grant update (status, result, error, usage, tokens_used, duration_ms, tool_calls_made, message_count,
  lease_generation, lease_expires_at, finished_at) on public.agent_executions to authenticated;
