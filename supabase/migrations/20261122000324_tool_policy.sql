-- What policy says about a tool's calls.
--
--   tool_defaults  what becomes of them unless something else is said, for every write tool
--
--   private.policy_verdict    what policy says about a call
--   private.taint_verdict     what is said about it by what the run's agents have read (migration taint_rule)
--   private.remembered_words  which calls are allowed from then on, where a decision is remembered
--
-- Defaults are rows of migrations only, and every write tool has one, which a test compares:
--
--   insert into public.tool_defaults (tool_name, policy) values ('create_order', 'allow'), ('cancel_order', 'ask');

create type public.tool_policy as enum ('allow', 'ask', 'deny');
comment on type public.tool_policy is 'What becomes of a proposal, from the mildest to the strictest.';

-- `by` is default, rule, floor, taint or declined. `text` is a sentence for whoever is asked or refused, null where
-- nothing is to be said; `expires_in`, how long somebody who is asked may take, where that is not the usual time.
create type private.reason as (policy public.tool_policy, by text, text text, expires_in interval);

create type private.verdict as (
  status public.tool_call_status, why jsonb, expires_at timestamptz, remember text
);

create table public.tool_defaults (
  tool_name text primary key check (tool_name <> ''),
  access public.tool_access not null default 'write',
  policy public.tool_policy not null,
  untrusted_output boolean not null default false
);
comment on table public.tool_defaults is
  'What becomes of a tool''s calls unless something stricter is said; a write tool without a row is denied. Written by '
  'migrations only.';
comment on column public.tool_defaults.untrusted_output is
  'Nobody vouches for what it says, such as a page of the web: a run that reads that is tainted.';
comment on column public.tool_defaults.access is
  'A tool that reads needs a row only where it asks or is denied, or its output is not trusted.';

alter table public.tool_defaults enable row level security;
create policy "all rows: select" on public.tool_defaults for select to authenticated using (true);
revoke all on public.tool_defaults from public, anon, authenticated, service_role;
grant select on public.tool_defaults to authenticated, service_role;

create function private.policy_verdict(p_call public.agent_tool_calls) returns setof private.reason
language sql stable security invoker set search_path = ''
as $$
  select d.policy, 'default', case d.policy
      when 'ask' then format('%s asks each time before it is used.', p_call.tool_name)
      when 'deny' then format('%s may not be used.', p_call.tool_name)
    end, null::interval
  from (select coalesce(
    (select d.policy from public.tool_defaults d where d.tool_name = p_call.tool_name),
    case when p_call.access = 'read' then 'allow' else 'deny' end::public.tool_policy)) d (policy)
$$;

create function private.taint_verdict(p_call public.agent_tool_calls) returns setof private.reason
language sql stable security invoker set search_path = ''
as $$
  select 'ask'::public.tool_policy, 'taint', said.text, null::interval
  from (select private.taint_objection(p_call)) said (text) where said.text is not null
$$;

create function private.remembered_words(p_call public.agent_tool_calls) returns text
language sql stable security invoker set search_path = ''
as $$
  select null::text
$$;

revoke all on function
  private.policy_verdict(public.agent_tool_calls),
  private.taint_verdict(public.agent_tool_calls),
  private.remembered_words(public.agent_tool_calls)
  from public, anon, authenticated, service_role;
grant execute on function
  private.policy_verdict(public.agent_tool_calls),
  private.taint_verdict(public.agent_tool_calls),
  private.remembered_words(public.agent_tool_calls)
  to authenticated;
