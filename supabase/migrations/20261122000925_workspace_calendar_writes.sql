-- The calendar as it is changed: an event, or of a series one occurrence, those that follow it, or all. All run with
-- the caller's rights. They lock first, then decide.

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
    v_event.ends_at := private.event_end(p_event, v_event.starts_at);
  end if;
  return v_event;
end
$$;

-- Writes an event, new or not. A task that was dated by the start that the event had, or recurred as it did, moves
-- along.
create function private.write_event(p_event public.calendar_events, p_before public.calendar_events)
returns public.calendar_events
language plpgsql security invoker set search_path = ''
as $$
declare
  v_event public.calendar_events;
begin
  insert into public.calendar_events as e (id, task_id, title, description, starts_at, ends_at, all_day, time_zone,
    recurrence, recurrence_ends, series_id, original_starts_at, status)
  values (p_event.id, p_event.task_id, p_event.title, p_event.description, p_event.starts_at, p_event.ends_at,
    p_event.all_day, p_event.time_zone, p_event.recurrence, p_event.recurrence_ends, p_event.series_id,
    p_event.original_starts_at, p_event.status)
  on conflict (user_id, id) do update
  set title = excluded.title, description = excluded.description, starts_at = excluded.starts_at,
    ends_at = excluded.ends_at, time_zone = excluded.time_zone, recurrence = excluded.recurrence,
    recurrence_ends = excluded.recurrence_ends, status = excluded.status
  returning e.* into v_event;
  update public.tasks set start_date = v_event.starts_at
  where id = v_event.task_id and start_date = p_before.starts_at and v_event.starts_at <> p_before.starts_at;
  update public.tasks
  set recurrence_pattern = v_event.recurrence, recurrence_ends = v_event.recurrence_ends,
    task_type = case when v_event.recurrence is null then 'one_off' else 'recurring' end::public.task_type
  where id = v_event.task_id and v_event.series_id is null
    and recurrence_pattern is not distinct from p_before.recurrence
    and (v_event.recurrence, v_event.recurrence_ends)
      is distinct from (p_before.recurrence, p_before.recurrence_ends);
  return v_event;
end
$$;

-- Makes the changed occurrences of a series, from its nth repetition on, those of another, or of the same as it is
-- now. Where the pattern is the same the nth stays the nth; where it is another, what still falls on it stays. A
-- changed occurrence that has no place left is cancelled; how many those are comes back. One that was only moved is
-- called and described as its series is.
create function private.carry_occurrences(
  p_from public.calendar_events, p_to public.calendar_events, p_n integer
) returns integer
language sql security invoker set search_path = ''
as $$
  with placed as (
    select own.id, own.status, own.series_id, own.title = p_from.title as named_alike,
      own.description is not distinct from p_from.description as described_alike,
      case when p_from.recurrence = p_to.recurrence
        then private.local_instant(private.occurrence_local(p_to, n - p_n), p_to.time_zone)
        else own.original_starts_at end as original
    from public.calendar_events as own
    cross join lateral private.occurrence_number(p_from, own.original_starts_at) as n
    where own.series_id = p_from.id and n >= p_n
  ),
  judged as (
    select *, p_to.status = 'confirmed' and private.occurrence_number(p_to, original) is null as lost from placed
  ),
  carried as (
    update public.calendar_events as own
    set series_id = case when not lost then p_to.id end, original_starts_at = case when not lost then original end,
      title = case when named_alike then p_to.title else own.title end,
      description = case when described_alike then p_to.description else own.description end,
      status = case when lost then 'cancelled' when p_to.status = 'cancelled' then 'cancelled' else own.status end
    from judged where own.id = judged.id
    returning lost and judged.status = 'confirmed' as dropped
  )
  select count(*) filter (where dropped)::integer from carried
$$;

-- Changes the series from its nth repetition on: the whole of it, or a new series `p_new_id` after the old one's end.
-- An end of the recurrence moves along by as many days as the occurrences do.
create function private.change_series(
  p_series public.calendar_events, p_occurrence public.calendar_events, p_changes jsonb, p_n integer, p_new_id uuid,
  out id uuid, out dropped integer
)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_changed public.calendar_events := private.changed_event(p_occurrence, p_changes);
  v_zone constant text := p_series.time_zone;
  v_shift constant interval := (v_changed.starts_at at time zone v_zone)
    - (p_occurrence.starts_at at time zone v_zone);
  v_start timestamptz;
begin
  if not p_changes ? 'recurrence_ends' then
    v_changed.recurrence_ends := p_series.recurrence_ends
      + ((v_changed.starts_at at time zone v_zone)::date - (p_occurrence.starts_at at time zone v_zone)::date);
  end if;
  v_changed.id := coalesce(p_new_id, p_series.id);
  if p_new_id is null and v_changed.recurrence is not null then
    v_start := private.local_instant((p_series.starts_at at time zone v_zone) + v_shift, v_zone);
    v_changed.ends_at := private.event_end(v_changed, v_start);
    v_changed.starts_at := v_start;
  end if;
  if p_new_id is null then
    v_changed := private.write_event(v_changed, p_series);
    dropped := private.carry_occurrences(p_series, v_changed, 0);
  else
    if v_changed.status = 'confirmed' then
      v_changed := private.write_event(v_changed, p_occurrence);
    else
      v_changed.id := p_series.id;
    end if;
    dropped := private.carry_occurrences(p_series, v_changed, p_n);
    update public.calendar_events as e
    set recurrence_ends = private.occurrence_local(p_series, p_n)::date - 1
    where e.id = p_series.id;
  end if;
  id := v_changed.id;
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
  v_event.ends_at := private.event_end(p_series, v_start);
  v_event.recurrence := null;
  return v_event;
end
$$;

-- What stands in the way of a change to an event that does not recur, or no longer takes place; null if nothing does.
create function private.change_problem(p_event public.calendar_events, p_changes jsonb) returns text
language sql immutable security invoker set search_path = ''
as $$
  select case
    when p_event.status = 'cancelled' then 'cancelled'
    when p_event.recurrence is not null then null
    when p_event.series_id is not null and (p_changes ->> 'recurrence' is not null or p_changes ? 'recurrence_ends')
      then 'of_series'
    when p_changes ->> 'recurrence_ends' is not null and p_changes ->> 'recurrence' is null then 'no_recurrence'
  end
$$;

-- Changes a series: one occurrence, it and those that follow, or all. Where nothing is before an occurrence, those
-- that follow are all. A series whose recurrence is cleared becomes one occurrence: the one named, or its first.
create function private.change_occurrences(
  p_series public.calendar_events, p_changes jsonb, p_new_id uuid, p_scope text, p_occurrence timestamptz,
  out outcome text, out id uuid, out dropped integer
)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_clears constant boolean := p_changes ? 'recurrence' and p_changes ->> 'recurrence' is null;
  v_first constant integer := private.next_occurrence(p_series, 0);
  v_n integer := case when v_clears then v_first else 0 end;
  v_one public.calendar_events;
begin
  if p_occurrence is not null then
    v_n := private.occurrence_number(p_series, p_occurrence);
  end if;
  v_one := private.occurrence_event(p_series, v_n, p_new_id);
  if v_n is null then
    outcome := 'no_occurrence';
  elsif v_one.status = 'cancelled' and (p_scope = 'this' or v_clears) then
    outcome := 'cancelled';
    id := case when p_changes ->> 'status' = 'cancelled' then v_one.id end;
  elsif p_scope = 'this' then
    outcome := 'this';
    v_one := private.write_event(private.changed_event(v_one, p_changes), v_one);
    id := v_one.id;
  else
    if not v_clears then
      v_one.title := p_series.title;
      v_one.description := p_series.description;
      v_one.starts_at := private.local_instant(private.occurrence_local(p_series, v_n), p_series.time_zone);
      v_one.ends_at := private.event_end(p_series, v_one.starts_at);
    end if;
    v_one.recurrence := p_series.recurrence;
    v_one.recurrence_ends := p_series.recurrence_ends;
    v_one.series_id := null;
    v_one.original_starts_at := null;
    v_one.status := p_series.status;
    outcome := case when p_scope = 'all' or v_n <= v_first then 'all' else 'following' end;
    select made.id, made.dropped - (v_clears and v_one.id <> p_new_id)::integer into id, dropped
    from private.change_series(p_series, v_one, p_changes, v_n, case when outcome = 'following' then p_new_id end)
      as made;
  end if;
end
$$;

-- The event that a change is about, and of a series the occurrence; locked, a series before its occurrences. A changed
-- occurrence is still of its series: its id names it there, by the start that it has or by the one that it had. So only
-- `this` is about its own row, unless another occurrence is named.
create function private.lock_named_event(
  p_event_id uuid, p_scope text, p_occurrence timestamptz, out event public.calendar_events, out occurrence timestamptz
)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_series public.calendar_events;
begin
  select s.* into v_series from public.calendar_events as s
    where s.id = (select own.series_id from public.calendar_events as own where own.id = p_event_id) for update;
  select e.* into event from public.calendar_events as e where e.id = p_event_id for update;
  occurrence := p_occurrence;
  if p_scope is null or event.series_id is distinct from v_series.id or v_series.id is null then
    return;
  end if;
  if p_occurrence is null or date_trunc('minute', p_occurrence) = date_trunc('minute', event.starts_at) then
    occurrence := event.original_starts_at;
  end if;
  if p_scope <> 'this' or date_trunc('minute', occurrence) <> date_trunc('minute', event.original_starts_at) then
    event := v_series;
  end if;
end
$$;

-- Changes or cancels an event; of a recurring one `this` occurrence, it and those `following`, or `all`. No row comes
-- back if there is no such event; an outcome without an id says what has to be asked, or why nothing was done.
-- `dropped` changed occurrences lost their place and were cancelled.
create function public.change_calendar_event(
  p_event_id uuid, p_changes jsonb, p_new_id uuid, p_scope text default null, p_occurrence timestamptz default null
) returns table (outcome text, id uuid, dropped integer)
language plpgsql security invoker set search_path = ''
as $$
declare
  v_named constant record := private.lock_named_event(p_event_id, p_scope, p_occurrence);
  v_event constant public.calendar_events := v_named.event;
  v_problem text;
  v_made uuid;
begin
  if v_event.id is null then
    return;
  end if;
  v_problem := private.change_problem(v_event, p_changes);
  if v_problem = 'cancelled' and p_changes ->> 'status' = 'cancelled' then
    -- Asked to cancel once more, a call names the row that it made before.
    select e.id into v_made from public.calendar_events as e where e.id = p_new_id;
    return query select v_problem, coalesce(v_made, v_event.id), 0;
  elsif v_problem is not null then
    return query select v_problem, null::uuid, 0;
  elsif p_scope is null and (v_event.recurrence is not null or v_event.series_id is not null) then
    return query select 'ask_scope', null::uuid, 0;
  elsif v_event.recurrence is null then
    perform private.write_event(private.changed_event(v_event, p_changes), v_event);
    return query select case when v_event.series_id is null then 'event' else 'this' end, v_event.id, 0;
  elsif v_named.occurrence is null and (p_scope <> 'all' or p_changes ?| array['starts_at', 'ends_at']) then
    return query select 'ask_occurrence', null::uuid, 0;
  else
    return query select * from private.change_occurrences(v_event, p_changes, p_new_id, p_scope, v_named.occurrence);
  end if;
  set constraints public.calendar_events_occur immediate;
end
$$;

revoke all on function
  private.changed_event(public.calendar_events, jsonb),
  private.write_event(public.calendar_events, public.calendar_events),
  private.carry_occurrences(public.calendar_events, public.calendar_events, integer),
  private.change_series(public.calendar_events, public.calendar_events, jsonb, integer, uuid),
  private.occurrence_event(public.calendar_events, integer, uuid),
  private.change_problem(public.calendar_events, jsonb),
  private.change_occurrences(public.calendar_events, jsonb, uuid, text, timestamptz),
  private.lock_named_event(uuid, text, timestamptz),
  public.change_calendar_event(uuid, jsonb, uuid, text, timestamptz)
from public, anon, service_role;
grant execute on function
  private.changed_event(public.calendar_events, jsonb),
  private.write_event(public.calendar_events, public.calendar_events),
  private.carry_occurrences(public.calendar_events, public.calendar_events, integer),
  private.change_series(public.calendar_events, public.calendar_events, jsonb, integer, uuid),
  private.occurrence_event(public.calendar_events, integer, uuid),
  private.change_problem(public.calendar_events, jsonb),
  private.change_occurrences(public.calendar_events, jsonb, uuid, text, timestamptz),
  private.lock_named_event(uuid, text, timestamptz),
  public.change_calendar_event(uuid, jsonb, uuid, text, timestamptz)
to authenticated;
