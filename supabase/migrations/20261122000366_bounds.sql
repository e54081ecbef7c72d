-- What a user may write into their own run without the functions: within bounds that no sum reaches, so that whatever a
-- row says, its run can be taken over, cancelled, superseded and swept. What the functions write fits.
--
--   private.is_usage         whether a usage is one
--   private.next_generation  the fencing token after this one
--   private.keep_order       numbered rows follow one another without a gap
--   private.keep_lease       a lease ends within the hour

-- A field that is left out is unknown; one that is there has its type.
create function private.is_usage(p_usage jsonb)
returns boolean language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return case jsonb_typeof(p_usage) when 'object' then not jsonb_path_exists(p_usage, 'strict $ ? (
      exists(@.input_tokens ? (@.type() != "number" || @ < 0 || @ > 1000000000 || @ % 1 != 0))
      || exists(@.output_tokens ? (@.type() != "number" || @ < 0 || @ > 1000000000 || @ % 1 != 0))
      || exists(@.cached_tokens ? (@.type() != "number" || @ < 0 || @ > 1000000000 || @ % 1 != 0))
      || exists(@.reasoning_tokens ? (@.type() != "number" || @ < 0 || @ > 1000000000 || @ % 1 != 0))
      || exists(@.model_calls ? (@.type() != "number" || @ < 0 || @ > 1000000000 || @ % 1 != 0))
      || exists(@.cost_usd ? (@.type() != "null" && (@.type() != "number" || @ < 0 || @ > 1000000000)))
      || exists(@.estimated ? (@.type() != "boolean")) || exists(@.cost_estimated ? (@.type() != "boolean")))')
    else false end;
end $$;

-- They are compared for being the same, and none is used twice before a million others were.
create function private.next_generation(p_generation integer)
returns integer language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return p_generation % 1000000 + 1;
end $$;

-- Else the number after the last would be too large one day, and readers would stop at the gap. Asked once for all that
-- an insert has added, and after its rights were. The row before each is looked for by its key, whatever is planned.
create function private.keep_order()
returns trigger language plpgsql security invoker set search_path = '' as $$
declare
  v_gap boolean;
begin
  if tg_table_name = 'agent_run_events' then
    v_gap := exists (select from added n where n.seq > 1 and (select e.seq from public.agent_run_events e
      where e.user_id = n.user_id and e.run_id = n.run_id and e.seq = n.seq - 1) is null);
  elsif tg_table_name = 'agent_chat_messages' then
    v_gap := exists (select from added n where n.seq > 1 and (select m.seq from public.agent_chat_messages m
      where m.user_id = n.user_id and m.agent_session_id = n.agent_session_id and m.seq = n.seq - 1) is null);
  elsif tg_table_name = 'chat_messages' then
    v_gap := exists (select from added n where n.seq > 1 and (select m.seq from public.chat_messages m
      where m.user_id = n.user_id and m.session_id = n.session_id and m.seq = n.seq - 1) is null);
  elsif tg_table_name = 'chat_session_summaries' then
    v_gap := exists (select from added n where n.number > 1 and (select s.number from public.chat_session_summaries s
      where s.user_id = n.user_id and s.session_id = n.session_id and s.number = n.number - 1) is null);
  elsif tg_table_name = 'agent_plans' then
    v_gap := exists (select from added n where n.revision > 1 and (select p.revision from public.agent_plans p
      where p.user_id = n.user_id and p.run_id = n.run_id and p.revision = n.revision - 1) is null);
  else
    v_gap := exists (select from added n where n.attempt > 1 and (select e.attempt from public.agent_executions e
      where e.user_id = n.user_id and e.plan_id = n.plan_id and e.step_number = n.step_number
        and e.attempt = n.attempt - 1) is null);
  end if;
  if v_gap and tg_table_name = 'agent_chat_messages' then
    raise sqlstate 'PT409' using message = 'messages_out_of_order';
  elsif v_gap and tg_table_name = 'agent_run_events' then
    raise sqlstate 'PT409' using message = 'events_out_of_order';
  elsif v_gap then
    raise check_violation using message = format('Cannot add to %s: there would be a gap', tg_table_name);
  end if;
  return null;
end $$;

create trigger keep_order after insert on public.agent_run_events referencing new table as added
  for each statement execute function private.keep_order();
create trigger keep_order after insert on public.agent_chat_messages referencing new table as added
  for each statement execute function private.keep_order();
create trigger keep_order after insert on public.chat_messages referencing new table as added
  for each statement execute function private.keep_order();
create trigger keep_order after insert on public.chat_session_summaries referencing new table as added
  for each statement execute function private.keep_order();
create trigger keep_order after insert on public.agent_plans referencing new table as added
  for each statement execute function private.keep_order();
create trigger keep_order after insert on public.agent_executions referencing new table as added
  for each statement execute function private.keep_order();

-- Nobody owns a run for longer than a process lives: a lease that never ended would be one that nobody takes over.
create function private.keep_lease()
returns trigger language plpgsql security invoker set search_path = '' as $$
begin
  if new.lease_expires_at > clock_timestamp() + interval '1 hour 1 minute' then
    raise check_violation using message = 'Cannot lease it: a lease ends within the hour';
  end if;
  return new;
end $$;
create trigger keep_lease before insert or update of lease_expires_at on public.agent_runs
  for each row execute function private.keep_lease();
create trigger keep_lease before insert or update of lease_expires_at on public.agent_executions
  for each row execute function private.keep_lease();

revoke all on function private.is_usage(jsonb), private.next_generation(integer), private.keep_order(),
  private.keep_lease() from public, anon, authenticated, service_role;
grant execute on function private.is_usage(jsonb), private.next_generation(integer) to authenticated;
