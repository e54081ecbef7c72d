// One fault for each question of the self-test, and more where a question has more than one answer: the statements
// that plant it, and the objects of the findings that have to come of them.

export interface Plant {
  /** What is wrong. */
  what: string;
  sql: string;
  /** Every finding that is to be there, as `<check> <level> <object>`. */
  found: readonly string[];
}

const DEFINER = "language sql security definer set search_path = ''";

export const TABLE_PLANTS: readonly Plant[] = [
  {
    what: "row-level security off",
    sql: "alter table public.things disable row level security",
    found: ["S01 error public.things"],
  },
  {
    what: "a partition without row-level security",
    sql:
      `create table public.parts (id int, user_id uuid not null references auth.users) partition by list (id);
      alter table public.parts enable row level security;
      create table public.part partition of public.parts for values in (1)`,
    found: ["S01 error public.part"],
  },
  {
    what: "row-level security off on the platform's files",
    sql: "create schema storage; create table storage.objects (name text)",
    found: ["S01 error storage.objects"],
  },
  {
    what: "no policy",
    sql:
      "drop policy read on public.things; drop policy write on public.things; drop policy change on public.things",
    found: ["S02 warn public.things"],
  },
  {
    what: "no user",
    sql:
      "alter table public.things drop constraint things_pkey; alter table public.things alter user_id drop not null",
    found: ["S22 error public.things"],
  },
  {
    what: "a user whom nothing says to exist",
    sql: "alter table public.things drop constraint things_user_id_fkey",
    found: ["S22 error public.things"],
  },
  {
    what: "a table that users only read, of nobody's",
    sql: `create table public.countries (code text primary key);
      alter table public.countries enable row level security;
      create policy read on public.countries for select to authenticated using ((select auth.uid()) is not null);
      grant select on public.countries to authenticated`,
    found: ["S22 warn public.countries"],
  },
  {
    what: "a reference that does not compare the users",
    sql: `alter table public.things add unique (id), add column parent uuid,
      add constraint parents foreign key (parent) references public.things (id)`,
    found: ["S23 error public.things (parents)"],
  },
  {
    what: "no receipts",
    sql: "drop trigger keep_tool_receipt on public.things",
    found: ["S24 warn public.things"],
  },
  {
    what: "receipts of some changes only",
    sql: `drop trigger keep_tool_receipt on public.things;
      create trigger keep_tool_receipt after insert or update on public.things
        for each row execute function private.keep_tool_receipt('id')`,
    found: ["S24 warn public.things"],
  },
  {
    what: "receipts of one column's changes only",
    sql: `drop trigger keep_tool_receipt on public.things;
      create trigger keep_tool_receipt after insert or delete or update of title on public.things
        for each row execute function private.keep_tool_receipt('id')`,
    found: ["S24 warn public.things"],
  },
  {
    what: "a trigger that is off",
    sql: "alter table public.things disable trigger keep_tool_receipt",
    found: ["S25 error public.things (keep_tool_receipt)"],
  },
  {
    what: "the engine's lock of finished runs off",
    sql: "alter table public.agent_run_events disable trigger keep_unfinished",
    found: ["S25 error public.agent_run_events (keep_unfinished)"],
  },
  {
    what: "an owner whom no policy holds",
    sql: "create role keeper; alter table public.things owner to keeper",
    found: ["S37 info public.things"],
  },
  {
    what: "a user as the owner",
    sql: "alter table public.things owner to authenticated; revoke all on public.things from authenticated",
    found: ["S37 error public.things"],
  },
];

export const VIEW_PLANTS: readonly Plant[] = [
  {
    what: "a view with its owner's rights",
    sql:
      "create view public.all_things as select * from public.things; grant select on public.all_things to authenticated",
    found: ["S19 error public.all_things"],
  },
  {
    what: "one that nobody may read yet",
    sql: "create view public.all_things with (security_barrier) as select * from public.things",
    found: ["S19 warn public.all_things"],
  },
  {
    what: "a materialized view",
    sql: `create materialized view public.counted as select count(*) from public.things;
      grant select on public.counted to authenticated`,
    found: ["S20 error public.counted"],
  },
  {
    what: "accounts in a view",
    sql: "create view public.people with (security_invoker = true) as select id from auth.users",
    found: ["S21 error public.people"],
  },
  {
    what: "accounts in a view of a view",
    sql: `create view private.people as select id from auth.users;
      create view public.people with (security_invoker = true) as select * from private.people`,
    found: ["S21 error public.people"],
  },
];

export const POLICY_PLANTS: readonly Plant[] = [
  {
    what: "every row to read",
    sql: "alter policy read on public.things using (true)",
    found: ["S03 warn policy read on public.things for select"],
  },
  {
    what: "every row to change",
    sql: "alter policy change on public.things with check (true)",
    found: ["S03 error policy change on public.things for update"],
  },
  {
    what: "a policy for everybody",
    sql: "alter policy read on public.things to public",
    found: ["S04 warn policy read on public.things for select"],
  },
  {
    what: "a policy for visitors among others",
    sql: "alter policy read on public.things to authenticated, anon",
    found: ["S04 warn policy read on public.things for select"],
  },
  {
    what: "no word on what a row may become",
    sql:
      `drop policy change on public.things; create policy change on public.things for update to authenticated
      using ((select auth.uid()) = user_id)`,
    found: ["S05 warn policy change on public.things for update"],
  },
  {
    what: "nobody asked",
    sql: "alter policy read on public.things using ((select auth.role()) = 'authenticated')",
    found: ["S06 warn policy read on public.things for select"],
  },
  {
    what: "nobody asked in one of two clauses",
    sql: "alter policy change on public.things with check (title <> '')",
    found: ["S06 warn policy change on public.things for update"],
  },
  {
    what: "a policy on metadata",
    sql: `alter policy read on public.things
      using ((select auth.jwt()) -> 'user_metadata' ->> 'role' = 'admin' and (select auth.uid()) is not null)`,
    found: ["S07 error policy read on public.things for select"],
  },
  {
    what: "asked for each row",
    sql: "alter policy read on public.things using (auth.uid() = user_id)",
    found: ["S08 warn policy read on public.things for select"],
  },
  {
    what: "every file to upload",
    sql: `create schema storage; create table storage.objects (name text, bucket_id text);
      alter table storage.objects enable row level security;
      create policy "Upload" on storage.objects for insert to authenticated with check (true)`,
    found: ['S03 error policy "Upload" on storage.objects for insert'],
  },
  {
    what: "every channel to join",
    sql: `create schema realtime; create table realtime.messages (topic text);
      alter table realtime.messages enable row level security;
      create policy join_all on realtime.messages for select to authenticated using (topic like 'room:%')`,
    found: ["S06 warn policy join_all on realtime.messages for select"],
  },
];

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
    found: ["S11 error public.agent_chat_messages"],
  },
  {
    what: "receipts that can be deleted",
    sql: "grant delete on public.tool_receipts to authenticated",
    found: ["S11 error public.tool_receipts"],
  },
  {
    what: "a row that can be given away",
    sql: "grant update on public.things to authenticated",
    found: ["S12 warn public.things.user_id"],
  },
  {
    what: "a time that can be written",
    sql: "grant insert (reserved_at) on public.usage_reservations to authenticated",
    found: ["S13 error public.usage_reservations.reserved_at"],
  },
  {
    what: "a time that can be changed",
    sql: "grant update (purged_at) on public.agent_runs to authenticated",
    found: ["S13 error public.agent_runs.purged_at"],
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
    what: "a statement with || in it, with the owner's rights",
    sql:
      `create function private.run(p text) returns void language plpgsql security definer set search_path = '' as $$
      begin perform auth.uid(); execute 'select ' || p; end $$`,
    found: ["S35 error private.run(text)"],
  },
];

export const PLATFORM_PLANTS: readonly Plant[] = [
  {
    what: "realtime of all tables",
    sql: "create publication supabase_realtime for all tables",
    found: ["S28 error publication supabase_realtime"],
  },
  {
    what: "realtime of a table without row-level security",
    sql:
      "create schema other; create table other.open (); create publication supabase_realtime for table other.open",
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
    sql: `create schema storage; create table storage.buckets (id text, public boolean);
      insert into storage.buckets values ('avatars', true), ('letters', false)`,
    found: ["S36 warn bucket avatars"],
  },
];
