-- The calendar as it is changed: a task and its event together, and one occurrence of a series, those that follow
-- it, or all. All run with the caller's rights. They lock first, then decide.

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

-- Takes an event off the calendar from now on. Of a series, what has begun stays; true if there is such.
create function private.end_event(p_event public.calendar_events, p_now timestamptz) returns boolean
language plpgsql security invoker set search_path = ''
as $$
declare
  v_first constant timestamp := p_event.starts_at at time zone p_event.time_zone;
  v_begun constant boolean := p_event.recurrence is not null and p_event.starts_at < p_now;
begin
  update public.calendar_events
  set status = 'cancelled'
  where series_id = p_event.id and status = 'confirmed' and starts_at >= p_now;
  update public.calendar_events
  set status = case when v_begun then status else 'cancelled' end,
    recurrence_ends = case when v_begun
      then least(recurrence_ends, ((p_now at time zone time_zone) - v_first::time)::date)
      else recurrence_ends end
  where id = p_event.id;
  return v_begun;
end
$$;

-- Puts a task on the calendar and dates the task by it, in one transaction. `p_existing` says what becomes of
-- an event that the task already has: 'keep' adds another one (unless one begins at that very time), 'move' moves it,
-- 'recreate' cancels it and makes a new one. The new row takes the id `p_event_id`. No row comes back if the task
-- is not the user's.
create function public.schedule_task_event(
  p_event_id uuid, p_task_id uuid,
  p_starts_at timestamptz, p_existing text, p_user_time_zone text, p_now timestamptz,
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
  if not found then return; end if;

  select e.* into v_event from private.event_of_task(p_task_id, p_existing, p_starts_at, p_now) as e;
  if found and p_existing = 'keep' then
    v_outcome := 'unchanged';
  elsif found and p_existing = 'move' and (v_event.recurrence is null or v_event.starts_at >= p_now) then
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
    v_outcome := case when not found then 'created' when p_existing = 'move' then 'moved_on' else 'recreated' end;
    if found and private.end_event(v_event, p_now) and v_outcome = 'recreated' then
      v_outcome := 'ended';
    end if;
    insert into public.calendar_events (id, task_id, title, description, starts_at, ends_at, time_zone, recurrence,
      recurrence_ends)
    select p_event_id, p_task_id, coalesce(kept.title, v_task.title), coalesce(kept.description, v_task.description),
      p_starts_at, p_starts_at + coalesce(make_interval(mins => p_minutes), kept.ends_at - kept.starts_at,
        make_interval(mins => v_task.duration_minutes)),
      coalesce(p_time_zone, kept.time_zone, p_user_time_zone), pattern.kind,
      case when pattern.kind is not null then coalesce(p_recurrence_ends, kept.recurrence_ends) end
    from (select) as one left join lateral (select (v_event).* where v_outcome = 'moved_on') as kept on true
    cross join lateral (select coalesce(p_recurrence, kept.recurrence) as kind) as pattern
    returning * into v_event;
  end if;

  perform private.date_task(v_event);
  return query select v_outcome, v_event.id, v_event.task_id, v_event.title, v_event.description, v_event.starts_at,
    v_event.ends_at, v_event.all_day, v_event.time_zone, v_event.recurrence, v_event.recurrence_ends,
    v_event.status;
end
$$;

-- An event with changes: what is absent from `p_changes` stays, what is null there is cleared. An event that gets
-- only a new start keeps its length. `starts_on` and `ends_on`, its last day, count for one that takes all day.
create function private.changed_event(p_event public.calendar_events, p_changes jsonb)
returns public.calendar_events
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_event public.calendar_events := jsonb_populate_record(p_event, p_changes);
begin
  if p_event.all_day and p_changes ? 'starts_on' then
    v_event.starts_at := private.local_instant((p_changes ->> 'starts_on')::date, p_event.time_zone);
  end if;
  if p_event.all_day and p_changes ? 'ends_on' then
    v_event.ends_at := private.local_instant((p_changes ->> 'ends_on')::date + 1, p_event.time_zone);
  elsif not p_changes ? 'ends_at' then
    v_event.ends_at := v_event.starts_at + (p_event.ends_at - p_event.starts_at);
  end if;
  return v_event;
end
$$;

-- Writes an event, new or not. A task that was dated by the start that the event had moves along.
create function private.write_event(p_event public.calendar_events, p_before timestamptz) returns void
language plpgsql security invoker set search_path = ''
as $$
declare
  v_starts_at timestamptz;
begin
  insert into public.calendar_events (id, task_id, title, description, starts_at, ends_at, all_day, time_zone,
    recurrence, recurrence_ends, series_id, original_starts_at, status)
  values (p_event.id, p_event.task_id, p_event.title, p_event.description, p_event.starts_at, p_event.ends_at,
    p_event.all_day, p_event.time_zone, p_event.recurrence, p_event.recurrence_ends, p_event.series_id,
    p_event.original_starts_at, p_event.status)
  on conflict (id) do update
  set title = excluded.title, description = excluded.description, starts_at = excluded.starts_at,
    ends_at = excluded.ends_at, recurrence_ends = excluded.recurrence_ends, status = excluded.status
  returning starts_at into v_starts_at;
  update public.tasks set start_date = v_starts_at
  where id = p_event.task_id and start_date = p_before and v_starts_at <> p_before;
end
$$;

-- Makes the changed occurrences of a series those of another, or of the same that begins elsewhere: the nth stays the
-- nth. Of a series that is cancelled they are cancelled, too.
create function private.carry_occurrences(
  p_from public.calendar_events, p_to public.calendar_events, p_first integer
) returns void
language sql security invoker set search_path = ''
as $$
  update public.calendar_events as own
  set series_id = p_to.id,
    original_starts_at = private.local_instant(private.occurrence_local(p_to, moved.n - p_first), p_to.time_zone),
    status = case when p_to.status = 'cancelled' then 'cancelled' else own.status end
  from (
    select id, private.occurrence_number(p_from, original_starts_at) as n
    from public.calendar_events where series_id = p_from.id
  ) as moved
  where own.id = moved.id and moved.n >= p_first
$$;

-- Changes the series from its nth repetition on: the whole of it, or a new series `p_new_id` after the old one's end.
create function private.change_series(
  p_series public.calendar_events, p_occurrence public.calendar_events, p_changes jsonb, p_n integer, p_new_id uuid
) returns uuid
language plpgsql security invoker set search_path = ''
as $$
declare
  v_changed public.calendar_events := private.changed_event(p_occurrence, p_changes);
  v_shift constant interval := (v_changed.starts_at at time zone p_series.time_zone)
    - (p_occurrence.starts_at at time zone p_series.time_zone);
  v_length constant interval := v_changed.ends_at - v_changed.starts_at;
begin
  v_changed.recurrence := p_series.recurrence;
  v_changed.series_id := null;
  v_changed.original_starts_at := null;
  if p_new_id is null then
    v_changed.id := p_series.id;
    v_changed.starts_at := private.local_instant((p_series.starts_at at time zone p_series.time_zone) + v_shift,
      p_series.time_zone);
    v_changed.ends_at := v_changed.starts_at + v_length;
    perform private.write_event(v_changed, p_series.starts_at);
    perform private.carry_occurrences(p_series, v_changed, 0);
    return v_changed.id;
  end if;
  v_changed.id := p_new_id;
  if v_changed.status = 'confirmed' then
    perform private.write_event(v_changed, p_occurrence.starts_at);
  else
    v_changed.id := p_series.id;
  end if;
  perform private.carry_occurrences(p_series, v_changed, p_n);
  update public.calendar_events
  set recurrence_ends = private.occurrence_local(p_series, p_n)::date - 1
  where id = p_series.id;
  return v_changed.id;
end
$$;

-- The nth repetition of a series as an event of its own, as it stands.
create function private.occurrence_event(p_series public.calendar_events, p_n integer, p_new_id uuid)
returns public.calendar_events
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_start constant timestamptz := private.local_instant(private.occurrence_local(p_series, p_n), p_series.time_zone);
  v_event public.calendar_events;
begin
  select * into v_event from public.calendar_events where series_id = p_series.id and original_starts_at = v_start;
  if found then
    return v_event;
  end if;
  v_event := p_series;
  v_event.id := p_new_id;
  v_event.series_id := p_series.id;
  v_event.original_starts_at := v_start;
  v_event.starts_at := v_start;
  v_event.ends_at := v_start + (p_series.ends_at - p_series.starts_at);
  v_event.recurrence := null;
  return v_event;
end
$$;

-- Changes or cancels an event; of a recurring one `this` occurrence, it and those `following`, or `all`. No row comes
-- back if there is no such event; an outcome without an id says what has to be asked, or why nothing was done.
create function public.change_calendar_event(
  p_event_id uuid, p_changes jsonb, p_new_id uuid, p_scope text default null, p_occurrence timestamptz default null
) returns table (outcome text, id uuid)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_event public.calendar_events;
  v_one public.calendar_events;
  v_timed constant boolean := p_changes ?| array['starts_at', 'ends_at'];
  v_cancels constant boolean := coalesce(p_changes ->> 'status' = 'cancelled', false);
  v_n integer := 0;
begin
  select e.* into v_event from public.calendar_events as e where e.id = p_event_id for update;
  if not found then
    return;
  elsif v_event.status = 'cancelled' then
    -- Asked to cancel once more, a call names the row that it made before.
    select e.id into v_one.id from public.calendar_events as e where e.id = p_new_id;
    return query select 'cancelled', case when v_cancels then coalesce(v_one.id, v_event.id) end;
  elsif v_event.recurrence is null then
    perform private.write_event(private.changed_event(v_event, p_changes), v_event.starts_at);
    return query select 'event', v_event.id;
  elsif p_scope is null then
    return query select 'ask_scope', null::uuid;
  elsif p_occurrence is null and (p_scope <> 'all' or v_timed) then
    return query select 'ask_occurrence', null::uuid;
  else
    if p_occurrence is not null then
      v_n := private.occurrence_number(v_event, p_occurrence);
    end if;
    v_one := private.occurrence_event(v_event, v_n, p_new_id);
    if v_n is null then
      return query select 'no_occurrence', null::uuid;
    elsif p_scope = 'this' and v_one.status = 'cancelled' then
      return query select 'cancelled', case when v_cancels then v_one.id end;
    elsif p_scope = 'this' then
      perform private.write_event(private.changed_event(v_one, p_changes), v_one.starts_at);
      return query select 'this', v_one.id;
    else
      v_one := v_event;
      v_one.starts_at := private.local_instant(private.occurrence_local(v_event, v_n), v_event.time_zone);
      v_one.ends_at := v_one.starts_at + (v_event.ends_at - v_event.starts_at);
      return query select case when p_scope = 'all' or v_n = 0 then 'all' else 'following' end,
        private.change_series(v_event, v_one, p_changes, v_n,
          case when p_scope = 'following' and v_n > 0 then p_new_id end);
    end if;
  end if;
end
$$;

revoke all on function
  private.end_event(public.calendar_events, timestamptz),
  private.changed_event(public.calendar_events, jsonb),
  private.write_event(public.calendar_events, timestamptz),
  private.carry_occurrences(public.calendar_events, public.calendar_events, integer),
  private.change_series(public.calendar_events, public.calendar_events, jsonb, integer, uuid),
  private.occurrence_event(public.calendar_events, integer, uuid),
  private.event_of_task(uuid, text, timestamptz, timestamptz),
  private.date_task(public.calendar_events),
  public.schedule_task_event(uuid, uuid, timestamptz, text, text, timestamptz, integer,
    public.recurrence_pattern, date, text),
  public.change_calendar_event(uuid, jsonb, uuid, text, timestamptz)
from public, anon, service_role;
grant execute on function
  private.end_event(public.calendar_events, timestamptz),
  private.changed_event(public.calendar_events, jsonb),
  private.write_event(public.calendar_events, timestamptz),
  private.carry_occurrences(public.calendar_events, public.calendar_events, integer),
  private.change_series(public.calendar_events, public.calendar_events, jsonb, integer, uuid),
  private.occurrence_event(public.calendar_events, integer, uuid),
  private.event_of_task(uuid, text, timestamptz, timestamptz),
  private.date_task(public.calendar_events),
  public.schedule_task_event(uuid, uuid, timestamptz, text, text, timestamptz, integer,
    public.recurrence_pattern, date, text),
  public.change_calendar_event(uuid, jsonb, uuid, text, timestamptz)
to authenticated;
