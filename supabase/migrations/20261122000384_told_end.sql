-- How a run ended is told once, as the assistant's message in its session: the answer, or where there is none, what was
-- said so far, why it ended, and what it had changed. It is made of rows, because a run may end without any code.
--
--   private.told_text     what the run had said
--   private.told_effects  what it has changed
--   private.told_undone   what it was about to do, and has not done
--   private.told_end      all of it, and why it ended
--   private.tell_end      writes the message
--   private.in_history    a message as the next prompt has it

-- The beginning of a text.
create function private.beginning(p_text text, p_length integer)
returns text language plpgsql immutable security invoker set search_path = '' as $$
begin
  return case when length(p_text) > p_length then left(p_text, p_length - 1) || '…' else p_text end;
end $$;

-- What the planner had said, withdrawn parts left out; null where nothing.
create function private.told_text(p_run_id uuid)
returns text language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select string_agg(said, E'\n\n' order by first)
  from (
    select min(e.seq) as first, btrim(string_agg(e.data ->> 'delta', '' order by e.seq), E' \n\t') as said
    from public.agent_run_events e
    where e.user_id = (select auth.uid()) and e.run_id = p_run_id and e.type = 'text'
      and e.data -> 'part' <> all (array(select w.data -> 'part' from public.agent_run_events w
        where w.user_id = (select auth.uid()) and w.run_id = p_run_id and w.type = 'text_withdrawn'))
    group by e.data -> 'part'
  ) parts where said <> ''
); end $$;

-- What a tool said of its change, as a part of a sentence.
create function private.told_effect(p_message text)
returns text language plpgsql immutable security invoker set search_path = '' as $$
begin return (
  select private.beginning(case when message ~ '^[[:upper:]][[:lower:]]'
    then lower(left(message, 1)) || substr(message, 2) else message end, 160)
  from rtrim(btrim(regexp_replace(p_message, '\s+', ' ', 'g')), '.') message
); end $$;

-- What a run has changed, in the words of its tools, the first six changes and how many more; null where nothing. A
-- write whose outcome nobody could store has changed something if it left a receipt; one that was undone has not.
create function private.told_effects(p_run_id uuid)
returns text language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select string_agg(effect, '; ' order by n) filter (where n <= 6)
    || case when count(*) > 6 then format('; and %s more', count(*) - 6) else '' end
  from (
    select row_number() over (order by c.created_at, c.id) as n,
      case when c.status = 'succeeded' and c.duration_ms is not null and c.result ->> 'message' <> ''
        then private.told_effect(c.result ->> 'message')
        else c.tool_name || ' was carried out' end as effect
    from public.agent_tool_calls c
    where c.user_id = (select auth.uid()) and c.run_id = p_run_id and c.access = 'write'
      and (c.status = 'succeeded' or exists (
        select from public.tool_receipts r where r.user_id = c.user_id and r.call_id = c.id))
      and (select bool_and(e.undone_at is not null) from public.tool_effects e
        where e.user_id = c.user_id and e.call_id = c.id) is not true
  ) done
); end $$;

-- What was not done because nobody decided on it in time, or the run ended before it, also where it was approved: so
-- that who says "yes, but at 3" is understood. The first six, and how many more; null where nothing.
create function private.told_undone(p_run_id uuid)
returns text language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select string_agg(call, '; ' order by n) filter (where n <= 6)
    || case when count(*) > 6 then format('; and %s more', count(*) - 6) else '' end
  from (
    select row_number() over (order by c.created_at, c.id) as n,
      concat_ws(' ', c.tool_name, private.beginning(nullif(c.arguments::text, '{}'), 160)) as call
    from public.agent_tool_calls c
    where c.user_id = (select auth.uid()) and c.run_id = p_run_id and c.status = 'rejected'
      and (c.error in ('expired', 'superseded', 'cancelled')
        or c.error = 'run_ended' and (c.access = 'write' or c.expires_at is not null))
  ) undone
); end $$;

create function private.told_end(p_run public.agent_runs, p_end jsonb)
returns text language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select concat_ws(E'\n\n', private.beginning(private.told_text(p_run.id), 4000),
    case
      when p_end ->> 'status' = 'completed' then 'This ended without an answer.'
      when p_end ->> 'finished_reason' = 'superseded' then
        'This waited for the user''s approval when they sent their next message.'
      when p_end ->> 'status' = 'cancelled' then 'This was stopped by the user.'
      when p_end -> 'error' ->> 'kind' = 'abandoned' then 'This was abandoned before it was finished.'
      when p_end -> 'error' ->> 'kind' = 'internal' then 'This was interrupted before it was finished.'
      else 'This failed before it was finished.'
    end || ' ' || coalesce('Done before: ' || private.told_effects(p_run.id) || '.', 'Nothing was changed.')
      || coalesce(' Not done: ' || private.told_undone(p_run.id) || '.', ''))
); end $$;

-- Writes the message; `p_end` is as private.end_run gets it.
create function private.tell_end(p_run public.agent_runs, p_end jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  insert into public.chat_messages (id, user_id, session_id, role, content, run_id, seq)
    select (p_end ->> 'message_id')::uuid, p_run.user_id, p_run.session_id, 'assistant',
      coalesce(p_end ->> 'answer', private.told_end(p_run, p_end)), p_run.id, coalesce(max(m.seq), 0) + 1
    from public.chat_messages m where m.session_id = p_run.session_id;
  update public.chat_sessions set updated_at = now() where id = p_run.session_id;
end $$;

-- A message as the next prompt has it: an answer is the model's own words, so rows say beside it what was changed.
create function private.in_history(p_message public.chat_messages)
returns text language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select p_message.content || coalesce((
    select E'\n\n(Done in this turn: ' || private.told_effects(r.id) || '.)' from public.agent_runs r
    where r.user_id = p_message.user_id and r.id = p_message.run_id and r.status = 'completed'
      and p_message.role = 'assistant'), '')
); end $$;

revoke execute on function
  private.beginning(text, integer),
  private.told_text(uuid),
  private.told_effect(text),
  private.told_effects(uuid),
  private.told_undone(uuid),
  private.told_end(public.agent_runs, jsonb),
  private.tell_end(public.agent_runs, jsonb),
  private.in_history(public.chat_messages)
  from public, anon, authenticated, service_role;
grant execute on function
  private.beginning(text, integer),
  private.told_text(uuid),
  private.told_effect(text),
  private.told_effects(uuid),
  private.told_undone(uuid),
  private.told_end(public.agent_runs, jsonb),
  private.tell_end(public.agent_runs, jsonb),
  private.in_history(public.chat_messages)
  to authenticated;
