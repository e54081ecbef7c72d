-- The self-test's questions about functions of the API's schemas and of the helpers'. Functions of triggers can't be
-- called, and count only where they act with their owner's rights.

create function private.security_routines(p_schemas text[])
returns table (
  id oid, name text, in_api boolean, definer boolean, is_trigger boolean, settings text[], language name, body text
)
language sql stable security invoker set search_path = '' as $$
  select p.oid, p.oid::regprocedure::text, n.nspname = any (p_schemas), p.prosecdef,
    p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype), coalesce(p.proconfig, '{}'), l.lanname,
    private.without_comments(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc))
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  where p.prokind in ('f', 'p') and (n.nspname = any (p_schemas) or n.oid = private.inner_schema())
    and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    )
$$;

-- Whether a function of PL/pgSQL carries out a statement that it has put together from texts, or was given. A constant
-- is none, nor is format with names (%I) and values (%L), but with texts (%s). `||` counts outside of constants only,
-- and %s inside. A statement out of a variable was put together before, unless nothing but such a format has made it.
create function private.glues_statements(p_body text)
returns boolean language sql immutable security invoker set search_path = '' as $$
  select bare ~* '\mexecute\M((?!\musing\M)[^;])*(\|\||\mconcat(_ws)?\s*\()'
    or p_body ~* '\mexecute\s+(pg_catalog\.)?format\s*\([^;]*%(\d+\$)?s'
    or bare ~* '\mexecute\s+(?!(pg_catalog\.)?format\M|function\M|procedure\M)[\w.]+\s*\('
    or (bare ~* '\mexecute\s+(?!function\M|procedure\M)\w+\s*(;|\m(into|using|loop)\M)'
      and (bare ~* '\|\||\m(concat|concat_ws|replace)\s*\(' or bare !~* '\mformat\s*\(' or p_body ~ '%(\d+\$)?s'))
  from (
    select regexp_replace(p_body, '''(?:[^'']|'''')*''|\$\w*\$[^$]*\$\w*\$', '''''', 'g') as bare
  ) constants_left_out
$$;

-- What functions, and the policies and triggers of the engine's tables, were when their migrations had made them.
-- Whoever changes one on purpose has all of them noted anew, at the end of that migration:
-- select private.note_definitions();
create table private.noted_definitions (name text primary key, sha256 text not null);
comment on table private.noted_definitions is
  'Functions of the API''s schema and of the helpers'', and what holds the engine''s tables, as their migrations made '
  'them. Written by migrations only.';
alter table private.noted_definitions enable row level security;
revoke all on private.noted_definitions from public, anon, authenticated, service_role;

-- Texts are hashed as they are without a search path: every name with its schema.
create function private.definitions()
returns table (name text, kind text, sha256 text)
language sql stable security invoker set search_path = '' as $$
  select name, kind, encode(sha256(convert_to(definition, 'UTF8')), 'hex') from (
    select r.name, 'function', pg_get_functiondef(r.id) from private.security_routines(array[private.outer_schema()]) r
    union all
    select format('policy %I on %s', p.policyname, e.name), 'policy', to_jsonb(p)::text
    from private.engine_tables() e
    join pg_catalog.pg_policies p on format('%I.%I', p.schemaname, p.tablename) = e.name
    union all
    select format('trigger %I on %s', t.tgname, e.name), 'trigger', pg_get_triggerdef(t.oid) || t.tgenabled::text
    from private.engine_tables() e
    join pg_catalog.pg_trigger t on t.tgrelid = to_regclass(e.name) and not t.tgisinternal
  ) found (name, kind, definition)
$$;

create function private.note_definitions()
returns void language sql security invoker set search_path = '' as $$
  delete from private.noted_definitions;
  insert into private.noted_definitions (name, sha256) select name, sha256 from private.definitions()
$$;

-- A function that is new changes nothing by itself; a policy or a trigger does.
create function private.security_definitions()
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S38', 'error', coalesce(n.name, d.name), case
    when n.name is null then 'was not there when the engine''s migrations had made its table'
    when d.name is null then 'is gone, though a migration made it'
    else 'is not as its migration made it' end
    || '; find out who did that, and note it where it was meant: select private.note_definitions()'
  from private.noted_definitions n full join private.definitions() d using (name)
  where (n.sha256 = d.sha256) is not true and (n.name is not null or d.kind <> 'function')
$$;

create function private.security_functions(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  with routines as materialized (select * from private.security_routines(p_schemas))
  select 'S15', 'error', name,
    'acts with its owner''s rights where the API serves it; let it be an invoker that calls one in a schema of its own'
  from routines where definer and in_api and not is_trigger
  union all
  select 'S16', 'error', name, 'acts with its owner''s rights for users, and never asks who calls it'
  from routines
  where definer and not is_trigger and not private.asks_caller(body)
    and (has_function_privilege('authenticated', id, 'execute') or has_function_privilege('anon', id, 'execute'))
  union all
  select 'S17', case when definer then 'error' else 'warn' end, name,
    'finds names by its caller''s search_path; say: set search_path = '''''
  from routines where not exists (select from unnest(settings) setting where setting like 'search_path=%')
  union all
  select 'S18', case when definer then 'error' else 'warn' end, name,
    'whoever has no token may call it; revoke execute from public and anon'
  from routines where in_api and not is_trigger and has_function_privilege('anon', id, 'execute')
  union all
  -- One that the API serves could take away the headers by which an agent is known.
  select 'S35', case when definer or in_api then 'error' else 'warn' end, name,
    'puts texts into a statement; give values with using, and names with %I'
  from routines where language = 'plpgsql' and private.glues_statements(body)
$$;

revoke all on function private.security_routines(text[]), private.glues_statements(text), private.definitions(),
  private.note_definitions(), private.security_definitions(), private.security_functions(text[])
  from public, anon, authenticated, service_role;
