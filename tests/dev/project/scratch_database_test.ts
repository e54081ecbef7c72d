// A database for one look: made of migrations, and gone afterwards.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import postgres from "postgres";
import { withScratchDatabase } from "../../../dev/project/scratch_database.ts";
import { seed } from "../../../dev/database/migrations.ts";
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
  const made: string[] = [];
  const found = await scratch(migrations, (url) => {
    made.push(new URL(url).pathname.slice(1));
    return rows(url, "select n from a");
  });
  assert.deepEqual(found, [{ n: 7 }]);
  const failing = scratch({}, (url) => {
    made.push(new URL(url).pathname.slice(1));
    return Promise.reject(new Error("mine"));
  });
  await assert.rejects(failing, /^Error: mine$/);
  // Other tests have some of their own meanwhile.
  const there = (await rows(testStack().admin_url, "select datname from pg_database"))
    .map(({ datname }) => datname);
  assert.deepEqual(made.map((name) => there.includes(name)), [false, false]);
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

const USERS = `
insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, recovery_sent_at,
  last_sign_in_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at, confirmation_token, email_change,
  email_change_token_new, recovery_token, is_super_admin)
values ('00000000-0000-0000-0000-000000000000', uuid_generate_v4(), 'authenticated', 'authenticated', 'a@example.com',
  crypt('password123', gen_salt('bf')), now(), now(), now(), '{"provider":"email"}', '{}', now(), now(), '', '', '', '', null);
insert into auth.identities (id, user_id, provider_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
select uuid_generate_v4(), id, id, format('{"sub":"%s","email":"%s"}', id, email)::jsonb, 'email', now(), now(), now()
from auth.users;`;

test("a seed may make users as projects' seeds do, and one that fails is told with its line and the way out", async () => {
  const folder = await Deno.makeTempDir();
  const file = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return pathToFileURL(`${folder}/${name}`);
  };
  await scratch({}, async (url) => {
    await seed(url, [await file("users.sql", USERS)]);
    assert.equal(
      (await rows(url, "select from auth.users join auth.identities i on i.user_id = users.id")).length,
      1,
    );
    await assert.rejects(
      seed(url, [await file("broken.sql", "select 1;\ninsert into nothing values (1);")]),
      /The seed broken\.sql failed at line 2: .*"nothing" does not exist\. Mend it, or leave it out: \[db\.seed\]/,
    );
  });
  await Deno.remove(folder, { recursive: true });
});

test("what projects' migrations lean on is there: buckets, files, the publication, ids as they make them", async () => {
  const found = await scratch({ "1_own.sql": OWN }, (url) => rows(url, "select id from storage.buckets"));
  assert.deepEqual(found, [{ id: "avatars" }]);
});
