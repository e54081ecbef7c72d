-- A series has at least one occurrence, whoever writes it: looked at when a transaction has written all.

create function private.check_series_occurs() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  if exists (
    select from public.calendar_events as e
    where e.user_id = new.user_id and e.id = coalesce(new.series_id, new.id)
      and e.status = 'confirmed' and e.recurrence is not null and private.next_occurrence(e, 0) is null
  ) then
    raise exception 'row for relation "calendar_events" violates check constraint "calendar_events_occur"'
      using errcode = 'check_violation';
  end if;
  return null;
end
$$;
revoke all on function private.check_series_occurs() from public, anon, service_role;

create constraint trigger calendar_events_occur after insert or update on public.calendar_events
  deferrable initially deferred
  for each row when (new.recurrence is not null or new.series_id is not null)
  execute function private.check_series_occurs();
