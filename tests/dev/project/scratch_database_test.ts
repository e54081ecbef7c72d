// A database for one look: made of migrations, and gone afterwards.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import postgres from "postgres";
import { withScratchDatabase } from "../../../dev/project/scratch_database.ts";
import { projectAt } from "../../../dev/project/project.ts";
import { bareProject } from "../../support/projects/bare_project.ts";
import { testStack } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

/** Lends a database with these migrations to `work`, on the server of the tests. */
async function scratch<T>(migrations: Record<string, string>, work: (url: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(migrations)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const folders = [{ folder: pathToFileURL(`${folder}/`) }];
    return await withScratchDatabase(folders, work, { server_url: testStack().admin_url });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function rows(url: string, query: string) {
  const sql = postgres(url, { max: 1 });
  try {
    return [...await sql.unsafe(query)];
  } finally {
    await sql.end();
  }
}

test("the migrations are applied, and whatever becomes of the work, nothing is left", async () => {
  const migrations = { "2_b.sql": "insert into a values (7)", "1_a.sql": "create table a (n int)" };
  const found = await scratch(migrations, (url) => rows(url, "select n from a"));
  assert.deepEqual(found, [{ n: 7 }]);
  await assert.rejects(scratch({}, () => Promise.reject(new Error("mine"))), /^Error: mine$/);
  const left = "select datname from pg_database where datname like 'scratch_%'";
  assert.deepEqual(await rows(testStack().admin_url, left), []);
});

const FAULTS: [name: string, sql: string, said: RegExp][] = [
  [
    "an extension that is not here",
    "select 1;\n\ncreate extension vector;",
    /1_a\.sql failed at line 3: .*"vector"/,
  ],
  [
    "a schema that is not here",
    "-- cron\ncreate policy p on\n  cron.job using (true);",
    /failed at line 3/,
  ],
  [
    "a role that is not here",
    "select 1;\ngrant all on schema public to nobody_here;",
    /line 2: .*nobody_here/,
  ],
  ["a slip of the pen", "select 1;\nselect\n  nothing;", /line 3: column "nothing" does not exist/],
];

for (const [name, sql, said] of FAULTS) {
  test(`${name} is told with the file, the line and the way out`, async () => {
    await assert.rejects(scratch({ "1_a.sql": sql }, () => Promise.resolve()), (error: Error) => {
      assert.match(error.message, said);
      assert.match(error.message, /--db-url postgresql:\/\//);
      return true;
    });
  });
}

const READ_BY_ALL: [config: string, readable: boolean][] = [
  ["", true],
  ["[api]\nauto_expose_new_tables = true\n", true],
  ["[api]\nauto_expose_new_tables = false\n", false],
];

for (const [config, readable] of READ_BY_ALL) {
  test(`what migrations make in public is ${readable ? "exposed" : "closed"} where config.toml says "${config.trim()}"`, async () => {
    await using project = await bareProject({ config, engine_schema: "agent" });
    await project.write("supabase/migrations/20200101000000_t.sql", "create table public.t (n int)");
    const query = "select has_table_privilege('authenticated', 'public.t', 'select, insert') as can";
    const found = await withScratchDatabase(await projectAt(project.root), (url) => rows(url, query), {
      server_url: testStack().admin_url,
    });
    assert.deepEqual(found, [{ can: readable }]);
  });
}

const OWN = `
insert into storage.buckets (id, name) values ('avatars', 'avatars');
create policy "own files" on storage.objects for insert with check (
  bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);
create table public.things (id uuid primary key default uuid_generate_v4());
alter publication supabase_realtime add table public.things;`;

test("what projects' migrations lean on is there: buckets, files, the publication, ids as they make them", async () => {
  const found = await scratch({ "1_own.sql": OWN }, (url) => rows(url, "select id from storage.buckets"));
  assert.deepEqual(found, [{ id: "avatars" }]);
});
