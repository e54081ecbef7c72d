// The stack serves the database with the rights that the migrations give, and no others.
import assert from "node:assert/strict";
import postgres from "postgres";
import { newUser, testStack } from "../support/stack/stack.ts";
import { createDatabase, dropDatabase, installPlatform } from "../../dev/database/template.ts";
import { migrate } from "../../dev/database/migrations.ts";

/** Every right on every table, column, sequence, function, type and schema, and the default rights. */
async function rights(url: string): Promise<string[]> {
  const sql = postgres(url, { max: 1 });
  try {
    const rows = await sql<{ line: string }[]>`
      with acls (kind, name, acl) as (
        select 'schema', nspname::text, nspacl from pg_namespace
          where nspname !~ '^pg_' and nspname <> 'information_schema'
        union all
        select 'relation ' || relkind::text, relnamespace::regnamespace || '.' || relname,
          coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r'::"char" end, relowner))
          from pg_class where relkind in ('r', 'p', 'v', 'm', 'S')
        union all
        select 'column', attrelid::regclass || '.' || attname, attacl from pg_attribute where attacl is not null
        union all
        select 'function', oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) from pg_proc
        union all
        select 'type', oid::regtype::text, coalesce(typacl, acldefault('T', typowner)) from pg_type
          where typtype in ('e', 'd', 'c')
        union all
        select 'default ' || defaclobjtype::text, coalesce(defaclnamespace::regnamespace::text, ''), defaclacl
          from pg_default_acl
      )
      select kind || ' ' || name || ' ' || right_::text as line
      from acls, unnest(acl) as right_
      where name !~ '^(pg_catalog|information_schema|pg_toast)[.]'
      order by 1`;
    return rows.map(({ line }) => line);
  } finally {
    await sql.end();
  }
}

/** A database with the migrations and nothing else; `before` runs before them. */
async function migrated(before = ""): Promise<{ rights: string[] }> {
  const { admin_url } = testStack();
  const name = `test_${crypto.randomUUID().slice(0, 8)}`;
  const url = await createDatabase(admin_url, name);
  try {
    await installPlatform(url);
    const sql = postgres(url, { max: 1 });
    await sql.unsafe(before);
    await sql.end();
    await migrate(url, testStack().parts.migrations);
    return { rights: await rights(url) };
  } finally {
    await dropDatabase(admin_url, name);
  }
}

Deno.test("serving the API changes no right of the migrations", async () => {
  // The API has answered a user before we look.
  const user = await newUser();
  assert.equal((await user.client.from("chat_sessions").select()).error, null);
  const served = await rights(testStack().database_url);
  assert.deepEqual(served, (await migrated()).rights);
  // The comparison can tell: rights that we know of are among them, and the API's roles are not superusers.
  assert.ok(served.some((line) => /^relation r (public\.)?chat_sessions authenticated=\w*r/.test(line)));
  assert.ok(!served.some((line) => /^relation r public\.\w+ anon=/.test(line)));
});

Deno.test("a project that gives new objects away by default ends with the same rights", async () => {
  const giveaway = ["tables", "sequences", "functions"].map((kind) =>
    `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role;`
  ).join("\n");
  const ours = ({ rights }: { rights: string[] }) => rights.filter((line) => !line.startsWith("default "));
  assert.deepEqual(ours(await migrated(giveaway)), ours(await migrated()));
});
