// `deno task new-tools` on a project and its database: what is written, and that nothing is where anything stands in
// the way.
import assert from "node:assert/strict";
import { join } from "node:path";
import { adoptedProject } from "../../support/new_tools/adopted_project.ts";
import { soundTable } from "../../support/new_tools/sound_table.ts";
import { test } from "../../support/test.ts";

const DEALS = soundTable(
  "deals",
  "id uuid primary key default gen_random_uuid(), title text not null, amount numeric(8,2)",
);
const NOTES = soundTable("memos", "id bigint generated always as identity primary key, body text");
const AGENT = "supabase/functions/_agent";

test("a table gets a file of tools, a migration, and its lines in domain.ts, and no file beside changes", async () => {
  await using project = await adoptedProject(DEALS + NOTES);
  const before = await project.files();
  const { code, output } = await project.newTools("--table", "deals", "memos");
  assert.equal(code, 0, output);
  const after = await project.files();
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]).toSorted();
  assert.deepEqual(changed, [
    `${AGENT}/domain/domain.ts`,
    `${AGENT}/domain/tools/deals.ts`,
    `${AGENT}/domain/tools/memos.ts`,
    "supabase/migrations/20261126100001_agent_tools_deals.sql",
    "supabase/migrations/20261126100002_agent_tools_memos.sql",
  ]);
  assert.match(
    output,
    /domain\/tools\/deals\.ts: list_deals \d+, get_deal \d+, create_deal \d+, update_deal \d+ \(\d+ tokens\)/,
  );
  assert.match(output, /The catalogue has 8 tools, which cost each prompt that has them all \d+ tokens\./);
  assert.match(output, /deno task types --project/);
  assert.match(after[`${AGENT}/domain/domain.ts`] ?? "", /\.\.\.dealTools,\n {4}\.\.\.memoTools,/);
});

test("many tables at once get migrations whose versions are times, each after the one before", async () => {
  const tables = Array.from({ length: 4 }, (_, at) => `things_${at}`);
  const sql = tables.map((name) => soundTable(name, "id uuid primary key, title text")).join("");
  await using project = await adoptedProject(sql);
  await project.write("supabase/migrations/20261126145958_own.sql", "select 1;");
  const { code, output } = await project.newTools("--table", ...tables);
  assert.equal(code, 0, output);
  assert.deepEqual([...output.matchAll(/(\d{14})_agent_tools/g)].map(([, version]) => version), [
    ...["20261126145959", "20261126150000", "20261126150001", "20261126150002"],
  ]);
});

test("the migration holds the tools to what their file says", async () => {
  await using project = await adoptedProject(DEALS);
  await project.newTools("--table", "deals");
  const sql = await project.read("supabase/migrations/20261126100001_agent_tools_deals.sql");
  await project.run(sql);
  assert.match(sql, /keep_tool_receipt\('id'\);/);
  assert.match(sql, /'update_deal', 'public\.deals', 'UPDATE', '\$\.deal_id', 'id'/);
  await assert.rejects(project.run(sql), /already exists/);
});

test("where a part of it can't be written, none of it stays, and the next call begins anew", async () => {
  await using project = await adoptedProject(DEALS);
  const before = await project.files();
  const migrations = join(project.root, "supabase/migrations");
  await Deno.rename(migrations, join(project.root, "kept"));
  // Nobody may put a file there, whatever their rights.
  await new Deno.Command("ln", { args: ["-s", "/proc/self/fdinfo", migrations] }).output();
  const { code, output } = await project.newTools("--table", "deals");
  assert.equal(code, 1, output);
  await Deno.remove(migrations);
  await Deno.rename(join(project.root, "kept"), migrations);
  assert.deepEqual(await project.files(), before);
  assert.equal((await project.newTools("--table", "deals")).code, 0);
});

test("a dry run tells of the same and writes nothing", async () => {
  await using project = await adoptedProject(DEALS);
  const before = await project.files();
  const { code, output } = await project.newTools("--table", "deals", "--dry-run");
  assert.equal(code, 0, output);
  assert.match(output, /^Nothing is written.*\n.*list_deals \d+/);
  assert.deepEqual(await project.files(), before);
});

test("where one table can have no tools, all reasons are told at once and nothing is written", async () => {
  await using project = await adoptedProject(
    DEALS + NOTES + "create table public.bare (id int primary key, title text);",
  );
  const before = await project.files();
  const { code, output } = await project.newTools("--table", "deals", "bare", "dealz", "auth.users");
  assert.equal(code, 1);
  assert.match(output, /Users may not read "bare".*grant select on public\.bare to authenticated;/);
  assert.match(output, /Row-level security is off on "bare"/);
  assert.match(output, /no table or view "dealz".*did you mean deals\?/);
  assert.match(output, /"auth\.users" is the platform's/);
  assert.match(output, /Nothing was written\.$/);
  assert.deepEqual(await project.files(), before);
});

test("--all makes what can be made, tells why the rest is not, and leaves what has tools already", async () => {
  await using project = await adoptedProject(DEALS + "create table public.bare (id int primary key);");
  const first = await project.newTools("--all", "--read-only");
  assert.equal(first.code, 0, first.output);
  assert.match(first.output, /Users may not read "bare"/);
  const files = Object.keys(await project.files()).filter((path) => path.includes("/domain/tools/"));
  assert.deepEqual(
    files.toSorted(),
    ["books", "deals", "loans"].map((name) => `${AGENT}/domain/tools/${name}.ts`),
  );
  assert.doesNotMatch(Object.values(await project.files()).join("\n"), /create_deal/);
});

test("--all says what it does not look at: tables of other schemas that the API serves", async () => {
  await using project = await adoptedProject(
    DEALS +
      "create schema crm; create table crm.a (id int); create view crm.b as select 1; create schema hidden;",
  );
  const config = await project.read("supabase/config.toml");
  await project.write(
    "supabase/config.toml",
    `${config}\n[api]\nschemas = ["public", "crm", "graphql_public"]\n`,
  );
  const { output } = await project.newTools("--all", "--dry-run");
  assert.match(output, /^Not looked at: 2 tables and views in schema crm\. Tools read schema public alone/m);
  assert.doesNotMatch(output, /schema (hidden|graphql_public|public\.)/);
  assert.doesNotMatch((await project.newTools("--table", "deals", "--dry-run")).output, /Not looked at/);
});

test("a file that is there is never written again: --diff says what would be made today, and 0 where that is the same", async () => {
  await using project = await adoptedProject(DEALS);
  await project.newTools("--table", "deals", "--read-only");
  await project.run(await project.read("supabase/migrations/20261126100001_agent_tools_deals.sql"));
  const before = await project.files();
  const again = await project.newTools("--table", "deals");
  assert.equal(again.code, 1);
  assert.match(again.output, /domain\/tools\/deals\.ts is there already, and yours\..*--diff/);

  const same = await project.newTools("--table", "deals", "--diff");
  assert.deepEqual(same, { code: 0, output: "domain/tools/deals.ts: nothing has changed." });

  await project.run("alter table deals add column stage text, drop column amount");
  const { code, output } = await project.newTools("--table", "deals", "--diff");
  assert.equal(code, 1);
  assert.match(
    output,
    /^New in public\.deals: stage\.\nNo more in public\.deals: amount\.\n--- domain\/tools\/deals\.ts\n/,
  );
  assert.match(output, /^-.*amount/m);
  assert.match(output, /^\+.*stage/m);
  assert.deepEqual(await project.files(), before);
});

test("--diff gives the SQL that brings what the database was told to what is so, and that is all there is to it", async () => {
  await using project = await adoptedProject(DEALS);
  await project.newTools("--table", "deals");
  const migration = await project.read("supabase/migrations/20261126100001_agent_tools_deals.sql");
  const untold = await project.newTools("--table", "deals", "--diff");
  assert.equal(untold.code, 1);
  assert.match(untold.output, /not been told of all tools for deals\..*--table deals --migration-only/);
  await project.run(migration);
  assert.equal((await project.newTools("--table", "deals", "--diff")).code, 0);

  await project.run("alter table deals add column note text, drop column amount");
  const { output } = await project.newTools("--table", "deals", "--diff");
  const [, sql = ""] = output.split("Put this into a migration:\n");
  assert.match(sql, /update public\.agent_subjects set columns = '\{note\}'/);
  assert.match(sql, /insert into public\.tool_footprints[\s\S]*"title" \|\| @ == "note"/);
  await project.run(sql);
  assert.doesNotMatch((await project.newTools("--table", "deals", "--diff")).output, /Put this/);
  assert.deepEqual(await project.rows("select columns from agent_subjects where name = 'deal'"), [
    { columns: ["note"] },
  ]);
});

test("--migration-only writes no file but the migrations of tools that are there, by the flags of their files", async () => {
  await using project = await adoptedProject(DEALS + NOTES);
  await project.newTools("--table", "deals", "--write", "update");
  const before = await project.files();
  const { code, output } = await project.newTools("--all", "--migration-only");
  assert.equal(code, 0, output);
  const path = "supabase/migrations/20261126100002_agent_tools_deals.sql";
  const after = await project.files();
  assert.deepEqual(Object.keys(after).filter((one) => after[one] !== before[one]), [path]);
  assert.equal(after[path], before["supabase/migrations/20261126100001_agent_tools_deals.sql"]);
  await project.run(after[path] ?? "");
  assert.match((await project.newTools("--all", "--migration-only")).output, /nothing to write/);
  const none = await project.newTools("--table", "memos", "--migration-only");
  assert.deepEqual(none, {
    code: 1,
    output: 'There are no tools for "memos" yet: leave --migration-only out.',
  });
});

test("tools that are made anew take the place of what migrations have said of them", async () => {
  await using project = await adoptedProject(DEALS);
  const blank = await project.read(`${AGENT}/domain/domain.ts`);
  await project.newTools("--table", "deals");
  await project.run(await project.read("supabase/migrations/20261126100001_agent_tools_deals.sql"));
  await Deno.remove(`${project.root}/${AGENT}/domain/tools/deals.ts`);
  await project.write(`${AGENT}/domain/domain.ts`, blank);

  const { code, output } = await project.newTools("--table", "deals", "--write", "update");
  assert.equal(code, 0, output);
  const sql = await project.read("supabase/migrations/20261126100002_agent_tools_deals.sql");
  assert.doesNotMatch(sql, /create trigger/);
  await project.run(sql);
  assert.deepEqual(await project.rows("select tool_name from tool_defaults where tool_name like '%_deal'"), [
    { tool_name: "update_deal" },
  ]);
});

test("two tables whose tools would have one name are told apart by --one", async () => {
  await using project = await adoptedProject(
    DEALS + soundTable("deal", "id uuid primary key default gen_random_uuid(), title text"),
  );
  const { code, output } = await project.newTools("--table", "deals", "deal");
  assert.equal(code, 1);
  assert.match(output, /"deal" would have a tool list_deals, which is one of "deals"\. .*--one thing/);
  const named = await project.newTools("--table", "deal", "--one", "small_deal");
  assert.equal(named.code, 0, named.output);
  assert.match(named.output, /list_small_deals \d+, get_small_deal/);
});

test("a name that the agents have themselves, or another kind of thing has, is refused", async () => {
  await using project = await adoptedProject(
    soundTable("plans", "id uuid primary key default gen_random_uuid(), title text") +
      soundTable("book", "id uuid primary key default gen_random_uuid(), title text") +
      soundTable("globals", "id uuid primary key default gen_random_uuid(), title text"),
  );
  assert.match(
    (await project.newTools("--table", "plans")).output,
    /create_plan, which is the agents' own.*--one/,
  );
  assert.match(
    (await project.newTools("--table", "book")).output,
    /"book" is a row of public\.books already/,
  );
  assert.match(
    (await project.newTools("--table", "globals")).output,
    /"global" is what a chat about nothing/,
  );
});

test("a domain.ts of another form stays as it is, and the lines for it are told", async () => {
  await using project = await adoptedProject(DEALS);
  const own = `import { defineDomain } from "../tools/define_domain.ts";
const catalogue: [] = [];
export const domain = defineDomain({ about: "x", contexts: [], catalogue });
`;
  await project.write(`${AGENT}/domain/domain.ts`, own);
  const { code, output } = await project.newTools("--table", "deals");
  assert.equal(code, 0, output);
  assert.match(
    output,
    /Put these in yourself:\nimport \{ dealTools \} from "\.\/tools\/deals\.ts";\n {2}catalogue/,
  );
  assert.equal(await project.read(`${AGENT}/domain/domain.ts`), own);
});

test("a database without the engine is told so", async () => {
  await using project = await adoptedProject(DEALS);
  await project.run("drop table agent_subjects cascade");
  const { code, output } = await project.newTools("--table", "deals");
  assert.equal(code, 1);
  assert.match(output, /The engine is not in this database/);
});
