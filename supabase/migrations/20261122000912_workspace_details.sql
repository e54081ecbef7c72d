-- What the tools that tell of one row ask, in one statement each: project_details, note_details, brain_dump_details,
-- task_details. They run with the caller's rights, so RLS decides what they see; they are STABLE, and called by GET.
-- No row where there is none of that id. A list that was not asked for, by no limit, is null; the rows of one that was
-- are those of its own function, in its order.

create function public.project_details(
  p_project_id uuid, p_today timestamptz, p_tasks integer default null, p_notes integer default null,
  p_brain_dumps integer default null
) returns table (project jsonb, tasks jsonb, notes jsonb, brain_dumps jsonb)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
begin
  return query
  select to_jsonb(told),
    case when p_tasks is not null then (
      select coalesce(jsonb_agg(to_jsonb(t) order by t.ordinality), '[]')
      from public.list_tasks(p_today, p_project_id => p_project_id, p_limit => p_tasks) with ordinality as t
    ) end,
    case when p_notes is not null then (
      select coalesce(jsonb_agg(to_jsonb(n) order by n.ordinality), '[]')
      from public.search_notes(p_project_id => p_project_id, p_limit => p_notes) with ordinality as n
    ) end,
    case when p_brain_dumps is not null then (
      select coalesce(jsonb_agg(to_jsonb(b) order by b.ordinality), '[]')
      from public.search_brain_dumps(p_project_id => p_project_id, p_limit => p_brain_dumps) with ordinality as b
    ) end
  from (
    select p.id, p.name, p.slug, p.description, p.context, p.executive_summary, p.status, p.tags, p.start_date,
      p.end_date, p.created_at, p.updated_at
    from public.projects as p where p.id = p_project_id
  ) as told;
end
$$;

create function public.note_details(p_note_id uuid) returns table (
  id uuid, project_id uuid, title text, content text, category text, tags text[], created_at timestamptz,
  updated_at timestamptz, project_name text
)
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  select n.id, n.project_id, n.title, n.content, n.category, n.tags, n.created_at, n.updated_at, p.name
  from public.notes as n
  left join public.projects as p on p.user_id = n.user_id and p.id = n.project_id
  where n.id = p_note_id;
end
$$;

create function public.brain_dump_details(p_brain_dump_id uuid) returns table (
  id uuid, project_id uuid, title text, content text, ai_summary text, status public.brain_dump_status, tags text[],
  created_at timestamptz, updated_at timestamptz, project_name text
)
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  select b.id, b.project_id, b.title, b.content, b.ai_summary, b.status, b.tags, b.created_at, b.updated_at, p.name
  from public.brain_dumps as b
  left join public.projects as p on p.user_id = b.user_id and p.id = b.project_id
  where b.id = p_brain_dump_id;
end
$$;

-- A task that was deleted is there for nobody, nor is it a dependency.
create function public.task_details(p_task_id uuid, p_today timestamptz, p_subtasks integer default null)
returns table (task jsonb, project jsonb, dependencies jsonb, subtasks jsonb)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
begin
  return query
  select (
      select to_jsonb(told)
      from (
        select t.id, t.project_id, t.parent_task_id, t.title, t.description, t.details, t.status, t.priority,
          t.task_type, t.start_date, t.duration_minutes, t.recurrence_pattern, t.recurrence_ends, t.dependencies,
          t.completed_at, t.created_at, t.updated_at
      ) as told
    ),
    (
      select jsonb_build_object('id', p.id, 'name', p.name, 'status', p.status, 'description', p.description,
        'context', p.context, 'executive_summary', p.executive_summary)
      from public.projects as p where p.user_id = t.user_id and p.id = t.project_id
    ),
    (
      select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'title', d.title, 'status', d.status)), '[]')
      from public.tasks as d
      where d.user_id = t.user_id and d.id = any (t.dependencies) and d.deleted_at is null
    ),
    case when p_subtasks is not null then (
      select coalesce(jsonb_agg(to_jsonb(s) order by s.ordinality), '[]')
      from public.list_tasks(p_today, p_parent_task_id => p_task_id, p_limit => p_subtasks) with ordinality as s
    ) end
  from public.tasks as t where t.id = p_task_id and t.deleted_at is null;
end
$$;

revoke all on function
  public.project_details(uuid, timestamptz, integer, integer, integer),
  public.note_details(uuid),
  public.brain_dump_details(uuid),
  public.task_details(uuid, timestamptz, integer)
from public, anon, service_role;
grant execute on function
  public.project_details(uuid, timestamptz, integer, integer, integer),
  public.note_details(uuid),
  public.brain_dump_details(uuid),
  public.task_details(uuid, timestamptz, integer)
to authenticated;
