// Relations of every kind as the catalog of a real Postgres shows them, and what each is told.
import assert from "node:assert/strict";
import { adoptedProject } from "../../support/new_tools/adopted_project.ts";
import { soundTable } from "../../support/new_tools/sound_table.ts";
import { test } from "../../support/test.ts";

const ID = "id uuid primary key default gen_random_uuid(), title text not null";

const RELATIONS = soundTable("parents", ID) +
  soundTable(
    "children",
    `${ID}, parent_id uuid references public.parents, again_id uuid references public.parents,
    self_id uuid references public.children`,
  ) +
  `
  create view public.open_view as select * from public.parents;
  create view public.view_of_parents with (security_invoker = true) as select id, title from public.parents;
  create view public.titles with (security_invoker = on) as select title from public.parents;
  grant select on public.open_view, public.view_of_parents, public.titles to authenticated;
  create materialized view public.kept as select 1 as one;
  grant select on public.kept to authenticated;
  create table public.parts (id uuid, at date not null, title text, primary key (id, at)) partition by range (at);
  create table public.parts_2025 partition of public.parts for values from ('2025-01-01') to ('2026-01-01');
  alter table public.parts enable row level security;
  create policy read on public.parts for select to authenticated using (true);
  grant select on public.parts to authenticated;
  create table public.bare (id int primary key, title text);
  grant select on public.bare to authenticated;
  create table public.closed (id int primary key, title text);
  alter table public.closed enable row level security;
  grant select on public.closed to authenticated;
  create table public.ungranted (id int primary key, title text);
  alter table public.ungranted enable row level security;
  create policy read on public.ungranted for select to authenticated using (true);
  revoke all on public.ungranted from authenticated;
  create table public."we ird; drop" (id int primary key);
  create schema other;
  create table other.things (id int);
  create foreign data wrapper nothing;
  create server nowhere foreign data wrapper nothing;
  create foreign table public.far (id int, title text) server nowhere;
  grant select on public.far to authenticated;
  create table public.log (at timestamptz not null, said text);
  alter table public.log enable row level security;
  create policy read on public.log for select to authenticated using (true);
  grant select on public.log to authenticated;`;

const TOLD: [asked: string[], code: number, said: RegExp][] = [
  [["parents"], 0, /list_parents \d+, get_parent \d+, create_parent \d+, update_parent \d+/],
  [["public.parents"], 0, /list_parents/],
  [["children"], 0, /create_child/],
  [
    ["open_view"],
    1,
    /reads with the rights of its owner.*alter view public\.open_view set \(security_invoker = true\);/,
  ],
  [
    ["view_of_parents"],
    0,
    /list_view_of_parents \d+, get_view_of_parent \d+ \(.*\n.*\n.*It is a view, so that its tools only read/,
  ],
  [["titles"], 0, /list_titles \d+ \(/],
  [["kept"], 1, /materialized view "kept" holds everybody's rows/],
  [["parts"], 0, /list_parts \d+, get_part \d+ \(.*\n.*\n.*It is partitioned/],
  [["parts_2025"], 1, /a part of a partitioned table/],
  [
    ["bare"],
    1,
    /Row-level security is off.*alter table public\.bare enable row level security.*--without-rls/,
  ],
  [["bare", "--without-rls"], 0, /list_bares \d+, get_bare \d+ \([\s\S]*Every user sees all of its rows/],
  [["closed"], 1, /No policy lets users see rows of "closed".*create policy/],
  [["ungranted"], 1, /Users may not read "ungranted".*grant select on public\.ungranted to authenticated;/],
  [["we ird; drop"], 1, /more in it than letters.*create view.*from public\."we ird; drop";/],
  [["other.things"], 1, /Tools read schema public alone.*create view public\.things/],
  [["far"], 1, /foreign table "far" can have no policies.*--without-rls/],
  [["far", "--without-rls"], 0, /list_fars \d+ \([\s\S]*It is a foreign table/],
  [["log"], 0, /list_logs \d+ \([\s\S]*no key that users may read/],
  [["parent"], 1, /no table or view "parent".*did you mean parents\?/],
  [["agent_runs"], 1, /"agent_runs" is the engine's own/],
  [["agent_run_list"], 1, /"agent_run_list" is the engine's own/],
  [["auth.users"], 1, /"auth\.users" is the platform's/],
  [["pg_catalog.pg_class"], 1, /is the platform's/],
  [["parents", "--columns", "title,tilte"], 1, /no column "tilte" in "parents"; did you mean title\?/],
  [["'; drop table parents; --"], 1, /There is no table or view/],
];

test("each kind of relation gets the tools that are sound for it, or a sentence that says what mends it", async () => {
  await using project = await adoptedProject(RELATIONS);
  for (const [asked, code, said] of TOLD) {
    const told = await project.newTools("--table", ...asked, "--dry-run");
    assert.equal(told.code, code, `${asked.join(" ")}: ${told.output}`);
    assert.match(told.output, said, asked.join(" "));
  }
});
