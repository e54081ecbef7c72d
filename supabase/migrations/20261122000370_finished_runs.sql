-- A run that has ended is as it was: nobody adds a row to it and nobody changes one, whoever it is and by whichever
-- door. No role of the API may delete a row: they go with their user's account, or by the hand of the tables' owner,
-- who is not held back here. Four things are let through: the settlement of a reservation that was made before the
-- end, that a change was undone, the owner's purge and a user's delete_session, and what has no run.
--
--   private.no_request             what was asked of a run whose session was deleted
--   private.refuse_after_end       refuses rows of a run that has ended
--   private.keep_unfinished        the same for a table with a column run_id
--   private.keep_effect_open       the same for effects, which their user may undo
--   private.keep_settlement        a settlement is made once
--   private.keep_ended_run         a run's own row
--   private.check_end              a terminal status and a terminal event come together, or not at all

-- The run is locked before it is looked at: whoever ends it waits for the row, or the row for the end. Emptying the
-- rows of a run is the work of a purge or of delete_session, which has marked the run in the same transaction.
create function private.refuse_after_end(p_user_id uuid, p_run_id uuid, p_command text)
returns void language plpgsql security invoker set search_path = '' as $$
declare
  v_status public.run_status;
  v_purged_at timestamptz;
begin
  select status, purged_at into v_status, v_purged_at from public.agent_runs
    where user_id = p_user_id and id = p_run_id for key share;
  if v_status in ('completed', 'failed', 'cancelled')
    and (p_command <> 'UPDATE' or v_purged_at is distinct from now()) then
    raise sqlstate 'PT409' using message = 'run_not_running';
  end if;
end $$;

-- Says itself what refuse_after_end says: it is asked of each row that a turn writes. Of each row and not once for a
-- statement: that would be after the rows are there, and who adds one by hand would wait for the run with a row that
-- whoever ends the run may wait for.
create function private.keep_unfinished()
returns trigger language plpgsql security invoker set search_path = '' as $$
declare
  v_status public.run_status;
  v_purged_at timestamptz;
begin
  select status, purged_at into v_status, v_purged_at from public.agent_runs
    where user_id = new.user_id and id = new.run_id for key share;
  if v_status in ('completed', 'failed', 'cancelled')
    and (tg_op <> 'UPDATE' or v_purged_at is distinct from now()) then
    raise sqlstate 'PT409' using message = 'run_not_running';
  end if;
  if tg_op = 'UPDATE' and old.run_id is distinct from new.run_id then
    perform private.refuse_after_end(old.user_id, old.run_id, tg_op);
  end if;
  return new;
end $$;

create function private.keep_effect_open()
returns trigger language plpgsql security invoker set search_path = '' as $$
declare
  -- What is generated is not known yet.
  v_free constant text[] := array['undone_at', 'kept'];
begin
  if tg_op = 'INSERT' or to_jsonb(new) - v_free is distinct from to_jsonb(old) - v_free then
    perform private.refuse_after_end(c.user_id, c.run_id, tg_op) from public.agent_tool_calls c
      where c.user_id = new.user_id and c.id = new.call_id;
  end if;
  return new;
end $$;

create function private.keep_settlement()
returns trigger language plpgsql security invoker set search_path = '' as $$
begin
  perform private.refuse_after_end(r.user_id, r.run_id, tg_op) from public.usage_reservations r
    where r.user_id = old.user_id and r.id = old.reservation_id;
  return new;
end $$;

create function private.no_request()
returns jsonb language sql immutable parallel safe security invoker set search_path = '' as $$
  select '{"message": ""}'::jsonb;
$$;

create function private.keep_ended_run()
returns trigger language plpgsql security invoker set search_path = '' as $$
declare
  v_deleted constant boolean := new.request = private.no_request() and old.purged_at = now();
  v_free constant text[] := array['purged_at'] || case when v_deleted then array['request'] end;
begin
  if to_jsonb(new) - v_free is distinct from to_jsonb(old) - v_free then
    raise sqlstate 'PT409' using message = 'run_not_running';
  end if;
  return new;
end $$;

-- Asked when all of a transaction has been done, of the run that it has ended or given a terminal event:
-- the last event of the log, and no other, tells of the end.
create function private.check_end()
returns trigger language plpgsql security invoker set search_path = '' as $$
declare
  v_run_id uuid;
  v_seq integer;
  v_as_told boolean;
begin
  if tg_table_name = 'agent_runs' then
    v_run_id := new.id;
  else
    v_run_id := new.run_id;
    v_seq := new.seq;
  end if;
  -- A run that is gone went with its user.
  select (r.status in ('completed', 'failed', 'cancelled')) = (coalesce(last.type, '') in ('done', 'error'))
      and coalesce(v_seq = last.seq, true)
    into v_as_told
    from public.agent_runs r left join lateral (
      select e.type, e.seq from public.agent_run_events e where e.user_id = r.user_id and e.run_id = r.id
      order by e.seq desc limit 1) last on true
    where r.user_id = new.user_id and r.id = v_run_id;
  if not v_as_told then
    raise check_violation using message = format('Cannot keep run %s: its status and its last event differ', v_run_id);
  end if;
  return null;
end $$;

create trigger keep_unfinished before insert or update on public.chat_messages
  for each row execute function private.keep_unfinished();
create trigger keep_unfinished before insert or update on public.agents
  for each row execute function private.keep_unfinished();
create trigger keep_unfinished before insert or update on public.agent_plans
  for each row execute function private.keep_unfinished();
create trigger keep_unfinished before insert or update on public.agent_chat_sessions
  for each row execute function private.keep_unfinished();
create trigger keep_unfinished before insert or update on public.agent_executions
  for each row execute function private.keep_unfinished();
create trigger keep_unfinished before insert or update on public.agent_chat_messages
  for each row execute function private.keep_unfinished();
create trigger keep_unfinished before insert or update on public.agent_tool_calls
  for each row execute function private.keep_unfinished();
-- Of a new event, private.stamp_event asks.
create trigger keep_unfinished before update on public.agent_run_events
  for each row execute function private.keep_unfinished();
create trigger keep_unfinished before insert or update on public.usage_reservations
  for each row execute function private.keep_unfinished();
create trigger keep_effect_open before insert or update on public.tool_effects
  for each row execute function private.keep_effect_open();
create trigger keep_settlement before update on public.usage_settlements
  for each row execute function private.keep_settlement();
create trigger keep_ended_run before update on public.agent_runs
  for each row when (old.status in ('completed', 'failed', 'cancelled'))
  execute function private.keep_ended_run();

create constraint trigger check_end after insert or update of status on public.agent_runs
  deferrable initially deferred
  for each row when (new.status in ('completed', 'failed', 'cancelled'))
  execute function private.check_end();
create constraint trigger check_end after insert on public.agent_run_events
  deferrable initially deferred
  for each row when (new.type in ('done', 'error'))
  execute function private.check_end();

revoke all on function
  private.no_request(),
  private.refuse_after_end(uuid, uuid, text),
  private.keep_unfinished(),
  private.keep_effect_open(),
  private.keep_settlement(),
  private.keep_ended_run(),
  private.check_end()
  from public, anon, authenticated, service_role;
grant execute on function private.no_request(), private.refuse_after_end(uuid, uuid, text) to authenticated;
