-- The functions that move runs and steps start here. Each is one transaction under the caller's own rights: lock,
-- check the state, change it, on the database's clock. What an owner or worker calls may be repeated when its answer
-- was lost: it counts once.
--
-- Locks are taken in one order: session, run, plan, step, execution, call, the user's advisory lock; start_run takes
-- the lock of the idempotency key before all of them, and the user's before the rows of a run that it supersedes, which
-- it holds against all others by then. Whatever writes a row of a run locks the run first:
--
--   for key share      an agent's step, a claim of one, a reservation, a receipt: they work side by side
--   for no key update  the owner's own writes: one at a time, beside all of those
--   for update         what takes the run from those who work on it, or tells them something: claim_run, release_run,
--                      park_run, cancel_run, decide_tool_calls and every decision by hand, answer_step, and every
--                      ending of a run. It waits for all of them, and they for it: an update of the fencing
--                      token alone would let the owner before pass
--
-- What may end a run locks its session before it (private.lock_run_to_end).
--
-- What is called all the time finds its rows by their keys, so that one plan is good for all: with
-- `force_generic_plan` a connection plans a statement once, and not at each of the first five calls.
--
-- Refusals go through PostgREST's PT codes: the code is the HTTP status, the message names the state. Sentences for
-- users are made of them in shared/db/run_refusals.ts.
--
--   PT400 claimant              who claims a step says what it is, and for how long it works
--   PT400 outcome               how a run or a step ends is one of its terminal states; an error has its three fields
--   PT400 nothing_to_remember   no rule would keep the next such call from asking
--   PT400 usage_days            usage is told of 1 to 366 days
--   PT400 time_zone             by the calendar of a zone that has a name
--   PT401 no_user               nobody is signed in
--   PT400 beyond_the_log        the run has no event of that number; detail: { field, last }
--   PT400 row_source            an importer says where its rows come from, by one of four words; detail: the word
--   PT400 tool_header           a write names its call, and the attempt at it, by uuids; detail: the header
--   PT403 agent_token_required  in mode separate an agent needs a token of its own
--   PT400 decisions             they are a list
--   PT403 not_for_agents        a person decides, undoes, deletes and trusts, no agent
--   PT403 no_tool_call          an agent's client writes without naming a call of a tool
--   PT403 row_of_another_user   a tool's call changes what is not its user's
--   PT403 call_not_approved     a tool's call writes that is none of the user's, or was not approved
--   PT403 policy_denies         a call is not allowed, whoever approves it
--   PT403 fresh_proof           who approves it proves by a second factor that it is them, after they were asked
--   PT403 outside_footprint     a tool's call changes what its tool may not; detail: tool, operation, table
--   PT403 effects_not_kept      a dry run, or what is held to one, changes a table that keeps no effects; detail: table
--   PT404 run                   the caller has no such run; and so on
--   PT404 session
--   PT404 entity                what the message is about
--   PT404 plan
--   PT404 step
--   PT404 execution
--   PT404 call                  the caller has no such tool call
--   PT409 run_unfinished        the session's run has an owner, or is on its way to one; detail: { run_id }
--   PT409 request_key_reused    the idempotency key stands for another request; detail: { run_id }
--   PT409 call_has_ended        a tool call has its outcome already
--   PT409 call_not_proposed     a write is a proposal first
--   PT409 call_is_approved      what was approved is what is made
--   PT409 preview_is_shown      who is asked decides on one preview
--   PT409 call_not_open         nobody is asked about the tool call
--   PT409 tool_preview          a dry run has come to its end; detail: what it would have changed
--   PT409 approval_stale        a tool call would change something else than was approved
--   PT409 status_not_next       a tool call's status moves along its arrows, its verdict is the database's
--   PT409 run_not_running       the run has ended
--   PT409 run_has_an_owner      its lease has not expired
--   PT409 run_awaits_approval   a person has to decide first
--   PT409 decided_already       the call was decided; detail: { tool_call_id }, here and below
--   PT409 approval_expired      the time to decide is over
--   PT409 not_shown_yet         the call has not been tried yet: nobody has seen what it would change
--   PT409 other_arguments       what was decided on is not what the call would do: its arguments
--   PT409 other_effects         and its effects
--   PT409 events_out_of_order   the log has moved on
--   PT409 messages_out_of_order the thread would have a gap
--   PT409 changed_since         a row is not as the tool call left it
--   PT409 in_use                rows refer to one that the tool call made
--   PT409 images_gone           what the tool call changed is not known any more: too large, or purged
--   PT409 cancel_requested      an answer, or a write, comes after its run was cancelled
--   PT409 plan_not_executing    it has ended, was replaced, or its run was cancelled
--   PT409 step_of_another_agent the planner's step is not an executor's, and the other way round
--   PT409 step_not_ready        it depends on steps that are not complete
--   PT409 step_awaits_approval  its executor has let it go until a person decides on a call of it
--   PT409 step_already_claimed  another worker has it, or it has ended
--   PT409 step_asked_nothing    there is no question to answer
--   PT410 run_purged            its texts are gone
--   PT410 session_deleted       its user has deleted the conversation
--   PT412 lease_lost            the fencing token is an old one: another owner or worker has the lease
--   PT429 user_quota            the user has used up what there is for now; detail: { retry_after } in seconds
--   PT429 too_many_runs         so many of the user's runs are under way; detail: { limit, retry_after }
--   PT429 run_budget            the run has used up its own
--
-- The rows of a run come first, and how they are appended.
--
--   private.append_rows    rows of every agents table; append_plans, _executions, _threads and _calls do it
--   private.verdicts       what came of the calls that a batch proposes
--   private.append_events  events, where the log ends
--   private.write_answer   what a worker is told of a write

-- A step's task as its execution keeps it.
create function private.step_task(p_goal text, p_step jsonb)
returns jsonb language plpgsql immutable security invoker set search_path = '' as $$
begin
  return jsonb_build_object('description', p_step ->> 'task', 'goal', p_goal, 'constraints', jsonb_build_object(
    'permissions', case when (p_step ->> 'executor_required')::boolean then 'read_only' else 'read_write' end,
    'depends_on', p_step -> 'depends_on'));
end $$;

-- Plans of a run and what became of them. A plan that has ended is left alone; one whose steps a cancel has stopped
-- has not failed: it is cancelled with its run.
create function private.append_plans(p_run public.agent_runs, p_batch jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if p_batch ? 'plans' then
    insert into public.agent_plans (id, user_id, session_id, run_id, planner_agent_id, user_message, goal, steps,
        revision, supersedes)
      select x.id, p_run.user_id, p_run.session_id, p_run.id, x.planner_agent_id, x.user_message, x.goal, x.steps,
        x.revision, x.supersedes
      from jsonb_populate_recordset(null::public.agent_plans, p_batch -> 'plans') x
      on conflict (user_id, id) do nothing;
  end if;
  if p_batch ? 'plan_updates' then
    update public.agent_plans p set status = (x ->> 'status')::public.plan_status,
        finished_at = case when x ->> 'status' <> 'executing' then now() end
      from jsonb_array_elements(p_batch -> 'plan_updates') x
      where p.user_id = p_run.user_id and p.id = (x ->> 'id')::uuid and p.run_id = p_run.id
        and p.status in ('pending', 'executing') and p.status::text <> x ->> 'status'
        and (p_run.cancel_requested_at is null or x ->> 'status' <> 'failed');
  end if;
end $$;

-- Steps of a run that were skipped, and what the planner's own have cost so far.
create function private.append_executions(p_run public.agent_runs, p_batch jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if p_batch ? 'step_usage' then
    update public.agent_executions e set usage = x -> 'usage'
      from jsonb_array_elements(p_batch -> 'step_usage') x
      where e.user_id = p_run.user_id and e.id = (x ->> 'execution_id')::uuid and e.run_id = p_run.id
        and e.status = 'running';
  end if;
  if p_batch ? 'executions' then
    insert into public.agent_executions (id, user_id, run_id, plan_id, step_number, attempt, session_id, task, status,
        error, finished_at)
      select x.id, p.user_id, p.run_id, p.id, (step ->> 'step_number')::integer, x.attempt, p.session_id,
        private.step_task(p.goal, step), x.status, x.error, now()
      from jsonb_populate_recordset(null::public.agent_executions, p_batch -> 'executions') x
      -- Of a step that the run's plan does not have, nulls are left, which the table refuses.
      left join public.agent_plans p on p.user_id = p_run.user_id and p.id = x.plan_id and p.run_id = p_run.id
      left join jsonb_array_elements(p.steps) step on (step ->> 'step_number')::integer = x.step_number
      on conflict (user_id, id) do nothing;
  end if;
end $$;

-- Threads of a run with their messages. A gap in a thread refuses all of them: the message that is
-- missing would be missing from every later prompt.
create function private.append_threads(p_run public.agent_runs, p_batch jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if p_batch ? 'threads' then
    insert into public.agent_chat_sessions (id, user_id, session_type, parent_session_id, run_id, plan_id, step_number,
        planner_agent_id, executor_agent_id, initial_context, created_at)
      select x.id, p_run.user_id, x.session_type, p_run.session_id, p_run.id, x.plan_id, x.step_number,
        x.planner_agent_id, x.executor_agent_id, x.initial_context, coalesce(x.created_at, now())
      from jsonb_populate_recordset(null::public.agent_chat_sessions, p_batch -> 'threads') x
      on conflict (user_id, id) do nothing;
  end if;
  if p_batch ? 'openings' then
    -- What a prompt was opened with stays, once the prompt is there.
    update public.agent_chat_sessions t set initial_context = t.initial_context || (x -> 'initial_context')
      from jsonb_array_elements(p_batch -> 'openings') x
      where t.user_id = p_run.user_id and t.id = (x ->> 'thread_id')::uuid and t.run_id = p_run.id
        and not exists (select from public.agent_chat_messages m
          where m.user_id = t.user_id and m.agent_session_id = t.id);
  end if;
  if p_batch ? 'messages' then
    insert into public.agent_chat_messages (id, user_id, run_id, agent_session_id, parent_user_session_id, seq, kind,
        detail, sender_type, sender_agent_id, role, content, tool_calls, tool_call_id, reasoning, echo, cut_off,
        cut, shown_rows, model_used, input_tokens, output_tokens, cached_tokens, cost_usd, usage_estimated,
        cost_estimated, created_at)
      select x.id, p_run.user_id, p_run.id, x.agent_session_id, p_run.session_id, x.seq, x.kind, x.detail,
        x.sender_type, x.sender_agent_id, x.role, x.content, x.tool_calls, x.tool_call_id, x.reasoning,
        x.echo, x.cut_off, x.cut, x.shown_rows, x.model_used, x.input_tokens, x.output_tokens, x.cached_tokens,
        x.cost_usd, x.usage_estimated, x.cost_estimated, coalesce(x.created_at, now())
      from jsonb_populate_recordset(null::public.agent_chat_messages, p_batch -> 'messages') x
      on conflict (user_id, id) do nothing;
  end if;
end $$;

-- Tool calls of a run. One that was proposed has its outcome now; of one that has changed something, it is not that it
-- was rejected. One that waits for a person has its preview now, the first that it is given; where nobody has to be
-- asked after all, it was not carried out, whatever the model is told. Most are new: a call that has only read comes
-- once, with its outcome.
create function private.append_calls(p_run public.agent_runs, p_batch jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if exists (select from public.agent_tool_calls c where c.user_id = p_run.user_id and c.id = any (array(
      select (x ->> 'id')::uuid from jsonb_array_elements(p_batch -> 'tool_calls') x))) then
    update public.agent_tool_calls c set result = x.result, error = x.error, duration_ms = x.duration_ms,
        finished_at = x.finished_at,
        status = case when c.status = 'executing' and x.status = 'rejected' then 'failed'
          when c.status = 'awaiting_approval' then 'rejected' else x.status end
      from jsonb_populate_recordset(null::public.agent_tool_calls, p_batch -> 'tool_calls') x
      where c.user_id = p_run.user_id and c.run_id = p_run.id and c.id = x.id
        and c.status not in ('succeeded', 'failed', 'rejected') and x.status in ('succeeded', 'failed', 'rejected');
  end if;
  if p_batch @> '{"tool_calls": [{"status": "awaiting_approval"}]}' then
    update public.agent_tool_calls c set effects = x.effects, problem = x.problem
      from jsonb_populate_recordset(null::public.agent_tool_calls, p_batch -> 'tool_calls') x
      where c.user_id = p_run.user_id and c.run_id = p_run.id and c.id = x.id
        and c.status = 'awaiting_approval' and x.status = 'awaiting_approval'
        and c.effects is null and c.problem is null;
  end if;
  insert into public.agent_tool_calls (id, user_id, run_id, agent_id, agent_session_id, tool_call_id, tool_name,
      access, arguments, status, result, error, duration_ms, created_at, finished_at)
    select x.id, p_run.user_id, p_run.id, x.agent_id, x.agent_session_id, x.tool_call_id, x.tool_name, x.access,
      x.arguments, x.status, x.result, x.error, x.duration_ms, coalesce(x.created_at, now()), x.finished_at
    from jsonb_populate_recordset(null::public.agent_tool_calls, p_batch -> 'tool_calls') x
    where not exists (select from public.agent_tool_calls c where c.user_id = p_run.user_id and c.id = x.id)
    on conflict (user_id, id) do nothing;
end $$;

-- The verdicts on what a batch proposes, by call, and where those stand that were proposed before; null where it
-- proposes nothing.
create function private.verdicts(p_batch jsonb)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select jsonb_object_agg(c.id, jsonb_build_object('status', c.status, 'arguments_sha256', c.arguments_sha256,
    'why', c.why, 'expires_at', c.expires_at, 'remember', c.remember,
    'result', case when c.status = 'rejected' then c.result end))
  -- Ids as columns: row-level security lets no index look for what is made by an operator that might tell of rows.
  from jsonb_populate_recordset(null::public.agent_tool_calls, p_batch -> 'tool_calls') x
  join public.agent_tool_calls c on c.user_id = (select auth.uid()) and c.id = x.id
  where x.status = 'proposed'
); end $$;

-- Appends rows of every agents table. `p_batch` holds them by table, those without rows left out; user, run and
-- session are those of the run. A row that is there already is left alone: it comes again when the answer to the
-- first time was lost.
create function private.append_rows(p_run public.agent_runs, p_batch jsonb)
returns void language plpgsql security invoker set search_path = '' as $$
begin
  if p_batch ?| array['plan_updates', 'plans'] then
    perform private.append_plans(p_run, p_batch);
  end if;
  if p_batch ?| array['step_usage', 'executions'] then
    perform private.append_executions(p_run, p_batch);
  end if;
  if p_batch ?| array['threads', 'openings', 'messages'] then
    perform private.append_threads(p_run, p_batch);
  end if;
  if p_batch ? 'tool_calls' then
    perform private.append_calls(p_run, p_batch);
  end if;
end $$;

-- Appends events where the log ends. Those that are there already must be the same; another event under a number that
-- is taken refuses all of them, and so does a gap (private.keep_order). Gives the number of the first of them by which
-- the run was tainted, also where they come again; null where there is none.
create function private.append_events(p_run_id uuid, p_events jsonb)
returns integer language plpgsql security invoker set search_path = '' as $$
declare
  v_user constant uuid := auth.uid();
  v_added integer;
  v_tainted_from integer;
begin
  if coalesce(jsonb_array_length(p_events), 0) = 0 then
    return null;
  end if;
  with added as (
    insert into public.agent_run_events (user_id, run_id, seq, type, at, agent, data)
      select v_user, p_run_id, x.seq, x.type, x.at, x.agent, x.data
      from jsonb_populate_recordset(null::public.agent_run_events, p_events) x
      where x.seq > 0
      on conflict (user_id, run_id, seq) do nothing
      returning seq, tainted
  )
  select count(*), min(seq) filter (where tainted) into v_added, v_tainted_from from added;
  if v_added = jsonb_array_length(p_events) then
    return v_tainted_from;
  elsif exists (
    select from jsonb_populate_recordset(null::public.agent_run_events, p_events) x
    left join public.agent_run_events e on e.user_id = v_user and e.run_id = p_run_id and e.seq = x.seq
    where (e.type, e.at, e.agent, e.data) is distinct from (x.type, x.at, x.agent, x.data)
  ) or jsonb_array_length(p_events) > (
    select count(distinct x.seq) from jsonb_populate_recordset(null::public.agent_run_events, p_events) x
  ) then
    raise sqlstate 'PT409' using message = 'events_out_of_order';
  end if;
  return (select min(e.seq) from public.agent_run_events e
    where e.user_id = v_user and e.run_id = p_run_id and e.tainted
      and e.seq >= (p_events -> 0 ->> 'seq')::integer and e.seq <= (p_events -> -1 ->> 'seq')::integer);
end $$;

-- What a worker is told of a write: the verdicts on the calls that it proposes, under `tainted_from` the number of its
-- first event by which the run was tainted, and `cancelled` where the user has asked for the run to stop. Null where
-- there is nothing to tell.
create function private.write_answer(p_verdicts jsonb, p_tainted_from integer, p_cancel_requested_at timestamptz)
returns jsonb language plpgsql immutable security invoker set search_path = '' as $$
begin
  return nullif(case when p_verdicts is null then '{}' else jsonb_build_object('verdicts', p_verdicts) end
    || case when p_tainted_from is null then '{}' else jsonb_build_object('tainted_from', p_tainted_from) end
    || case when p_cancel_requested_at is null then '{}' else '{"cancelled": true}'::jsonb end, '{}');
end $$;

revoke execute on function
  private.step_task(text, jsonb),
  private.append_plans(public.agent_runs, jsonb),
  private.append_executions(public.agent_runs, jsonb),
  private.append_threads(public.agent_runs, jsonb),
  private.append_calls(public.agent_runs, jsonb),
  private.verdicts(jsonb),
  private.append_rows(public.agent_runs, jsonb),
  private.append_events(uuid, jsonb),
  private.write_answer(jsonb, integer, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function
  private.step_task(text, jsonb),
  private.append_plans(public.agent_runs, jsonb),
  private.append_executions(public.agent_runs, jsonb),
  private.append_threads(public.agent_runs, jsonb),
  private.append_calls(public.agent_runs, jsonb),
  private.verdicts(jsonb),
  private.append_rows(public.agent_runs, jsonb),
  private.append_events(uuid, jsonb),
  private.write_answer(jsonb, integer, timestamptz)
  to authenticated;
