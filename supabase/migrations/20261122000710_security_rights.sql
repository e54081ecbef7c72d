-- The self-test's questions about rights. What is named in a finding's object is all of what was found, so that an
-- exception for it excuses nothing that is granted later.

create function private.security_rights(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  with granted as (
    select r.name, r.place, a.grantee, a.privilege_type as privilege
      from private.security_relations(p_schemas) r
      join pg_catalog.pg_class c on c.oid = r.id, aclexplode(c.relacl) a
    union
    select r.name, r.place, a.grantee, a.privilege_type
      from private.security_relations(p_schemas) r
      join pg_catalog.pg_attribute t on t.attrelid = r.id and not t.attisdropped, aclexplode(t.attacl) a
  )
  select 'S09', 'error',
    format('%s (%s: %s)', name, case grantee when 0 then 'public' else 'anon' end,
      string_agg(lower(privilege), ', ' order by privilege)),
    'whoever has no token may do this, as far as policies let them; revoke it'
  from granted where grantee in (0, 'anon'::regrole) and place <> 'platform'
  group by name, grantee
  union all
  select 'S09', 'error', format('schema %s (anon: usage)', nspname),
    'the helpers'' schema is closed to whoever has no token; revoke usage from public and anon'
  from pg_catalog.pg_namespace
  where oid = private.inner_schema() and has_schema_privilege('anon', oid, 'usage')
  union all
  -- MAINTAIN exists from Postgres 17 on.
  select 'S10', 'error',
    format('%s (authenticated: %s)', name, string_agg(lower(privilege), ', ' order by privilege)),
    'a right that no row-level security holds back; revoke it'
  from granted
  where grantee = 'authenticated'::regrole and place <> 'platform'
    and privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
  group by name
$$;

-- Of whoever makes the project's tables: what the platform's own roles make is not the project's to change.
create function private.security_default_rights(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S14', 'warn',
    format('defaults of %s in %s (%s: %s)', d.defaclrole::regrole, coalesce('schema ' || n.nspname, 'every schema'),
      case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
      string_agg(lower(a.privilege_type) || ' on ' || case d.defaclobjtype when 'r' then 'tables'
        when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end,
        ', ' order by a.privilege_type)),
    'what is made next is open before anybody has thought of it; alter default privileges … revoke'
  from pg_catalog.pg_default_acl d
  left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
  where a.grantee in (0, 'anon'::regrole, 'authenticated'::regrole)
    and (n.oid is null or n.nspname = any (p_schemas) or n.oid = private.inner_schema())
    and d.defaclrole in (
      select c.relowner from pg_catalog.pg_class c join private.security_relations(p_schemas) r on r.id = c.oid
      where r.place <> 'platform'
    )
  group by d.defaclrole, n.nspname, a.grantee, d.defaclobjtype
$$;

-- Columns and rows that their own user must not touch.
create function private.security_columns(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select 'S11', 'error', format('%s (update: %s)', e.name, string_agg(a.attname, ', ' order by a.attname)),
    'a user may change what the audit is to keep as it was; revoke update'
  from private.engine_tables() e
  join pg_catalog.pg_attribute a on a.attrelid = to_regclass(e.name) and a.attnum > 0 and not a.attisdropped
  where a.attname <> all (e.changed || 'user_id'::text)
    and has_column_privilege('authenticated', a.attrelid, a.attnum, 'update')
  group by e.name
  union all
  select 'S11', 'error', format('%s (delete)', e.name), 'a user may delete what the audit is to keep; revoke delete'
  from private.engine_tables() e
  where has_table_privilege('authenticated', to_regclass(e.name), 'delete')
  union all
  select 'S12', 'warn', format('%s.%I', r.name, a.attname),
    'authenticated may change whose row it is; grant update on the other columns alone'
  from private.security_relations(p_schemas) r
  join pg_catalog.pg_attribute a on a.attrelid = r.id and a.attnum = r.owner_column
  where r.kind in ('r', 'p') and r.place = 'api' and has_column_privilege('authenticated', r.id, a.attnum, 'update')
  union all
  select 'S13', 'error', format('%s (insert: %s)', e.name, string_agg(a.attname, ', ' order by a.attname)),
    'the database makes these of a new row, and a user may write them; grant insert on the other columns alone'
  from private.engine_tables() e
  join pg_catalog.pg_attribute a on a.attrelid = to_regclass(e.name) and a.attname = any (e.made)
  where has_column_privilege('authenticated', a.attrelid, a.attnum, 'insert')
  group by e.name
$$;

revoke all on function private.security_rights(text[]), private.security_default_rights(text[]),
  private.security_columns(text[]) from public, anon, authenticated, service_role;
