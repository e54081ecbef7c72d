-- What a user says about the calls of their agents' tools. A rule takes the place of the tool's default, and of nothing
-- else: the operator's floors stand. Of several that apply, the strictest counts. A person makes rules and takes them
-- back, over REST or with a decision on a call; no agent does.
--
--   private.argument_parts        the values in a call's arguments, and which of them later calls must have, too
--   private.likeness              what makes a later call like one
--   private.remembered_condition  the calls that are like a call
--   private.remembered_words      the same in words
--   private.remember_call         makes a rule of a decision
--
-- A rule that is made with a decision is narrow. Calls are like the one that was approved if they have no argument that
-- it lacked, at any depth, and the same ids, numbers, words, and yes or no: only its texts may be others. Of a tool
-- without footprints they may not.

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

-- The parts of a call's arguments: `$` and every value under it. Each is pinned that later calls must have as it is:
-- those by which a footprint finds rows, numbers, booleans and words (an id, a date, one of a few choices), and of a
-- tool without footprints all of them.
create function private.argument_parts(p_tool_name text, p_arguments jsonb)
returns table (path text, name text, value jsonb, kind text, is_pinned boolean)
language sql stable security invoker set search_path = ''
as $$
  with recursive part (path, name, value) as (
    select '$', null, p_arguments
    union all
    select part.path || '.' || to_jsonb(field.key)::text, concat_ws('.', part.name, field.key), field.value
    from part, jsonb_each(case jsonb_typeof(part.value) when 'object' then part.value else '{}' end) field
  ), named (value) as (
    select jsonb_path_query(p_arguments, key_path, silent => true)
    from public.tool_footprints f, private.target_paths(f) key_path where f.tool_name = p_tool_name
  )
  select part.path, part.name, part.value, jsonb_typeof(part.value), case jsonb_typeof(part.value)
    when 'number' then true
    when 'boolean' then true
    when 'string' then part.value #>> '{}' ~ '^\S{0,200}$' or part.value in (select named.value from named)
      or not exists (select from public.tool_footprints f where f.tool_name = p_tool_name)
    when 'null' then not exists (select from public.tool_footprints f where f.tool_name = p_tool_name)
    else false end
  from part
$$;

-- What a later call must be like, for each part: an object has no other keys, and no value is of another type. A list
-- in place of a value would be looked into, so types are compared outside of filters.
create function private.likeness(p_tool_name text, p_arguments jsonb) returns setof text
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  select case when path = '$' or is_pinned then format('%s.type() == "%s"', path, kind)
    else format('!(%s.type() != "%s")', path, kind) end
  from private.argument_parts(p_tool_name, p_arguments)
  union all
  select format('%s == %s', path, value) from private.argument_parts(p_tool_name, p_arguments) where is_pinned
  union all
  select format('!exists (%s.keyvalue()%s)', path, (
    select ' ? (' || string_agg(format('@.key != %s', to_jsonb(key)::text), ' && ') || ')'
    from jsonb_object_keys(value) key))
  from private.argument_parts(p_tool_name, p_arguments) where kind = 'object';
end
$$;

-- Null where no condition tells calls like this one from others: there is a list in it, or it is too long.
create function private.remembered_condition(p_tool_name text, p_arguments jsonb) returns jsonpath
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select case when not exists (
      select from private.argument_parts(p_tool_name, p_arguments) where kind = 'array')
    and length(parts) < 10000 then format('$ ? (%s)', parts)::jsonpath end
  from (select string_agg(part, ' && ' order by part) as parts
    from private.likeness(p_tool_name, p_arguments) part) joined
);
end
$$;

-- Null where it can't be remembered.
create function private.remembered_words(p_call public.agent_tool_calls) returns text
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select format('Later calls of %s', p_call.tool_name)
    || coalesce(' where ' || string_agg(format('%s is %s', name, left(value::text, 200)), ' and ' order by path)
      filter (where is_pinned), '')
    || coalesce(', with any ' || string_agg(name, ' and ' order by path)
      filter (where kind = 'string' and not is_pinned), '')
    || ', and nothing else.'
  from private.argument_parts(p_call.tool_name, p_call.arguments)
  where private.remembered_condition(p_call.tool_name, p_call.arguments) is not null
  having count(*) > 0
);
end
$$;

-- What is done is remembered: of a call that the person has edited, what they have made of it. `p_scope` is once,
-- session or always.
create function private.remember_call(p_call public.agent_tool_calls, p_scope text) returns void
language plpgsql security invoker set search_path = ''
as $$
declare
  v_words constant text := private.remembered_words(p_call);
begin
  if p_scope = 'once' then
    return;
  elsif p_call.remember is null or v_words is null then
    raise sqlstate 'PT400' using message = 'nothing_to_remember';
  end if;
  insert into public.tool_rules (user_id, tool_name, session_id, when_args, policy, words, from_call)
    select p_call.user_id, p_call.tool_name, case p_scope when 'session' then r.session_id end,
      private.remembered_condition(p_call.tool_name, p_call.arguments), 'allow', v_words, p_call.id
    from public.agent_runs r where r.user_id = p_call.user_id and r.id = p_call.run_id;
end
$$;

revoke all on function
  private.argument_parts(text, jsonb),
  private.likeness(text, jsonb),
  private.remembered_condition(text, jsonb),
  private.remembered_words(public.agent_tool_calls),
  private.remember_call(public.agent_tool_calls, text)
  from public, anon, authenticated, service_role;
grant execute on function
  private.argument_parts(text, jsonb),
  private.likeness(text, jsonb),
  private.remembered_condition(text, jsonb),
  private.remembered_words(public.agent_tool_calls)
  to authenticated;
