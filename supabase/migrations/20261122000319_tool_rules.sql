-- What a user says about the calls of their agents' tools. A rule takes the place of the tool's default, and of nothing
-- else: the operator's floors stand. Of several that apply, the strictest counts. A person makes rules and takes them
-- back, over REST or with a decision on a call; no agent does.
--
--   private.pinned_arguments      the arguments that say which things a call is about
--   private.unreached_arguments   those by which it would reach further than it does
--   private.remembered_condition  the calls that are like a call
--   private.remembered_words      the same in words
--   private.remember_call         makes a rule of a decision
--
-- A rule that is made with a decision is narrow. It is about calls of the same tool on the very same things, as far as
-- the tool's footprints tell them, that reach no further: what the call did not overwrite or take away, calls that do
-- are not like it. Of a tool without footprints, calls with the very same arguments are.

create table public.tool_rules (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  tool_name text not null check (char_length(tool_name) between 1 and 300),
  session_id uuid,
  when_args jsonpath check (char_length(when_args::text) <= 20000 and private.is_condition(when_args)),
  policy public.tool_policy not null,
  words text check (char_length(words) <= 20000),
  expires_at timestamptz check (isfinite(expires_at)),
  from_call uuid,
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, id),
  constraint tool_rules_session_fkey
    foreign key (user_id, session_id) references public.chat_sessions (user_id, id) on delete cascade,
  constraint tool_rules_from_call_fkey
    foreign key (user_id, from_call) references public.agent_tool_calls (user_id, id) on delete set null (from_call)
);
create index tool_rules_tool on public.tool_rules (user_id, tool_name);
create index tool_rules_session on public.tool_rules (user_id, session_id);
create index tool_rules_from_call on public.tool_rules (user_id, from_call);

comment on table public.tool_rules is
  'What becomes of some of a tool''s calls, as their user wants it, instead of the tool''s default.';
comment on column public.tool_rules.session_id is 'The conversation that it holds in; null where it holds in all.';
comment on column public.tool_rules.when_args is
  'The calls that it is about: those in whose arguments it finds anything. Null: all of them.';
comment on column public.tool_rules.words is 'What it is about, in words; null where nobody has said.';
comment on column public.tool_rules.expires_at is 'Until when it holds; null where that is for good.';
comment on column public.tool_rules.from_call is
  'The call that it was made with, where it was remembered with a decision; null otherwise.';

alter table public.tool_rules enable row level security;
create policy "own rows: select" on public.tool_rules for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows, no agent: insert" on public.tool_rules for insert to authenticated
  with check ((select auth.uid()) = user_id and not (select private.is_agent()));
create policy "own rows, no agent: delete" on public.tool_rules for delete to authenticated
  using ((select auth.uid()) = user_id and not (select private.is_agent()));
revoke all on public.tool_rules from public, anon, authenticated, service_role;
grant select, delete on public.tool_rules to authenticated;
grant insert (tool_name, session_id, when_args, policy, words, expires_at) on public.tool_rules to authenticated;
grant select on public.tool_rules to service_role;

-- Paths without their mode: they become parts of one.
create function private.pinned_arguments(p_tool_name text, p_arguments jsonb)
returns table (path text, value jsonb)
language sql stable security invoker set search_path = ''
as $$
  select regexp_replace(f.target::text, '^strict ', ''), found
  from public.tool_footprints f, jsonb_path_query(p_arguments, f.target, silent => true) found
  where f.tool_name = p_tool_name and f.target_column is not null
  union
  select '$.' || to_jsonb(argument.key)::text, argument.value
  from jsonb_each(case jsonb_typeof(p_arguments) when 'object' then p_arguments else '{}' end) argument
  where not exists (select from public.tool_footprints f where f.tool_name = p_tool_name)
$$;

create function private.unreached_arguments(p_tool_name text, p_arguments jsonb) returns setof text
language sql stable security invoker set search_path = ''
as $$
  select distinct regexp_replace(further::text, '^strict ', '')
  from public.tool_footprints f, lateral (values (f.target), (f.forceful)) further (further)
  where f.tool_name = p_tool_name and further is not null
    and not jsonb_path_exists(p_arguments, further, silent => true)
  union all
  select '$.keyvalue()' || coalesce((select ' ? (' || string_agg('@.key != ' || ltrim(path, '$.'), ' && ') || ')'
    from private.pinned_arguments(p_tool_name, p_arguments)), '')
  where not exists (select from public.tool_footprints f where f.tool_name = p_tool_name)
$$;

-- Null where no condition tells calls like this one from others: it names a thing by more than a word or a number.
create function private.remembered_condition(p_tool_name text, p_arguments jsonb) returns jsonpath
language sql stable security invoker set search_path = ''
as $$
  with pin as (
    select * from private.pinned_arguments(p_tool_name, p_arguments)
  ), part (part) as (
    select format('exists (%s ? (@ == %s))', path, value) from pin
    union all
    select format('!exists (%s ? (%s))', path, string_agg(format('@ != %s', value), ' && ')) from pin group by path
    union all
    select format('!exists (%s)', path) from private.unreached_arguments(p_tool_name, p_arguments) path
  )
  select case when not exists (select from pin where jsonb_typeof(value) in ('object', 'array'))
    then ('$' || coalesce((select ' ? (' || string_agg(part, ' && ' order by part) || ')' from part), ''))::jsonpath end
$$;

-- Null where it can't be remembered.
create function private.remembered_words(p_call public.agent_tool_calls) returns text
language sql stable security invoker set search_path = ''
as $$
  select format('Later calls of %s%s%s.', p_call.tool_name,
    (select ' where ' || string_agg(format('%s is %s', substring(path from '"([^"]*)"[^"]*$'), left(value::text, 200)),
      ' and ' order by path) from private.pinned_arguments(p_call.tool_name, p_call.arguments)),
    case when exists (select from private.unreached_arguments(p_call.tool_name, p_call.arguments))
      then ', if they reach no further than this one' end)
  where private.remembered_condition(p_call.tool_name, p_call.arguments) is not null
$$;

-- What the person was shown is remembered, whatever they have changed in this one call. `p_scope` is once, session or
-- always.
create function private.remember_call(p_call public.agent_tool_calls, p_scope text) returns void
language plpgsql security invoker set search_path = ''
as $$
begin
  if p_scope = 'once' then
    return;
  elsif p_call.remember is null then
    raise sqlstate 'PT400' using message = 'nothing_to_remember';
  end if;
  insert into public.tool_rules (user_id, tool_name, session_id, when_args, policy, words, from_call)
    select p_call.user_id, p_call.tool_name, case p_scope when 'session' then r.session_id end,
      private.remembered_condition(p_call.tool_name, coalesce(p_call.proposed_arguments, p_call.arguments)),
      'allow', p_call.remember, p_call.id
    from public.agent_runs r where r.user_id = p_call.user_id and r.id = p_call.run_id;
end
$$;

revoke all on function
  private.pinned_arguments(text, jsonb),
  private.unreached_arguments(text, jsonb),
  private.remembered_condition(text, jsonb),
  private.remembered_words(public.agent_tool_calls),
  private.remember_call(public.agent_tool_calls, text)
  from public, anon, authenticated, service_role;
grant execute on function
  private.pinned_arguments(text, jsonb),
  private.unreached_arguments(text, jsonb),
  private.remembered_condition(text, jsonb),
  private.remembered_words(public.agent_tool_calls)
  to authenticated;
