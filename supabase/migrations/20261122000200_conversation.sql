-- The conversation as its user sees it: sessions and the messages in them.
-- What the agents say to each other is in the next migration.

create type public.session_status as enum ('active', 'archived');
create type public.chat_role as enum ('user', 'assistant');

create table public.chat_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null check (length(title) between 1 and 200),
  -- What the conversation is about: a row of the kind that context_type names (`agent_entity`), read under the caller's
  -- rights. `general` and `global` are about none.
  context_type text not null default 'general' check (context_type ~ '^[a-z][a-z0-9_]{0,62}$'),
  entity_id text check (length(entity_id) between 1 and 200),
  status public.session_status not null default 'active',
  preferences jsonb not null default '{}' check (jsonb_typeof(preferences) = 'object'),
  summary text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, id)
);

create table public.chat_messages (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  session_id uuid not null,
  role public.chat_role not null,
  content text not null,
  -- The run that this message started (user) or ended (assistant).
  run_id uuid,
  seq integer not null check (seq > 0),
  created_at timestamptz not null default now(),
  unique (session_id, seq),
  foreign key (user_id, session_id) references public.chat_sessions (user_id, id) on delete cascade
);

create index chat_sessions_recent on public.chat_sessions (user_id, updated_at desc);
create index chat_messages_user_session on public.chat_messages (user_id, session_id, seq desc);
create index chat_messages_user_run on public.chat_messages (user_id, run_id);

alter table public.chat_sessions enable row level security;
alter table public.chat_messages enable row level security;

create policy "own rows: select" on public.chat_sessions for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.chat_sessions for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own rows: update" on public.chat_sessions for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

create policy "own rows: select" on public.chat_messages for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: insert" on public.chat_messages for insert to authenticated
  with check ((select auth.uid()) = user_id);

-- Some projects still give new tables away by default, so the grants start from nothing.
revoke all on public.chat_sessions, public.chat_messages from public, anon, authenticated, service_role;
grant select, insert on public.chat_sessions, public.chat_messages to authenticated;
grant update (title, status, preferences, summary, updated_at) on public.chat_sessions to authenticated;
grant select on public.chat_sessions, public.chat_messages to service_role;
