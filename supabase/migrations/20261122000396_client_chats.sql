-- Conversations as other people's clients know them: by an id that the client has chosen, and by the streams that they
-- are shown of runs.
--
--   private.deleted_client_id    what is kept of a client's id whose conversation its user has deleted
--   private.client_session       the session that a client's id names
--   private.held_client_session  the same for a start, which makes it where it is not there
--   client_chat_run              the unfinished run of that session
--   client_chat_history          its newest messages, with the logs of their runs
--   client_run                   a run's ids as its client has them, what waits in it, and where its log pauses

-- The id may be its user's own words. Its hash is enough to tell a client that goes on with the conversation that it
-- was deleted, and to begin no other one in its place.
create function private.deleted_client_id(p_client_id text)
returns text language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select 'deleted:' || encode(sha256(convert_to((select auth.uid())::text || ' ' || p_client_id, 'UTF8')), 'hex')
); end $$;

-- By the session's own id first, so that a client may go on with a session that another has begun. Null where the user
-- has none.
create function private.client_session(p_client_id text)
returns uuid language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select s.id from public.chat_sessions s
    where s.user_id = (select auth.uid()) and (s.client_id in (p_client_id, private.deleted_client_id(p_client_id))
      or s.id = case
      when p_client_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_client_id::uuid end)
    order by s.id::text is distinct from lower(p_client_id) limit 1
); end $$;

-- Two first messages under one id take turns here, before either has locked a session: the second finds that of the
-- first.
create function private.held_client_session(p_client_id text)
returns uuid language plpgsql volatile security invoker set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended((select auth.uid())::text || ' chat ' || p_client_id, 0));
  return private.client_session(p_client_id);
end $$;

create function public.client_chat_run(p_client_id text)
returns uuid language sql stable security invoker set search_path = '' as $$
  select r.id from public.agent_runs r
    where r.user_id = (select auth.uid()) and r.session_id = private.client_session(p_client_id)
      and r.status in ('running', 'awaiting_approval');
$$;

-- { messages, logs }: at most `p_messages`, oldest first, those of the user with the ids that their clients gave them;
-- the logs, by run, of those of the assistant's, the newest first, as long as they have no more than `p_events`
-- together. A purged run has none.
create function public.client_chat_history(p_client_id text, p_messages integer, p_events integer)
returns jsonb language sql stable security invoker set search_path = '' as $$
  with newest as (
    select m.id, m.session_id, m.role, m.content, m.run_id, m.seq, r.request -> 'client_message_id' as client_message_id
      from public.chat_messages m
      left join public.agent_runs r on r.user_id = m.user_id and r.id = m.run_id and m.role = 'user'
      where m.user_id = (select auth.uid()) and m.session_id = (
        select s.id from public.chat_sessions s where s.user_id = (select auth.uid())
          and s.id = private.client_session(p_client_id) and s.deleted_at is null)
      order by m.seq desc limit p_messages
  ), sized as (
    select r.id as run_id, sum(e.last) over (order by n.seq desc) as events
      from newest n
      join public.agent_runs r on r.user_id = (select auth.uid()) and r.id = n.run_id
      cross join lateral (select max(seq) as last from public.agent_run_events
        where user_id = r.user_id and run_id = r.id) e
      where n.role = 'assistant' and r.purged_at is null
  ), logs as (
    select e.run_id, jsonb_agg(to_jsonb(e) - 'user_id' order by e.seq) as events
      from public.agent_run_events e join sized s on s.run_id = e.run_id and s.events <= p_events
      where e.user_id = (select auth.uid())
      group by e.run_id
  )
  select jsonb_build_object(
    'messages', (select coalesce(jsonb_agg(to_jsonb(n) - 'seq' order by n.seq), '[]') from newest n),
    'logs', (select coalesce(jsonb_object_agg(l.run_id, l.events), '{}') from logs l));
$$;

-- { run_id, session_id, client_id, request_key, message, open, last, pauses }: the calls that can still be decided, the
-- number of the last event, and of each pause its number and the calls that it waited for. Null where the caller has no
-- such run.
create function public.client_run(p_run_id uuid)
returns jsonb language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object('run_id', r.id, 'session_id', r.session_id, 'client_id', s.client_id,
      'request_key', r.request_key, 'message', r.request -> 'message', 'open', private.open_call_ids(r.id)) || e.log
    from public.agent_runs r
    join public.chat_sessions s on s.user_id = r.user_id and s.id = r.session_id
    cross join lateral (
      select jsonb_build_object('last', coalesce(max(seq), 0), 'pauses', coalesce(
          jsonb_agg(jsonb_build_object('seq', seq, 'open', data -> 'open') order by seq)
            filter (where type = 'run_paused'), '[]')) as log
        from public.agent_run_events where user_id = r.user_id and run_id = r.id) e
    where r.id = p_run_id and r.user_id = (select auth.uid());
$$;

revoke execute on function
  private.deleted_client_id(text),
  private.client_session(text),
  private.held_client_session(text),
  public.client_chat_run(text),
  public.client_chat_history(text, integer, integer),
  public.client_run(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  private.deleted_client_id(text),
  private.client_session(text),
  private.held_client_session(text),
  public.client_chat_run(text),
  public.client_chat_history(text, integer, integer),
  public.client_run(uuid)
  to authenticated;
