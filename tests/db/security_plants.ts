// Faults of tables, views and policies: one for each question of the self-test, and more where a question has more than
// one answer. Each is the statements that plant it, and the findings that have to come of them.

export interface Plant {
  /** What is wrong. */
  what: string;
  sql: string;
  /** Every finding that is to be there, as `<check> <level> <object>`. */
  found: readonly string[];
}

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
      create policy own on public.parts to authenticated using ((select auth.uid()) = user_id)
        with check ((select auth.uid()) = user_id);
      create table public.part partition of public.parts for values in (1)`,
    found: ["S01 error public.part"],
  },
  {
    what: "row-level security off on the platform's files",
    sql: "alter table storage.objects disable row level security",
    found: ["S01 error storage.objects"],
  },
  {
    what: "no policy",
    sql:
      "drop policy read on public.things; drop policy write on public.things; drop policy change on public.things",
    found: ["S02 warn public.things"],
  },
  {
    what: "no policy, and no right",
    sql: `create table public.closed (user_id uuid not null references auth.users);
      alter table public.closed enable row level security`,
    found: ["S02 info public.closed"],
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
    found: ["S06 warn policy read on public.countries for select", "S22 warn public.countries"],
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
    what: "no effects",
    sql: "drop trigger record_tool_effect on public.things",
    found: ["S24 warn public.things"],
  },
  {
    what: "no receipts where a tool writes",
    sql: `drop trigger keep_tool_receipt on public.things;
      insert into public.tool_footprints (tool_name, table_name, op) values ('create_book', 'public.things', 'INSERT')`,
    found: ["S24 error public.things"],
  },
  {
    what: "no sources",
    sql: "drop trigger note_row_source on public.things",
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
    found: [
      "S25 error public.agent_run_events (keep_unfinished)",
      "S38 error trigger keep_unfinished on public.agent_run_events",
    ],
  },
  {
    what: "the engine's bound of leases gone",
    sql: "drop trigger keep_lease on public.agent_runs",
    found: [
      "S25 error public.agent_runs (keep_lease)",
      "S38 error trigger keep_lease on public.agent_runs",
    ],
  },
  {
    what: "a tool without a footprint",
    sql: "delete from public.tool_footprints where tool_name = 'create_book'",
    found: ["S26 warn create_book"],
  },
  {
    what: "a footprint on a table that is gone",
    sql: `create table public.gone (); alter table public.gone enable row level security;
      insert into public.tool_footprints (tool_name, table_name, op) values ('fill_gone', 'public.gone', 'INSERT');
      drop table public.gone`,
    found: ["S27 warn fill_gone (insert a table)"],
  },
  {
    what: "a footprint on rows by a column that they don't have",
    sql: `insert into public.tool_footprints (tool_name, table_name, op, target, target_column)
      values ('tidy', 'public.things', 'UPDATE', '$.id', 'key')`,
    found: ["S27 warn tidy (update public.things)"],
  },
  {
    what: "a footprint on rows by a second column that they don't have",
    sql: `insert into public.tool_footprints (tool_name, table_name, op, target, target_column, target_rest)
      values ('tidy', 'public.things', 'UPDATE', '$.id', 'id', '{"key": "$.key"}')`,
    found: ["S27 warn tidy (update public.things)"],
  },
  {
    what: "a subject whose table is gone",
    sql: `create table public.gone (); alter table public.gone enable row level security;
      insert into public.agent_subjects (name, relation) values ('gone', 'public.gone');
      drop table public.gone`,
    found: ["S39 warn gone"],
  },
  {
    what: "a subject with a column that its table has not",
    sql:
      "insert into public.agent_subjects (name, relation, id_rest) values ('thing', 'public.things', '{gone}')",
    found: ["S39 warn thing"],
  },
  {
    what: "a footprint on what users may not do",
    sql:
      `insert into public.tool_footprints (tool_name, table_name, op) values ('tidy', 'public.things', 'DELETE')`,
    found: ["S27 warn tidy (delete public.things)"],
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
    what: "one that nobody may read yet, without its rows' security",
    sql: "create materialized view public.counted as select 1 as one",
    found: ["S20 info public.counted"],
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
    what: "every row to read, or one's own",
    sql: "alter policy read on public.things using ((select auth.uid()) = user_id or true)",
    found: ["S03 warn policy read on public.things for select"],
  },
  {
    what: "every row to read, in other words",
    sql: "alter policy read on public.things using (1 = 1 or title = 'a')",
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
    what: "anybody asked for",
    sql: "alter policy read on public.things using ((select auth.uid()) is not null)",
    found: ["S06 warn policy read on public.things for select"],
  },
  {
    what: "anybody asked for, row by row",
    sql: "alter policy read on public.things using (auth.uid() is not null and title <> '')",
    found: [
      "S06 warn policy read on public.things for select",
      "S08 warn policy read on public.things for select",
    ],
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
    sql: `create policy "Upload" on storage.objects for insert to authenticated with check (true)`,
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
