-- The self-test's questions about policies, those of the platform's two tables included.

-- Whether a clause is true of every row: it says so, or compares a constant with itself, alone or as one of several
-- that will do.
create function private.is_always_true(p_clause text)
returns boolean language sql immutable security invoker set search_path = '' as $$
  select translate(p_clause, '()', '') ~ '(^|\mOR )(true|(''[^'']*''::\w+|\d+) = \3)( OR\M|$)'
$$;

-- The policies that a role of the API is held by, one row for each of their two clauses that is there. `asked` tells
-- whether the clause asks who the caller is, itself or in a function that it calls; auth.role() does not, nor
-- does auth.uid() is not null: all who have a token are one to them.
create function private.security_clauses(p_schemas text[])
returns table (
  object text, command text, permissive boolean, for_visitors boolean, clause text, clauses text[], asked boolean
)
language sql stable security invoker set search_path = '' as $$
  with policies as (
    select p.oid, p.polcmd::text as command, p.polpermissive, p.polroles,
      format('policy %I on %s for %s', p.polname, r.name, case p.polcmd when 'r' then 'select' when 'a' then 'insert'
        when 'w' then 'update' when 'd' then 'delete' else 'all' end) as object,
      pg_get_expr(p.polqual, p.polrelid) as shown, pg_get_expr(p.polwithcheck, p.polrelid) as checked
    from pg_catalog.pg_policy p
    join private.security_relations(p_schemas) r on r.id = p.polrelid
    where exists (
      select from unnest(p.polroles) role
      where case when role = 0 then true
        else pg_has_role('authenticated', role, 'member') or pg_has_role('anon', role, 'member') end
    )
  )
  select p.object, p.command, p.polpermissive, p.polroles && array[0::oid, 'anon'::regrole::oid], c.clause,
    array[p.shown, p.checked],
    private.asks_caller(
      regexp_replace(c.clause, '(\( ?SELECT auth\.uid\(\) AS uid\)|auth\.uid\(\)) IS NOT NULL', '', 'g')
    ) or exists (
      select from pg_catalog.pg_depend d join pg_catalog.pg_proc f on f.oid = d.refobjid
      where d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
        and f.pronamespace <> 'auth'::regnamespace and strpos(c.clause, f.proname || '(') > 0
        and private.asks_caller(coalesce(pg_get_function_sqlbody(f.oid), f.prosrc))
    )
  from policies p, unnest(array[p.shown, p.checked]) c(clause)
  where c.clause is not null
$$;

create function private.security_policies(p_schemas text[])
returns table (check_id text, level text, object text, detail text)
language sql stable security invoker set search_path = '' as $$
  with clauses as materialized (select * from private.security_clauses(p_schemas))
  select distinct 'S03', case command when 'r' then 'warn' else 'error' end, object,
    'lets every row through, whoever asks'
  from clauses where permissive and private.is_always_true(clause)
  union all
  select distinct 'S04', 'warn', object, 'holds for whoever has no token, too; say: to authenticated'
  from clauses where for_visitors and permissive
  union all
  select distinct 'S05', 'warn', object,
    'does not say what a row may become, so that Postgres takes its using; say it with check'
  from clauses where command in ('w', '*') and permissive and clauses[1] is not null and clauses[2] is null
  union all
  select distinct 'S06', 'warn', object, 'a clause of it does not ask who the caller is: ' || left(clause, 120)
  from clauses where permissive and not asked and not private.is_always_true(clause)
  union all
  select distinct 'S07', 'error', object, 'leans on metadata that users write themselves'
  from clauses where clause ~ 'user_meta_?data'
  union all
  select distinct 'S08', 'warn', object,
    'asks for each row who the caller is; write (select auth.uid()), and it is asked once'
  from clauses where regexp_replace(clause, 'SELECT \(*auth\.\w+\(\)', '', 'g') ~ 'auth\.(uid|jwt|role|email)\(\)'
$$;

revoke all on function private.is_always_true(text), private.security_clauses(text[]), private.security_policies(text[])
  from public, anon, authenticated, service_role;
