-- What the tools ask of the workspace in one statement each, and the two functions that a run's start calls
-- (`workspace_overview`, `workspace_entity`). All run with the caller's rights, so RLS decides what they see.
-- The reading ones are STABLE and called by GET; the writing ones lock the task first, then decide.

-- ---------------------------------------------------------------------------------------------------
-- Search
-- ---------------------------------------------------------------------------------------------------

-- A user's text as three ways to match: every word, any word (each of them a prefix), and the text as it stands.
create type private.search_terms as (query text, every_word tsquery, any_word tsquery, literal text);

-- The words are quoted one by one and the pattern's wildcards escaped, so that nothing in the text acts as an
-- operator. Both queries are null where the text has no words but stop words or signs.
create function private.search_terms(p_query text) returns private.search_terms
language sql immutable parallel safe set search_path = ''
as $$
  select row (
    nullif(btrim(p_query), ''),
    string_agg(word, ' & ')::tsquery,
    string_agg(word, ' | ')::tsquery,
    '%' || replace(replace(replace(btrim(p_query), '\', '\\'), '%', '\%'), '_', '\_') || '%'
  )::private.search_terms
  from (
    select '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':*' as word
    from unnest(to_tsvector('pg_catalog.english', p_query))
  ) as words
$$;

-- How well a row fits: 2 and more if it has every word or the text itself, between 0 and 1 if it has some of
-- the words or a title that looks like the text, 0 if it does not fit. Without a query every row fits.
create function private.search_score(p private.search_terms, p_search tsvector, p_title text, p_body text)
returns real
language sql stable parallel safe set search_path = ''
as $$
  select case
    when p.query is null then 2
    when p_search @@ p.every_word then 2 + ts_rank(p_search, p.every_word, 32)
    when p_title ilike p.literal then 2
    when p.every_word is null and p_body ilike p.literal then 2
    when p_search @@ p.any_word then 0.5 + ts_rank(p_search, p.any_word, 32) / 2
    when extensions.word_similarity(p.query, p_title) >= 0.35 then 0.35
    else 0
  end
$$;

-- The start of a long text, for lists.
create function private.excerpt(p_text text, p_length integer) returns text
language sql immutable parallel safe set search_path = ''
as $$
  select case when char_length(p_text) <= p_length then p_text else left(p_text, p_length - 1) || '…' end
$$;

-- The search functions take what people wrote as fields of one JSON argument, because in a URL any other argument
-- that looks like a number, a boolean or null may be taken for one.

-- Projects with their tasks counted, in one statement. A query's rows that have all its words keep out
-- those that have only some.
create function public.search_projects(
  p_words jsonb default '{}',
  p_status public.project_status default null,
  p_has_active_tasks boolean default null,
  p_limit integer default 10
) returns table (
  id uuid, name text, slug text, status public.project_status, start_date date, end_date date, tags text[],
  context_preview text, backlog bigint, in_progress bigint, blocked bigint, done bigint, total bigint
)
language sql stable set search_path = ''
as $$
  with terms as materialized (select private.search_terms(p_words ->> 'query') as q),
  scored as (
    select p.*, score, max(score) over () as best, counts.*
    from terms, public.projects as p
    cross join lateral private.search_score(terms.q, p.search, p.name, p.description) as score
    cross join lateral (
      select count(*) filter (where t.status = 'backlog') as backlog,
        count(*) filter (where t.status = 'in_progress') as in_progress,
        count(*) filter (where t.status = 'blocked') as blocked,
        count(*) filter (where t.status = 'done') as done,
        count(*) filter (where t.status <> 'done') as open
      from public.tasks as t
      where t.user_id = p.user_id and t.project_id = p.id and t.deleted_at is null
    ) as counts
    where (p_status is null or p.status = p_status)
      and (p_has_active_tasks is null or (counts.open > 0) = p_has_active_tasks)
      and score > 0
  )
  select id, name, slug, status, start_date, end_date, tags, private.excerpt(context, 500),
    backlog, in_progress, blocked, done, count(*) over ()
  from scored
  where score >= 2 or best < 2
  order by score desc, updated_at desc, id
  limit p_limit
$$;

create function public.search_notes(
  p_words jsonb default '{}',
  p_project_id uuid default null,
  p_limit integer default 10
) returns table (
  id uuid, title text, category text, tags text[], project_id uuid, project_name text, preview text,
  updated_at timestamptz, total bigint
)
language sql stable set search_path = ''
as $$
  with terms as materialized (select private.search_terms(p_words ->> 'query') as q),
  scored as (
    select n.*, score, max(score) over () as best
    from terms, public.notes as n
    cross join lateral private.search_score(terms.q, n.search, n.title, n.content) as score
    where (p_project_id is null or n.project_id = p_project_id)
      and (p_words ->> 'category' is null or lower(n.category) = lower(p_words ->> 'category'))
      and score > 0
  )
  select s.id, s.title, s.category, s.tags, s.project_id, p.name, private.excerpt(s.content, 200), s.updated_at,
    count(*) over ()
  from scored as s
  left join public.projects as p on p.user_id = s.user_id and p.id = s.project_id
  where s.score >= 2 or s.best < 2
  order by s.score desc, s.updated_at desc, s.id
  limit p_limit
$$;

create function public.search_brain_dumps(
  p_words jsonb default '{}',
  p_project_id uuid default null,
  p_status public.brain_dump_status default null,
  p_limit integer default 10
) returns table (
  id uuid, title text, status public.brain_dump_status, tags text[], project_id uuid, project_name text,
  summary text, created_at timestamptz, total bigint
)
language sql stable set search_path = ''
as $$
  with terms as materialized (select private.search_terms(p_words ->> 'query') as q),
  scored as (
    select b.*, score, max(score) over () as best
    from terms, public.brain_dumps as b
    cross join lateral private.search_score(terms.q, b.search, b.title, b.content) as score
    where (p_project_id is null or b.project_id = p_project_id)
      and (p_status is null or b.status = p_status)
      and score > 0
  )
  select s.id, s.title, s.status, s.tags, s.project_id, p.name,
    private.excerpt(coalesce(s.ai_summary, s.content), 200), s.created_at, count(*) over ()
  from scored as s
  left join public.projects as p on p.user_id = s.user_id and p.id = s.project_id
  where s.score >= 2 or s.best < 2
  order by s.score desc, s.created_at desc, s.id
  limit p_limit
$$;

-- Tasks that are not deleted, those without a project included. `p_today` is the start of the user's day: an
-- open task that should have started before it is overdue.
create function public.list_tasks(
  p_today timestamptz,
  p_project_id uuid default null,
  p_status public.task_status[] default null,
  p_priority public.task_priority[] default null,
  p_has_date boolean default null,
  p_sort_by text default 'priority',
  p_limit integer default 20
) returns table (
  id uuid, title text, status public.task_status, priority public.task_priority, start_date timestamptz,
  duration_minutes integer, description_preview text, details_preview text, has_subtasks boolean,
  has_dependencies boolean, is_recurring boolean, project_id uuid, project_name text, is_overdue boolean,
  total bigint
)
language sql stable set search_path = ''
as $$
  select t.id, t.title, t.status, t.priority, t.start_date, t.duration_minutes,
    private.excerpt(t.description, 100), private.excerpt(t.details, 100),
    exists (
      select from public.tasks as sub
      where sub.user_id = t.user_id and sub.parent_task_id = t.id and sub.deleted_at is null
    ),
    cardinality(t.dependencies) > 0,
    t.task_type = 'recurring',
    t.project_id, p.name,
    t.status <> 'done' and coalesce(t.start_date < p_today, false),
    count(*) over ()
  from public.tasks as t
  left join public.projects as p on p.user_id = t.user_id and p.id = t.project_id
  where t.deleted_at is null
    and (p_project_id is null or t.project_id = p_project_id)
    and (p_status is null or t.status = any (p_status))
    and (p_priority is null or t.priority = any (p_priority))
    and (p_has_date is null or (t.start_date is not null) = p_has_date)
  order by
    case when p_sort_by = 'priority' then t.priority end desc,
    case when p_sort_by in ('priority', 'start_date') then t.start_date end asc nulls last,
    t.created_at desc, t.id
  limit p_limit
$$;

-- ---------------------------------------------------------------------------------------------------
-- Calendar
-- ---------------------------------------------------------------------------------------------------

-- Every occurrence of the user's confirmed events that touches the window. A recurring event keeps its
-- wall-clock time in its own zone, across changes of daylight saving time; a monthly one of the 31st falls on
-- the last day of a shorter month. `steps` bounds the repetitions from both sides, generously; the window decides.
create function public.calendar_occurrences(p_from timestamptz, p_to timestamptz)
returns table (
  event_id uuid, task_id uuid, title text, starts_at timestamptz, ends_at timestamptz, all_day boolean,
  recurrence public.recurrence_pattern
)
language sql stable set search_path = ''
as $$
  with events as (
    select e.*, e.starts_at at time zone e.time_zone as local_start, e.ends_at at time zone e.time_zone as local_end,
      case e.recurrence
        when 'daily' then interval '1 day' when 'weekdays' then interval '1 day'
        when 'weekly' then interval '7 days' when 'biweekly' then interval '14 days'
        when 'monthly' then interval '1 month'
      end as step,
      86400.0 * case e.recurrence
        when 'daily' then 1 when 'weekdays' then 1 when 'weekly' then 7 when 'biweekly' then 14 when 'monthly' then 28
      end as step_min,
      86400.0 * case e.recurrence
        when 'daily' then 1 when 'weekdays' then 1 when 'weekly' then 7 when 'biweekly' then 14 when 'monthly' then 31
      end as step_max
    from public.calendar_events as e
    where e.status = 'confirmed' and e.starts_at < p_to
      and (e.recurrence is not null or e.ends_at > p_from)
  ),
  occurrences as (
    select e.*, e.starts_at as occurs_at, e.local_start as occurs_local, e.local_end as occurs_until
    from events as e
    where e.recurrence is null
    union all
    select e.*, (e.local_start + n * e.step) at time zone e.time_zone, e.local_start + n * e.step,
      e.local_end + n * e.step
    from events as e
    cross join lateral generate_series(
      greatest(0, floor(extract(epoch from p_from - e.ends_at) / e.step_max)::integer - 1),
      greatest(0, ceil(extract(epoch from p_to - e.starts_at) / e.step_min)::integer + 1)
    ) as n
    where e.recurrence is not null
      and (e.recurrence <> 'weekdays' or extract(isodow from e.local_start + n * e.step) < 6)
      and (e.recurrence_ends is null or (e.local_start + n * e.step)::date <= e.recurrence_ends)
  ),
  timed as (
    select o.*, case
        -- A day has 23 or 25 hours where the clocks change; a meeting keeps its length.
        when o.all_day then o.occurs_until at time zone o.time_zone
        else o.occurs_at + (o.ends_at - o.starts_at)
      end as occurs_to
    from occurrences as o
  )
  select id, task_id, title, occurs_at, occurs_to, all_day, recurrence
  from timed
  where occurs_at < p_to and occurs_to > p_from
  order by occurs_at, occurs_to, id
$$;

-- Free slots on the half hours of the user's clock, the earliest first. They do not overlap each other, so
-- that each of them can be taken; none begins before `p_now` or ends after `p_to`. `p_hours` are the hours
-- of the user's day that a slot may begin in.
create function public.free_slots(
  p_now timestamptz,
  p_from timestamptz,
  p_to timestamptz,
  p_minutes integer,
  p_time_zone text,
  p_hours integer[] default null,
  p_limit integer default 10
) returns table (starts_at timestamptz, ends_at timestamptz)
language plpgsql stable set search_path = ''
as $$
declare
  v_length constant interval := make_interval(mins => p_minutes);
  v_earliest timestamptz := greatest(p_now, p_from);
  v_found integer := 0;
  v_start timestamptz;
begin
  for v_start in
    with busy as materialized (
      select o.starts_at, o.ends_at from public.calendar_occurrences(v_earliest, p_to) as o
    )
    select raster.at
    from (
      select local at time zone p_time_zone as at
      from generate_series(
        date_bin('30 minutes', v_earliest at time zone p_time_zone, timestamp '2001-01-01'),
        p_to at time zone p_time_zone,
        interval '30 minutes'
      ) as local
    ) as raster
    where raster.at >= v_earliest
      and raster.at + v_length <= p_to
      and (p_hours is null or extract(hour from raster.at at time zone p_time_zone)::integer = any (p_hours))
      and not exists (
        select from busy where busy.starts_at < raster.at + v_length and busy.ends_at > raster.at
      )
    order by raster.at
  loop
    continue when v_start < v_earliest;
    starts_at := v_start;
    ends_at := v_start + v_length;
    v_earliest := ends_at;
    v_found := v_found + 1;
    return next;
    exit when v_found >= p_limit;
  end loop;
end
$$;

-- Puts a task on the calendar and dates the task by it, in one transaction. `p_existing` says what becomes of
-- an event that the task already has: 'keep' adds another one (unless one begins at that very time), 'move' moves it,
-- 'recreate' cancels it and makes a new one. The new row takes the id `p_event_id`; if that row is there,
-- the call is a repeated one and has no further effect. No row comes back if the task is not the user's.
create function public.schedule_task_event(
  p_event_id uuid,
  p_task_id uuid,
  p_starts_at timestamptz,
  p_existing text,
  p_user_time_zone text,
  p_minutes integer default null,
  p_recurrence public.recurrence_pattern default null,
  p_recurrence_ends date default null,
  p_time_zone text default null
) returns table (
  outcome text, id uuid, task_id uuid, title text, description text, starts_at timestamptz, ends_at timestamptz,
  all_day boolean, time_zone text, recurrence public.recurrence_pattern, recurrence_ends date,
  status public.calendar_event_status
)
language plpgsql set search_path = ''
as $$
declare
  v_task public.tasks;
  v_event public.calendar_events;
  v_outcome text;
begin
  -- The lock makes two calls for one task take turns, so that the second sees the first one's event.
  select t.* into v_task from public.tasks as t
  where t.id = p_task_id and t.deleted_at is null for update;
  if not found then
    return;
  end if;

  select e.* into v_event from public.calendar_events as e where e.id = p_event_id;
  if found then
    v_outcome := 'repeated';
  else
    -- The task's event: one that is still to come before one that is over, then the nearest.
    select e.* into v_event from public.calendar_events as e
    where e.task_id = p_task_id and e.status = 'confirmed'
      and (p_existing <> 'keep' or e.starts_at = p_starts_at)
    order by (e.recurrence is null and e.ends_at <= now()), abs(extract(epoch from e.starts_at - now())), e.id
    limit 1;

    if found and p_existing = 'keep' then
      v_outcome := 'unchanged';
    elsif found and p_existing = 'move' then
      v_outcome := 'moved';
      update public.calendar_events as e
      set starts_at = p_starts_at,
        ends_at = p_starts_at + coalesce(make_interval(mins => p_minutes), e.ends_at - e.starts_at),
        time_zone = coalesce(p_time_zone, e.time_zone),
        recurrence = coalesce(p_recurrence, e.recurrence),
        recurrence_ends = case when coalesce(p_recurrence, e.recurrence) is not null
          then coalesce(p_recurrence_ends, e.recurrence_ends) end
      where e.id = v_event.id
      returning e.* into v_event;
    else
      v_outcome := case when found then 'recreated' else 'created' end;
      update public.calendar_events as e set status = 'cancelled' where e.id = v_event.id;
      insert into public.calendar_events (id, task_id, title, description, starts_at, ends_at, time_zone, recurrence,
        recurrence_ends)
      values (p_event_id, p_task_id, v_task.title, v_task.description, p_starts_at,
        p_starts_at + make_interval(mins => coalesce(p_minutes, v_task.duration_minutes)),
        coalesce(p_time_zone, p_user_time_zone), p_recurrence,
        case when p_recurrence is not null then p_recurrence_ends end)
      returning * into v_event;
    end if;

    update public.tasks as t
    set start_date = v_event.starts_at,
      task_type = case when v_event.recurrence is null then t.task_type else 'recurring' end,
      recurrence_pattern = coalesce(v_event.recurrence, t.recurrence_pattern),
      recurrence_ends = coalesce(v_event.recurrence_ends, t.recurrence_ends)
    where t.id = p_task_id;
  end if;

  return query select v_outcome, v_event.id, v_event.task_id, v_event.title, v_event.description, v_event.starts_at,
    v_event.ends_at, v_event.all_day, v_event.time_zone, v_event.recurrence, v_event.recurrence_ends,
    v_event.status;
end
$$;

-- Changes a confirmed event; what is null stays. An event that gets only a new start keeps its length. A task
-- that was dated by the event's start moves along.
create function public.change_calendar_event(
  p_event_id uuid,
  p_title text default null,
  p_starts_at timestamptz default null,
  p_ends_at timestamptz default null,
  p_description text default null
) returns setof public.calendar_events
language sql set search_path = ''
as $$
  with before as (
    select id, starts_at from public.calendar_events
    where id = p_event_id and status = 'confirmed' for update
  ),
  changed as (
    update public.calendar_events as e
    set title = coalesce(p_title, e.title),
      description = coalesce(p_description, e.description),
      starts_at = coalesce(p_starts_at, e.starts_at),
      ends_at = coalesce(p_ends_at, coalesce(p_starts_at, e.starts_at) + (e.ends_at - e.starts_at))
    from before
    where e.id = before.id
    returning e.*
  ),
  moved_along as (
    update public.tasks as t set start_date = changed.starts_at
    from changed join before on before.id = changed.id
    where t.id = changed.task_id and t.start_date = before.starts_at and changed.starts_at <> before.starts_at
  )
  select * from changed
$$;

-- ---------------------------------------------------------------------------------------------------
-- What a run begins with. Both go into a prompt: short keys, no empty values, nothing long.
-- ---------------------------------------------------------------------------------------------------

-- The start of today in a zone; in UTC where Postgres does not know the zone, for a count is not worth an error.
create function private.day_start(p_time_zone text) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return date_trunc('day', now() at time zone p_time_zone) at time zone p_time_zone;
exception when invalid_parameter_value then
  return date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
end
$$;

-- Counts, and up to 8 active projects as [id, name, open tasks], the busiest first.
create function public.workspace_overview(p_time_zone text default 'UTC') returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'projects', (
      select jsonb_object_agg(c.status, c.n)
      from (select status, count(*) as n from public.projects group by status) as c
    ),
    'tasks', (
      select jsonb_object_agg(c.status, c.n)
      from (select status, count(*) as n from public.tasks where deleted_at is null group by status) as c
    ),
    'overdue', (
      select count(*) from public.tasks
      where deleted_at is null and status <> 'done' and start_date < private.day_start(p_time_zone)
    ),
    'notes', (select count(*) from public.notes),
    'brain_dumps_pending', (select count(*) from public.brain_dumps where status = 'pending'),
    'active_projects', (
      select jsonb_agg(jsonb_build_array(a.id, private.excerpt(a.name, 60), a.open) order by a.open desc, a.name)
      from (
        select p.id, p.name, count(t.id) as open
        from public.projects as p
        left join public.tasks as t
          on t.user_id = p.user_id and t.project_id = p.id and t.deleted_at is null and t.status <> 'done'
        where p.status = 'active'
        group by p.id
        order by count(t.id) desc, p.name
        limit 8
      ) as a
    )
  ))
$$;

-- The entity that a chat is about; null if there is none of that id among the user's rows.
create function public.workspace_entity(p_context_type text, p_entity_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_strip_nulls(case p_context_type
    when 'project' then (
      select jsonb_build_object('type', 'project', 'id', p.id, 'name', p.name, 'status', p.status,
        'description', private.excerpt(p.description, 1500), 'summary', private.excerpt(p.executive_summary, 1500),
        'context', private.excerpt(p.context, 1500), 'start_date', p.start_date, 'end_date', p.end_date,
        'tags', to_jsonb(nullif(p.tags, '{}')), 'open_tasks', (
          select count(*) from public.tasks as t
          where t.user_id = p.user_id and t.project_id = p.id and t.deleted_at is null and t.status <> 'done'
        ))
      from public.projects as p where p.id = p_entity_id
    )
    when 'task' then (
      select jsonb_build_object('type', 'task', 'id', t.id, 'title', t.title, 'status', t.status,
        'priority', t.priority, 'description', private.excerpt(t.description, 1500),
        'details', private.excerpt(t.details, 1500), 'start_date', t.start_date,
        'duration_minutes', t.duration_minutes, 'recurrence', t.recurrence_pattern,
        'project_id', t.project_id, 'project', p.name)
      from public.tasks as t
      left join public.projects as p on p.user_id = t.user_id and p.id = t.project_id
      where t.id = p_entity_id and t.deleted_at is null
    )
    when 'note' then (
      select jsonb_build_object('type', 'note', 'id', n.id, 'title', n.title, 'category', n.category,
        'tags', to_jsonb(nullif(n.tags, '{}')), 'project_id', n.project_id,
        'content', private.excerpt(n.content, 1500))
      from public.notes as n where n.id = p_entity_id
    )
    when 'brain_dump' then (
      select jsonb_build_object('type', 'brain_dump', 'id', b.id, 'title', b.title, 'status', b.status,
        'tags', to_jsonb(nullif(b.tags, '{}')), 'project_id', b.project_id,
        'summary', private.excerpt(b.ai_summary, 1500), 'content', private.excerpt(b.content, 1500))
      from public.brain_dumps as b where b.id = p_entity_id
    )
    when 'calendar_event' then (
      select jsonb_build_object('type', 'calendar_event', 'id', e.id, 'title', e.title, 'status', e.status,
        'description', private.excerpt(e.description, 1500), 'starts_at', e.starts_at, 'ends_at', e.ends_at,
        'time_zone', e.time_zone, 'recurrence', e.recurrence, 'task_id', e.task_id)
      from public.calendar_events as e where e.id = p_entity_id
    )
  end)
$$;

revoke all on function private.search_terms(text), private.search_score(private.search_terms, tsvector, text, text),
  private.excerpt(text, integer), private.day_start(text) from public, anon;
grant execute on function private.search_terms(text), private.search_score(private.search_terms, tsvector, text, text),
  private.excerpt(text, integer), private.day_start(text) to authenticated;

revoke all on function
  public.search_projects(jsonb, public.project_status, boolean, integer),
  public.search_notes(jsonb, uuid, integer),
  public.search_brain_dumps(jsonb, uuid, public.brain_dump_status, integer),
  public.list_tasks(timestamptz, uuid, public.task_status[], public.task_priority[], boolean, text, integer),
  public.calendar_occurrences(timestamptz, timestamptz),
  public.free_slots(timestamptz, timestamptz, timestamptz, integer, text, integer[], integer),
  public.schedule_task_event(uuid, uuid, timestamptz, text, text, integer, public.recurrence_pattern, date, text),
  public.change_calendar_event(uuid, text, timestamptz, timestamptz, text),
  public.workspace_overview(text),
  public.workspace_entity(text, uuid)
from public, anon, service_role;
grant execute on function
  public.search_projects(jsonb, public.project_status, boolean, integer),
  public.search_notes(jsonb, uuid, integer),
  public.search_brain_dumps(jsonb, uuid, public.brain_dump_status, integer),
  public.list_tasks(timestamptz, uuid, public.task_status[], public.task_priority[], boolean, text, integer),
  public.calendar_occurrences(timestamptz, timestamptz),
  public.free_slots(timestamptz, timestamptz, timestamptz, integer, text, integer[], integer),
  public.schedule_task_event(uuid, uuid, timestamptz, text, text, integer, public.recurrence_pattern, date, text),
  public.change_calendar_event(uuid, text, timestamptz, timestamptz, text),
  public.workspace_overview(text),
  public.workspace_entity(text, uuid)
to authenticated;
