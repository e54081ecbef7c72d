-- What policy says about a tool's call: `max(coalesce(rules, default, deny), floors)`. Of several rules the strictest
-- counts, and they take the place of the default. Nothing lowers a floor.
--
--   private.policy_verdict   what policy says about a call
--   private.taint_verdict    what is said about it by what the run's agents have read (migration taint_rule)
--   private.guarded_reads    the tools that read and have to ask
--   private.is_guarded_read  whether a call is one of theirs
--   private.is_fresh         whether somebody has proven since a time that it is them
--   private.check_approval   refuses an approval that policy does not give room for

create function private.policy_verdict(p_call public.agent_tool_calls) returns setof private.reason
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  with rule as (
    select max(r.policy) as policy from public.tool_rules r
    where r.user_id = p_call.user_id and r.tool_name = p_call.tool_name
      and (r.session_id is null or r.session_id = (select a.session_id from public.agent_runs a
        where a.user_id = p_call.user_id and a.id = p_call.run_id))
      and (r.expires_at is null or r.expires_at > clock_timestamp())
      and private.applies(r.when_args, p_call.arguments, r.policy)
  )
  select rule.policy, 'rule', format(case rule.policy
      when 'allow' then 'The user has allowed this use of %s.'
      when 'ask' then 'The user wants to be asked before this use of %s.'
      else 'The user does not allow this use of %s.' end, p_call.tool_name), null::interval
  from rule where rule.policy is not null
  union all
  select usual.policy, 'default', case usual.policy
      when 'ask' then format('%s asks each time before it is used.', p_call.tool_name)
      when 'deny' then format('%s may not be used.', p_call.tool_name)
    end, null
  from rule, coalesce((select d.policy from public.tool_defaults d where d.tool_name = p_call.tool_name),
    case when p_call.access = 'read' then 'allow' else 'deny' end::public.tool_policy) usual (policy)
  where rule.policy is null
  union all
  select f.policy, 'floor', f.why, f.expires_in from public.tool_floors f
  where f.tool_name = p_call.tool_name and private.applies(f.when_args, p_call.arguments, f.policy);
end
$$;

create function private.taint_verdict(p_call public.agent_tool_calls) returns setof private.reason
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  select 'ask'::public.tool_policy, 'taint', said.text, null::interval
  from (select private.taint_objection(p_call)) said (text) where said.text is not null;
end
$$;

-- Whose calls are proposed as those of tools that write; all other tools read without a row before. Of a user's rules,
-- those count that were made before a time: the run's owner heard of them when it began.
create function private.guarded_reads(p_user_id uuid, p_session_id uuid, p_before timestamptz) returns text[]
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select coalesce(array_agg(distinct guarded.tool_name order by guarded.tool_name), '{}') from (
    select d.tool_name from public.tool_defaults d where d.policy <> 'allow'
    union all
    select f.tool_name from public.tool_floors f
    union all
    select r.tool_name from public.tool_rules r where r.user_id = p_user_id and r.policy <> 'allow'
      and (r.session_id is null or r.session_id = p_session_id) and r.created_at < p_before
      and (r.expires_at is null or r.expires_at > clock_timestamp())
  ) guarded
  where not exists (select from public.tool_defaults d where d.tool_name = guarded.tool_name and d.access = 'write')
);
end
$$;

create function private.is_guarded_read(p_call public.agent_tool_calls) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin
  if p_call.access is distinct from 'read' then
    return false;
  end if;
  return (exists (select from public.tool_defaults d where d.tool_name = p_call.tool_name and d.policy <> 'allow')
      or exists (select from public.tool_floors f where f.tool_name = p_call.tool_name)
      or exists (select from public.tool_rules r
        join public.agent_runs run on run.user_id = p_call.user_id and run.id = p_call.run_id
        where r.user_id = p_call.user_id and r.tool_name = p_call.tool_name and r.policy <> 'allow'
          and (r.session_id is null or r.session_id = run.session_id) and r.created_at < run.leased_at
          and (r.expires_at is null or r.expires_at > clock_timestamp())))
    and not exists (select from public.tool_defaults d where d.tool_name = p_call.tool_name and d.access = 'write');
end
$$;

-- Only a person can have used a second factor since: the token says when, and is signed.
create function private.is_fresh(p_since timestamptz) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select exists (
    select from jsonb_path_query(auth.jwt(), '$.amr[*] ? (@.timestamp.type() == "number")') proof
    where proof ->> 'method' ~ '^(mfa/)?(totp|webauthn|phone)$'
      and to_timestamp((proof ->> 'timestamp')::double precision) > p_since)
);
end
$$;

-- `p_call` is as it will be made: with the arguments that the person gives it.
create function private.check_approval(p_call public.agent_tool_calls) returns void
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_detail constant text := jsonb_build_object('tool_call_id', p_call.id);
begin
  if exists (select from private.policy_verdict(p_call) reason where reason.policy = 'deny') then
    raise sqlstate 'PT403' using message = 'policy_denies', detail = v_detail;
  elsif not private.is_fresh(p_call.asked_at) and exists (select from public.tool_floors f
      where f.tool_name = p_call.tool_name and f.fresh
        and private.applies(f.when_args, p_call.arguments, f.policy)) then
    raise sqlstate 'PT403' using message = 'fresh_proof', detail = v_detail;
  end if;
end
$$;

revoke all on function
  private.policy_verdict(public.agent_tool_calls),
  private.taint_verdict(public.agent_tool_calls),
  private.guarded_reads(uuid, uuid, timestamptz),
  private.is_guarded_read(public.agent_tool_calls),
  private.is_fresh(timestamptz),
  private.check_approval(public.agent_tool_calls)
  from public, anon, authenticated, service_role;
grant execute on function
  private.policy_verdict(public.agent_tool_calls),
  private.taint_verdict(public.agent_tool_calls),
  private.guarded_reads(uuid, uuid, timestamptz),
  private.is_guarded_read(public.agent_tool_calls),
  private.is_fresh(timestamptz),
  private.check_approval(public.agent_tool_calls)
  to authenticated;
