-- A write call is a row before it is made. It is inserted as `proposed`, and the database gives the verdict; from there
-- its status moves along these arrows only:
--
--   proposed           becomes approved, awaiting_approval or rejected: the verdict, given at once
--   awaiting_approval  becomes approved or rejected
--   approved           becomes executing with its first change, or else what came of it
--   executing          becomes succeeded or failed; rejected where it left no receipt
--   succeeded, failed and rejected are never left
--
-- Whoever acts by the API can tell the outcome of a call, and what its preview has found: verdicts and `executing` are
-- the database's.
--
-- A verdict is the strictest thing that anybody says about the call: policy (migration tool_policy), taint, the agent's
-- permissions, and whoever has declined the very same in this run. Each says so by rows of private.reason, none where
-- it has nothing to say.
--
--   private.agent_verdict     what is said about a write by its agent's permissions
--   private.declined_verdict  what is said about a call by a person's refusal of the same
--   private.tool_verdict      what becomes of a proposal
--   private.refused_call      a proposal that was rejected, with what the model is told
--   private.is_next_status    the arrows
--   private.guard_tool_call   keeps to them; guard_new_call, guard_status and guard_preview are its parts

-- Executors read, whatever code offers them.
create function private.agent_verdict(p_call public.agent_tool_calls) returns setof private.reason
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  select 'deny'::public.tool_policy, 'default', 'This agent may only read.', null::interval
  where p_call.access = 'write' and exists (select from public.agents a
    where a.user_id = p_call.user_id and a.id = p_call.agent_id and a.permissions = 'read_only');
end
$$;

-- The same again, in the same run: whoever has declined it is not asked once more.
create function private.declined_verdict(p_call public.agent_tool_calls) returns setof private.reason
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  select 'deny'::public.tool_policy, 'declined', 'The user has declined this before.', null::interval
  where exists (select from public.agent_tool_calls c
    where c.user_id = p_call.user_id and c.run_id = p_call.run_id and c.tool_name = p_call.tool_name
      and c.arguments_sha256 = p_call.arguments_sha256 and c.error = 'declined');
end
$$;

create function private.tool_verdict(p_call public.agent_tool_calls) returns private.verdict
language plpgsql stable security invoker set search_path = ''
as $$
declare
  -- How long somebody who is asked may take, unless a floor says less.
  c_usual constant interval := '24 hours';
  v_policy public.tool_policy;
  v_by text[];
  v_expires_in interval;
  v_verdict private.verdict;
begin
  with reason as (
    select * from private.policy_verdict(p_call)
    union all select * from private.taint_verdict(p_call)
    union all select * from private.agent_verdict(p_call)
    union all select * from private.declined_verdict(p_call)
  ), strictest as (
    select * from reason where policy = (select max(policy) from reason)
  )
  select max(policy), array_agg(by), least(min(expires_in), c_usual),
      jsonb_agg(jsonb_build_object('by', by, 'text', text) order by by, text) filter (where text is not null)
    into v_policy, v_by, v_expires_in, v_verdict.why from strictest;
  v_verdict.status := case v_policy when 'allow' then 'approved' when 'ask' then 'awaiting_approval'
    else 'rejected' end;
  if v_policy = 'ask' then
    v_verdict.expires_at := clock_timestamp() + v_expires_in;
    -- A rule takes the place of the default and of nothing else.
    if v_by = array['default'] then
      v_verdict.remember := private.remembered_words(p_call);
    end if;
  end if;
  return v_verdict;
end
$$;

-- The model is told why, by the row itself: nothing else settles such a call.
create function private.refused_call(p_call public.agent_tool_calls) returns public.agent_tool_calls
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_declined constant boolean := p_call.why @> '[{"by": "declined"}]';
begin
  p_call.error := case when v_declined then 'declined' else 'not_allowed' end;
  p_call.result := jsonb_build_object('ok', false, 'error', case when v_declined then 'rejected' else 'not_allowed' end,
    'message', (select string_agg(reason ->> 'text', ' ') from jsonb_array_elements(p_call.why) reason)
      || ' It was not done.');
  p_call.duration_ms := 0;
  p_call.finished_at := clock_timestamp();
  return p_call;
end
$$;

create function private.is_outcome(p_status public.tool_call_status) returns boolean
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return p_status in ('succeeded', 'failed', 'rejected');
end
$$;

create function private.is_next_status(p_before public.tool_call_status, p_after public.tool_call_status)
returns boolean
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return case p_before
    when 'proposed' then p_after in ('approved', 'awaiting_approval', 'rejected')
    when 'awaiting_approval' then p_after in ('approved', 'rejected')
    when 'approved' then p_after in ('executing', 'succeeded', 'failed', 'rejected')
    when 'executing' then p_after in ('succeeded', 'failed', 'rejected')
    else false end;
end
$$;

-- A call may come with its outcome where nothing had to be approved: it was refused, or it has only read, with a tool
-- that does not ask.
create function private.guard_new_call(p_call public.agent_tool_calls, p_by_api boolean)
returns public.agent_tool_calls
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_verdict private.verdict;
begin
  if p_call.status = 'proposed' then
    v_verdict := private.tool_verdict(p_call);
    p_call.status := v_verdict.status;
    p_call.why := v_verdict.why;
    p_call.expires_at := v_verdict.expires_at;
    p_call.remember := v_verdict.remember;
    if v_verdict.status = 'awaiting_approval' then
      p_call.asked_at := clock_timestamp();
    elsif v_verdict.status = 'rejected' then
      p_call := private.refused_call(p_call);
    end if;
  elsif p_by_api and (not private.is_outcome(p_call.status) or p_call.status = 'succeeded'
      and (p_call.access is not distinct from 'write' or private.is_guarded_read(p_call))) then
    raise sqlstate 'PT409' using message = 'call_not_proposed';
  end if;
  return p_call;
end
$$;

create function private.guard_status(
  p_call public.agent_tool_calls, p_after public.tool_call_status, p_by_api boolean
) returns void
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if private.is_outcome(p_call.status) and (p_by_api or p_after <> p_call.status) then
    raise sqlstate 'PT409' using message = 'call_has_ended';
  elsif p_after <> p_call.status and (not private.is_next_status(p_call.status, p_after)
      or p_by_api and not private.is_outcome(p_after))
    or p_call.status = 'executing' and p_after = 'rejected' and exists (select from public.tool_receipts r
      where r.user_id = p_call.user_id and r.call_id = p_call.id) then
    raise sqlstate 'PT409' using message = 'status_not_next';
  end if;
end
$$;

-- Who is asked is shown one preview, and decides on that; who changes the arguments, on the preview of those. Of a run
-- that ended long ago it is taken away.
create function private.guard_preview(p_before public.agent_tool_calls, p_after public.agent_tool_calls) returns void
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_first constant boolean := p_before.status = 'awaiting_approval'
    and p_before.effects is null and p_before.problem is null;
  v_edited constant boolean := p_before.status = 'awaiting_approval'
    and p_after.arguments is distinct from p_before.arguments;
  v_purged constant boolean := private.is_outcome(p_before.status)
    and p_after.effects is null and p_after.problem is null;
begin
  if (p_after.effects, p_after.problem) is distinct from (p_before.effects, p_before.problem)
    and not v_first and not v_edited and not v_purged then
    raise sqlstate 'PT409' using message = 'preview_is_shown';
  end if;
end
$$;

create function private.guard_tool_call() returns trigger
language plpgsql security invoker set search_path = ''
as $$
declare
  -- The owner of the tables is bound by no policy: so are functions with the owner's rights.
  v_by_api constant boolean := row_security_active('public.agent_tool_calls');
begin
  if tg_op = 'INSERT' or new.arguments is distinct from old.arguments then
    new.arguments_sha256 := encode(sha256(convert_to(new.arguments::text, 'UTF8')), 'hex');
  end if;
  if tg_op = 'INSERT' then
    new := private.guard_new_call(new, v_by_api);
  else
    perform private.guard_status(old, new.status, v_by_api);
    perform private.guard_preview(old, new);
    -- What was approved is what is made. Of a run that ended long ago, arguments are taken away.
    if new.arguments is distinct from old.arguments and old.status <> 'awaiting_approval'
      and not (private.is_outcome(old.status) and new.arguments is null) then
      raise sqlstate 'PT409' using message = 'call_is_approved';
    end if;
  end if;
  return new;
end
$$;
create trigger guard_tool_call before insert or update on public.agent_tool_calls
  for each row execute function private.guard_tool_call();

revoke all on function
  private.agent_verdict(public.agent_tool_calls),
  private.declined_verdict(public.agent_tool_calls),
  private.tool_verdict(public.agent_tool_calls),
  private.refused_call(public.agent_tool_calls),
  private.is_outcome(public.tool_call_status),
  private.is_next_status(public.tool_call_status, public.tool_call_status),
  private.guard_new_call(public.agent_tool_calls, boolean),
  private.guard_status(public.agent_tool_calls, public.tool_call_status, boolean),
  private.guard_preview(public.agent_tool_calls, public.agent_tool_calls),
  private.guard_tool_call()
  from public, anon, authenticated, service_role;
grant execute on function
  private.agent_verdict(public.agent_tool_calls),
  private.declined_verdict(public.agent_tool_calls),
  private.tool_verdict(public.agent_tool_calls),
  private.refused_call(public.agent_tool_calls),
  private.is_outcome(public.tool_call_status),
  private.is_next_status(public.tool_call_status, public.tool_call_status),
  private.guard_new_call(public.agent_tool_calls, boolean),
  private.guard_status(public.agent_tool_calls, public.tool_call_status, boolean),
  private.guard_preview(public.agent_tool_calls, public.agent_tool_calls)
  to authenticated;
