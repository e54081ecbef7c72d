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
  return case jsonb_typeof(p_usage) when 'object' then not jsonb_path_exists(p_usage, '$.keyvalue() ? (
      (@.key == "input_tokens" || @.key == "output_tokens" || @.key == "cached_tokens" || @.key == "reasoning_tokens"
        || @.key == "model_calls") && (@.value.type() != "number" || @.value < 0 || @.value > 1000000000
        || @.value % 1 != 0)
      || @.key == "cost_usd" && @.value.type() != "null"
        && (@.value.type() != "number" || @.value < 0 || @.value > 1000000000)
      || (@.key == "estimated" || @.key == "cost_estimated") && @.value.type() != "boolean")')
    else false end;
end $$;

-- They are compared for being the same, and none is used twice before a million others were.
create function private.next_generation(p_generation integer)
returns integer language plpgsql immutable parallel safe security invoker set search_path = '' as $$
begin
  return p_generation % 1000000 + 1;
end $$;

alter table public.agent_runs
  add constraint agent_runs_lease_bounds check (lease_generation between 1 and 1000000 and lease_seconds <= 3600
    and takeovers between 0 and 1000
    and isfinite(leased_at) and isfinite(lease_expires_at) and isfinite(cancel_requested_at)),
  add constraint agent_runs_usage_bounds check (usage is null or private.is_usage(usage)),
  add constraint agent_runs_finished check (isfinite(finished_at)
    and (finished_at is null or status in ('completed', 'failed', 'cancelled')));
alter table public.agent_executions
  add constraint agent_executions_lease_bounds check (lease_generation between 1 and 1000000
    and lease_seconds <= 3600 and isfinite(lease_expires_at)),
  add constraint agent_executions_usage_bounds check (usage is null or private.is_usage(usage));
-- A later type comes with a migration.
alter table public.agent_run_events
  add constraint agent_run_events_type check (type in ('session', 'analysis', 'plan_created', 'step_start',
    'executor_spawned', 'tool_call', 'tool_result', 'executor_result', 'step_complete', 'text', 'text_withdrawn',
    'approval_required', 'run_paused', 'approval_decided', 'taken_over', 'done', 'error')),
  add constraint agent_run_events_at check (isfinite(at));

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
