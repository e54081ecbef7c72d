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
language plpgsql stable parallel safe security invoker set search_path = ''
as $$
declare
  v_local constant timestamp := p_at at time zone p_time_zone;
  v_gone constant interval := v_local - (p_at at time zone 'UTC');
begin
  return to_char(v_local, 'Dy YYYY-MM-DD"T"HH24:MI') || case when v_gone = interval '0' then 'Z'
    else case when v_gone < interval '0' then '-' else '+' end || to_char(greatest(v_gone, -v_gone), 'HH24:MI') end;
end
$$;

-- How many there are of what may be very many: counted up to twenty, and more than that is no number.
create function private.told_count(p_count bigint) returns jsonb
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return case when p_count < 20 then to_jsonb(p_count) else '"20 or more"' end;
end
$$;

-- Counts, and up to 8 active projects as [id, name, open tasks], the busiest first. What is done is not counted: its
-- rows grow as long as an account is used, and each turn begins with this. So it is one pass over the open tasks,
-- which an index holds.
create or replace function public.agent_overview(p_time_zone text default 'UTC') returns jsonb
language plpgsql stable security invoker set search_path = ''
as $$
declare
  -- Asked once, and also where there is no task to compare.
  today constant timestamptz := private.day_start(p_time_zone);
begin
  return (
    with open as materialized (
      select t.project_id, t.status,
        -- As list_tasks has it.
        coalesce(t.start_date < today and (t.task_type <> 'recurring' or t.recurrence_ends < today::timestamp), false)
          as overdue
      from public.tasks as t where t.deleted_at is null and t.status <> 'done'
    ),
    mine as materialized (select p.id, p.name, p.status from public.projects as p)
    select jsonb_strip_nulls(jsonb_build_object(
      'projects', (
        select jsonb_object_agg(c.status, c.n)
        from (select m.status, count(*) as n from mine as m group by m.status) as c
      ),
      'tasks', (
        select jsonb_object_agg(c.status, c.n)
        from (select o.status, count(*) as n from open as o group by o.status) as c
      ),
      'overdue', (select count(*) from open as o where o.overdue),
      'notes', (
        select private.told_count(count(*))
        from (select from public.notes as n order by n.user_id, n.id limit 20) as some_notes
      ),
      'brain_dumps_pending', (
        select private.told_count(count(*))
        from (select from public.brain_dumps as b where b.status = 'pending' limit 20) as some_dumps
      ),
      'active_projects', (
        select jsonb_agg(jsonb_build_array(a.id, private.excerpt(a.name, 60), a.tasks) order by a.tasks desc, a.name)
        from (
          select m.id, m.name, coalesce(o.tasks, 0) as tasks
          from mine as m
          left join (select project_id, count(*) as tasks from open group by project_id) as o on o.project_id = m.id
          where m.status = 'active'
          order by coalesce(o.tasks, 0) desc, m.name
          limit 8
        ) as a
      )
    ))
  );
end
$$;

-- The entity that a chat is about; null if there is none of that id among the user's rows.
create or replace function public.agent_entity(p_type text, p_id text) returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_id constant uuid := private.uuid_or_null(p_id);
begin
  return jsonb_strip_nulls(case p_type
    when 'project' then (
      select jsonb_build_object('type', 'project', 'id', p.id, 'name', p.name, 'status', p.status,
        'description', private.excerpt(p.description, 1500), 'summary', private.excerpt(p.executive_summary, 1500),
        'context', private.excerpt(p.context, 1500), 'start_date', p.start_date, 'end_date', p.end_date,
        'tags', to_jsonb(nullif(p.tags, '{}')), 'open_tasks', (
          select count(*) from public.tasks as t
          where t.user_id = p.user_id and t.project_id = p.id and t.deleted_at is null and t.status <> 'done'
        ))
      from public.projects as p where p.id = v_id
    )
    when 'task' then (
      select jsonb_build_object('type', 'task', 'id', t.id, 'title', t.title, 'status', t.status,
        'priority', t.priority, 'description', private.excerpt(t.description, 1500),
        'details', private.excerpt(t.details, 1500), 'start_date', private.told_time(t.start_date, 'UTC'),
        'duration_minutes', t.duration_minutes, 'recurrence', t.recurrence_pattern,
        'project_id', t.project_id, 'project', p.name)
      from public.tasks as t
      left join public.projects as p on p.user_id = t.user_id and p.id = t.project_id
      where t.id = v_id and t.deleted_at is null
    )
    when 'note' then (
      select jsonb_build_object('type', 'note', 'id', n.id, 'title', n.title, 'category', n.category,
        'tags', to_jsonb(nullif(n.tags, '{}')), 'project_id', n.project_id,
        'content', private.excerpt(n.content, 1500))
      from public.notes as n where n.id = v_id
    )
    when 'brain_dump' then (
      select jsonb_build_object('type', 'brain_dump', 'id', b.id, 'title', b.title, 'status', b.status,
        'tags', to_jsonb(nullif(b.tags, '{}')), 'project_id', b.project_id,
        'summary', private.excerpt(b.ai_summary, 1500), 'content', private.excerpt(b.content, 1500))
      from public.brain_dumps as b where b.id = v_id
    )
    when 'calendar_event' then (
      select jsonb_build_object('type', 'calendar_event', 'id', e.id, 'title', e.title, 'status', e.status,
        'description', private.excerpt(e.description, 1500),
        'starts_at', private.told_time(e.starts_at, e.time_zone), 'ends_at', private.told_time(e.ends_at, e.time_zone),
        'time_zone', e.time_zone, 'recurrence', e.recurrence, 'task_id', e.task_id)
      from public.calendar_events as e where e.id = v_id
    )
  end);
end
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

revoke all on function private.day_start(text), private.uuid_or_null(text), private.told_time(timestamptz, text),
  private.told_count(bigint)
from public, anon, authenticated, service_role;
grant execute on function private.day_start(text), private.uuid_or_null(text), private.told_time(timestamptz, text),
  private.told_count(bigint)
to authenticated;
