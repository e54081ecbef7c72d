-- The calendar as it is read: recurring events laid out in a window, and free time. All run with the caller's rights,
-- in plpgsql, because its plans are kept by the connection.

-- A window that somebody asks about: every occurrence in it is laid out, so that it has to begin and end.
create function private.check_window(p_from timestamptz, p_to timestamptz, p_days integer) returns boolean
language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if p_from is null or p_to is null or not isfinite(p_from) or not isfinite(p_to) then
    raise exception 'Cannot lay out the calendar: the window has no beginning or no end' using errcode = '22023';
  elsif p_to - p_from > make_interval(days => p_days) then
    raise exception 'Cannot lay out the calendar: the window is longer than % days', p_days using errcode = '22023';
  end if;
  return true;
end
$$;

create function private.recurrence_step(p_recurrence public.recurrence_pattern) returns interval
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return case p_recurrence
    when 'daily' then interval '1 day' when 'weekdays' then interval '1 day' when 'weekly' then interval '7 days'
    when 'biweekly' then interval '14 days' when 'monthly' then interval '1 month'
  end;
end
$$;

-- When the nth repetition of a series begins on the clock of its zone. A monthly one of the 31st falls on the last
-- day of a shorter month.
create function private.occurrence_local(p_event public.calendar_events, p_n integer) returns timestamp
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return (p_event.starts_at at time zone p_event.time_zone) + p_n * private.recurrence_step(p_event.recurrence);
end
$$;

-- Which repetition of a series begins in that minute; null if none does, whether it was changed since or not.
create function private.occurrence_number(p_event public.calendar_events, p_at timestamptz) returns integer
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return (
    select n
    from (
      select p_event.starts_at at time zone p_event.time_zone as first, p_at at time zone p_event.time_zone as local
    ) as clock
    cross join lateral (
      select case when p_event.recurrence = 'monthly'
        then (extract(year from local) - extract(year from first)) * 12 + extract(month from local)
          - extract(month from first)
        else (local::date - first::date) / extract(day from private.recurrence_step(p_event.recurrence))
      end as number
    ) as counted
    cross join lateral (select floor(number)::integer as n) as whole
    cross join lateral (select private.occurrence_local(p_event, n) as start) as nth
    where n >= 0
      and date_trunc('minute', private.local_instant(start, p_event.time_zone)) = date_trunc('minute', p_at)
      and (p_event.recurrence <> 'weekdays' or extract(isodow from start) < 6)
      and (p_event.recurrence_ends is null or start::date <= p_event.recurrence_ends)
  );
end
$$;

-- When an event ends that begins then and is as long as this one: in days if it takes all day, for a day has 23 or 25
-- hours where the clocks change.
create function private.event_end(p_event public.calendar_events, p_start timestamptz) returns timestamptz
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return case when p_event.all_day
    then private.local_instant((p_start at time zone p_event.time_zone)
      + ((p_event.ends_at at time zone p_event.time_zone) - (p_event.starts_at at time zone p_event.time_zone)),
      p_event.time_zone)
    else p_start + (p_event.ends_at - p_event.starts_at) end;
end
$$;

-- The first repetition of a series that takes place, as the pattern has it or changed, from its nth on; null if none
-- does. Beyond as many as were taken out of it and a weekend there is none to be found.
create function private.next_occurrence(p_event public.calendar_events, p_n integer) returns integer
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return (
    select n
    from (
      select coalesce(array_agg(own.original_starts_at), '{}') as starts
      from public.calendar_events as own
      where own.user_id = p_event.user_id and own.series_id = p_event.id and own.status = 'cancelled'
    ) as removed
    cross join lateral generate_series(p_n, p_n + 2 * cardinality(removed.starts) + 3) as n
    cross join lateral private.occurrence_local(p_event, n) as start
    where p_event.recurrence is not null
      and (p_event.recurrence <> 'weekdays' or extract(isodow from start) < 6)
      and (p_event.recurrence_ends is null or start::date <= p_event.recurrence_ends)
      and private.local_instant(start, p_event.time_zone) <> all (removed.starts)
    order by n
    limit 1
  );
end
$$;

-- The first repetition of a series that begins at that time or later, whatever became of it; null if its end is
-- before.
create function private.occurrence_from(p_event public.calendar_events, p_at timestamptz) returns integer
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return (
    select n
    from (
      select greatest(0, floor(extract(epoch from p_at - p_event.starts_at)
        / (extract(epoch from private.recurrence_step(p_event.recurrence)) * 1.04))::integer - 2) as least
    ) as bound
    cross join lateral generate_series(least, least + 4 + least / 10) as n
    cross join lateral private.occurrence_local(p_event, n) as start
    where private.local_instant(start, p_event.time_zone) >= p_at
      and (p_event.recurrence <> 'weekdays' or extract(isodow from start) < 6)
      and (p_event.recurrence_ends is null or start::date <= p_event.recurrence_ends)
    order by n
    limit 1
  );
end
$$;

-- Every occurrence of the user's confirmed events that touches the window. A recurring event keeps its wall-clock time
-- in its own zone, across changes of daylight saving time. All-day events are dates: they are laid out in the zone of
-- who looks. `occurrence` names one of a series, one that was changed by the start that it had there. The shortest and
-- the longest that a step can be bound the repetitions from both sides, generously; the window decides. What it may
-- read is found by index: events by their end, of series those that have begun. Postgres takes a series for a thousand
-- repetitions, and would compile the statement at each call: `jit` is off.
create function public.calendar_occurrences(p_from timestamptz, p_to timestamptz, p_time_zone text default null)
returns table (
  event_id uuid, task_id uuid, title text, starts_at timestamptz, ends_at timestamptz, all_day boolean,
  recurrence public.recurrence_pattern, occurrence timestamptz
)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
set jit = 'off'
as $$
#variable_conflict use_column
begin
  return query
  with touching as (
    select * from public.calendar_events
    where status = 'confirmed' and recurrence is null
      and ends_at > p_from - interval '1 day' and starts_at < p_to + interval '1 day'
    union all
    select * from public.calendar_events
    where status = 'confirmed' and recurrence is not null and starts_at < p_to + interval '1 day'
      and (recurrence_ends is null or recurrence_ends >= (p_from - interval '2 days' - (ends_at - starts_at))::date)
  ),
  events as (
    select e::public.calendar_events as event, e.*,
      extract(epoch from least(step, interval '28 days')) as step_min,
      extract(epoch from case when e.recurrence = 'monthly' then interval '31 days' else step end) as step_max
    from touching as e
    cross join lateral private.recurrence_step(e.recurrence) as step
    where private.check_window(p_from, p_to, 367)
      and (p_time_zone is null or private.zone(p_time_zone) is not null)
  ),
  repeated as (
    select e.*, private.occurrence_local(e.event, n) as local
    from events as e
    cross join lateral generate_series(
      greatest(0, floor(extract(epoch from p_from - e.ends_at) / e.step_max)::integer - 2),
      greatest(0, ceil(extract(epoch from p_to - e.starts_at) / e.step_min)::integer + 2)
    ) as n
    where e.recurrence is not null
  ),
  occurrences as (
    select e.*, e.starts_at at time zone e.time_zone as local, e.starts_at as occurs_at,
      e.original_starts_at as original
    from events as e where e.recurrence is null
    union all
    select r.*, at.original, at.original
    from repeated as r
    cross join lateral (select private.local_instant(r.local, r.time_zone) as original) as at
    where (r.recurrence <> 'weekdays' or extract(isodow from r.local) < 6)
      and (r.recurrence_ends is null or r.local::date <= r.recurrence_ends)
      and not exists (
        select from public.calendar_events as own
        where own.user_id = r.user_id and own.series_id is not null and own.series_id = r.id
          and own.original_starts_at = at.original
      )
  ),
  timed as (
    select o.*, case when o.all_day then private.local_instant(o.local, zone) else o.occurs_at end as from_at,
      case
        -- A day has 23 or 25 hours where the clocks change; a meeting keeps its length.
        when o.all_day then private.local_instant(o.local::date
          + ((o.ends_at at time zone o.time_zone)::date - (o.starts_at at time zone o.time_zone)::date), zone)
        else o.occurs_at + (o.ends_at - o.starts_at)
      end as to_at
    from occurrences as o cross join lateral (select coalesce(p_time_zone, o.time_zone) as zone) as reader
  )
  select id, task_id, title, from_at, to_at, all_day, coalesce(recurrence, (
      select series.recurrence from public.calendar_events as series
      where series.user_id = timed.user_id and series.id = timed.series_id
    )), original
  from timed
  where from_at < p_to and to_at > p_from
  order by from_at, to_at, id;
end
$$;

-- The occurrences in a window as a list that can be gone on with after the `place` of one.
create function public.list_events(
  p_from timestamptz, p_to timestamptz, p_time_zone text, p_limit integer default 20, p_after jsonb default null
) returns table (
  event_id uuid, task_id uuid, title text, starts_at timestamptz, ends_at timestamptz, all_day boolean,
  recurrence public.recurrence_pattern, occurrence timestamptz, place text, total bigint, rest bigint
)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
begin
  return query
  with placed as (
    select o.*, jsonb_build_array(extract(epoch from o.starts_at), extract(epoch from o.ends_at),
        coalesce(extract(epoch from o.occurrence), 0), o.event_id) as place, count(*) over () as total
    from public.calendar_occurrences(p_from, p_to, p_time_zone) as o
  )
  select event_id, task_id, title, starts_at, ends_at, all_day, recurrence, occurrence, place::text, total,
    count(*) over ()
  from placed
  where p_after is null or place > p_after
  order by placed.place
  limit p_limit;
end
$$;

-- The events of a task, the earliest first, in the same way.
create function public.list_task_events(
  p_task_id uuid, p_status public.calendar_event_status default null, p_limit integer default 20,
  p_after jsonb default null
) returns table (
  id uuid, task_id uuid, title text, description text, starts_at timestamptz, ends_at timestamptz, all_day boolean,
  time_zone text, recurrence public.recurrence_pattern, recurrence_ends date, series_id uuid,
  status public.calendar_event_status, place text, total bigint, rest bigint
)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
begin
  return query
  with placed as (
    select e.*, jsonb_build_array(extract(epoch from e.starts_at), e.id) as place, count(*) over () as total
    from public.calendar_events as e
    where e.task_id = p_task_id and (p_status is null or e.status = p_status)
  )
  select id, task_id, title, description, starts_at, ends_at, all_day, time_zone, recurrence, recurrence_ends,
    series_id, status, place::text, total, count(*) over ()
  from placed
  where p_after is null or place > p_after
  order by placed.place
  limit p_limit;
end
$$;

-- The other events at the times of an event's occurrences, the earliest first, at most 3 of `total`; of a series, in
-- the year that begins now or with it. `occurrences` of its own meet another.
create function public.event_overlaps(p_event_id uuid, p_now timestamptz, p_time_zone text)
returns table (event_id uuid, title text, starts_at timestamptz, occurrences bigint, total bigint)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
set jit = 'off'
as $$
#variable_conflict use_column
begin
  return query
  with laid as materialized (
    select o.*
    from public.calendar_events as e
    cross join lateral (
      select case when e.recurrence is null then e.starts_at else greatest(e.starts_at, p_now) end as from_at
    ) as span
    cross join lateral public.calendar_occurrences(from_at,
      case when e.recurrence is null then least(e.ends_at, from_at + interval '366 days')
        else from_at + interval '366 days' end, p_time_zone) as o
    where e.id = p_event_id and e.status = 'confirmed' and private.zone(p_time_zone) is not null
  ),
  met as (
    select own.starts_at as own_at, other.event_id, other.title, other.starts_at
    from laid as own
    join laid as other on other.event_id <> own.event_id
      and other.starts_at < own.ends_at and other.ends_at > own.starts_at
    where own.event_id = p_event_id
  )
  select event_id, title, starts_at, (select count(distinct own_at) from met), count(*) over ()
  from met
  order by starts_at, title
  limit 3;
end
$$;

-- Free slots on the half hours of the user's clock, the earliest first. They do not overlap each other, so
-- that each of them can be taken; none begins before `p_now` or ends after `p_to`. `p_hours` are the hours
-- of the user's day that a slot lies in, from its beginning to its end. All-day events count as busy.
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
  v_zone constant text not null := private.zone(p_time_zone);
  v_length constant interval := make_interval(mins => p_minutes);
  v_earliest timestamptz := greatest(p_now, p_from);
  v_busy constant tstzmultirange := (
    select coalesce(range_agg(tstzrange(o.starts_at, o.ends_at)), '{}')
    from public.calendar_occurrences(v_earliest, p_to, v_zone) as o
    where private.check_window(p_from, p_to, 93)
  );
  v_found integer := 0;
  v_start timestamptz;
begin
  if p_minutes is null or p_minutes not between 1 and 1440 then
    raise exception 'Cannot look for free slots: a slot has 1 to 1440 minutes' using errcode = '22023';
  end if;
  for v_start in
    select raster.at
    from (
      select local at time zone v_zone as at
      from generate_series(
        date_bin('30 minutes', v_earliest at time zone v_zone, timestamp '2001-01-01'),
        p_to at time zone v_zone,
        interval '30 minutes'
      ) as local
    ) as raster
    where raster.at >= v_earliest
      and raster.at + v_length <= p_to
      and (p_hours is null or not exists (
        select
        from generate_series(raster.at, raster.at + v_length - interval '1 minute', interval '30 minutes') as part
        where extract(hour from part at time zone v_zone)::integer <> all (p_hours)
      ))
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

revoke all on function
  private.check_window(timestamptz, timestamptz, integer),
  private.recurrence_step(public.recurrence_pattern),
  private.occurrence_local(public.calendar_events, integer),
  private.occurrence_number(public.calendar_events, timestamptz),
  private.event_end(public.calendar_events, timestamptz),
  private.next_occurrence(public.calendar_events, integer),
  private.occurrence_from(public.calendar_events, timestamptz),
  public.calendar_occurrences(timestamptz, timestamptz, text),
  public.list_events(timestamptz, timestamptz, text, integer, jsonb),
  public.list_task_events(uuid, public.calendar_event_status, integer, jsonb),
  public.event_overlaps(uuid, timestamptz, text),
  public.free_slots(timestamptz, timestamptz, timestamptz, integer, text, integer[], integer)
from public, anon, service_role;
grant execute on function
  private.check_window(timestamptz, timestamptz, integer),
  private.recurrence_step(public.recurrence_pattern),
  private.occurrence_local(public.calendar_events, integer),
  private.occurrence_number(public.calendar_events, timestamptz),
  private.event_end(public.calendar_events, timestamptz),
  private.next_occurrence(public.calendar_events, integer),
  private.occurrence_from(public.calendar_events, timestamptz),
  public.calendar_occurrences(timestamptz, timestamptz, text),
  public.list_events(timestamptz, timestamptz, text, integer, jsonb),
  public.list_task_events(uuid, public.calendar_event_status, integer, jsonb),
  public.event_overlaps(uuid, timestamptz, text),
  public.free_slots(timestamptz, timestamptz, timestamptz, integer, text, integer[], integer)
to authenticated;
