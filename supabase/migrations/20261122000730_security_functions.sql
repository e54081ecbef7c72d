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

-- What the functions were when their migrations had made them. Whoever changes one on purpose has all of them noted
-- anew, at the end of that migration: select private.note_functions();
create table private.noted_functions (name text primary key, sha256 text not null);
comment on table private.noted_functions is
  'Functions of the API''s schema and of the helpers'', as their migrations made them. Written by migrations only.';
alter table private.noted_functions enable row level security;
revoke all on private.noted_functions from public, anon, authenticated, service_role;

create function private.function_hash(p_function oid)
returns text language sql stable security invoker set search_path = '' as $$
  select encode(sha256(convert_to(pg_get_functiondef(p_function), 'UTF8')), 'hex')
$$;

create function private.note_functions()
returns void language sql security invoker set search_path = '' as $$
  delete from private.noted_functions;
  insert into private.noted_functions (name, sha256)
    select name, private.function_hash(id) from private.security_routines('{public}')
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
  select 'S35', case when definer then 'error' else 'warn' end, name,
    'puts texts into a statement; give values with using, and names with %I'
  from routines where language = 'plpgsql' and private.glues_statements(body)
  union all
  select 'S38', 'warn', n.name,
    'is not as its migration made it, or is gone; find out who changed it, and note it where that was meant'
  from private.noted_functions n left join routines r using (name)
  where r.id is null or private.function_hash(r.id) <> n.sha256
$$;

revoke all on function private.security_routines(text[]), private.glues_statements(text), private.function_hash(oid),
  private.note_functions(), private.security_functions(text[]) from public, anon, authenticated, service_role;
