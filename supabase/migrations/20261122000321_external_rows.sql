-- Whose words a row holds. What the user wrote or pasted is the user's own; a row that somebody else filled, by an
-- email or an invitation, is external: what stands in it may be meant for the agents that read it. A run that has read
-- such a row is tainted (migration run_taints), and what its agents write is external in turn. So is what a call writes
-- that was told the id of such a row, or into a row that belongs to one: a tool may copy a text that no model has read.
--
--   private.argument_ids     the ids that a call's arguments hold
--   private.is_fed           whether a call, or the row that it writes, refers to a row that is external
--   private.note_row_source  marks a row as external: trigger
--   private.keep_marks       no agent takes a mark away: trigger
--
-- Each table that tools or importers write has the trigger, with the columns of its key, without that of the user whose
-- own all of its rows are:
--
--   create trigger note_row_source after insert or update on public.orders
--     for each row execute function private.note_row_source('id');
--
-- An importer says with each request where its rows come from, in the header x-row-source: email, invite, import or
-- mcp. The header can only add a mark. A table of which no row is the user's own, such as one of mails, is named whole,
-- by a migration:
--
--   insert into public.external_tables (relation, source) values ('public.mails', 'email');

create table public.external_rows (
  user_id uuid not null references auth.users on delete cascade,
  relation text not null check (char_length(relation) <= 200),
  row_key text not null check (char_length(row_key) <= 1000),
  source text not null check (source in ('email', 'invite', 'import', 'mcp', 'agent')),
  noted_at timestamptz not null default now(),
  primary key (user_id, relation, row_key)
);
create index external_rows_key on public.external_rows (user_id, row_key);
comment on table public.external_rows is
  'Rows that hold text from outside. Written by a trigger only; who deletes one says: I trust this.';
comment on column public.external_rows.relation is 'The table of the row, such as public.orders.';
comment on column public.external_rows.row_key is
  'The key of the row as text: the columns that its trigger names (private.row_key).';
comment on column public.external_rows.source is
  'Where it came from first, as the importer said; agent: written by a run that had read such rows, or out of one.';

create table public.external_tables (
  relation regclass primary key,
  source text not null check (source in ('email', 'invite', 'import', 'mcp'))
);
comment on table public.external_tables is 'Tables of which every row is external. Written by migrations only.';
comment on column public.external_tables.source is 'Where their rows come from.';

alter table public.external_rows enable row level security;
create policy "own rows: select" on public.external_rows for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own rows: delete" on public.external_rows for delete to authenticated
  using ((select auth.uid()) = user_id);
alter table public.external_tables enable row level security;
create policy "all rows: select" on public.external_tables for select to authenticated using (true);

revoke all on public.external_rows, public.external_tables from public, anon, authenticated, service_role;
grant select on public.external_rows, public.external_tables to authenticated, service_role;
grant delete on public.external_rows to authenticated;

-- A uuid wherever it stands; a number or a word by the name that it goes by. Nobody knows of which table: an id that is
-- that of an external row of any counts.
create function private.argument_ids(p_arguments jsonb) returns text[]
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin return (
  select coalesce(array_agg(distinct case
    when id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then lower(id) else id end), '{}')
  from (
    select btrim(named #>> '{}') from jsonb_path_query(p_arguments,
      '$.** ? (@ like_regex "^ *[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} *$" flag "i")') named
    union all
    select btrim(named #>> '{}') from jsonb_path_query(p_arguments,
      '$.** ? (@.type() == "object").keyvalue() ? (@.key like_regex "ids?$" flag "i").value[*]') named
  ) found (id)
);
end
$$;

create function private.is_fed(p_call public.agent_tool_calls, p_relation oid, p_row jsonb) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin return (
  select exists (
      select from public.external_rows x
      where x.user_id = p_call.user_id and x.row_key = any (private.argument_ids(p_call.arguments)))
    or exists (
      select from public.agent_subjects s
      join public.external_rows x on x.user_id = p_call.user_id and x.relation = s.parent::text
        and x.row_key = p_row ->> s.parent_column
      where s.relation = p_relation)
    or exists (
      select from public.agent_subjects s join public.external_tables t on t.relation = s.parent
      where s.relation = p_relation and p_row ->> s.parent_column is not null)
);
end
$$;

create function private.note_row_source() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_headers constant jsonb := nullif(current_setting('request.headers', true), '');
  v_call_id constant uuid := v_headers ->> 'x-tool-call-id';
  v_source text := v_headers ->> 'x-row-source';
  v_row constant jsonb := to_jsonb(new);
begin
  if v_source is null and v_call_id is null then
    return null;
  elsif v_source not in ('email', 'invite', 'import', 'mcp') then
    raise sqlstate 'PT400' using message = 'row_source', detail = left(v_source, 100);
  elsif v_source is null and exists (
    select from public.agent_tool_calls c
    where c.user_id = (select auth.uid()) and c.id = v_call_id
      and (private.is_fed(c, tg_relid, v_row) or exists (
        select from public.run_taints t where t.user_id = c.user_id and t.run_id = c.run_id))
  ) then
    v_source := 'agent';
  elsif v_source is null then
    return null;
  end if;
  if tg_nargs = 0 or not v_row ?& tg_argv then
    raise exception 'Cannot note the source of a row of %.%: its trigger does not name its key columns',
      tg_table_schema, tg_table_name;
  end if;
  -- An importer that acts for no user, such as a job, writes rows that say whose they are.
  insert into public.external_rows (user_id, relation, row_key, source)
    values (coalesce(private.row_owner(v_row), (select auth.uid())),
      format('%I.%I', tg_table_schema, tg_table_name), private.row_key(v_row, tg_argv), v_source)
    on conflict (user_id, relation, row_key) do nothing;
  return null;
end
$$;

create function private.keep_marks() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  if private.is_agent() then
    raise sqlstate 'PT403' using message = 'not_for_agents';
  end if;
  return null;
end
$$;
create trigger keep_marks before delete on public.external_rows
  for each statement execute function private.keep_marks();

revoke all on function private.argument_ids(jsonb),
  private.is_fed(public.agent_tool_calls, oid, jsonb), private.note_row_source(), private.keep_marks()
  from public, anon, authenticated, service_role;
