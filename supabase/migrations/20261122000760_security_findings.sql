-- The self-test whole. `select * from private.security_findings()` as the tables' owner; where the API serves more than
-- `public` and the engine's schema, with the names of all. No row means that nothing was found, but for what is
-- excused in `private.security_exceptions`.

-- What is asked, one row for each check.
create function private.security_checks()
returns table (check_id text, finds text)
language sql immutable security invoker set search_path = '' as $$
  values
    ('S01', 'a table without row-level security'),
    ('S02', 'row-level security without a policy'),
    ('S03', 'a policy that lets every row through'),
    ('S04', 'a policy for whoever has no token'),
    ('S05', 'a policy that does not say what a row may become'),
    ('S06', 'a policy that does not ask who the caller is'),
    ('S07', 'a policy on metadata that users write themselves'),
    ('S08', 'a policy that asks for each row who the caller is'),
    ('S09', 'rights of anon and of everybody'),
    ('S10', 'rights that no row-level security holds back'),
    ('S11', 'a log whose rows can be changed'),
    ('S12', 'a row whose user can be changed'),
    ('S13', 'a column of the database''s that users write'),
    ('S14', 'rights on whatever is made next'),
    ('S15', 'a function with its owner''s rights in the API'),
    ('S16', 'one with its owner''s rights that never asks who calls'),
    ('S17', 'a function without a search_path'),
    ('S18', 'a function that whoever has no token may call'),
    ('S19', 'a view that shows what its owner may see'),
    ('S20', 'a materialized view or foreign table that users read'),
    ('S21', 'a view of auth.users'),
    ('S22', 'a table that does not say whose its rows are'),
    ('S23', 'a reference to another user''s rows'),
    ('S24', 'a table that users write, without receipts, effects or sources'),
    ('S25', 'a trigger that is off'),
    ('S26', 'a tool without a footprint'),
    ('S27', 'a footprint of nothing'),
    ('S28', 'realtime of every table, or of one without row-level security'),
    ('S29', 'replica identity full'),
    ('S30', 'a role of the API that bypasses row-level security'),
    ('S31', 'a role of the API that is a member of another'),
    ('S32', 'a role of the API that may create objects'),
    ('S33', 'outgoing requests that users may make'),
    ('S34', 'an extension in a schema of the API'),
    ('S35', 'a statement glued together from texts'),
    ('S36', 'a public bucket'),
    ('S37', 'a table whose policies do not hold its owner'),
    ('S38', 'a function, or what holds a table of the engine''s, that is not as its migration made it'),
    ('S39', 'a subject of nothing')
$$;

-- Everything, what is excused included.
create function private.security_all(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select * from private.security_rights(p_schemas)
  union all select * from private.security_default_rights(p_schemas)
  union all select * from private.security_columns(p_schemas)
  union all select * from private.security_policies(p_schemas)
  union all select * from private.security_functions(p_schemas)
  union all select * from private.security_definitions()
  union all select * from private.security_tables(p_schemas)
  union all select * from private.security_references(p_schemas)
  union all select * from private.security_views(p_schemas)
  union all select * from private.security_triggers(p_schemas)
  union all select * from private.security_footprints()
  union all select * from private.security_subjects()
  union all select * from private.security_realtime(p_schemas)
  union all select * from private.security_roles()
  union all select * from private.security_extensions(p_schemas)
  union all select * from private.security_buckets()
$$;

create function private.security_findings(p_schemas text[] default private.api_schemas())
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  select f.check_id, f.level, f.object, f.detail from private.security_all(p_schemas) f
  where not exists (
    select from private.security_exceptions e where e.check_id = f.check_id and e.object = f.object
  )
  order by array_position('{error,warn,info}'::text[], f.level), f.check_id, f.object
$$;

revoke all on function private.security_checks(), private.security_all(text[]), private.security_findings(text[])
  from public, anon, authenticated, service_role;

select private.note_definitions();
