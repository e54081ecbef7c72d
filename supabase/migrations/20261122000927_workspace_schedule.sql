-- A task and its event, written together. All run with the caller's rights. They lock first, then decide.

-- The event that a task has: one that is still to come before one that is over, then the nearest. Where others are
-- kept, only one that begins at that very time counts.
create function private.event_of_task(p_task_id uuid, p_existing text, p_starts_at timestamptz, p_now timestamptz)
returns setof public.calendar_events
language sql stable security invoker set search_path = ''
as $$
  select * from public.calendar_events
  where task_id = p_task_id and status = 'confirmed' and series_id is null
    and (p_existing <> 'keep' or starts_at = p_starts_at)
  order by (recurrence is null and ends_at <= p_now), abs(extract(epoch from starts_at - p_now)), id
  limit 1
$$;

-- Dates a task by its event, and lets it recur as that does, or no more where `p_pattern` says so.
create function private.date_task(p_event public.calendar_events, p_pattern jsonb) returns void
language sql security invoker set search_path = ''
as $$
  update public.tasks
  set start_date = p_event.starts_at,
    task_type = case
      when p_event.recurrence is not null then 'recurring'
      when p_pattern ? 'recurrence' then 'one_off'
      else task_type end,
    recurrence_pattern = case when p_event.recurrence is not null or p_pattern ? 'recurrence'
      then p_event.recurrence else recurrence_pattern end,
    recurrence_ends = case when p_event.recurrence is not null or p_pattern ? 'recurrence'
      then p_event.recurrence_ends else recurrence_ends end
  where id = p_event.task_id
$$;

-- Takes an event off the calendar from now on. Of a series, what has begun stays. Tells whether there is such, and
-- how many changed occurrences to come were cancelled.
create function private.end_event(
  p_event public.calendar_events, p_now timestamptz, out begun boolean, out dropped integer
)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_first constant timestamp := p_event.starts_at at time zone p_event.time_zone;
  v_past public.calendar_events := p_event;
begin
  v_past.recurrence_ends :=
    least(p_event.recurrence_ends, ((p_now at time zone p_event.time_zone) - v_first::time)::date);
  begun := p_event.starts_at < p_now and private.next_occurrence(v_past, 0) is not null;
  update public.calendar_events
  set status = 'cancelled'
  where series_id = p_event.id and status = 'confirmed' and starts_at >= p_now;
  get diagnostics dropped = row_count;
  update public.calendar_events
  set status = case when begun then status else 'cancelled' end,
    recurrence_ends = case when begun then v_past.recurrence_ends else recurrence_ends end
  where id = p_event.id;
end
$$;

-- Puts a task's event in the place of the one that it had, or of none: `p_kept` gives it its changed occurrences from
-- now on.
create function private.make_event(
  p_new public.calendar_events, p_old public.calendar_events, p_kept public.calendar_events, p_now timestamptz,
  out begun boolean, out dropped integer
)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_n constant integer := private.occurrence_from(p_kept, p_now);
  v_event public.calendar_events;
begin
  insert into public.calendar_events (id, task_id, title, description, starts_at, ends_at, time_zone, recurrence,
    recurrence_ends)
  values (p_new.id, p_new.task_id, p_new.title, p_new.description, p_new.starts_at, p_new.ends_at, p_new.time_zone,
    p_new.recurrence, p_new.recurrence_ends)
  returning * into v_event;
  dropped := 0;
  if v_n is not null then
    dropped := private.carry_occurrences(p_kept, v_event, v_n);
  end if;
  if p_old.id is not null then
    select ended.begun, make_event.dropped + ended.dropped into begun, dropped
    from private.end_event(p_old, p_now) as ended;
  end if;
end
$$;

-- The event that a task is to have: what is absent is that of the event it had, or else of the task.
create function private.wished_event(
  p_task public.tasks, p_had public.calendar_events, p_id uuid, p_starts_at timestamptz, p_minutes integer,
  p_pattern jsonb, p_time_zone text
) returns public.calendar_events
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_event public.calendar_events := p_had;
begin
  v_event.id := p_id;
  v_event.task_id := p_task.id;
  v_event.title := coalesce(p_had.title, p_task.title);
  v_event.description := case when p_had.id is null then p_task.description else p_had.description end;
  v_event.time_zone := p_time_zone;
  v_event.starts_at := p_starts_at;
  v_event.ends_at := coalesce(p_starts_at + make_interval(mins => p_minutes), private.event_end(p_had, p_starts_at),
    p_starts_at + make_interval(mins => p_task.duration_minutes));
  if p_pattern ? 'recurrence' then
    v_event.recurrence := p_pattern ->> 'recurrence';
  end if;
  if p_pattern ? 'recurrence_ends' then
    v_event.recurrence_ends := p_pattern ->> 'recurrence_ends';
  end if;
  return v_event;
end
$$;

-- Puts a task on the calendar and dates the task by it, in one transaction. `p_existing` says what becomes of
-- an event that the task already has: 'keep' adds another one (unless one begins at that very time), 'move' moves it,
-- 'recreate' cancels it and makes a new one. The new row takes the id `p_event_id`. In `p_pattern` absent keeps and
-- null clears. No row comes back if the task is not the user's.
create function public.schedule_task_event(
  p_event_id uuid, p_task_id uuid,
  p_starts_at timestamptz, p_existing text, p_user_time_zone text, p_now timestamptz,
  p_minutes integer default null, p_pattern jsonb default '{}', p_time_zone text default null
) returns table (
  outcome text, id uuid, task_id uuid, title text, description text, starts_at timestamptz, ends_at timestamptz,
  all_day boolean, time_zone text, recurrence public.recurrence_pattern, recurrence_ends date,
  status public.calendar_event_status, dropped integer
)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_task public.tasks;
  v_had public.calendar_events;
  v_kept public.calendar_events;
  v_event public.calendar_events;
  v_outcome text := 'created';
  v_begun boolean;
  v_dropped integer := 0;
begin
  -- The lock makes two calls for one task take turns, so that the second sees the first one's event.
  select t.* into v_task from public.tasks as t
  where t.id = p_task_id and t.deleted_at is null for update;
  if not found then return; end if;

  select e.* into v_had from private.event_of_task(p_task_id, p_existing, p_starts_at, p_now) as e;
  if p_existing = 'move' then
    v_kept := v_had;
  end if;
  v_event := private.wished_event(v_task, v_kept, p_event_id, p_starts_at, p_minutes, p_pattern,
    coalesce(private.zone(p_time_zone), v_kept.time_zone, private.zone(p_user_time_zone)));
  if v_had.id is not null and p_existing = 'keep' then
    v_outcome := 'unchanged';
    v_event := v_had;
  elsif v_kept.id is not null and (v_kept.recurrence is null or v_kept.starts_at >= p_now) then
    v_outcome := 'moved';
    v_event.id := v_kept.id;
    v_event := private.write_event(v_event, v_kept);
    v_dropped := private.carry_occurrences(v_kept, v_event, 0);
  else
    select made.begun, made.dropped into v_begun, v_dropped
    from private.make_event(v_event, v_had, v_kept, p_now) as made;
    select e.* into v_event from public.calendar_events as e where e.id = p_event_id;
    v_outcome := case when v_had.id is null then 'created' when not v_begun then 'recreated'
      when p_existing = 'move' then 'moved_on' else 'ended' end;
  end if;
  perform private.date_task(v_event, case when v_outcome = 'unchanged' then '{}' else p_pattern end);
  set constraints public.calendar_events_occur immediate;
  return query select v_outcome, v_event.id, v_event.task_id, v_event.title, v_event.description, v_event.starts_at,
    v_event.ends_at, v_event.all_day, v_event.time_zone, v_event.recurrence, v_event.recurrence_ends,
    v_event.status, v_dropped;
end
$$;

revoke all on function
  private.event_of_task(uuid, text, timestamptz, timestamptz),
  private.date_task(public.calendar_events, jsonb),
  private.end_event(public.calendar_events, timestamptz),
  private.make_event(public.calendar_events, public.calendar_events, public.calendar_events, timestamptz),
  private.wished_event(public.tasks, public.calendar_events, uuid, timestamptz, integer, jsonb, text),
  public.schedule_task_event(uuid, uuid, timestamptz, text, text, timestamptz, integer, jsonb, text)
from public, anon, service_role;
grant execute on function
  private.event_of_task(uuid, text, timestamptz, timestamptz),
  private.date_task(public.calendar_events, jsonb),
  private.end_event(public.calendar_events, timestamptz),
  private.make_event(public.calendar_events, public.calendar_events, public.calendar_events, timestamptz),
  private.wished_event(public.tasks, public.calendar_events, uuid, timestamptz, integer, jsonb, text),
  public.schedule_task_event(uuid, uuid, timestamptz, text, text, timestamptz, integer, jsonb, text)
to authenticated;
