-- When a run is tainted: its agents were shown a row that is external, or what a tool said whose output nobody vouches
-- for, or the conversation before it was. It stays so to its end. Agents hand in the rows that a message, or the result
-- of a call, shows beside its text (`shown_rows`, `rows`); all the rest is the database's, and nobody can write it or
-- take it away.
--
--   private.external_among     the external ones among rows that are shown
--   private.taint_by_messages  what a thread is told: trigger
--   private.taint_by_call      what a call shows, with its outcome, before its event and whatever is told: trigger
--   private.taint_by_history   what was said before in the conversation: trigger
--   private.is_tainted         whether a run is
--   private.stamp_event        an event tells whether its run was tainted by then, and comes before its end: trigger
--
-- The run of a message is locked before any of this (private.refuse_after_end): locks keep to their order.

create table public.run_taints (
  user_id uuid not null references auth.users on delete cascade,
  run_id uuid not null,
  -- Of the transaction: a plan that comes in the same one was made by a model that had been shown the row.
  tainted_at timestamptz not null default now(),
  tainted_by jsonb not null check (jsonb_typeof(tainted_by) = 'array'),
  primary key (user_id, run_id),
  constraint run_taints_run_fkey
    foreign key (user_id, run_id) references public.agent_runs (user_id, id) on delete cascade
);
comment on table public.run_taints is
  'Runs whose agents have read text from outside, once each. Written by triggers only.';
comment on column public.run_taints.tainted_by is
  'What made it so, at most twenty: { relation, key, source } of a row, { tool }, or { run } of the conversation.';

alter table public.run_taints enable row level security;
create policy "own rows: select" on public.run_taints for select to authenticated
  using ((select auth.uid()) = user_id);
revoke all on public.run_taints from public, anon, authenticated, service_role;
grant select on public.run_taints to authenticated, service_role;

-- Of the rows that a text shows, those that are external.
create function private.external_among(p_user_id uuid, p_shown jsonb) returns setof jsonb
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query
  select jsonb_build_object('relation', s.relation, 'key', s.key, 'source', coalesce(x.source, t.source))
  from jsonb_to_recordset(p_shown) s (relation text, key text)
  left join public.external_rows x on x.user_id = p_user_id and x.relation = s.relation and x.row_key = s.key
  left join public.external_tables t on t.relation = to_regclass(s.relation)
  where x.user_id is not null or t.relation is not null;
end
$$;

-- The rows of a message, and the tool that it tells of, by the turn that called it. Messages are stored before the
-- calls of their batch: what the model asks for after it was told meets a tainted run, although the outcome of the
-- call before comes in one statement with it.
create function private.taint_by_messages() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Most messages show nothing, and most users have nothing from outside.
  if not exists (select from v_added m where m.shown_rows is not null or m.kind = 'result')
    or not exists (select from public.external_tables)
      and not exists (select from public.tool_defaults d where d.untrusted_output)
      and not exists (select from v_added m join public.external_rows x on x.user_id = m.user_id) then
    return null;
  end if;
  insert into public.run_taints (user_id, run_id, tainted_by)
    select found.user_id, found.run_id, jsonb_agg(found.what) filter (where found.n <= 20) from (
      select shown.*, row_number() over (partition by shown.user_id, shown.run_id) as n from (
        select m.user_id, m.run_id, what
        from v_added m
        cross join lateral private.external_among(m.user_id, m.shown_rows) what
        where m.shown_rows is not null
        union all
        select m.user_id, m.run_id, jsonb_build_object('tool', d.tool_name)
        from v_added m
        cross join lateral (
          select said.tool_calls from public.agent_chat_messages said
          where said.user_id = m.user_id and said.agent_session_id = m.agent_session_id and said.seq < m.seq
            and said.kind = 'turn'
          order by said.seq desc limit 1
        ) turn
        cross join lateral jsonb_array_elements(turn.tool_calls) c
        join public.tool_defaults d on d.tool_name = c ->> 'name' and d.untrusted_output
        where m.kind = 'result' and c ->> 'id' = m.tool_call_id
          and exists (select from public.tool_defaults where untrusted_output)
      ) shown
    ) found
    group by found.user_id, found.run_id
    on conflict (user_id, run_id) do nothing;
  return null;
end
$$;
create trigger taint_by_messages after insert on public.agent_chat_messages
  referencing new table as v_added
  for each statement execute function private.taint_by_messages();

-- A call that was not made has no output: what is said of it is the database's own.
create function private.taint_by_call() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.tool_defaults d where d.tool_name = new.tool_name and d.untrusted_output)
    and (not new.result ? 'rows' or not exists (select from public.external_tables)
      and not exists (select from public.external_rows x where x.user_id = new.user_id)) then
    return null;
  end if;
  insert into public.run_taints (user_id, run_id, tainted_by)
    select new.user_id, new.run_id, jsonb_agg(found.what) from (
      select what from private.external_among(new.user_id, new.result -> 'rows') what
      union all
      select jsonb_build_object('tool', d.tool_name) from public.tool_defaults d
      where d.tool_name = new.tool_name and d.untrusted_output
        and coalesce(new.result ->> 'error', '') not in ('not_allowed', 'rejected')
      limit 20
    ) found
    having count(*) > 0
    on conflict (user_id, run_id) do nothing;
  return null;
end
$$;
create trigger taint_by_call after insert or update of result on public.agent_tool_calls
  for each row when (new.result is not null) execute function private.taint_by_call();

-- An answer of a tainted run, and a summary made of such answers, may say what the row did. The run before tells of all
-- that were before it.
create function private.taint_by_history() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.run_taints (user_id, run_id, tainted_by)
    select new.user_id, new.id, jsonb_build_array(jsonb_build_object('run', before.id))
    from (
      select r.user_id, r.id from public.agent_runs r
      where r.user_id = new.user_id and r.session_id = new.session_id and r.id <> new.id
      order by r.created_at desc limit 1
    ) before
    where exists (select from public.run_taints t where t.user_id = before.user_id and t.run_id = before.id);
  return null;
end
$$;
create trigger taint_by_history after insert on public.agent_runs
  for each row execute function private.taint_by_history();

create function private.is_tainted(p_user_id uuid, p_run_id uuid) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return exists (select from public.run_taints t where t.user_id = p_user_id and t.run_id = p_run_id);
end
$$;

-- Locks the run and refuses the event of one that has ended, as private.keep_unfinished does for all other rows: one
-- look for both, because an answer is many events.
create function private.stamp_event() returns trigger
language plpgsql security invoker set search_path = ''
as $$
declare
  v_status public.run_status;
begin
  select r.status into v_status from public.agent_runs r
    where r.user_id = new.user_id and r.id = new.run_id for key share;
  if v_status in ('completed', 'failed', 'cancelled') then
    raise sqlstate 'PT409' using message = 'run_not_running';
  end if;
  -- A statement of its own: what came while this waited for the run is seen by it, and not by the one before.
  new.tainted := (select true from public.run_taints t where t.user_id = new.user_id and t.run_id = new.run_id);
  return new;
end
$$;
create trigger stamp_event before insert on public.agent_run_events
  for each row execute function private.stamp_event();

revoke all on function private.external_among(uuid, jsonb), private.taint_by_messages(), private.taint_by_call(),
  private.taint_by_history(), private.is_tainted(uuid, uuid), private.stamp_event()
  from public, anon, authenticated, service_role;
grant execute on function private.is_tainted(uuid, uuid) to authenticated;
