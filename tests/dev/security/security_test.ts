// `deno task security` as a function: how it ends, what a person reads, and what it says where it can't ask.
import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { PLAIN } from "../../../dev/terminal/style.ts";
import { runSecurity } from "../../../dev/security/run_security.ts";
import { helpersOf } from "../../../dev/schema/move_schema.ts";
import { ENGINE_SCHEMA } from "../../../shared/db/schema.ts";
import { API_SCHEMAS, OUR_SCHEMAS } from "../../support/stack/our_schemas.ts";
import { freshDatabase, testStack } from "../../support/stack/stack.ts";

const OURS = OUR_SCHEMAS.map((schema) => `'${schema}'`).join(", ");

Deno.test("what was asked and found is told, and the worst of it is how it ends", (t) =>
  onFreshDatabase(async (sql, ask) => {
    await t.step("nothing was found: 0, in 80 columns", async () => {
      const { code, lines } = await ask();
      const text = lines.join("\n");
      assert.equal(code, 0);
      assert.equal(lines.at(-1), "Nothing was found.");
      assert.match(text, /^Mode {7}shared: /m);
      assert.match(
        text.replaceAll(/\n +/g, " "),
        new RegExp(
          `^Looked at {2}schema ${
            API_SCHEMAS.join(", ")
          }: \\d\\d tables, 2 views, \\d\\d policies; \\d+ functions`,
          "m",
        ),
      );
      assert.match(text, /^Asked {6}39 checks in 0 ms, 5 probes in 0 ms$/m);
      assert.match(text, /P3 whoever has no token reads or adds a row: \d\d relations/);
      assert.match(text, new RegExp(`${ENGINE_SCHEMA}\\.agent_subjects\\n +Its rows are the operator's`));
      for (const line of lines) assert.ok(line.length <= 80, line);
    });
    await t.step("a warning: 0", async () => {
      await sql`alter table public.books replica identity full`;
      const { code, lines } = await ask();
      assert.deepEqual([code, lines.at(-1)], [0, "Found: 1 warning."]);
      assert.match(lines.join("\n"), /^Found\n {2}warn {2}S29 {2}public\.books\n {13}replica identity full/m);
      await sql`alter table public.books replica identity default`;
    });
    await t.step("an error, of a check and of a probe: 1, as JSON, too", async () => {
      await sql`alter table public.books disable row level security`;
      const { code, lines } = await ask("--json");
      const outcome: Record<string, unknown> = JSON.parse(lines.join("\n"));
      assert.equal(code, 1);
      assert.equal(outcome.mode, "shared");
      const found = { level: "error", object: "public.books" };
      assert.deepEqual(outcome.findings, [
        {
          check_id: "S01",
          ...found,
          detail: "row-level security is off: whoever may read it reads every row",
        },
        {
          ...{ check_id: "P4", ...found },
          detail: "a user adds a row in another's name, or is stopped by a constraint alone",
        },
      ]);
    });
    await t.step("agents with a token of their own: the mode", async () => {
      await sql`update public.agent_settings set require_agent_token = true`;
      assert.match((await ask()).lines.join("\n"), /^Mode {7}separate: agents need a token of their own/m);
      assert.equal(JSON.parse((await ask("--json")).lines.join("\n")).mode, "separate");
    });
    await t.step("what is excused: 0, with the reason", async () => {
      await sql`insert into private.security_exceptions (check_id, object, reason) values
        ('S01', 'public.books', 'Everybody''s books are everybody''s.'),
        ('P4', 'public.books', 'Everybody writes for everybody.')`;
      const { code, lines } = await ask();
      assert.deepEqual([code, lines.at(-1)], [0, "Nothing was found."]);
      assert.match(lines.join("\n"), /P4 {3}public\.books\n +Everybody writes for everybody\./);
    });
  }));

Deno.test("what is excused stands before what is found, under its own word, and is called no error", () =>
  onFreshDatabase(async (sql, ask) => {
    await sql`alter table public.books disable row level security`;
    const { lines } = await ask();
    const [excused, found] = [lines.indexOf("Excused: meant to be so, no findings"), lines.indexOf("Found")];
    assert.ok(0 < excused && excused < found);
    const rows = lines.slice(excused + 1, found).filter((line) => /^ {2}\S/.test(line));
    assert.ok(rows.length > 10);
    for (const row of rows) assert.match(row, /^ {2}excused {2}[SP]\d+ /);
    assert.match(lines.slice(found).join("\n"), /^Found\n {2}error {2}S01 /);
  }));

Deno.test("what default grants give away table by table is mended by the one migration that is printed", () =>
  onFreshDatabase(async (sql, ask) => {
    await sql.unsafe(`
      alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
      alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
      alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
      create table public.orders (id bigserial primary key, user_id uuid not null default auth.uid());
      create table public."Order ""1"", it's" (id int primary key, user_id uuid not null default auth.uid());
      alter table public.orders enable row level security;
      alter table public."Order ""1"", it's" enable row level security;`);
    const { code, lines } = await ask();
    const at = lines.findIndex((line) => line.startsWith("One migration mends the grants above"));
    assert.deepEqual([code, at > lines.indexOf("Found")], [1, true]);
    assert.equal(lines.filter((line) => line.startsWith("One migration mends")).length, 1);
    const mend = lines.slice(at + 1, lines.indexOf("", at)).join("\n");
    assert.match(mend, /^ {2}-- What is made after this needs grants of its own/m);
    await sql.unsafe(mend);
    const after = (await ask()).lines.join("\n");
    assert.doesNotMatch(after, /error {2}S(09|10)|warn {3}S14|One migration mends/);
  }));

Deno.test("a schema that users may use and that nobody asked about is told", () =>
  onFreshDatabase(async (sql, ask) => {
    await sql.unsafe(
      "create schema api; grant usage on schema api to authenticated; create table api.t (id int)",
    );
    const without = await ask();
    assert.match(
      without.lines.join("\n"),
      /Not looked at\n +schema api: users may use it; if the API serves it, say\n? *--schema api/,
    );
    const named = await ask(...[...API_SCHEMAS, "api"].flatMap((schema) => ["--schema", schema]));
    assert.equal(named.code, 1);
    assert.match(named.lines.join("\n"), /S01 {2}api\.t\n/);
    assert.doesNotMatch(named.lines.join("\n"), /Not looked at/);
    const wrong = await ask("--schema", "pubic");
    assert.deepEqual(wrong, {
      code: 2,
      lines: ["The database can't be asked: There is no schema pubic in this database."],
    });
    await sql`drop schema private cascade`;
    const none = await ask();
    assert.equal(none.code, 2);
    assert.match(
      none.lines.join(),
      /^This database has no self-test, or not this one: push the migrations first/,
    );
  }));

Deno.test("it asks as an owner who is no superuser, as on a hosted project", async () => {
  const role = `owner_${crypto.randomUUID().slice(0, 8)}`;
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`create role ${role} login bypassrls createrole password 'owner';
      grant anon, authenticated, service_role to ${role};
      grant usage on schema auth, storage to ${role};
      grant select on all tables in schema auth, storage to ${role};
      do $$ declare v text; begin
        for v in select format('alter %s %s owner to ${role}', case relkind when 'v' then 'view' else 'table' end, oid::regclass)
          from pg_class where relkind in ('r', 'v') and relnamespace::regnamespace::text in (${OURS})
        loop execute v; end loop;
        for v in select format('alter function %s owner to ${role}', oid::regprocedure)
          from pg_proc where pronamespace::regnamespace::text in (${OURS})
        loop execute v; end loop;
        alter schema ${helpersOf(ENGINE_SCHEMA)} owner to ${role};
        grant usage on schema ${ENGINE_SCHEMA} to ${role};
      end $$`);
    const owned = new URL(url);
    owned.username = role;
    owned.password = "owner";
    const { code, lines } = await run(["--db-url", owned.href]);
    assert.deepEqual([code, lines.at(-1)], [0, "Nothing was found."]);
    assert.match(lines[0] ?? "", new RegExp(`as ${role}$`));
    await sql.unsafe(
      "alter table public.books owner to postgres; revoke all on public.books from authenticated, service_role",
    );
    const less = await run(["--db-url", owned.href]);
    assert.match(
      less.lines.join("\n"),
      /public\.books: what rows it has is not known: permission denied for table\n +books/,
    );
    await sql.unsafe(`alter table public.books owner to ${role}`);
    await sql.unsafe(`revoke all on schema storage from ${role}`);
    await sql`alter table storage.objects disable row level security`;
    const closed = await run(["--db-url", owned.href]);
    assert.equal(closed.code, 1, "what a role may not use, the catalogue tells all the same");
    assert.match(closed.lines.join("\n"), /S01 {2}storage\.objects/);
    await sql`alter table storage.objects enable row level security`;
    await sql.unsafe(`alter role ${role} nobypassrls`);
    const held = await run(["--db-url", owned.href]);
    assert.match(
      held.lines.join("\n"),
      new RegExp(`S37 {2}public\\.books\\n +its policies don't hold its owner, ${role}`),
    );
    assert.match(held.lines.join("\n"), new RegExp(`role ${role}: row-level security holds it`));
    await sql.unsafe(`revoke authenticated from ${role}`);
    const alone = await run(["--db-url", owned.href]);
    assert.equal(alone.code, 2);
    assert.match(
      alone.lines.join(),
      /^Ask as the owner of the tables: permission denied to set role "authenticated"\.$/,
    );
  } finally {
    await drop();
    await sql.end();
    await dropRole(role);
  }
});

Deno.test("what stands in the way is told in a sentence, and ends with 2", async () => {
  for (
    const [args, told] of [
      [["--db-ulr", "x"], /^There is no flag --db-ulr; did you mean --db-url\?$/],
      [["--project", "/x", "--db-url", "postgres://x"], /^--project makes a database, --db-url names one/],
      [["--project", "/no such folder"], /^There is no folder \/no such folder\.$/],
      [["--db-url", "localhost"], /^--db-url must be the URL of a database/],
      [
        ["--db-url", "postgres://postgres:secret@127.0.0.1:1/postgres"],
        /^The database can't be asked: .*ECONNREFUSED/,
      ],
    ] as const
  ) {
    const { code, lines } = await run([...args]);
    assert.equal(code, 2);
    assert.match(lines[0] ?? "", told);
    assert.ok(!lines.join().includes("secret"));
  }
  assert.equal((await run(["--help"])).code, 0);
});

type Asked = { code: number; lines: string[] };

/** A database of the test's own, and the command on it. */
async function onFreshDatabase(
  work: (sql: Sql, ask: (...args: string[]) => Promise<Asked>) => Promise<void>,
) {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql, (...args) => run(["--db-url", url, ...args]));
  } finally {
    await sql.end();
    await drop();
  }
}

async function run(args: string[]): Promise<Asked> {
  const lines: string[] = [];
  const paper = { style: PLAIN, width: 80, line: (text = "") => void lines.push(text) };
  const code = await runSecurity(args, { server_url: undefined, paper, now: () => 0 });
  return { code, lines };
}

/** Roles are the server's, not the database's. */
async function dropRole(role: string): Promise<void> {
  const sql = postgres(testStack().admin_url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`drop role if exists ${role}`);
  } finally {
    await sql.end();
  }
}
