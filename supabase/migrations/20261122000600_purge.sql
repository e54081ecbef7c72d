-- What the operator deletes of runs that ended long ago. Rows and numbers stay, for audits and quotas; texts go.
-- `chat_messages` and summaries stay: a conversation's history falls back on them. They go with their session, when its
-- user deletes that (delete_session), which begins with a purge of each of its runs.
--
-- Nobody calls this but the owner of the tables, such as a scheduled job:
--
--   select private.purge_runs(now() - interval '90 days');
--
-- One call empties one batch, so that no transaction grows with the table: call it until it answers 0.

create function private.purge_run(p_run public.agent_runs)
returns void language sql security invoker set search_path = '' as $$
  -- First: it is what lets the others through.
  update public.agent_runs set purged_at = now() where user_id = p_run.user_id and id = p_run.id;
  update public.agent_chat_messages set content = '', tool_calls = null, reasoning = null, echo = null
    where user_id = p_run.user_id and run_id = p_run.id;
  update public.agent_chat_sessions set initial_context = '{}'
    where user_id = p_run.user_id and run_id = p_run.id;
  update public.agent_tool_calls set arguments = null, proposed_arguments = null, why = null, remember = null,
      effects = null, problem = null, result = null, error = null
    where user_id = p_run.user_id and run_id = p_run.id;
  -- That it was decided, and how, stays.
  update public.approval_decisions d set edited = null, effects = null, reason = null from public.agent_tool_calls c
    where c.user_id = p_run.user_id and c.run_id = p_run.id and d.user_id = c.user_id and d.call_id = c.id;
  update public.agent_executions set task = '{}', result = null, error = null
    where user_id = p_run.user_id and run_id = p_run.id;
  -- Images of what was changed; which rows they were stays.
  update public.tool_effects e set before = null, after = null from public.agent_tool_calls c
    where c.user_id = p_run.user_id and c.run_id = p_run.id and e.user_id = c.user_id and e.call_id = c.id;
  -- All that is said in them: deltas, arguments, results, tasks and summaries. How the run began and ended stays.
  update public.agent_run_events set data = '{}'
    where user_id = p_run.user_id and run_id = p_run.id and type not in ('session', 'done', 'error');
  -- What is deleted can't be delivered: the same message again starts a run of its own.
  delete from public.request_keys where user_id = p_run.user_id and run_id = p_run.id;
$$;

-- Empties the runs that ended before `p_before`, the oldest `p_batch` of them; the number of runs that it emptied.
create function private.purge_runs(p_before timestamptz, p_batch integer default 100)
returns integer language plpgsql security invoker set search_path = '' as $$
declare
  v_run public.agent_runs;
  v_emptied integer := 0;
begin
  -- A limit of null is none.
  if p_batch is null or p_batch < 1 then
    raise exception 'Cannot purge runs: a batch has at least one';
  end if;
  for v_run in
    select * from public.agent_runs where finished_at < p_before and purged_at is null
    order by finished_at limit p_batch for no key update skip locked
  loop
    perform private.purge_run(v_run);
    v_emptied := v_emptied + 1;
  end loop;
  return v_emptied;
end $$;
comment on function private.purge_runs(timestamptz, integer) is
  'Empties the texts of runs that ended before p_before, in batches; answers how many. For the owner only.';

revoke all on function private.purge_run(public.agent_runs), private.purge_runs(timestamptz, integer)
  from public, anon, authenticated, service_role;
