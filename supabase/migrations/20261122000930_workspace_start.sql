-- What a run begins with, in the workspace's own words instead of those of `agent_subjects`: an overview, and the
-- entity that the chat is about. Both go into a prompt: short keys, no empty values, nothing long.

-- The start of today in a zone; in UTC where this Postgres does not know the place yet, for a count is not worth an
-- error.
create function private.day_start(p_time_zone text) returns timestamptz
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return date_trunc('day', now() at time zone private.zone(p_time_zone)) at time zone p_time_zone;
exception when invalid_parameter_value then
  if not private.is_zone(p_time_zone) then
    raise;
  end if;
  return date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
end
$$;

-- An id that is no uuid is nobody's.
create function private.uuid_or_null(p_id text) returns uuid
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return p_id::uuid;
exception when data_exception then
  return null;
end
$$;

-- A time on the clocks of a zone, with its weekday, because models count those wrongly: Tue 2026-11-24T09:00+01:00.
create function private.told_time(p_at timestamptz, p_time_zone text) returns text
language sql stable parallel safe security invoker set search_path = ''
as $$
  select to_char(local, 'Dy YYYY-MM-DD"T"HH24:MI') || case when gone = interval '0' then 'Z'
    else case when gone < interval '0' then '-' else '+' end || to_char(greatest(gone, -gone), 'HH24:MI') end
  from (
    select p_at at time zone p_time_zone as local,
      (p_at at time zone p_time_zone) - (p_at at time zone 'UTC') as gone
  ) as clock
$$;

-- Counts, and up to 8 active projects as [id, name, open tasks], the busiest first.
create or replace function public.agent_overview(p_time_zone text default 'UTC') returns jsonb
language sql stable security invoker set search_path = ''
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
      select count(*) from public.tasks as t
      where t.deleted_at is null and private.is_overdue(t, today)
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
        group by p.user_id, p.id
        order by count(t.id) desc, p.name
        limit 8
      ) as a
    )
  ))
  -- Asked once, and also where there is no task to compare.
  from (select private.day_start(p_time_zone) as today offset 0) as clock
$$;

-- The entity that a chat is about; null if there is none of that id among the user's rows.
create or replace function public.agent_entity(p_type text, p_id text) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_strip_nulls(case p_type
    when 'project' then (
      select jsonb_build_object('type', 'project', 'id', p.id, 'name', p.name, 'status', p.status,
        'description', private.excerpt(p.description, 1500), 'summary', private.excerpt(p.executive_summary, 1500),
        'context', private.excerpt(p.context, 1500), 'start_date', p.start_date, 'end_date', p.end_date,
        'tags', to_jsonb(nullif(p.tags, '{}')), 'open_tasks', (
          select count(*) from public.tasks as t
          where t.user_id = p.user_id and t.project_id = p.id and t.deleted_at is null and t.status <> 'done'
        ))
      from public.projects as p where p.id = wanted.id
    )
    when 'task' then (
      select jsonb_build_object('type', 'task', 'id', t.id, 'title', t.title, 'status', t.status,
        'priority', t.priority, 'description', private.excerpt(t.description, 1500),
        'details', private.excerpt(t.details, 1500), 'start_date', private.told_time(t.start_date, 'UTC'),
        'duration_minutes', t.duration_minutes, 'recurrence', t.recurrence_pattern,
        'project_id', t.project_id, 'project', p.name)
      from public.tasks as t
      left join public.projects as p on p.user_id = t.user_id and p.id = t.project_id
      where t.id = wanted.id and t.deleted_at is null
    )
    when 'note' then (
      select jsonb_build_object('type', 'note', 'id', n.id, 'title', n.title, 'category', n.category,
        'tags', to_jsonb(nullif(n.tags, '{}')), 'project_id', n.project_id,
        'content', private.excerpt(n.content, 1500))
      from public.notes as n where n.id = wanted.id
    )
    when 'brain_dump' then (
      select jsonb_build_object('type', 'brain_dump', 'id', b.id, 'title', b.title, 'status', b.status,
        'tags', to_jsonb(nullif(b.tags, '{}')), 'project_id', b.project_id,
        'summary', private.excerpt(b.ai_summary, 1500), 'content', private.excerpt(b.content, 1500))
      from public.brain_dumps as b where b.id = wanted.id
    )
    when 'calendar_event' then (
      select jsonb_build_object('type', 'calendar_event', 'id', e.id, 'title', e.title, 'status', e.status,
        'description', private.excerpt(e.description, 1500),
        'starts_at', private.told_time(e.starts_at, e.time_zone), 'ends_at', private.told_time(e.ends_at, e.time_zone),
        'time_zone', e.time_zone, 'recurrence', e.recurrence, 'task_id', e.task_id)
      from public.calendar_events as e where e.id = wanted.id
    )
  end)
  from (select private.uuid_or_null(p_id) as id) as wanted
$$;

create or replace function private.opening_rows(p_overview jsonb, p_entity jsonb) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('relation', shown.relation, 'key', shown.key)), '[]')
  from (
    select 'public.projects' as relation, p ->> 0 as key from jsonb_array_elements(p_overview -> 'active_projects') as p
    union
    select 'public.' || (p_entity ->> 'type') || 's', p_entity ->> 'id' where p_entity is not null
    union
    select 'public.projects', p_entity ->> 'project_id' where p_entity ? 'project'
  ) as shown
$$;

revoke all on function private.day_start(text), private.uuid_or_null(text), private.told_time(timestamptz, text)
  from public, anon, authenticated, service_role;
grant execute on function private.day_start(text), private.uuid_or_null(text), private.told_time(timestamptz, text)
  to authenticated;
