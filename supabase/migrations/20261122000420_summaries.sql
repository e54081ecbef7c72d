-- How a conversation that has outgrown its prompts is summarised, after the run that found it so.
--
--   unsummarised  what the next summary is made of
--   add_summary   keeps it, and settles the call that made it
--
-- Neither holds the run, nor the session against any but who deletes it: a summary is late where it is slow, and nobody
-- waits for it. Of two that are made of the same part at the same time one is kept, by their number.

-- The rows that a run's writes changed, as far as their receipts tell; null where there are none.
create function private.changed_rows(p_run_id uuid)
returns jsonb language sql stable security invoker set search_path = '' as $$
  select jsonb_agg(jsonb_build_object('tool', c.tool_name, 'row', r.relation, 'key', r.row_key)
    order by r.created_at, r.call_id)
  from public.agent_tool_calls c
  join public.tool_receipts r on r.user_id = c.user_id and r.call_id = c.id
  where c.user_id = (select auth.uid()) and c.run_id = p_run_id;
$$;

-- The newest summary of the run's session, and the oldest messages after those that it covers, as many as one
-- summary can take in; none after the run's own. `number` is the next summary's.
create function public.unsummarised(p_run_id uuid)
returns jsonb language sql stable security invoker set search_path = '' as $$
  with told as (
    select m.session_id, max(m.seq) as last_seq from public.chat_messages m
    where m.user_id = (select auth.uid()) and m.run_id = p_run_id group by m.session_id
  ), newest as (
    select s.number, s.content, s.upto_seq
    from told join public.chat_session_summaries s on s.session_id = told.session_id
    where s.user_id = (select auth.uid()) order by s.number desc limit 1
  ), oldest as (
    select m.seq, m.role, private.in_history(m) as content, m.run_id
    from public.chat_messages m
    where m.user_id = (select auth.uid()) and m.session_id = (select t.session_id from told t)
      and m.seq > coalesce((select n.upto_seq from newest n), 0)
    order by m.seq limit 100
  ), sized as (
    select o.*, sum(length(o.content)) over (order by o.seq) - length(o.content) as characters
    from oldest o where o.seq <= (select t.last_seq from told t)
  )
  select jsonb_build_object(
    'number', coalesce((select n.number from newest n), 0) + 1,
    'summary', (select n.content from newest n),
    'last_seq', told.last_seq,
    'messages', (
      select coalesce(jsonb_agg(jsonb_build_object('seq', z.seq, 'role', z.role, 'content', z.content,
        'changed', case z.role when 'assistant' then private.changed_rows(z.run_id) end) order by z.seq), '[]')
      from sized z where z.characters < 40000))
  from told;
$$;

-- Keeps a summary of the run's session, and settles its call. False where another one has its number, or the session
-- was deleted.
create function public.add_summary(p_run_id uuid, p_summary jsonb, p_settlement jsonb)
returns boolean language plpgsql security invoker set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_deleted boolean;
begin
  -- Whoever deletes the session is waited for, or waits.
  select s.deleted_at is not null into v_deleted from public.chat_sessions s
    where s.user_id = v_user and s.id = (select r.session_id from public.agent_runs r
      where r.user_id = v_user and r.id = p_run_id) for key share;
  perform public.settle_usage(p_settlement);
  insert into public.chat_session_summaries
      (user_id, session_id, number, content, upto_seq, model_used, input_tokens, output_tokens)
    select v_user, r.session_id, (p_summary ->> 'number')::integer, p_summary ->> 'content',
      (p_summary ->> 'upto_seq')::integer, p_summary ->> 'model_used', (p_summary ->> 'input_tokens')::integer,
      (p_summary ->> 'output_tokens')::integer
    from public.agent_runs r where r.user_id = v_user and r.id = p_run_id and not v_deleted
    on conflict (user_id, session_id, number) do nothing;
  return found;
end $$;

revoke execute on function private.changed_rows(uuid), public.unsummarised(uuid), public.add_summary(uuid, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function private.changed_rows(uuid), public.unsummarised(uuid), public.add_summary(uuid, jsonb, jsonb)
  to authenticated;
