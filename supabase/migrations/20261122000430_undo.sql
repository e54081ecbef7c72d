-- A person takes back what a tool's call has changed, from its effects (migration tool_effects). It is the person's
-- own: no agent may, and a request that names a call or an agent is refused. What is undone leaves no receipt and no
-- effect; it is marked on the effects that were taken back, and adds no event: the run has told its story.
--
-- Rows are locked in the order in which the call changed them and set back in the other one. A row that has been
-- changed since, or that others refer to, keeps all of the call from being undone. What is repeated changes nothing.
--
--   private.image_at        the row of an effect as it is now, locked
--   private.is_referenced   whether a row refers to it
--   private.undo_effect     takes back one change
--   private.undo_in_turn    takes back what it can of several
--   private.undo_effects    takes back those of a call
--   private.check_person    refuses whoever is no person
--   private.undo_call       the definer's part of undo_tool_call
--   private.undo_calls      the definer's part of undo_run
--   undo_tool_call          takes back one call, of that run if one is named; { call_id, undone }, the number of
--                           changes that were taken back
--   undo_run                takes back the calls of a run, the newest first, up to the first that can't be;
--                           { run_id, undone: [call], stopped: { call_id, reason } | null }

-- The condition that finds the row `t` of an effect by the columns of its key, which `k` has.
create function private.row_condition(p_key jsonb)
returns text language sql immutable security invoker set search_path = '' as $$
  select string_agg(format('t.%1$I = k.%1$I', key_column), ' and ') from jsonb_object_keys(p_key) key_column;
$$;

-- Null where there is no such row.
create function private.image_at(p_effect public.tool_effects)
returns jsonb language plpgsql security invoker set search_path = '' as $$
declare
  v_relation constant regclass := to_regclass(p_effect.relation);
  v_images jsonb[];
begin
  if v_relation is null then
    return null;
  end if;
  execute format('select array_agg(image) from (select private.row_image(t.*, %L::oid) as image
    from %2$s t, jsonb_populate_record(null::%2$s, $1) k where %3$s for update of t) found',
    v_relation::oid, v_relation, private.row_condition(p_effect.row_key)) into v_images using p_effect.row_key;
  if cardinality(v_images) > 1 then
    raise exception 'Cannot undo a change of %: the key that its trigger names is not unique', v_relation;
  end if;
  return v_images[1];
end $$;

create function private.is_referenced(p_effect public.tool_effects)
returns boolean language plpgsql security invoker set search_path = '' as $$
declare
  v_relation constant regclass := p_effect.relation;
  v_reference record;
  v_found boolean;
begin
  for v_reference in
    select c.conrelid::regclass as relation,
      (select string_agg(format('c.%I = t.%I', own.attname, other.attname), ' and ')
        from unnest(c.conkey, c.confkey) pair (own, other)
        join pg_catalog.pg_attribute own on own.attrelid = c.conrelid and own.attnum = pair.own
        join pg_catalog.pg_attribute other on other.attrelid = c.confrelid and other.attnum = pair.other) as columns
    from pg_catalog.pg_constraint c where c.confrelid = v_relation and c.contype = 'f'
  loop
    execute format('select exists (select from %1$s t join %2$s c on %3$s, jsonb_populate_record(null::%1$s, $1) k
      where %4$s and (c.tableoid, c.ctid) is distinct from (t.tableoid, t.ctid))',
      v_relation, v_reference.relation, v_reference.columns, private.row_condition(p_effect.row_key))
      into v_found using p_effect.row_key;
    if v_found then
      return true;
    end if;
  end loop;
  return false;
end $$;

-- False where rows stand in its way that the undoing of another change may remove, or bring back.
create function private.undo_effect(p_effect public.tool_effects)
returns boolean language plpgsql security invoker set search_path = '' as $$
declare
  v_now constant jsonb := private.image_at(p_effect);
  v_columns text;
begin
  -- A column that the table has got since is of no change by the call.
  if (p_effect.op = 'delete') <> (v_now is null) or p_effect.after is distinct from
    (select jsonb_object_agg(key, v_now -> key) from jsonb_object_keys(p_effect.after) key) then
    raise sqlstate 'PT409' using message = 'changed_since';
  elsif p_effect.op = 'insert' then
    if private.is_referenced(p_effect) then
      return false;
    end if;
    execute format('delete from %1$s t using jsonb_populate_record(null::%1$s, $1) k where %2$s',
      p_effect.relation::regclass, private.row_condition(p_effect.row_key)) using p_effect.row_key;
    return true;
  end if;
  select string_agg(format('%I', key), ', ') into v_columns from jsonb_object_keys(p_effect.before) key;
  if p_effect.op = 'delete' then
    execute format('insert into %1$s (%2$s) overriding system value
      select %2$s from jsonb_populate_record(null::%1$s, $1)', p_effect.relation::regclass, v_columns)
      using p_effect.before;
  else
    execute format('update %1$s t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$s, $1))
      from jsonb_populate_record(null::%1$s, $2) k where %3$s', p_effect.relation::regclass, v_columns,
      private.row_condition(p_effect.row_key)) using p_effect.before, p_effect.row_key;
  end if;
  return true;
exception when foreign_key_violation then
  return false;
end $$;

-- Takes back what it can of them, in this order; what is left. Of a row whose change is in the way, the ones before
-- it are, too.
create function private.undo_in_turn(p_effects public.tool_effects[])
returns public.tool_effects[] language plpgsql security invoker set search_path = '' as $$
declare
  v_effect public.tool_effects;
  v_left public.tool_effects[] := '{}';
begin
  foreach v_effect in array p_effects loop
    if exists (select from unnest(v_left) l where l.relation = v_effect.relation and l.row_key = v_effect.row_key)
      or not private.undo_effect(v_effect) then
      v_left := v_left || v_effect;
    end if;
  end loop;
  return v_left;
end $$;

-- All of them, or none; the number of changes that were taken back.
create function private.undo_effects(p_user_id uuid, p_call_id uuid)
returns integer language plpgsql security invoker set search_path = '' as $$
declare
  v_effects public.tool_effects[];
  v_left public.tool_effects[];
  v_effect public.tool_effects;
  v_count integer;
begin
  v_effects := array(select e from public.tool_effects e
    where e.user_id = p_user_id and e.call_id = p_call_id and e.undone_at is null order by e.seq for update);
  if exists (select from unnest(v_effects) e where not e.kept) then
    raise sqlstate 'PT409' using message = 'images_gone';
  end if;
  foreach v_effect in array v_effects loop
    perform private.image_at(v_effect);
  end loop;
  set constraints all deferred;
  v_left := array(select e from unnest(v_effects) e order by e.seq desc);
  while cardinality(v_left) > 0 loop
    v_count := cardinality(v_left);
    v_left := private.undo_in_turn(v_left);
    if cardinality(v_left) < v_count then
      continue;
    elsif exists (select from unnest(v_left) e where e.op = 'insert') then
      raise sqlstate 'PT409' using message = 'in_use';
    end if;
    raise sqlstate 'PT409' using message = 'changed_since';
  end loop;
  set constraints all immediate;
  update public.tool_effects e set undone_at = now()
    where e.user_id = p_user_id and e.call_id = p_call_id and e.undone_at is null;
  return cardinality(v_effects);
exception when integrity_constraint_violation then
  -- What the row was is what another row is by now, or stood upon one that is gone.
  raise sqlstate 'PT409' using message = 'changed_since';
end $$;

create function private.check_person()
returns void language plpgsql stable security invoker set search_path = '' as $$
begin
  if auth.uid() is null then
    raise sqlstate 'PT401' using message = 'no_user';
  elsif private.is_agent() then
    raise sqlstate 'PT403' using message = 'not_for_agents';
  end if;
end $$;

create function private.undo_call(p_call_id uuid, p_run_id uuid)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  v_user_id constant uuid := auth.uid();
  v_run_id constant uuid := (select c.run_id from public.agent_tool_calls c
    where c.user_id = v_user_id and c.id = p_call_id);
begin
  perform private.check_person();
  perform from public.agent_runs r where r.user_id = v_user_id and r.id = v_run_id for key share;
  if p_run_id <> v_run_id or v_run_id is null and (p_run_id is not null or not exists (
    select from public.tool_effects e where e.user_id = v_user_id and e.call_id = p_call_id
  )) then
    raise sqlstate 'PT404' using message = 'call';
  end if;
  return jsonb_build_object('call_id', p_call_id, 'undone', private.undo_effects(v_user_id, p_call_id));
end $$;

create function private.undo_calls(p_run_id uuid)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  v_user_id constant uuid := auth.uid();
  v_call_id uuid;
  v_undone uuid[] := '{}';
begin
  perform private.check_person();
  perform from public.agent_runs r where r.user_id = v_user_id and r.id = p_run_id for key share;
  if not found then
    raise sqlstate 'PT404' using message = 'run';
  end if;
  for v_call_id in
    select e.call_id from public.agent_tool_calls c
      join public.tool_effects e on e.user_id = c.user_id and e.call_id = c.id and e.undone_at is null
    where c.user_id = v_user_id and c.run_id = p_run_id
    group by e.call_id order by max(e.seq) desc
  loop
    begin
      perform private.undo_effects(v_user_id, v_call_id);
      v_undone := v_undone || v_call_id;
    exception when others then
      if sqlstate <> 'PT409' then
        raise;
      end if;
      return jsonb_build_object('run_id', p_run_id, 'undone', to_jsonb(v_undone),
        'stopped', jsonb_build_object('call_id', v_call_id, 'reason', sqlerrm));
    end;
  end loop;
  return jsonb_build_object('run_id', p_run_id, 'undone', to_jsonb(v_undone), 'stopped', null);
end $$;

create function public.undo_tool_call(p_call_id uuid, p_run_id uuid default null)
returns jsonb language sql security invoker set search_path = '' as $$
  select private.undo_call(p_call_id, p_run_id);
$$;

create function public.undo_run(p_run_id uuid)
returns jsonb language sql security invoker set search_path = '' as $$
  select private.undo_calls(p_run_id);
$$;

revoke execute on function
  private.row_condition(jsonb),
  private.image_at(public.tool_effects),
  private.is_referenced(public.tool_effects),
  private.undo_effect(public.tool_effects),
  private.undo_in_turn(public.tool_effects[]),
  private.undo_effects(uuid, uuid),
  private.check_person(),
  private.undo_call(uuid, uuid),
  private.undo_calls(uuid),
  public.undo_tool_call(uuid, uuid),
  public.undo_run(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  private.undo_call(uuid, uuid),
  private.undo_calls(uuid),
  public.undo_tool_call(uuid, uuid),
  public.undo_run(uuid)
  to authenticated;
