-- What the operator says about the calls of each tool: rows that migrations alone write.
--
--   tool_defaults  what becomes of a tool's calls unless something else is said
--   tool_floors    what is said of some of them, whatever anybody else says
--
--   private.is_condition  whether a jsonpath can be a condition on arguments
--   private.applies       whether a condition holds
--
-- Every write tool has a default, which a test compares:
--
--   insert into public.tool_defaults (tool_name, policy) values ('create_order', 'allow'), ('cancel_order', 'ask');
--   insert into public.tool_floors (tool_name, when_args, policy, why) values
--     ('update_order', '$.updates.status ? (@ == "shipped")', 'ask', 'What was shipped does not come back.');

create type public.tool_policy as enum ('allow', 'ask', 'deny');
comment on type public.tool_policy is 'What becomes of a proposal, from the mildest to the strictest.';

-- `by` is default, rule, floor, taint or declined. `text` is a sentence for whoever is asked or refused, null where
-- nothing is to be said; `expires_in`, how long somebody who is asked may take, where that is not the usual time.
create type private.reason as (policy public.tool_policy, by text, text text, expires_in interval);

create type private.verdict as (
  status public.tool_call_status, why jsonb, expires_at timestamptz, remember text
);

create table public.tool_defaults (
  tool_name text primary key check (tool_name <> ''),
  access public.tool_access not null default 'write',
  policy public.tool_policy not null,
  untrusted_output boolean not null default false
);
comment on table public.tool_defaults is
  'What becomes of a tool''s calls unless something stricter is said; a write tool without a row is denied. Written by '
  'migrations only.';
comment on column public.tool_defaults.access is
  'A tool that reads needs a row only where it asks or is denied, or its output is not trusted.';
comment on column public.tool_defaults.untrusted_output is
  'Nobody vouches for what it says, such as a page of the web: a run that reads that is tainted.';

alter table public.tool_defaults enable row level security;
create policy "all rows: select" on public.tool_defaults for select to authenticated using (true);
revoke all on public.tool_defaults from public, anon, authenticated, service_role;
grant select on public.tool_defaults to authenticated, service_role;

-- A condition holds where its path finds anything. A predicate, such as `$.a == 1`, always finds true or false: it has
-- to be said as `$.a ? (@ == 1)`. There are no variables.
create function private.is_condition(p_path jsonpath) returns boolean
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select without_texts ~ '^(strict )?\$' and without_texts !~ '\$'''
  from (select regexp_replace(p_path::text, '"(\\.|[^"\\])*"', '''', 'g')) path (without_texts)
$$;

-- Where a path can't be followed to its end and nothing was found before, what is strict applies, and what is mild does
-- not. It is never an error: what silence does not cover is not a matter of the arguments alone, such as their depth.
create function private.applies(p_when jsonpath, p_arguments jsonb, p_policy public.tool_policy) returns boolean
language plpgsql stable security invoker set search_path = ''
as $$
begin
  return p_when is null
    or coalesce(jsonb_path_exists_tz(coalesce(p_arguments, 'null'), p_when, '{}', true), p_policy <> 'allow');
exception when others then
  return p_policy <> 'allow';
end
$$;

create table public.tool_floors (
  tool_name text not null check (tool_name <> ''),
  number integer not null default 1,
  when_args jsonpath check (private.is_condition(when_args)),
  policy public.tool_policy not null check (policy <> 'allow'),
  fresh boolean not null default false,
  expires_in interval check (expires_in > '0' and expires_in <= '24 hours'),
  why text not null check (char_length(why) between 1 and 500),
  primary key (tool_name, number),
  constraint tool_floors_fresh_asks check (not fresh or policy = 'ask')
);
comment on table public.tool_floors is
  'What is said of some of a tool''s calls whatever anybody else says: nothing lowers it. Written by migrations only.';
comment on column public.tool_floors.number is 'Tells apart the floors of one tool.';
comment on column public.tool_floors.when_args is
  'The calls that it is about: those in whose arguments it finds anything. Null: all of them.';
comment on column public.tool_floors.fresh is
  'Only somebody may approve who has proven after the request, by a second factor, that it is them.';
comment on column public.tool_floors.expires_in is 'How long the person has, where that is less than a day.';
comment on column public.tool_floors.why is 'A sentence, for the person who is asked and the model that is refused.';

alter table public.tool_floors enable row level security;
create policy "all rows: select" on public.tool_floors for select to authenticated using (true);
revoke all on public.tool_floors from public, anon, authenticated, service_role;
grant select on public.tool_floors to authenticated, service_role;

revoke all on function
  private.is_condition(jsonpath),
  private.applies(jsonpath, jsonb, public.tool_policy)
  from public, anon, authenticated, service_role;
grant execute on function
  private.is_condition(jsonpath),
  private.applies(jsonpath, jsonb, public.tool_policy)
  to authenticated;
