-- The self-test's questions about the platform's side: roles, schemas, extensions, realtime, storage.

create function private.security_realtime(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S28', 'error', 'publication ' || pubname, 'every table is sent to whoever listens, those to come included'
  from pg_catalog.pg_publication where pubname = 'supabase_realtime' and puballtables
  union all
  select 'S28', 'error', c.oid::regclass::text, 'its changes are sent to whoever listens: row-level security is off'
  from pg_catalog.pg_publication_rel m
  join pg_catalog.pg_publication p on p.oid = m.prpubid and p.pubname = 'supabase_realtime'
  join pg_catalog.pg_class c on c.oid = m.prrelid
  where not c.relrowsecurity
  union all
  select 'S29', 'warn', r.name, 'replica identity full: changes are sent with the whole row as it was'
  from private.security_relations(p_schemas) r
  join pg_catalog.pg_class c on c.oid = r.id
  where c.relreplident = 'f' and r.place = 'api'
$$;

create function private.security_roles()
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S30', 'error', 'role ' || rolname, 'no policy holds it: it is a superuser, or bypasses row-level security'
  from pg_catalog.pg_roles
  where rolname in ('anon', 'authenticated', 'authenticator') and (rolsuper or rolbypassrls)
  union all
  select 'S31', 'error', format('role %s (%s)', m.rolname, g.rolname),
    'it is a member of another role, with that one''s rights'
  from pg_catalog.pg_auth_members am
  join pg_catalog.pg_roles m on m.oid = am.member
  join pg_catalog.pg_roles g on g.oid = am.roleid
  where m.rolname in ('anon', 'authenticated')
  union all
  select 'S32', 'error', format('%s (%s: create)', place, role), 'users may make objects of their own; revoke create'
  from unnest('{anon,authenticated}'::text[]) role, (
    select 'schema ' || nspname as place, oid as schema from pg_catalog.pg_namespace
      where nspname !~ '^pg_(toast|temp)'
    union all select 'database', null::oid
  ) places
  where case when schema is null then has_database_privilege(role, current_database(), 'create')
    else has_schema_privilege(role, schema, 'create') end
$$;

create function private.security_extensions(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select distinct 'S33', 'warn', format('%I.%I', n.nspname, p.proname),
    'users may have the database send requests, wherever a function lets them name one; revoke execute'
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where (n.nspname in ('net', 'http') or p.proname ~ '^http_(get|post|put|patch|delete|head)$' or exists (
      select from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e' and e.extname in ('http', 'pg_net')
    )) and exists (
      select from unnest('{anon,authenticated}'::text[]) role
      where has_schema_privilege(role, n.oid, 'usage') and has_function_privilege(role, p.oid, 'execute')
    )
  union all
  select 'S34', 'warn', 'extension ' || e.extname,
    format('the API serves what it brings, for it stands in %s; and nothing of it is looked at here', n.nspname)
  from pg_catalog.pg_extension e
  join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where n.nspname = any (p_schemas)
$$;

-- Asked as a text, for a database need not have storage. What can't be read is told: nobody has looked there.
create function private.security_buckets()
returns table (check_id text, level text, object text, detail text)
language plpgsql stable security invoker set search_path = '' as $$
begin
  if to_regclass('storage.buckets') is null then
    return;
  end if;
  return query execute 'select ''S36'', ''warn'', ''bucket '' || id,
    ''its files are read by whoever has their address, without a token'' from storage.buckets where public';
exception when insufficient_privilege then
  return query values ('S36', 'warn', 'storage.buckets',
    'can''t be read by ' || current_user || ': nobody has looked at buckets');
end $$;

revoke all on function private.security_realtime(text[]), private.security_roles(), private.security_extensions(text[]),
  private.security_buckets() from public, anon, authenticated, service_role;
