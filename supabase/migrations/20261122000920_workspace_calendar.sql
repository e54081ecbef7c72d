-- The calendar: recurring events laid out in a window, free time, and the two moves that touch a task and its event
-- together. All run with the caller's rights. The writing ones lock first, then decide.

-- Every occurrence of the user's confirmed events that touches the window. A recurring event keeps its
-- wall-clock time in its own zone, across changes of daylight saving time; a monthly one of the 31st falls on
-- the last day of a shorter month. The shortest and the longest a step can be bound the repetitions from both
-- sides, generously; the window decides.
create function public.calendar_occurrences(p_from timestamptz, p_to timestamptz)
returns table (
  event_id uuid, task_id uuid, title text, starts_at timestamptz, ends_at timestamptz, all_day boolean,
  recurrence public.recurrence_pattern
)
language sql stable security invoker set search_path = ''
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
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_length constant interval := make_interval(mins => p_minutes);
  v_earliest timestamptz := greatest(p_now, p_from);
  v_busy constant tstzmultirange := (
    select coalesce(range_agg(tstzrange(o.starts_at, o.ends_at)), '{}')
    from public.calendar_occurrences(v_earliest, p_to) as o
  );
  v_found integer := 0;
  v_start timestamptz;
begin
  for v_start in
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
      and not v_busy && tstzrange(raster.at, raster.at + v_length)
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

-- The event that a task has: one that is still to come before one that is over, then the nearest. Where others are kept,
-- only one that begins at that very time counts.
create function private.event_of_task(p_task_id uuid, p_existing text, p_starts_at timestamptz)
returns setof public.calendar_events
language sql stable security invoker set search_path = ''
as $$
  select * from public.calendar_events
  where task_id = p_task_id and status = 'confirmed' and (p_existing <> 'keep' or starts_at = p_starts_at)
  order by (recurrence is null and ends_at <= now()), abs(extract(epoch from starts_at - now())), id
  limit 1
$$;

-- Dates a task by its event.
create function private.date_task(p_event public.calendar_events) returns void
language sql security invoker set search_path = ''
as $$
  update public.tasks
  set start_date = p_event.starts_at,
    task_type = case when p_event.recurrence is null then task_type else 'recurring' end,
    recurrence_pattern = coalesce(p_event.recurrence, recurrence_pattern),
    recurrence_ends = coalesce(p_event.recurrence_ends, recurrence_ends)
  where id = p_event.task_id
$$;

-- Puts a task on the calendar and dates the task by it, in one transaction. `p_existing` says what becomes of
-- an event that the task already has: 'keep' adds another one (unless one begins at that very time), 'move' moves it,
-- 'recreate' cancels it and makes a new one. The new row takes the id `p_event_id`. No row comes back if the task
-- is not the user's.
create function public.schedule_task_event(
  p_event_id uuid,
  p_task_id uuid,
  p_starts_at timestamptz, p_existing text, p_user_time_zone text,
  p_minutes integer default null,
  p_recurrence public.recurrence_pattern default null, p_recurrence_ends date default null,
  p_time_zone text default null
) returns table (
  outcome text, id uuid, task_id uuid, title text, description text, starts_at timestamptz, ends_at timestamptz,
  all_day boolean, time_zone text, recurrence public.recurrence_pattern, recurrence_ends date,
  status public.calendar_event_status
)
language plpgsql security invoker set search_path = ''
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

  select e.* into v_event from private.event_of_task(p_task_id, p_existing, p_starts_at) as e;
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

  perform private.date_task(v_event);
  return query select v_outcome, v_event.id, v_event.task_id, v_event.title, v_event.description, v_event.starts_at,
    v_event.ends_at, v_event.all_day, v_event.time_zone, v_event.recurrence, v_event.recurrence_ends,
    v_event.status;
end
$$;

-- Changes a confirmed event: what is absent from `p_changes` stays, what is null there is cleared. An event
-- that gets only a new start keeps its length. A task that was dated by the event's start moves along.
create function public.change_calendar_event(
  p_event_id uuid,
  p_changes jsonb
) returns setof public.calendar_events
language sql security invoker set search_path = ''
as $$
  with before as (
    select e.id, e.starts_at, e as event from public.calendar_events as e
    where e.id = p_event_id and e.status = 'confirmed' for update
  ),
  changed as (
    update public.calendar_events as e
    set title = wish.title,
      description = wish.description,
      starts_at = wish.starts_at,
      ends_at = case when p_changes ? 'ends_at' then wish.ends_at else wish.starts_at + (e.ends_at - e.starts_at) end,
      recurrence_ends = wish.recurrence_ends
    from before cross join lateral jsonb_populate_record(before.event, p_changes) as wish
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

revoke all on function
  public.calendar_occurrences(timestamptz, timestamptz),
  public.free_slots(timestamptz, timestamptz, timestamptz, integer, text, integer[], integer),
  private.event_of_task(uuid, text, timestamptz),
  private.date_task(public.calendar_events),
  public.schedule_task_event(
    uuid, uuid, timestamptz, text, text, integer, public.recurrence_pattern, date, text
  ),
  public.change_calendar_event(uuid, jsonb)
from public, anon, service_role;
grant execute on function
  public.calendar_occurrences(timestamptz, timestamptz),
  public.free_slots(timestamptz, timestamptz, timestamptz, integer, text, integer[], integer),
  private.event_of_task(uuid, text, timestamptz),
  private.date_task(public.calendar_events),
  public.schedule_task_event(
    uuid, uuid, timestamptz, text, text, integer, public.recurrence_pattern, date, text
  ),
  public.change_calendar_event(uuid, jsonb)
to authenticated;
