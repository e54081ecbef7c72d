-- What the self-test of the schema stands on. Its checks are in the files after this one, a room of them each; what
-- they look at is whatever stands in the schemas that the API serves, the project's own tables first of all.
--
--   private.security_exceptions  what is so on purpose, with the reason
--   private.inner_schema         where the helpers are
--   private.outer_schema         where the tables are
--   private.api_schemas          what the API serves, where nobody says it
--   private.security_relations   what is looked at
--   private.tool_tables          what users may do with the engine's own tables about tools
--   private.engine_tables        the same of all of its own tables
--
-- They are part of the schema, so that each database is asked by the checks that fit it, by whatever can send one
-- statement as its owner: `deno task security`, a job of pg_cron, the SQL editor. The probes, which act as users and
-- have to be rolled back, are the command's. No role of the API may call any of it.

create table private.security_exceptions (
  check_id text not null check (check_id ~ '^[SP][0-9]{1,2}$'),
  object text not null check (object <> ''),
  reason text not null check (length(reason) between 10 and 500),
  primary key (check_id, object)
);
comment on table private.security_exceptions is
  'Findings that are meant to be so: a check''s id and the object as the finding names it. Written by migrations only.';
alter table private.security_exceptions enable row level security;
revoke all on private.security_exceptions from public, anon, authenticated, service_role;

-- The schema of the helpers, whatever it is called.
create function private.inner_schema()
returns oid language sql stable security invoker set search_path = '' as $$
  select relnamespace from pg_catalog.pg_class where oid = 'private.security_exceptions'::regclass
$$;

-- The schema of the engine's tables, whatever it is called.
create function private.outer_schema()
returns text language sql stable security invoker set search_path = '' as $$
  select relnamespace::regnamespace::text from pg_catalog.pg_class where oid = 'public.agent_runs'::regclass
$$;

-- That one, and the one that a project's own tables are in, which may be the same.
create function private.api_schemas()
returns text[] language sql stable security invoker set search_path = '' as $$
  select array_agg(distinct schema) from unnest(array['public', private.outer_schema()]) schema
$$;

-- `place` is api for what the API serves, inner for the helpers' schema, and platform for the two tables whose policies
-- a project writes although they are not its own. What an extension brings is not the project's to mend.
create function private.security_relations(p_schemas text[])
returns table (id oid, name text, kind text, place text, owner_column smallint)
language sql stable security invoker set search_path = '' as $$
  select c.oid, c.oid::regclass::text, c.relkind::text,
    case when n.nspname = any (p_schemas) then 'api' when n.oid = private.inner_schema() then 'inner'
      else 'platform' end,
    (
      select a.attnum from pg_catalog.pg_attribute a
      left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'f'
        and k.confrelid = 'auth.users'::regclass and k.conkey = array[a.attnum]
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (a.attname = 'user_id' or k.oid is not null)
      order by a.attname = 'user_id' desc, a.attnum limit 1
    )
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and (n.nspname = any (p_schemas) or n.oid = private.inner_schema()
      or (n.nspname, c.relname) in (('storage', 'objects'), ('realtime', 'messages')))
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
$$;

-- The engine's own tables, and what their users may do with them: the columns that may be changed, those that are not
-- said of a new row because the database makes them, and the triggers that hold all of it. What is not listed is found,
-- whoever has granted it.
create function private.tool_tables()
returns table (name text, changed text[], made text[], triggers text[])
language sql immutable security invoker set search_path = '' as $$
  values
    ('public.tool_defaults', '{}'::text[], '{access,policy,tool_name,untrusted_output}'::text[], '{}'::text[]),
    ('public.approval_decisions',
      '{}',
      '{decided_at,decided_session,user_id}',
      '{check_decision,settle_decision}'),
    ('public.external_rows', '{}', '{noted_at,relation,row_key,source,user_id}', '{keep_marks}'),
    ('public.external_tables', '{}', '{relation,source}', '{}'),
    ('public.run_taints', '{}', '{run_id,tainted_at,tainted_by,user_id}', '{}'),
    ('public.tool_effects',
      '{}',
      '{after,before,call_id,created_at,digest,kept,op,relation,row_key,seq,undone_at,user_id}',
      '{keep_effect_open}'),
    ('public.tool_floors', '{}', '{expires_in,fresh,number,policy,tool_name,when_args,why}', '{}'),
    ('public.tool_footprints',
      '{}',
      '{forceful,max_rows,number,op,table_name,target,target_column,target_rest,tool_name}',
      '{}'),
    ('public.tool_receipts', '{}', '{attempt,call_id,changes,created_at,relation,row_key,user_id}',
      '{settle_tool_effects}'),
    ('public.tool_rules', '{}', '{created_at,from_call,id,user_id}', '{}')
$$;

create function private.engine_tables()
returns table (name text, changed text[], made text[], triggers text[])
language sql immutable security invoker set search_path = '' as $$
  values
    ('public.agent_chat_messages', '{}'::text[], '{}'::text[],
      '{keep_order,keep_unfinished,taint_by_messages}'::text[]),
    ('public.agent_chat_sessions',
      '{finished_at,initial_context,message_count,status}',
      '{finished_at,message_count,status}',
      '{keep_unfinished}'),
    ('public.agent_executions',
      '{duration_ms,error,finished_at,lease_expires_at,lease_generation,message_count,owner_reservation_id,
        released,result,status,tokens_used,tool_calls_made,usage}',
      '{created_at,duration_ms,lease_generation,message_count,released,result,success,tokens_used,
        tool_calls_made,usage}',
      '{keep_lease,keep_order,keep_unfinished}'),
    ('public.agent_plans',
      '{finished_at,status}',
      '{created_at,finished_at,status,strategy}',
      '{keep_order,keep_unfinished}'),
    ('public.agent_run_events', '{}', '{tainted}', '{check_end,keep_order,keep_unfinished,stamp_event}'),
    ('public.agent_runs',
      '{cancel_requested_at,error,finished_at,finished_reason,lease_expires_at,lease_generation,lease_seconds,
        leased_at,owner_reservation_id,released,status,strategy,takeovers,usage,worked_ms}',
      '{cancel_requested_at,created_at,error,finished_at,finished_reason,lease_generation,leased_at,purged_at,
        released,status,strategy,takeovers,usage,worked_ms}',
      '{check_end,keep_agent_token,keep_ended_run,keep_lease,taint_by_history}'),
    ('public.agent_settings', '{}', '{only_row,require_agent_token}', '{}'),
    ('public.agent_subjects',
      '{}',
      '{columns,condition,count_up_to,group_column,id_column,id_rest,name,newest_column,parent,parent_column,relation,
        title_column}',
      '{}'),
    ('public.agent_tool_calls',
      '{duration_ms,effects,error,finished_at,problem,result,status}',
      '{arguments_sha256,asked_at,effects,expires_at,problem,proposed_arguments,remember,why}',
      '{guard_tool_call,keep_unfinished,taint_by_call}'),
    ('public.agents', '{completed_at,status}', '{completed_at,created_at,status}', '{keep_unfinished}'),
    ('public.chat_messages', '{}', '{created_at}', '{keep_order,keep_unfinished}'),
    ('public.chat_session_summaries', '{}', '{created_at}', '{keep_order}'),
    ('public.chat_sessions', '{preferences,status,title,updated_at}',
      '{created_at,deleted_at,id,status,updated_at}', '{}'),
    ('public.request_keys', '{delivered_at,run_id}', '{}', '{}'),
    ('public.usage_reservations', '{}', '{opens_run,reserved_at}', '{keep_unfinished,mark_opening}'),
    ('public.usage_settlements', '{}', '{settled_at}', '{keep_settlement}'),
    ('public.usage_sums', '{}', '{runs,tokens,upto,user_id}', '{}')
  union all
  select * from private.tool_tables()
$$;

-- A text of SQL as it is carried out.
create function private.without_comments(p_sql text)
returns text language sql immutable security invoker set search_path = '' as $$
  select regexp_replace(p_sql, '-{2}[^\n]*|/\*.*?\*/', ' ', 'g')
$$;

-- Whether a text of SQL asks who the caller is. What a comment says is no question.
create function private.asks_caller(p_sql text)
returns boolean language sql immutable security invoker set search_path = '' as $$
  select private.without_comments(p_sql) ~ 'auth\.(uid|jwt)\(\)|request\.jwt'
$$;

revoke all on function private.inner_schema(), private.outer_schema(), private.api_schemas(),
  private.security_relations(text[]), private.tool_tables(), private.engine_tables(),
  private.without_comments(text), private.asks_caller(text) from public, anon, authenticated, service_role;

insert into private.security_exceptions (check_id, object, reason) values
  ('S03', 'policy "all rows: select" on public.agent_settings for select',
    'How agents act belongs to nobody; migrations alone say it.'),
  ('S22', 'public.agent_settings', 'Its row is the operator''s, no user''s.'),
  ('P1', 'public.agent_settings', 'Its row is the operator''s, and every user may read it.'),
  ('S03', 'policy "all rows: select" on public.agent_subjects for select',
    'The kinds of things that agents work on belong to nobody; migrations alone write them.'),
  ('S03', 'policy "all rows: select" on public.external_tables for select',
    'Which tables hold nothing of the user''s own belongs to nobody; migrations alone write it.'),
  ('S03', 'policy "all rows: select" on public.tool_defaults for select',
    'What becomes of a tool''s calls belongs to nobody; migrations alone write it.'),
  ('S03', 'policy "all rows: select" on public.tool_floors for select',
    'What a tool''s calls have to keep to belongs to nobody; migrations alone write it.'),
  ('S03', 'policy "all rows: select" on public.tool_footprints for select',
    'What tools may touch belongs to nobody; migrations alone write it.'),
  ('S22', 'public.agent_subjects', 'Its rows are the operator''s, no user''s.'),
  ('S11', 'public.tool_rules (delete)', 'A person takes back what they have said of a tool''s calls.'),
  ('S22', 'public.tool_defaults', 'Its rows are the operator''s, no user''s.'),
  ('S11', 'public.external_rows (delete)', 'Who deletes a mark says: I trust this row. A trigger refuses agents.'),
  ('S22', 'public.external_tables', 'Its rows are the operator''s, no user''s.'),
  ('S22', 'public.tool_floors', 'Its rows are the operator''s, no user''s.'),
  ('S22', 'public.tool_footprints', 'Its rows are the operator''s, no user''s.'),
  ('S35', 'private.image_at(public.tool_effects)',
    'What it puts in are names out of the ledger of effects, which a trigger alone writes, quoted.'),
  ('S35', 'private.is_referenced(public.tool_effects)',
    'What it puts in are names out of that ledger and the catalogue, quoted.'),
  ('S35', 'private.undo_effect(public.tool_effects)',
    'What it puts in are names out of that ledger, quoted; values are given with using.'),
  ('S35', 'private.is_default_now(text,text,text)',
    'What it puts in is a default and the name of a type, out of the catalogue.'),
  ('S35', 'private.is_value(text,text)', 'What it puts in is the name of a type, out of the catalogue.'),
  ('S35', 'private.subject_condition(public.agent_subjects,text)',
    'What it puts in stands in agent_subjects, which migrations alone write; a key''s values are quoted.'),
  ('S35', 'private.subject_count(public.agent_subjects)',
    'What it puts in stands in agent_subjects, which migrations alone write.'),
  ('S35', 'private.subject_newest(public.agent_subjects)',
    'What it puts in stands in agent_subjects, which migrations alone write.'),
  ('S35', 'private.is_titled_in(text,regclass,text)',
    'What it puts in stands in agent_subjects, which migrations alone write.'),
  ('S35', 'public.agent_entity(text,text)',
    'What it puts in stands in agent_subjects, which migrations alone write.'),
  ('P1', 'public.agent_subjects', 'Its rows are the operator''s, and every user may read them.'),
  ('P1', 'public.tool_defaults', 'Its rows are the operator''s, and every user may read them.'),
  ('P1', 'public.external_tables', 'Its rows are the operator''s, and every user may read them.'),
  ('P1', 'public.tool_floors', 'Its rows are the operator''s, and every user may read them.'),
  ('P1', 'public.tool_footprints', 'Its rows are the operator''s, and every user may read them.');
