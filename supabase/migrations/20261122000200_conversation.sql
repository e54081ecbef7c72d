-- The conversation as its user sees it: sessions and the messages in them.
-- What the agents say to each other is in `…310_threads.sql`.

create type public.session_status as enum ('active', 'archived');
create type public.chat_role as enum ('user', 'assistant');

create table public.chat_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null check (length(title) between 1 and 200),
  context_type text not null default 'general' check (context_type ~ '^[a-z][a-z0-9_]{0,62}$'),
  entity_id text check (length(entity_id) between 1 and 200),
  status public.session_status not null default 'active',
  preferences jsonb not null default '{}' check (jsonb_typeof(preferences) = 'object'),
  client_id text check (length(client_id) between 1 and 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  unique (user_id, id),
  unique (user_id, client_id)
);

create table public.chat_messages (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_id uuid not null,
  role public.chat_role not null,
  content text not null,
  run_id uuid,
  seq integer not null check (seq > 0),
  created_at timestamptz not null default now(),
  primary key (user_id, id),
  unique (user_id, session_id, seq),
  constraint chat_messages_session_fkey
    foreign key (user_id, session_id) references public.chat_sessions (user_id, id) on delete cascade
);

create table public.chat_session_summaries (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_id uuid not null,
  number integer not null check (number > 0),
  content text not null check (length(content) between 1 and 8000),
  upto_seq integer not null,
  model_used text not null check (length(model_used) between 1 and 200),
  input_tokens integer not null check (input_tokens >= 0),
  output_tokens integer not null check (output_tokens >= 0),
  created_at timestamptz not null default now(),
  primary key (user_id, session_id, number),
  -- Of this session, and no further than it goes.
  constraint chat_session_summaries_message_fkey
    foreign key (user_id, session_id, upto_seq) references public.chat_messages (user_id, session_id, seq)
    on delete cascade
);

create index chat_session_summaries_message on public.chat_session_summaries (user_id, session_id, upto_seq);
create index chat_sessions_recent on public.chat_sessions (user_id, updated_at desc);
create index chat_messages_run on public.chat_messages (user_id, run_id);

alter table public.chat_sessions enable row level security;
alter table public.chat_messages enable row level security;
alter table public.chat_session_summaries enable row level security;

create policy "own rows: select" on public.chat_sessions for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.chat_sessions for insert to authenticated
  with check ((select auth.uid()) = user_id);
-- What was deleted is given no name again: nothing would delete that. It is looked for and locked like any other, so
-- that who goes on with it is told.
create policy "own rows: update" on public.chat_sessions for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id and deleted_at is null);

create policy "own rows: select" on public.chat_messages for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.chat_messages for insert to authenticated
  with check ((select auth.uid()) = user_id);

create policy "own rows: select" on public.chat_session_summaries for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.chat_session_summaries for insert to authenticated
  with check ((select auth.uid()) = user_id);

-- Some projects still give new tables away by default, so the grants start from nothing.
revoke all on public.chat_sessions, public.chat_messages, public.chat_session_summaries
  from public, anon, authenticated, service_role;
grant select on public.chat_sessions, public.chat_messages to authenticated;
-- No times, and of a session no id: what the database makes is not for a caller to say.
grant insert (user_id, title, context_type, entity_id, preferences, client_id) on public.chat_sessions to authenticated;
grant insert (id, user_id, session_id, role, content, run_id, seq) on public.chat_messages to authenticated;
grant update (title, status, preferences, updated_at) on public.chat_sessions to authenticated;
grant select on public.chat_session_summaries to authenticated;
grant insert (user_id, session_id, number, content, upto_seq, model_used, input_tokens, output_tokens)
  on public.chat_session_summaries to authenticated;
grant select on public.chat_sessions, public.chat_messages, public.chat_session_summaries to service_role;

comment on table public.chat_sessions is 'One conversation of a user.';
comment on column public.chat_sessions.context_type is
  'The kind of thing that the conversation is about, as agent_entity knows it. general and global are about none.';
comment on column public.chat_sessions.entity_id is
  'The thing itself, read under the caller''s rights; null where it is about none.';
comment on column public.chat_sessions.preferences is 'A client''s own; the engine does not read it.';
comment on column public.chat_sessions.client_id is
  'The id that a client has chosen for it, such as the AI SDK''s of a chat, or AG-UI''s of a thread; or else null. '
  'Of a deleted one, a hash.';
comment on column public.chat_sessions.updated_at is 'When a run last started or ended in it.';
comment on column public.chat_sessions.deleted_at is
  'When its user deleted it: since then it holds no text, is listed nowhere, and takes no message. Null until then.';
comment on table public.chat_messages is 'One message of a conversation, as its user sees it. Append-only.';
comment on column public.chat_messages.run_id is 'The run that it started (user) or ended (assistant).';
comment on column public.chat_messages.seq is 'Counts from 1 within the session.';
comment on table public.chat_session_summaries is
  'What a long conversation held that prompts have no room for; the newest counts. Append-only.';
comment on column public.chat_session_summaries.number is
  'Counts from 1 within the session; each one covers what the one before it did, and further turns.';
comment on column public.chat_session_summaries.content is 'As a model wrote it: data, and never an instruction.';
comment on column public.chat_session_summaries.upto_seq is 'The last message that it covers.';
comment on column public.chat_session_summaries.model_used is 'The model that answered.';
