-- What a user deletes: a conversation, with all that was said, done and planned in it. As with a purge rows, ids and
-- numbers stay, for audits and quotas, and so does what its runs were tainted by, which are ids; of texts nothing
-- stays, those that a purge leaves included. A rule that was to hold in this conversation goes with it. One that holds
-- beyond it is its user's own, and theirs to take back; what agents have changed in the user's own tables stays, too.
--
--   private.delete_run_texts  what a purge leaves of a run
--   private.delete_session    the one door through the lock of finished runs that a user has
--   delete_session            the same, for the API

-- Of a run that is being purged in this transaction.
create function private.delete_run_texts(p_run public.agent_runs)
returns void language sql security invoker set search_path = '' as $$
  update public.agent_runs set request = private.no_request()
    where user_id = p_run.user_id and id = p_run.id;
  -- Which steps there were stays, with their tools and what they depended on.
  update public.agent_plans p set user_message = '', goal = '', steps = (
      select jsonb_agg(step || '{"title": "", "task": ""}' order by n)
      from jsonb_array_elements(p.steps) with ordinality o (step, n))
    where p.user_id = p_run.user_id and p.run_id = p_run.id;
$$;

-- A second time changes nothing. A run that has not ended is refused: it would go on to write. No agent deletes: what
-- told it to may be a text that it has read.
create function private.delete_session(p_session_id uuid)
returns void language plpgsql security definer set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_session public.chat_sessions;
  v_run public.agent_runs;
begin
  perform private.check_person();
  -- Starts wait for this, and so does a summary that is on its way.
  select * into v_session from public.chat_sessions where user_id = v_user and id = p_session_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'session', hint = 'There is no such session.';
  elsif v_session.deleted_at is not null then
    return;
  end if;
  select * into v_run from public.agent_runs
    where user_id = v_user and session_id = p_session_id and status in ('running', 'awaiting_approval');
  if found then
    raise sqlstate 'PT409' using message = 'run_unfinished',
      detail = jsonb_build_object('run_id', v_run.id)::text,
      hint = 'A run of this conversation has not ended. Cancel it, or wait for its end, and delete it then.';
  end if;
  perform from public.agent_runs where user_id = v_user and session_id = p_session_id order by id for update;
  for v_run in select * from public.agent_runs where user_id = v_user and session_id = p_session_id loop
    perform private.purge_run(v_run);
    perform private.delete_run_texts(v_run);
  end loop;
  update public.chat_messages set content = '' where user_id = v_user and session_id = p_session_id;
  update public.chat_session_summaries set content = 'Deleted' where user_id = v_user and session_id = p_session_id;
  delete from public.tool_rules where user_id = v_user and session_id = p_session_id;
  update public.chat_sessions set title = 'Deleted', preferences = '{}', deleted_at = now(),
      client_id = private.deleted_client_id(client_id)
    where user_id = v_user and id = p_session_id;
end $$;

create function public.delete_session(p_session_id uuid)
returns void language sql security invoker set search_path = '' as $$
  select private.delete_session(p_session_id);
$$;
comment on function public.delete_session(uuid) is
  'Deletes a conversation of the caller: all that was said, done and planned in it. Rows, ids and numbers stay.';

revoke execute on function
  private.delete_run_texts(public.agent_runs),
  private.delete_session(uuid),
  public.delete_session(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  private.delete_session(uuid),
  public.delete_session(uuid)
  to authenticated;
