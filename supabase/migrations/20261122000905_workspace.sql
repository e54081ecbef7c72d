-- The demo domain's tables.
--
-- Every row belongs to one user. RLS decides by `user_id`, and every reference between rows is a composite
-- key `(user_id, x_id)`, so that a row can only point at rows of the same user. Tasks are deleted softly
-- (`deleted_at`), events are cancelled (`status`): nobody needs DELETE, and nobody has it.

create type public.project_status as enum ('active', 'paused', 'completed', 'archived');
create type public.task_status as enum ('backlog', 'in_progress', 'done', 'blocked');
create type public.task_priority as enum ('low', 'medium', 'high');
create type public.task_type as enum ('one_off', 'recurring');
create type public.recurrence_pattern as enum ('daily', 'weekdays', 'weekly', 'biweekly', 'monthly');
create type public.brain_dump_status as enum ('pending', 'parsed', 'saved', 'parsed_and_deleted');
create type public.calendar_event_status as enum ('confirmed', 'cancelled');

-- ---------------------------------------------------------------------------------------------------
-- Helpers of the tables
-- ---------------------------------------------------------------------------------------------------

create function private.touch_updated_at() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- A task is completed exactly while its status is `done`.
create function private.keep_completed_at() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  new.completed_at := case when new.status = 'done' then coalesce(new.completed_at, now()) end;
  return new;
end
$$;

-- No task is among the parents of its own parent. Walks up once from the new parent, and stops where it has been.
create function private.check_task_parents() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  if exists (
    with recursive ancestors as (
      select t.id, t.parent_task_id from public.tasks as t
      where t.user_id = new.user_id and t.id = new.parent_task_id
      union
      select t.id, t.parent_task_id from public.tasks as t
      join ancestors as a on t.user_id = new.user_id and t.id = a.parent_task_id
    )
    select from ancestors as a where a.id = new.id
  ) then
    raise exception 'new row for relation "tasks" violates check constraint "tasks_parents_make_no_circle"'
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;

-- The instant of a wall-clock time: of two that the clocks show it at, the first.
create function private.local_instant(p_local timestamp, p_time_zone text) returns timestamptz
language plpgsql stable parallel safe security invoker set search_path = ''
as $$
declare
  v_first constant timestamptz := ((p_local - interval '1 day') at time zone p_time_zone) + interval '24 hours';
begin
  return case when v_first at time zone p_time_zone = p_local then v_first else p_local at time zone p_time_zone end;
end
$$;

-- What an event means, whoever writes it: whole days for one that takes all day, a first occurrence that falls on a
-- day of its pattern, an end of recurrence only where there is one, and no occurrence that reaches into the next.
create function private.settle_event() returns trigger
language plpgsql security invoker set search_path = ''
as $$
declare
  v_start timestamp := new.starts_at at time zone private.zone(new.time_zone);
  v_end timestamp := new.ends_at at time zone new.time_zone;
  v_weekend constant integer := greatest(0, extract(isodow from v_start)::integer - 5);
begin
  if new.all_day then
    v_start := date_trunc('day', v_start);
    v_end := greatest(v_start + interval '1 day', date_trunc('day', v_end - interval '1 microsecond')
      + interval '1 day');
    new.starts_at := private.local_instant(v_start, new.time_zone);
    new.ends_at := private.local_instant(v_end, new.time_zone);
  end if;
  if new.recurrence = 'weekdays' and v_weekend > 0 then
    v_start := v_start + make_interval(days => 3 - v_weekend);
    v_end := v_end + make_interval(days => 3 - v_weekend);
    new.starts_at := private.local_instant(v_start, new.time_zone);
    new.ends_at := private.local_instant(v_end, new.time_zone);
  end if;
  if new.recurrence is null then
    new.recurrence_ends := null;
  elsif v_start + least(private.recurrence_step(new.recurrence), interval '28 days')
    < least(v_end, v_start + (new.ends_at - new.starts_at)) then
    raise exception 'row for relation "calendar_events" violates check constraint "calendar_events_apart"'
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;

revoke all on function private.touch_updated_at(), private.keep_completed_at(), private.check_task_parents(),
  private.settle_event(), private.local_instant(timestamp, text)
  from public, anon, service_role;
grant execute on function private.local_instant(timestamp, text) to authenticated;

-- ---------------------------------------------------------------------------------------------------
-- Tables
-- ---------------------------------------------------------------------------------------------------

create table public.projects (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  name text not null check (char_length(name) between 1 and 300),
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 300),
  description text check (char_length(description) <= 100000),
  context text check (char_length(context) <= 100000),
  executive_summary text check (char_length(executive_summary) <= 100000),
  status public.project_status not null default 'active',
  tags text[] not null default '{}'
    check (cardinality(tags) <= 100 and char_length(private.tags_text(tags)) <= 10000),
  start_date date,
  end_date date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  search tsvector generated always as (
    setweight(to_tsvector('pg_catalog.english', name), 'A')
    || setweight(to_tsvector('pg_catalog.english', private.tags_text(tags)), 'B')
    || setweight(to_tsvector('pg_catalog.english', coalesce(description, '')), 'C')
    || setweight(to_tsvector('pg_catalog.english', coalesce(context, '')), 'D')
    || setweight(to_tsvector('pg_catalog.english', coalesce(executive_summary, '')), 'D')
  ) stored,
  folded text generated always as (
    private.searched(name || E'\n' || private.tags_text(tags) || E'\n' || coalesce(description, '') || E'\n'
      || coalesce(context, '') || E'\n' || coalesce(executive_summary, ''))
  ) stored,
  primary key (user_id, id),
  unique (user_id, slug),
  constraint projects_end_not_before_start check (end_date >= start_date)
);
create index projects_by_status on public.projects (user_id, status);
-- Under RLS the owner's rows are found by user_id and then matched, since `@@` is not leakproof and may not run
-- before the policy. This index, and its like below, serve roles that see all rows.
create index projects_search on public.projects using gin (search);

create table public.tasks (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  project_id uuid,
  parent_task_id uuid check (parent_task_id <> id),
  title text not null check (char_length(title) between 1 and 300),
  description text check (char_length(description) <= 100000),
  details text check (char_length(details) <= 100000),
  status public.task_status not null default 'backlog',
  priority public.task_priority not null default 'medium',
  task_type public.task_type not null default 'one_off',
  start_date timestamptz,
  duration_minutes integer not null default 60 check (duration_minutes between 1 and 1440),
  recurrence_pattern public.recurrence_pattern,
  recurrence_ends date,
  dependencies uuid[] not null default '{}' check (cardinality(dependencies) <= 100),
  completed_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  search tsvector generated always as (
    setweight(to_tsvector('pg_catalog.english', title), 'A')
    || setweight(to_tsvector('pg_catalog.english', coalesce(description, '')), 'C')
    || setweight(to_tsvector('pg_catalog.english', coalesce(details, '')), 'D')
  ) stored,
  folded text generated always as (
    private.searched(title || E'\n' || coalesce(description, '') || E'\n' || coalesce(details, ''))
  ) stored,
  primary key (user_id, id),
  constraint tasks_project_fkey foreign key (user_id, project_id)
    references public.projects (user_id, id) on delete set null (project_id),
  constraint tasks_parent_fkey foreign key (user_id, parent_task_id)
    references public.tasks (user_id, id) on delete set null (parent_task_id)
);
-- With what tells how many of a project's tasks are done.
create index tasks_by_project on public.tasks (user_id, project_id) include (status, deleted_at);
create index tasks_by_parent on public.tasks (user_id, parent_task_id);
create index tasks_by_status on public.tasks (user_id, status) where deleted_at is null;
-- What is to be done, whole in the index: most tasks of an old account are done, and nobody reads those each turn.
create index tasks_open on public.tasks (user_id, project_id)
  include (status, start_date, task_type, recurrence_ends) where deleted_at is null and status <> 'done';
-- With what lists choose and order by, so that no list reads more rows than it shows.
create index tasks_done on public.tasks (user_id, created_at desc, id) include (priority, start_date)
  where deleted_at is null and status = 'done';
create index tasks_done_of_project on public.tasks (user_id, project_id, created_at desc, id)
  include (priority, start_date) where deleted_at is null and status = 'done';
create index tasks_by_start_date on public.tasks (user_id, start_date) where deleted_at is null;

create table public.notes (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  project_id uuid,
  title text not null check (char_length(title) between 1 and 300),
  content text not null check (char_length(content) <= 100000),
  category text check (char_length(category) between 1 and 100),
  tags text[] not null default '{}'
    check (cardinality(tags) <= 100 and char_length(private.tags_text(tags)) <= 10000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  search tsvector generated always as (
    setweight(to_tsvector('pg_catalog.english', title), 'A')
    || setweight(to_tsvector('pg_catalog.english', private.tags_text(tags)), 'B')
    || setweight(to_tsvector('pg_catalog.english', content), 'C')
  ) stored,
  folded text generated always as (
    private.searched(title || E'\n' || private.tags_text(tags) || E'\n' || coalesce(category, '') || E'\n'
      || content)
  ) stored,
  primary key (user_id, id),
  constraint notes_project_fkey foreign key (user_id, project_id)
    references public.projects (user_id, id) on delete set null (project_id)
);
create index notes_by_project on public.notes (user_id, project_id);
create index notes_recent on public.notes (user_id, updated_at desc, id);
create index notes_by_category on public.notes (user_id, category);
create index notes_search on public.notes using gin (search);

create table public.brain_dumps (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  project_id uuid,
  title text not null check (char_length(title) between 1 and 300),
  content text not null check (char_length(content) <= 100000),
  ai_summary text check (char_length(ai_summary) <= 100000),
  status public.brain_dump_status not null default 'pending',
  tags text[] not null default '{}'
    check (cardinality(tags) <= 100 and char_length(private.tags_text(tags)) <= 10000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  search tsvector generated always as (
    setweight(to_tsvector('pg_catalog.english', title), 'A')
    || setweight(to_tsvector('pg_catalog.english', private.tags_text(tags)), 'B')
    || setweight(to_tsvector('pg_catalog.english', coalesce(ai_summary, '')), 'C')
    || setweight(to_tsvector('pg_catalog.english', content), 'D')
  ) stored,
  folded text generated always as (
    private.searched(title || E'\n' || private.tags_text(tags) || E'\n' || coalesce(ai_summary, '') || E'\n' || content)
  ) stored,
  primary key (user_id, id),
  constraint brain_dumps_project_fkey foreign key (user_id, project_id)
    references public.projects (user_id, id) on delete set null (project_id)
);
create index brain_dumps_by_project on public.brain_dumps (user_id, project_id);
create index brain_dumps_by_status on public.brain_dumps (user_id, status);
create index brain_dumps_search on public.brain_dumps using gin (search);

-- A recurring event is one row: its first occurrence, repeated at the same wall-clock time of `time_zone`
-- up to and including the day `recurrence_ends`. An occurrence that differs is a row of its own: that of
-- `series_id` which would begin at `original_starts_at`. Cancelled, it is an occurrence that does not take place.
create table public.calendar_events (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  task_id uuid,
  title text not null check (char_length(title) between 1 and 300),
  description text check (char_length(description) <= 100000),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  all_day boolean not null default false,
  time_zone text not null default 'UTC' constraint calendar_events_zone check (private.is_zone(time_zone)),
  recurrence public.recurrence_pattern,
  recurrence_ends date,
  series_id uuid,
  original_starts_at timestamptz,
  status public.calendar_event_status not null default 'confirmed',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (user_id, id),
  -- Deferrable, because occurrences may take each other's places when their series is moved.
  unique (user_id, series_id, original_starts_at) deferrable,
  constraint calendar_events_end_after_start check (ends_at > starts_at),
  constraint calendar_events_years check (starts_at >= '1900-01-01Z' and ends_at < '9999-12-31Z'),
  constraint calendar_events_occurrence check ((series_id is null) = (original_starts_at is null)),
  constraint calendar_events_one_occurrence check (series_id is null or recurrence is null),
  constraint calendar_events_series_fkey foreign key (user_id, series_id)
    references public.calendar_events (user_id, id) on delete cascade,
  constraint calendar_events_task_fkey foreign key (user_id, task_id)
    references public.tasks (user_id, id) on delete set null (task_id)
);
create index calendar_events_by_task on public.calendar_events (user_id, task_id);
create index calendar_events_by_time on public.calendar_events (user_id, ends_at, starts_at)
  where status = 'confirmed' and recurrence is null;
create index calendar_events_changed on public.calendar_events (user_id, series_id) where series_id is not null;
create index calendar_events_series on public.calendar_events (user_id, starts_at)
  where status = 'confirmed' and recurrence is not null;

comment on table public.projects is 'Demo workspace: what a user works on, over weeks.';
comment on table public.tasks is
  'Demo workspace: things to do, of a project or of none. Deleted softly, by deleted_at.';
comment on table public.notes is 'Demo workspace: texts that are kept.';
comment on table public.brain_dumps is 'Demo workspace: texts that nobody has put in order yet.';
comment on table public.calendar_events is
  'Demo workspace: the calendar. A recurring event is one row, its first occurrence.';

create trigger touch_updated_at before update on public.projects
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.tasks
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.notes
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.brain_dumps
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.calendar_events
  for each row execute function private.touch_updated_at();
create trigger keep_completed_at before insert or update on public.tasks
  for each row execute function private.keep_completed_at();
create trigger check_task_parents before update of parent_task_id on public.tasks
  for each row when (new.parent_task_id is not null)
  execute function private.check_task_parents();
create trigger settle_event before insert or update on public.calendar_events
  for each row execute function private.settle_event();

-- ---------------------------------------------------------------------------------------------------
-- Who may do what
-- ---------------------------------------------------------------------------------------------------

alter table public.projects enable row level security;
alter table public.tasks enable row level security;
alter table public.notes enable row level security;
alter table public.brain_dumps enable row level security;
alter table public.calendar_events enable row level security;

create policy projects_select on public.projects for select to authenticated
  using ((select auth.uid()) = user_id);
create policy projects_insert on public.projects for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy projects_update on public.projects for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

create policy tasks_select on public.tasks for select to authenticated
  using ((select auth.uid()) = user_id);
create policy tasks_insert on public.tasks for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy tasks_update on public.tasks for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

create policy notes_select on public.notes for select to authenticated
  using ((select auth.uid()) = user_id);
create policy notes_insert on public.notes for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy notes_update on public.notes for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

create policy brain_dumps_select on public.brain_dumps for select to authenticated
  using ((select auth.uid()) = user_id);
create policy brain_dumps_insert on public.brain_dumps for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy brain_dumps_update on public.brain_dumps for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

create policy calendar_events_select on public.calendar_events for select to authenticated
  using ((select auth.uid()) = user_id);
create policy calendar_events_insert on public.calendar_events for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy calendar_events_update on public.calendar_events for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

revoke all on public.projects, public.tasks, public.notes, public.brain_dumps, public.calendar_events
  from public, anon, authenticated, service_role;
grant select on public.projects, public.tasks, public.notes, public.brain_dumps, public.calendar_events
  to authenticated, service_role;
grant insert on public.projects, public.tasks, public.notes, public.brain_dumps, public.calendar_events
  to authenticated;
-- Identity, owner and the times that triggers keep are not for changing.
grant update (name, slug, description, context, executive_summary, status, tags, start_date, end_date)
  on public.projects to authenticated;
grant update (project_id, parent_task_id, title, description, details, status, priority, task_type, start_date,
  duration_minutes, recurrence_pattern, recurrence_ends, dependencies, deleted_at)
  on public.tasks to authenticated;
grant update (project_id, title, content, category, tags) on public.notes to authenticated;
grant update (project_id, title, content, ai_summary, status, tags) on public.brain_dumps to authenticated;
grant update (task_id, title, description, starts_at, ends_at, all_day, time_zone, recurrence, recurrence_ends,
  series_id, original_starts_at, status) on public.calendar_events to authenticated;
