-- The list of tasks, in one statement, by its place and counts as the other lists of the workspace.

-- A part of the tasks without a text: all open ones are looked at, and of the done ones, which grow as long as an
-- account is used, no more than are shown and counted. By their dates these have no index. They are counted in the
-- order of an index, which holds all that is asked of them; in none, the table would be read from its beginning,
-- through the rows of others. One function for each way by which an index leads to them, so that each keeps its plan:
-- to all tasks, to a project's, to a task's.
do $do$
declare
  v_of record;
begin
  for v_of in select * from (values ('all', ''), ('project', 't.project_id = p_project_id and'),
    ('parent', 't.parent_task_id = p_parent_task_id and (p_project_id is null or t.project_id = p_project_id) and')
  ) as t (name, condition)
  loop
    execute format($create$
create function private.tasks_of_%1$s(
  p_project_id uuid, p_parent_task_id uuid, p_status public.task_status[], p_priority public.task_priority[],
  p_has_date boolean, p_sort_by text, p_limit integer, p_after jsonb
) returns table (id uuid, place jsonb, total bigint, rest bigint)
language plpgsql stable rows 20 security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_by_date constant boolean := p_sort_by = 'start_date';
  -- Or the open ones would be looked for among all the done.
  v_with_open constant boolean := p_status is distinct from '{done}';
  v_with_done constant boolean := p_status is null or 'done' = any (p_status);
  v_upto constant timestamptz := case when p_after ->> 1 = '1' and not v_by_date
    then to_timestamp(-(p_after ->> 4)::double precision) else 'infinity' end;
begin
  return query
  with open as materialized (
    select *, p_after is null or place > p_after as here
    from (
      select t.id, jsonb_build_array(-2, 0,
        case when p_sort_by <> 'priority' then 0 when t.priority = 'high' then 1 when t.priority = 'medium' then 2
          else 3 end,
        case when p_sort_by in ('start_date', 'priority') then coalesce(extract(epoch from t.start_date), 1e12)
          else 0 end,
        -extract(epoch from t.created_at), t.id) as place
      from public.tasks as t
      where v_with_open and t.status <> 'done' and (p_status is null or t.status = any (p_status)) and %2$s
    ) as fitting
  ),
  done as not materialized (
    select t.id, t.created_at, jsonb_build_array(-2, 1, 0,
      case when v_by_date then coalesce(extract(epoch from t.start_date), 1e12) else 0 end,
      -extract(epoch from t.created_at), t.id) as place
    from public.tasks as t where v_with_done and t.status = 'done' and %2$s
  ),
  done_here as not materialized (
    select * from done where created_at <= v_upto and (p_after is null or place > p_after)
  ),
  counted as materialized (
    select (select count(*) from open)
      + (select count(*) from (select from done order by created_at desc limit 201) as some_done) as total
  ),
  listed as (
    select o.id, o.place from open as o where o.here
    union all
    (select d.id, d.place from done_here as d where not v_by_date order by d.created_at desc, d.id limit p_limit)
    union all
    (select d.id, d.place from done_here as d where v_by_date order by d.place limit p_limit)
  )
  select l.id, l.place, least(c.total, 201), least(case when p_after is null then c.total else
      (select count(*) from open where here)
        + (select count(*) from (select from done_here order by created_at desc limit 201) as some_done)
    end, 201)
  from listed as l, counted as c order by l.place limit p_limit;
end
$$
    $create$, v_of.name, v_of.condition || ' t.deleted_at is null'
      ' and (p_priority is null or t.priority = any (p_priority))'
      ' and (p_has_date is null or (t.start_date is not null) = p_has_date)');
  end loop;
end
$do$;

-- A part of the tasks that fit a text, the best first.
create function private.tasks_found(
  p_query text, p_project_id uuid, p_parent_task_id uuid, p_status public.task_status[],
  p_priority public.task_priority[],
  p_has_date boolean, p_sort_by text, p_limit integer, p_after jsonb
) returns table (id uuid, place jsonb, total bigint, rest bigint)
language plpgsql stable rows 20 security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_some constant boolean := (p_after ->> 0)::numeric > -2;
begin
  return query
  with scored as (
    select f.id, f.score, max(f.score) over () as best, jsonb_build_array(-f.score, (f.status = 'done')::integer,
      case when p_sort_by <> 'priority' or f.status = 'done' then 0 when f.priority = 'high' then 1
        when f.priority = 'medium' then 2 else 3 end,
      case when p_sort_by = 'start_date' or p_sort_by = 'priority' and f.status <> 'done'
        then coalesce(extract(epoch from f.start_date), 1e12) else 0 end,
      -extract(epoch from f.created_at), f.id) as place
    from private.tasks_fitting(p_query) as f
    where (p_project_id is null or f.project_id = p_project_id)
      and (p_parent_task_id is null or f.parent_task_id = p_parent_task_id)
      and (p_status is null or f.status = any (p_status))
      and (p_priority is null or f.priority = any (p_priority))
      and (p_has_date is null or (f.start_date is not null) = p_has_date)
  ),
  placed as (
    select id, place, count(*) over () as total from scored where score >= 2 or coalesce(v_some, best < 2)
  )
  select *, count(*) over () as rest from placed
  where p_after is null or place > p_after order by placed.place limit p_limit;
end
$$;

-- Tasks that are not deleted, those without a project included: what fits a query best first, then open ones before
-- done ones. Of these the latest come first, or those of the earliest date where that is asked for. An open one is
-- overdue that should have started before `p_today`, the start of the user's day. One that recurs is due again and
-- again, until its recurrence ends.
create function public.list_tasks(
  p_today timestamptz, p_words jsonb default '{}', p_project_id uuid default null, p_parent_task_id uuid default null,
  p_status public.task_status[] default null, p_priority public.task_priority[] default null,
  p_has_date boolean default null, p_sort_by text default 'priority', p_limit integer default 20,
  p_after jsonb default null
) returns table (
  id uuid, title text, status public.task_status, priority public.task_priority, start_date timestamptz,
  duration_minutes integer, description_preview text, details_preview text, has_subtasks boolean,
  has_dependencies boolean, is_recurring boolean, project_id uuid, project_name text, is_overdue boolean,
  place text, total bigint, rest bigint
)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_way constant text := case when not private.is_blank(p_words ->> 'query') then 'text'
    when p_parent_task_id is not null then 'parent' when p_project_id is not null then 'project' else 'all' end;
begin
  return query
  with listed as (
    select * from private.tasks_of_all(p_project_id, p_parent_task_id, p_status, p_priority, p_has_date, p_sort_by,
      p_limit, p_after) where v_way = 'all'
    union all
    select * from private.tasks_of_project(p_project_id, p_parent_task_id, p_status, p_priority, p_has_date, p_sort_by,
      p_limit, p_after) where v_way = 'project'
    union all
    select * from private.tasks_of_parent(p_project_id, p_parent_task_id, p_status, p_priority, p_has_date, p_sort_by,
      p_limit, p_after) where v_way = 'parent'
    union all
    select * from private.tasks_found(p_words ->> 'query', p_project_id, p_parent_task_id, p_status, p_priority,
      p_has_date, p_sort_by, p_limit, p_after) where v_way = 'text'
  )
  select t.id, t.title, t.status, t.priority, t.start_date, t.duration_minutes,
    private.excerpt(t.description, 100), private.excerpt(t.details, 100),
    exists (
      select from public.tasks as sub where sub.parent_task_id = t.id and sub.deleted_at is null offset 0
    ),
    cardinality(t.dependencies) > 0, t.task_type = 'recurring', t.project_id,
    (select p.name from public.projects as p where p.id = t.project_id),
    t.status <> 'done' and coalesce(t.start_date < p_today
      and (t.task_type <> 'recurring' or t.recurrence_ends < p_today::timestamp), false),
    l.place::text, l.total, l.rest
  from listed as l
  cross join lateral (select * from public.tasks as t where t.id = l.id offset 0) as t
  order by l.place;
end
$$;

revoke all on function
  private.tasks_of_all(
    uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  private.tasks_of_project(
    uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  private.tasks_of_parent(
    uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  private.tasks_found(
    text, uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  public.list_tasks(
    timestamptz, jsonb, uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  )
from public, anon, service_role;
grant execute on function
  private.tasks_of_all(
    uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  private.tasks_of_project(
    uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  private.tasks_of_parent(
    uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  private.tasks_found(
    text, uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  ),
  public.list_tasks(
    timestamptz, jsonb, uuid, uuid, public.task_status[], public.task_priority[], boolean, text, integer, jsonb
  )
to authenticated;
