// Faults of rights, functions and the platform, each with the findings that have to come of it.
import type { Plant } from "./security_plants.ts";

const DEFINER = "language sql security definer set search_path = ''";

export const RIGHT_PLANTS: readonly Plant[] = [
  {
    what: "a right for visitors",
    sql: "grant select, insert on public.things to anon",
    found: ["S09 error public.things (anon: insert, select)"],
  },
  {
    what: "a column for everybody",
    sql: "grant select (title) on public.things to public",
    found: ["S09 error public.things (public: select)"],
  },
  {
    what: "a sequence for visitors",
    sql: "create sequence public.numbers; grant usage on sequence public.numbers to anon",
    found: ["S09 error public.numbers (anon: usage)"],
  },
  {
    what: "the helpers' schema open to visitors",
    sql: "grant usage on schema private to anon",
    found: ["S09 error schema private (anon: usage)"],
  },
  {
    what: "a right to empty a table",
    sql: "grant truncate, trigger on public.things to authenticated",
    found: ["S10 error public.things (authenticated: trigger, truncate)"],
  },
  {
    what: "a log that can be changed",
    sql: "grant update (content) on public.agent_chat_messages to authenticated",
    found: ["S11 error public.agent_chat_messages (update: content)"],
  },
  {
    what: "receipts that can be deleted",
    sql: "grant delete on public.tool_receipts to authenticated",
    found: ["S11 error public.tool_receipts (delete)"],
  },
  {
    what: "how agents act, for users to say",
    sql: "grant update (require_agent_token) on public.agent_settings to authenticated",
    found: ["S11 error public.agent_settings (update: require_agent_token)"],
  },
  {
    what: "a call's arguments, once it is made",
    sql: "grant update on public.agent_tool_calls to authenticated",
    found: [
      "S11 error public.agent_tool_calls (update: access, agent_id, agent_session_id, arguments, " +
      "arguments_sha256, asked_at, created_at, expires_at, id, proposed_arguments, remember, " +
      "run_id, tool_call_id, tool_name, why)",
      "S12 warn public.agent_tool_calls.user_id",
    ],
  },
  {
    what: "a row that can be given away",
    sql: "grant update on public.things to authenticated",
    found: ["S12 warn public.things.user_id"],
  },
  {
    what: "a time that can be written",
    sql: "grant insert (reserved_at) on public.usage_reservations to authenticated",
    found: ["S13 error public.usage_reservations (insert: reserved_at)"],
  },
  {
    what: "a hash that can be written",
    sql: "grant insert (arguments_sha256) on public.agent_tool_calls to authenticated",
    found: ["S13 error public.agent_tool_calls (insert: arguments_sha256)"],
  },
  {
    what: "the time of a decision that can be written",
    sql: "grant insert (decided_at) on public.approval_decisions to authenticated",
    found: ["S13 error public.approval_decisions (insert: decided_at)"],
  },
  {
    what: "the time of a taint that can be written",
    sql: "grant insert (tainted_at) on public.run_taints to authenticated",
    found: ["S13 error public.run_taints (insert: tainted_at)"],
  },
  {
    what: "a taint that can be taken back",
    sql: "grant delete on public.run_taints to authenticated",
    found: ["S11 error public.run_taints (delete)"],
  },
  {
    what: "a decision that can be taken back",
    sql: "grant delete on public.approval_decisions to authenticated",
    found: ["S11 error public.approval_decisions (delete)"],
  },
  {
    what: "a run that begins with its end",
    sql: "grant insert on public.agent_plans to authenticated",
    found: ["S13 error public.agent_plans (insert: created_at, finished_at, status, strategy)"],
  },
  {
    what: "a right on tables to come",
    sql: "alter default privileges in schema public grant select on tables to anon",
    found: ["S14 warn defaults of postgres in schema public (anon: select on tables)"],
  },
  {
    what: "a right on tables of any schema to come",
    sql: "alter default privileges grant insert, update on tables to authenticated",
    found: [
      "S14 warn defaults of postgres in every schema (authenticated: insert on tables, update on tables)",
    ],
  },
];

export const FUNCTION_PLANTS: readonly Plant[] = [
  {
    what: "an owner's rights in the API",
    sql: `create function public.mine() returns bigint ${DEFINER}
      return (select count(*) from public.things where user_id = (select auth.uid()));
      revoke all on function public.mine() from public`,
    found: ["S15 error public.mine()"],
  },
  {
    what: "an owner's rights for whoever calls",
    sql: `create function private.sum() returns bigint ${DEFINER} as '
        -- auth.uid() is not asked.
        select count(*) from public.things /* nor auth.jwt() */';
      grant execute on function private.sum() to authenticated`,
    found: ["S16 error private.sum()"],
  },
  {
    what: "names found by the caller's path",
    sql: "create function private.one() returns int language sql return 1",
    found: ["S17 warn private.one()"],
  },
  {
    what: "names found by the caller's path, with the owner's rights",
    sql:
      "create function private.made() returns trigger language plpgsql security definer as 'begin return new; end'",
    found: ["S17 error private.made()"],
  },
  {
    what: "a function for visitors",
    sql: "create function public.one() returns int language sql set search_path = '' return 1",
    found: ["S18 warn public.one()"],
  },
  {
    what: "a statement with || in it",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      begin execute 'select ' || p; end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a statement that it was given",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      begin execute p; end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a statement with a text put in its place",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      begin execute replace('select X', 'X', p); end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a statement put together by format before",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      declare q text := format('select %s', p); begin execute q; end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a query with || in a loop",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      declare r record; begin for r in execute 'select ' || p loop null; end loop; end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a statement with concat in it",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      begin execute concat('select ', p); end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a statement with %s in it",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      begin execute format('select %I, %s', 'a', p) into p; end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a statement put together before",
    sql: `create function private.run(p text) returns void language plpgsql set search_path = '' as $$
      begin p := 'select ' || p; execute p; end $$`,
    found: ["S35 warn private.run(text)"],
  },
  {
    what: "a statement that it was given, where the API serves it: it could take an agent's headers away",
    sql: `create function public.run(p text) returns void language plpgsql set search_path = '' as $$
      begin execute p; end $$; revoke execute on function public.run(text) from public, anon`,
    found: ["S35 error public.run(text)"],
  },
  {
    what: "a statement with || in it, with the owner's rights",
    sql:
      `create function private.run(p text) returns void language plpgsql security definer set search_path = '' as $$
      begin perform auth.uid(); execute 'select ' || p; end $$`,
    found: ["S35 error private.run(text)"],
  },
  {
    what: "a guard of the engine's that lets everything pass",
    sql: `create or replace function private.is_agent() returns boolean
      language sql stable parallel safe security invoker set search_path = '' as 'select false'`,
    found: ["S38 error private.is_agent()"],
  },
  {
    what: "a guard of the engine's that is gone",
    sql: "drop function private.check_agent_token()",
    found: ["S38 error private.check_agent_token()"],
  },
  {
    what: "rules that agents may make",
    sql: `alter policy "own rows, no agent: insert" on public.tool_rules
      with check ((select auth.uid()) = user_id)`,
    found: ['S38 error policy "own rows, no agent: insert" on public.tool_rules'],
  },
  {
    what: "decisions that agents may make, of anything",
    sql: `drop policy "own rows: insert" on public.approval_decisions;
      create policy "own rows: insert" on public.approval_decisions for insert to authenticated
        with check ((select auth.uid()) = user_id)`,
    found: ['S38 error policy "own rows: insert" on public.approval_decisions'],
  },
  {
    what: "a second policy of the engine's, by which the first does not matter",
    sql:
      `create policy mine on public.tool_rules for insert to authenticated with check ((select auth.uid()) = user_id)`,
    found: ["S38 error policy mine on public.tool_rules"],
  },
  {
    what: "a trigger of the engine's that fires less often",
    sql: `drop trigger check_decision on public.approval_decisions;
      create trigger check_decision before insert on public.approval_decisions
        for each row when (new.reason is null) execute function private.check_decision()`,
    found: ["S38 error trigger check_decision on public.approval_decisions"],
  },
  {
    what: "a trigger of somebody's on a table of the engine's",
    sql: `create trigger approve after insert on public.approval_decisions
      for each row execute function private.settle_decision()`,
    found: ["S38 error trigger approve on public.approval_decisions"],
  },
];

export const PLATFORM_PLANTS: readonly Plant[] = [
  {
    what: "realtime of all tables",
    sql: "drop publication supabase_realtime; create publication supabase_realtime for all tables",
    found: ["S28 error publication supabase_realtime"],
  },
  {
    what: "realtime of a table without row-level security",
    sql:
      "create schema other; create table other.open (); alter publication supabase_realtime add table other.open",
    found: ["S28 error other.open"],
  },
  {
    what: "replica identity full",
    sql: "alter table public.things replica identity full",
    found: ["S29 warn public.things"],
  },
  {
    what: "users whom no policy holds",
    sql: "alter role authenticated bypassrls",
    found: ["S30 error role authenticated"],
  },
  {
    what: "users as members of another role",
    sql: "grant pg_monitor to authenticated",
    found: ["S31 error role authenticated (pg_monitor)"],
  },
  {
    what: "objects of users' own",
    sql: "create schema other; grant create on schema other to public",
    found: ["S32 error schema other (anon: create)", "S32 error schema other (authenticated: create)"],
  },
  {
    what: "schemas of users' own",
    sql:
      "do $$ begin execute format('grant create on database %I to authenticated', current_database()); end $$",
    found: ["S32 error database (authenticated: create)"],
  },
  {
    what: "requests that users may make",
    sql: `create schema net; grant usage on schema net to authenticated;
      create function net.http_get(url text) returns bigint language sql return 1`,
    found: ["S33 warn net.http_get"],
  },
  {
    what: "an extension in the API",
    sql: "create extension citext schema public",
    found: ["S34 warn extension citext"],
  },
  {
    what: "a public bucket",
    sql:
      `insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('letters', 'letters', false)`,
    found: ["S36 warn bucket avatars"],
  },
];
