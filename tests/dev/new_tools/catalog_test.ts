// What the catalog of a real Postgres says of columns, as it is meant.
import assert from "node:assert/strict";
import { adoptedProject } from "../../support/new_tools/adopted_project.ts";
import { soundTable } from "../../support/new_tools/sound_table.ts";
import { test } from "../../support/test.ts";

const ID = "id uuid primary key default gen_random_uuid(), title text not null";

test("checks, domains, comments, rights and references are read as they are meant", async () => {
  await using project = await adoptedProject(
    `create domain public.percent as smallint not null check (value between 0 and 100);
     create domain public.share as public.percent;` +
      soundTable("parents", ID) +
      soundTable(
        "things",
        `${ID}, state text not null default 'it''s' check (state in ('it''s', 'say "x"')), level varchar(9) check (level in ('a', 'b')),
         many text check (many <> ''), done public.share, "camelCase" text, parent_id uuid constraint things_parent references public.parents,
         made int generated always as (1) stored, hidden text, constraint one_of_both check (many in ('a', 'b') and level in ('a', 'b'))`,
      ) +
      `comment on column public.things.many is 'Some "words"';
       revoke select on public.things from authenticated;
       grant select (id, user_id, title, state, level, many, done, "camelCase", parent_id, made) on public.things to authenticated;`,
  );
  const { code, output } = await project.newTools("--table", "things");
  assert.equal(code, 0, output);
  const file = await project.read("supabase/functions/_agent/domain/tools/things.ts");
  assert.match(
    file,
    /const State = z\.enum\(\["it's", 'say "x"'\]\);\nconst Level = z\.enum\(\["a", "b"\]\);/,
  );
  assert.match(file, /done: z\.int\(\),/);
  assert.match(file, /many: Line\.describe\('Some "words"'\)\.optional\(\),/);
  assert.match(file, /"[^"]*camelCase, parent_id, made, parent:parents!things_parent\(title\)"/);
  assert.match(file, /done::text/);
  assert.doesNotMatch(file, /made: |"[^"]*hidden/);
});
