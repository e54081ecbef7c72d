-- What a run that has read text from outside may still do unasked: whatever that text says, it can't overwrite, cancel
-- or reach what the user did not mean. A write of a tainted run is simply made where
--
--   1. it only creates rows, ten at most in the run; or
--   2. it overwrites nothing and takes nothing away (`forceful` of its footprints finds nothing), and what it changes
--      is named by the user, or its tool is planned; or
--   3. it does, and is both named and planned.
--
-- Named: what the request is about (entity_id); a row whose title, of four characters at least, or whose parent's
-- stands in the user's message; a row that the run made. Which column is a title, and which names a parent, say the
-- rows of agent_subjects. Planned: among the tools of a step of the planner's own, in a plan from before the run was
-- tainted. All of it is read from rows, under the caller's rights; no model is asked.
--
--   private.in_force          whether a footprint holds for a call's arguments
--   private.rows_created      how many rows a call makes that does nothing else
--   private.is_forceful       whether it overwrites or takes away
--   private.plain_key         a key as arguments have it, without what a model may write otherwise
--   private.named_keys        the keys that a call's arguments name
--   private.call_targets      what it changes
--   private.says              whether a message says a name
--   private.is_titled_in      whether it says that of a row or of its parents
--   private.run_context       what a run is about
--   private.is_named          whether the user means this row
--   private.is_planned        whether the tool was planned
--   private.told_taint        what the run has read, in words
--   private.change_objection  what stands against a call of a tainted run
--   private.taint_objection   the same with what the run has read, for whoever is asked

create function private.in_force(p_footprint public.tool_footprints, p_arguments jsonb) returns boolean
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return p_footprint.target is null or p_footprint.target_column is not null
    or jsonb_path_exists(p_arguments, p_footprint.target, '{}', true);
end
$$;

-- Null where it does anything else, or nobody knows what it does.
create function private.rows_created(p_call public.agent_tool_calls) returns bigint
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select case when bool_and(f.op = 'INSERT') then sum(f.max_rows) end
  from public.tool_footprints f
  where f.tool_name = p_call.tool_name and private.in_force(f, p_call.arguments)
);
end
$$;

-- So does a call of which nobody knows what it changes.
create function private.is_forceful(p_call public.agent_tool_calls) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select coalesce(bool_or(f.op = 'DELETE'
    or coalesce(jsonb_path_exists(p_call.arguments, f.forceful, '{}', true), false)), true)
  from public.tool_footprints f
  where f.tool_name = p_call.tool_name and private.in_force(f, p_call.arguments)
);
end
$$;

create function private.plain_key(p_named jsonb) returns text
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
declare
  v_key constant text := btrim(p_named #>> '{}');
begin
  return case when v_key ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then lower(v_key) else v_key end;
end
$$;

-- The keys that arguments name, of the columns of a footprint: one for each value that its path finds; of several
-- columns one, in the order of the key's.
create function private.named_keys(p_footprint public.tool_footprints, p_arguments jsonb, p_columns text[])
returns setof text language plpgsql stable security invoker set search_path = ''
as $$
begin
  if p_footprint.target_rest = '{}' then
    return query select private.plain_key(named)
      from jsonb_path_query(p_arguments, p_footprint.target, '{}', true) named;
  else
    return query select private.row_key(jsonb_object_agg(part.name, (
        select private.plain_key(named)
        from jsonb_path_query(p_arguments, part.path::jsonpath, '{}', true) named limit 1
      )), p_columns)
      from (
        select p_footprint.target_column as name, p_footprint.target::text as path
        union all select rest.key, rest.value from jsonb_each_text(p_footprint.target_rest) rest
      ) part;
  end if;
end
$$;

-- The rows that the arguments name to be changed. No relation: it is not known which row it is.
create function private.call_targets(p_call public.agent_tool_calls) returns table (relation regclass, row_key text)
language plpgsql stable security invoker set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select distinct case
      when f.target_rest = '{}' and f.target_column = s.parent_column then s.parent
      when array(select jsonb_object_keys(f.target_rest) union all select f.target_column) <@ private.subject_key(s)
        and private.subject_key(s) <@ array(select jsonb_object_keys(f.target_rest) union all select f.target_column)
        then f.table_name::regclass
    end, key
  from public.tool_footprints f
  left join public.agent_subjects s on s.relation = f.table_name
  cross join lateral private.named_keys(f, p_call.arguments, private.subject_key(s)) key
  where f.tool_name = p_call.tool_name and f.op <> 'INSERT' and f.target_column is not null;
end
$$;

-- As words of their own; in scripts that put no spaces between words, anywhere.
create function private.says(p_message text, p_name text) returns boolean
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin return (
  select char_length(name) >= 4 and case when char_length(name) > least(char_length(message), 1000) then false
    when name ~ '[\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7af]'
    then strpos(message, name) > 0
    else message ~ ('(^|[^[:alnum:]])' || regexp_replace(name, '([^[:alnum:]])', '\\\1', 'g') || '($|[^[:alnum:]])') end
  from (select lower(btrim(regexp_replace(p_name, '\s+', ' ', 'g'))) as name,
    lower(regexp_replace(p_message, '\s+', ' ', 'g')) as message) folded
);
end
$$;

-- Asked of the row, of the one that it belongs to, and of that one's: an event, its task, its project. A fault of one
-- kind is told to the log: whoever can't be shown to be meant is asked for.
create function private.is_titled_in(p_message text, p_relation regclass, p_key text) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_subject public.agent_subjects;
  v_relation regclass := p_relation;
  v_key text := p_key;
  v_condition text;
  v_title text;
begin
  for level in 1..3 loop
    select * into v_subject from public.agent_subjects s where s.relation = v_relation order by s.name limit 1;
    exit when not found;
    v_condition := private.subject_condition(v_subject, v_key);
    exit when v_condition is null;
    execute format('select %s, %s from %s where %s limit 1',
      coalesce(quote_ident(v_subject.title_column) || '::text', 'null'),
      coalesce(quote_ident(v_subject.parent_column) || '::text', 'null'), v_relation, v_condition)
      into v_title, v_key;
    if private.says(p_message, v_title) then
      return true;
    end if;
    exit when v_key is null;
    v_relation := v_subject.parent;
  end loop;
  return false;
exception
  when insufficient_privilege then return false;
  when others then
    raise warning 'Cannot look for a row of % in a message: %', v_relation, sqlerrm;
    return false;
end
$$;

-- What a run is about, { type, entity_id }: what its message names, be it nothing in particular, or else what the
-- conversation began with.
create function private.run_context(p_run public.agent_runs)
returns jsonb language plpgsql stable security invoker set search_path = '' as $$
begin return (
  select jsonb_strip_nulls(case
    when p_run.request ? 'context_type' then jsonb_build_object(
      'type', p_run.request -> 'context_type', 'entity_id', p_run.request -> 'entity_id')
    else jsonb_build_object('type', s.context_type, 'entity_id', s.entity_id)
  end)
  from public.chat_sessions s where s.id = p_run.session_id
); end $$;

create function private.is_named(p_run public.agent_runs, p_relation regclass, p_key text) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_about constant jsonb := private.run_context(p_run);
begin
  return p_relation is not null and coalesce(
    v_about ->> 'entity_id' = p_key and exists (select from public.agent_subjects s
      where s.relation = p_relation and s.name = v_about ->> 'type')
    or exists (select from public.tool_effects e
      join public.agent_tool_calls c on c.user_id = e.user_id and c.id = e.call_id
      where c.user_id = p_run.user_id and c.run_id = p_run.id and e.op = 'insert' and e.relation = p_relation::text
        and p_key = (select private.row_key(e.row_key, private.subject_key(s)) from public.agent_subjects s
          where s.relation = p_relation order by s.name limit 1))
    or private.is_titled_in(p_run.request ->> 'message', p_relation, p_key), false);
end
$$;

create function private.is_planned(p_call public.agent_tool_calls, p_before timestamptz) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select exists (
    select from public.agent_plans p cross join lateral jsonb_array_elements(p.steps) step
    where p.user_id = p_call.user_id and p.run_id = p_call.run_id and p.created_at < p_before
      and step ->> 'executor_required' = 'false' and step -> 'tools' ? p_call.tool_name)
);
end
$$;

create function private.told_taint(p_by jsonb) returns text
language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when p_by ->> 'source' = 'email' then 'an email'
    when p_by ->> 'source' = 'invite' then 'an invitation'
    when p_by ->> 'source' = 'import' then 'imported data'
    when p_by ->> 'source' = 'mcp' then 'data of another program'
    when p_by ->> 'source' = 'agent' then 'a text that an agent saved after it had read an email, an import or the like'
    when p_by ? 'tool' then 'what ' || (p_by ->> 'tool') || ' answered'
    else 'something from outside earlier in this conversation'
  end;
end
$$;

-- Null where nothing does.
create function private.change_objection(p_call public.agent_tool_calls, p_tainted_at timestamptz) returns text
language plpgsql stable security invoker set search_path = ''
as $$
declare
  c_most_rows constant integer := 10;
  v_created constant bigint := private.rows_created(p_call);
  v_forceful constant boolean := private.is_forceful(p_call);
  v_planned constant boolean := private.is_planned(p_call, p_tainted_at);
  v_run public.agent_runs;
  v_named boolean;
begin
  if v_created is not null then
    return case when v_created + coalesce((select sum(private.rows_created(c)) from public.agent_tool_calls c
        where c.user_id = p_call.user_id and c.run_id = p_call.run_id and c.access = 'write' and c.id <> p_call.id
          and c.status <> 'rejected'), 0) > c_most_rows
      then format('It may make %s rows by itself, and this would be one more.', c_most_rows) end;
  elsif v_planned and not v_forceful then
    return null;
  end if;
  select * into v_run from public.agent_runs where user_id = p_call.user_id and id = p_call.run_id;
  select coalesce(bool_and(private.is_named(v_run, t.relation, t.row_key)), false) into v_named
    from private.call_targets(p_call) t;
  return case
    when v_named and not v_forceful or v_named and v_planned then null
    when v_named then 'This would overwrite or take away something, and was not planned before that.'
    when v_forceful then 'This would overwrite or take away something that you did not name.'
    else 'This would change something that you did not name.'
  end;
end
$$;

-- Null where nothing does, or the run is not tainted.
create function private.taint_objection(p_call public.agent_tool_calls) returns text
language plpgsql stable security invoker set search_path = ''
as $$
declare
  v_taint public.run_taints;
begin
  select * into v_taint from public.run_taints where user_id = p_call.user_id and run_id = p_call.run_id;
  if not found or p_call.access is distinct from 'write' then
    return null;
  end if;
  return 'The assistant has read ' || private.told_taint(v_taint.tainted_by -> 0)
    || ': such text may hold orders that are not yours. '
    || private.change_objection(p_call, v_taint.tainted_at);
end
$$;

revoke all on function
  private.in_force(public.tool_footprints, jsonb),
  private.rows_created(public.agent_tool_calls),
  private.is_forceful(public.agent_tool_calls),
  private.plain_key(jsonb),
  private.named_keys(public.tool_footprints, jsonb, text[]),
  private.call_targets(public.agent_tool_calls),
  private.run_context(public.agent_runs),
  private.says(text, text),
  private.is_titled_in(text, regclass, text),
  private.is_named(public.agent_runs, regclass, text),
  private.is_planned(public.agent_tool_calls, timestamptz),
  private.told_taint(jsonb),
  private.change_objection(public.agent_tool_calls, timestamptz),
  private.taint_objection(public.agent_tool_calls)
  from public, anon, authenticated, service_role;
grant execute on function
  private.in_force(public.tool_footprints, jsonb),
  private.rows_created(public.agent_tool_calls),
  private.is_forceful(public.agent_tool_calls),
  private.plain_key(jsonb),
  private.named_keys(public.tool_footprints, jsonb, text[]),
  private.call_targets(public.agent_tool_calls),
  private.run_context(public.agent_runs),
  private.says(text, text),
  private.is_titled_in(text, regclass, text),
  private.is_named(public.agent_runs, regclass, text),
  private.is_planned(public.agent_tool_calls, timestamptz),
  private.told_taint(jsonb),
  private.change_objection(public.agent_tool_calls, timestamptz),
  private.taint_objection(public.agent_tool_calls)
  to authenticated;
