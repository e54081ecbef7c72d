-- The threads of the agents with their messages and tool calls, the attempts at a plan's steps, and the log of what
-- was streamed. Messages and events are append-only; a tool call changes to its outcome.

create type public.execution_status as enum
  ('running', 'completed', 'partial', 'needs_input', 'failed', 'skipped', 'cancelled');
create type public.thread_type as enum ('planner_thinking', 'planner_executor');
create type public.message_role as enum ('system', 'user', 'assistant', 'tool');
create type public.message_kind as enum
  ('prompt', 'task', 'turn', 'result', 'answer', 'nudge', 'limit');
create type public.sender_type as enum ('system', 'user', 'planner', 'executor', 'tool');
create type public.tool_access as enum ('read', 'write');
create type public.tool_call_status as enum
  ('proposed', 'awaiting_approval', 'approved', 'rejected', 'executing', 'succeeded', 'failed');

create table public.agent_chat_sessions (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_type public.thread_type not null,
  parent_session_id uuid not null,
  run_id uuid not null,
  plan_id uuid,
  step_number integer,
  planner_agent_id uuid,
  executor_agent_id uuid,
  initial_context jsonb not null,
  status public.agent_status not null default 'active',
  message_count integer not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (user_id, id),
  unique (user_id, run_id, id),
  unique (user_id, run_id, parent_session_id, id),
  constraint agent_chat_sessions_run_fkey
    foreign key (user_id, run_id, parent_session_id) references public.agent_runs (user_id, id, session_id)
    on delete cascade,
  constraint agent_chat_sessions_plan_fkey
    foreign key (user_id, run_id, plan_id) references public.agent_plans (user_id, run_id, id) on delete cascade,
  constraint agent_chat_sessions_planner_agent_fkey
    foreign key (user_id, run_id, planner_agent_id) references public.agents (user_id, run_id, id) on delete cascade,
  constraint agent_chat_sessions_executor_agent_fkey
    foreign key (user_id, run_id, executor_agent_id) references public.agents (user_id, run_id, id) on delete cascade
);

comment on table public.agent_chat_sessions is
  'One thread with a model: what was sent to it, and what came back, is the thread''s messages.';
comment on column public.agent_chat_sessions.session_type is
  'planner_thinking: the planner''s own, be it the run''s, of a step or of a question. planner_executor: a step''s.';
comment on column public.agent_chat_sessions.parent_session_id is 'The user''s conversation that it serves.';
comment on column public.agent_chat_sessions.plan_id is 'Null for the run''s own thread.';
comment on column public.agent_chat_sessions.step_number is 'The step it carries out or answers; null as plan_id.';
comment on column public.agent_chat_sessions.executor_agent_id is 'Null where the planner works alone.';
comment on column public.agent_chat_sessions.initial_context is
  'What the thread was opened with. The run''s own: { message, context, entity, overview, history, ... }, with the '
  'history as it is sent after the system prompt. A step''s: { task, goal, tools, earlier_results }. A question''s: '
  '{ question, task, goal, user_message }.';
comment on column public.agent_chat_sessions.message_count is 'Counted when it ends; 0 until then.';

create table public.agent_executions (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  plan_id uuid not null,
  step_number integer not null,
  attempt integer not null,
  worker public.agent_type,
  executor_agent_id uuid,
  agent_session_id uuid,
  session_id uuid not null,
  task jsonb not null,
  tools_available jsonb not null default '[]',
  status public.execution_status not null default 'running',
  success boolean generated always as
    (case when status <> 'running' then status in ('completed', 'partial') end) stored,
  result jsonb,
  error text,
  usage jsonb,
  tokens_used integer not null default 0,
  duration_ms integer,
  tool_calls_made integer not null default 0,
  message_count integer not null default 0,
  lease_generation integer not null default 1,
  owner_reservation_id uuid,
  lease_seconds numeric,
  lease_expires_at timestamptz,
  released boolean not null default false,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (user_id, id),
  constraint agent_executions_claim_key unique (user_id, plan_id, step_number, attempt),
  constraint agent_executions_run_fkey
    foreign key (user_id, run_id, session_id) references public.agent_runs (user_id, id, session_id) on delete cascade,
  constraint agent_executions_plan_fkey
    foreign key (user_id, run_id, plan_id) references public.agent_plans (user_id, run_id, id) on delete cascade,
  constraint agent_executions_executor_agent_fkey
    foreign key (user_id, run_id, executor_agent_id) references public.agents (user_id, run_id, id) on delete cascade,
  constraint agent_executions_agent_session_fkey
    foreign key (user_id, run_id, agent_session_id) references public.agent_chat_sessions (user_id, run_id, id)
    on delete cascade
);
create index agent_executions_run on public.agent_executions (user_id, run_id, step_number);

comment on table public.agent_executions is
  'One attempt at one step. Inserting the row is the claim: the unique key lets one of two claimers win.';
comment on column public.agent_executions.attempt is
  'Counts from 1; 0 for a step that was skipped. A released attempt is resumed, an expired one replaced by the next.';
comment on column public.agent_executions.worker is 'Null for a step that was skipped: nobody worked on it.';
comment on column public.agent_executions.executor_agent_id is 'Null for the planner''s own steps.';
comment on column public.agent_executions.agent_session_id is 'Its thread; null for a step that was skipped.';
comment on column public.agent_executions.session_id is 'The user''s conversation.';
comment on column public.agent_executions.task is '{ description, goal, constraints }, from the plan.';
comment on column public.agent_executions.tools_available is
  'The names of the tools that the step names and its worker may have.';
comment on column public.agent_executions.status is
  'Partial: the worker submitted a part of what was asked, which is of use; skipped: a step before it failed.';
comment on column public.agent_executions.success is 'Completed or partial; null while it works.';
comment on column public.agent_executions.result is 'What the worker submitted; null until it has.';
comment on column public.agent_executions.error is 'A sentence, where the attempt came to nothing.';
comment on column public.agent_executions.usage is 'What its model calls have cost so far; null before the first.';
comment on column public.agent_executions.tokens_used is 'Input and output tokens of its model calls so far.';
comment on column public.agent_executions.duration_ms is 'Of the worker that ended it; null until then.';
comment on column public.agent_executions.tool_calls_made is 'The tool calls of its thread so far.';
comment on column public.agent_executions.lease_generation is
  'The fencing token of an executor. The planner''s own step is fenced by its run''s.';
comment on column public.agent_executions.owner_reservation_id is
  'The reservation with which its worker claimed it: the same claim again gets the step again.';
comment on column public.agent_executions.lease_seconds is
  'How long the lease lasts after each renewal; null for a step that was skipped.';
comment on column public.agent_executions.lease_expires_at is
  'After this another worker may take the step. Counts only while it is running.';
comment on column public.agent_executions.released is
  'The worker has let the step go for hand-off: the next one resumes this attempt.';

create table public.agent_chat_messages (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  agent_session_id uuid not null,
  parent_user_session_id uuid not null,
  seq integer not null,
  kind public.message_kind not null,
  detail jsonb,
  sender_type public.sender_type not null,
  sender_agent_id uuid,
  role public.message_role not null,
  content text not null,
  tool_calls jsonb,
  tool_call_id text,
  reasoning text,
  echo jsonb,
  cut_off boolean,
  cut jsonb,
  shown_rows jsonb,
  model_used text,
  input_tokens integer,
  output_tokens integer,
  cached_tokens integer,
  tokens_used integer generated always as (input_tokens + output_tokens) stored,
  cost_usd numeric,
  usage_estimated boolean,
  cost_estimated boolean,
  created_at timestamptz not null default now(),
  primary key (user_id, id),
  unique (user_id, agent_session_id, seq),
  constraint agent_chat_messages_agent_session_fkey
    foreign key (user_id, run_id, parent_user_session_id, agent_session_id)
    references public.agent_chat_sessions (user_id, run_id, parent_session_id, id) on delete cascade,
  constraint agent_chat_messages_sender_agent_fkey
    foreign key (user_id, run_id, sender_agent_id) references public.agents (user_id, run_id, id) on delete cascade
);
create index agent_chat_messages_run on public.agent_chat_messages (user_id, run_id);

comment on table public.agent_chat_messages is
  'One message of a thread as it entered it: what a model said, as it was received, or what a model is told, as it was '
  'sent unless the cuts of a later model call (usage_ledger) say that less of it was sent then.';
comment on column public.agent_chat_messages.agent_session_id is 'Its thread.';
comment on column public.agent_chat_messages.parent_user_session_id is
  'The user''s conversation that the thread serves.';
comment on column public.agent_chat_messages.seq is 'Counts from 1 within the thread.';
comment on column public.agent_chat_messages.kind is
  'What it is there for: a takeover reads the state of the thread from this, not from what the message says.';
comment on column public.agent_chat_messages.detail is '{ reason, name } of a limit, or else null.';
comment on column public.agent_chat_messages.sender_agent_id is 'Null where no agent of the thread said it.';
comment on column public.agent_chat_messages.tool_calls is
  'What the model asked for, with the arguments as it wrote them; null where nothing.';
comment on column public.agent_chat_messages.tool_call_id is 'The call that a tool''s message answers.';
comment on column public.agent_chat_messages.reasoning is
  'What the model thought aloud, as its host told it; null where nothing.';
comment on column public.agent_chat_messages.echo is
  'What the model''s host wants back with the message, { model, fields }: for nobody else. Null where nothing. Of its '
  'calls, the same stands in tool_calls, as extra_content.';
comment on column public.agent_chat_messages.cut_off is
  'True where the model''s output limit cut its turn off, or else null.';
comment on column public.agent_chat_messages.cut is
  'What this row holds less of than there was, for want of room: [{ what, from, to }], in characters; null where '
  'nothing.';
comment on column public.agent_chat_messages.shown_rows is
  'The rows whose text it shows, [{ relation, key }]; null where none.';
comment on column public.agent_chat_messages.model_used is
  'The model that answered, as its host named it; this and the numbers are null where no model spoke.';
comment on column public.agent_chat_messages.tokens_used is 'Input and output tokens together.';
comment on column public.agent_chat_messages.cost_usd is
  'What the host says that the call cost, or else its tokens at the model''s price; null where neither is known.';
comment on column public.agent_chat_messages.usage_estimated is
  'True where the host told no numbers, so that they were counted here.';
comment on column public.agent_chat_messages.cost_estimated is
  'True where the host did not tell the cost, so that it was made of prices.';

create table public.agent_tool_calls (
  id uuid not null,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  agent_id uuid not null,
  agent_session_id uuid not null,
  tool_call_id text not null,
  tool_name text not null,
  access public.tool_access,
  arguments jsonb,
  arguments_sha256 text,
  proposed_arguments jsonb,
  status public.tool_call_status not null,
  why jsonb,
  asked_at timestamptz,
  expires_at timestamptz,
  remember text,
  effects jsonb,
  problem text,
  result jsonb,
  error text,
  duration_ms integer,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (user_id, id),
  constraint agent_tool_calls_agent_fkey
    foreign key (user_id, run_id, agent_id) references public.agents (user_id, run_id, id) on delete cascade,
  constraint agent_tool_calls_agent_session_fkey
    foreign key (user_id, run_id, agent_session_id) references public.agent_chat_sessions (user_id, run_id, id)
    on delete cascade
);
create index agent_tool_calls_run on public.agent_tool_calls (user_id, run_id);
create index agent_tool_calls_agent_session on public.agent_tool_calls (user_id, agent_session_id);
-- What a run has changed is looked for with every later prompt of its session.
create index agent_tool_calls_writes on public.agent_tool_calls (user_id, run_id) where access = 'write';
-- What a person has declined is looked for with every proposal.
create index agent_tool_calls_declined on public.agent_tool_calls (user_id, run_id, tool_name, arguments_sha256)
  where error = 'declined';

comment on table public.agent_tool_calls is
  'One tool call, refused ones included. A write is proposed before it is made, and stored once more with its outcome.';
comment on column public.agent_tool_calls.id is
  'Derived from the message that asked, and the idempotency key of a write.';
comment on column public.agent_tool_calls.agent_session_id is 'The thread that asked for it.';
comment on column public.agent_tool_calls.tool_call_id is
  'The model''s own id of the call; unique only within its turn.';
comment on column public.agent_tool_calls.access is
  'Null for the agents'' own tools and for one that does not exist.';
comment on column public.agent_tool_calls.arguments is 'With which it is made.';
comment on column public.agent_tool_calls.arguments_sha256 is 'The SHA-256 of the arguments as text, in hex.';
comment on column public.agent_tool_calls.proposed_arguments is
  'What the model had asked for, where a person has changed the arguments; null until then.';
comment on column public.agent_tool_calls.why is
  'What the verdict rests on, [{ by, text }]: default, rule, floor, taint or declined; null where there is nothing to '
  'be said.';
comment on column public.agent_tool_calls.asked_at is
  'When a person was asked, by the database''s clock; null where nobody had to be.';
comment on column public.agent_tool_calls.expires_at is 'Until when that person can decide; null as asked_at.';
comment on column public.agent_tool_calls.remember is
  'A sentence: which calls are allowed from then on, where the decision is to be remembered; null where that can''t '
  'help.';
comment on column public.agent_tool_calls.effects is
  'What the preview found that it would change; written once, while it awaits approval. Null where there is no '
  'preview.';
comment on column public.agent_tool_calls.problem is 'Why there is no preview, or else null.';
comment on column public.agent_tool_calls.status is
  'proposed is replaced by the database''s verdict as it is inserted. awaiting_approval: a person decides; approved: a '
  'write that may be made; executing: '
  'one that has changed something. Where a process died over either, the next owner makes it again under the same '
  'id; when its run ends first, it has succeeded if it left a receipt, and was rejected if not.';
comment on column public.agent_tool_calls.result is 'What the model was told, uncut; null until its outcome is known.';
comment on column public.agent_tool_calls.error is
  'The sentence of a call that did not succeed, or else null. Of a write that was rejected, one word: run_ended or '
  'step_ended, where its run or its step ended first, declined, expired, superseded, cancelled or not_allowed.';

create table public.agent_run_events (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  run_id uuid not null,
  seq integer not null,
  type text not null,
  at timestamptz not null,
  agent jsonb,
  data jsonb not null,
  tainted boolean,
  primary key (user_id, run_id, seq),
  constraint agent_run_events_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade
);

-- A log has one end, and whoever ends a run looks for it.
create unique index agent_run_events_end on public.agent_run_events (user_id, run_id)
  where type in ('done', 'error');

-- What tells of steps is looked for at the end of a run, however long its answer is.
create index agent_run_events_steps on public.agent_run_events (user_id, run_id, seq)
  where type in ('plan_created', 'step_start', 'step_complete');

comment on table public.agent_run_events is 'One streamed event: the log that a replay reads.';
comment on column public.agent_run_events.seq is 'Given by the run''s owner, from 1 and without a gap.';
comment on column public.agent_run_events.at is 'When it was sent, to the millisecond.';
comment on column public.agent_run_events.agent is '{ id, type, step_number } of whom it is about; null for the run.';
comment on column public.agent_run_events.data is 'The event''s own fields.';
comment on column public.agent_run_events.tainted is
  'True where the run had read text from outside by then, or else null; the database says so.';
