// The command, from its words to what is on the disk.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readEngine } from "../../../dev/init/engine.ts";
import { HELP } from "../../../dev/init/init_arguments.ts";
import { runInit } from "../../../dev/init/run_init.ts";
import { freshDatabase, migratedDatabase } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";
import { NOW, smallEngine, type SmallProject, smallProject } from "./small_project.ts";

const CRM = fileURLToPath(new URL("../../support/projects/crm", import.meta.url));

/** Runs it with the small engine, or the real one. */
async function init(args: string[], engineIn = (schema: string) => Promise.resolve(smallEngine({ schema }))) {
  const lines: string[] = [];
  const code = await runInit(args, {
    cwd: "/",
    now: NOW,
    engineIn,
    line: (text = "") => void lines.push(text),
  });
  return { code, output: lines.join("\n"), lines };
}

Deno.test("flags are told as in the other commands", async () => {
  assert.deepEqual(await init(["--help"]), {
    code: 0,
    output: HELP.trimEnd(),
    lines: HELP.trimEnd().split("\n"),
  });
  const problems: [string[], RegExp][] = [
    [[], /^Say which project: --into/],
    [["--into"], /^Option '--into <value>' argument missing\./],
    [["--in", "x"], /^There is no flag --in; did you mean --into\?/],
    [["--into", "x", "--schema", "Agent"], /^A schema's name is/],
    [["--into", "x", "--schema", "auth"], /^A schema "auth" is the platform's/],
    [["--into", "x", "--schema", "user"], /^"user" is a word of SQL/],
    [["--into", "x", "--db-url", "crm"], /^--db-url must be the URL of a database/],
    [["--into", "x", "--remove", "--keep"], /^--keep is for new versions/],
  ];
  for (const [args, sentence] of problems) {
    const { code, output } = await init(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(output, sentence);
    assert.ok(output.endsWith(HELP.trimEnd()));
  }
});

test("a dry run tells every file that init would write, what is new as a whole by its number, and writes none; init writes those, and then has nothing to do", async () => {
  await using project = await smallProject();
  const { url, drop } = await migratedDatabase([]);
  const before = project.files();
  const args = ["--into", project.root, "--db-url", url];
  const { code, lines } = await init([...args, "--dry-run"]);
  assert.equal(code, 0);
  assert.equal(
    lines[0],
    `Would write version 0.1.0 into ${project.root}, schema agent: 5 files, 2 migrations, config.toml: two functions, "agent" in [api] schemas`,
  );
  assert.deepEqual(project.files(), before);

  const written = await init(args);
  assert.equal(written.code, 0);
  assert.equal(written.lines[0], lines[0]?.replace("Would write", "Writing"));
  assert.match(
    written.output,
    /deno task new-tools --into .*deno task dev --project .*"about".*db push --remote.*Exposed schemas/s,
  );
  assert.deepEqual(lines.slice(1, 5), [
    "  new      supabase/functions/_agent/, 5 files",
    "  new      supabase/functions/agent-planner/index.ts",
    "  new      supabase/migrations/…_agent_*.sql, 2 files",
    "  changed  supabase/config.toml",
  ]);
  assert.equal(changed(before, project.files()).length, 5 + 1 + 2 + 1);
  assert.deepEqual(await init(args), {
    ...{ code: 0, output: `Nothing to do: version 0.1.0 is in ${project.root}, schema agent.` },
    lines: [`Nothing to do: version 0.1.0 is in ${project.root}, schema agent.`],
  });
  await drop();
});

test("a project whose path a shell would take apart is named in quotes", async () => {
  await using outer = await smallProject({ "it's mine/supabase/config.toml": "" });
  const { url, drop } = await migratedDatabase([]);
  const { output } = await init(["--into", `${outer.root}/it's mine`, "--db-url", url]);
  assert.ok(output.includes(`deno task dev --project '${outer.root}/it'\\''s mine'\n`), output);
  await drop();
});

test("in public a CRM's own type and table stand in the way, and nothing else; its schema private does not", async () => {
  await using project = await crm();
  const { url, drop } = await migratedDatabase([{ folder: pathToFileURL(`${CRM}/supabase/migrations/`) }]);
  const args = ["--into", project.root, "--db-url", url];
  const { code, output } = await init([...args, "--schema", "public"], readEngine);
  assert.equal(code, 1);
  assert.equal(
    output,
    `Nothing is written into ${project.root}:
  - The database has table public.agents, type public.message_role already. The engine would make them as well: use --schema agent, where its names are its own.`,
  );
  assert.deepEqual(project.files(), await crmFiles());
  assert.equal((await init([...args, "--dry-run"], readEngine)).code, 0);
  await drop();
});

test("every reason is told, also where the database can't be asked", async () => {
  await using project = await smallProject({
    "supabase/config.toml": "[functions.agent-planner]\nenabled = false\n",
  });
  const { code, lines } = await init([
    "--into",
    project.root,
    "--db-url",
    "postgres://nobody@127.0.0.1:1/none",
  ]);
  assert.equal(code, 1);
  assert.equal(lines.length, 3);
  assert.match(lines[2] ?? "", /^ {2}- The database of --db-url can't be asked: /);
});

test("a database that has the engine in that schema is told so", async () => {
  await using project = await smallProject();
  const { url, drop } = await freshDatabase();
  const engine = smallEngine({ schema: "public" });
  const runs = { name: "runs", sql: "create table public.agent_runs (id uuid);\n" };
  const args = ["--into", project.root, "--schema", "public", "--db-url", url];
  const { code, output } = await init(args, () => Promise.resolve({ ...engine, migrations: [runs] }));
  assert.equal(code, 1);
  assert.match(output, /The database has table public\.agent_runs already/);
  await drop();
});

test("an upgrade says what it brings and what it has left", async () => {
  await using project = await smallProject();
  const { url, drop } = await migratedDatabase([]);
  const args = ["--into", project.root, "--db-url", url];
  await init(args);
  const [a, b] = ["supabase/functions/_agent/a.ts", "supabase/functions/_agent/b.ts"];
  project.write(a, "// mine\n");
  project.write(b, "// mine\n");
  const second = smallEngine({ version: "0.1.1", put: { [a]: "// anew\n", [b]: null } });
  const engineIn = () =>
    Promise.resolve({
      ...second,
      migrations: [...second.migrations, { name: "more", sql: "create table agent.more (id int);\n" }],
    });
  const refused = await init(args, engineIn);
  assert.deepEqual([refused.code, refused.lines], [1, [
    `Nothing is written into ${project.root}:`,
    `  - Changed by you and by this version: ${a}. With --keep yours stay, and this version's are put beside them (.new).`,
  ]]);
  const { code, lines } = await init([...args, "--keep"], engineIn);
  assert.equal(code, 0);
  assert.deepEqual(lines.slice(0, 3), [
    `Writing version 0.1.1 over 0.1.0 in ${project.root}, schema agent: 1 file, 1 migration`,
    `  ${a} stays as you have it; this version's is ${a}.new`,
    `  ${b} is no longer the engine's. You have changed it, so it stays`,
  ]);
  await drop();
});

test("an upgrade names each file of folders that are there, and new migrations; a new folder is one line", async () => {
  await using project = await smallProject();
  const { url, drop } = await migratedDatabase([]);
  const args = ["--into", project.root, "--db-url", url];
  await init(args);
  const agent = "supabase/functions/_agent";
  const second = smallEngine({
    version: "0.1.1",
    put: {
      [`${agent}/a.ts`]: "// anew\n",
      [`${agent}/c.ts`]: "",
      [`${agent}/d/d.ts`]: "",
      [`${agent}/d/e/e.ts`]: "",
    },
  });
  const more = ["more", "and_more"].map((name) => ({ name, sql: `create table agent.${name} (id int);\n` }));
  const engineIn = () => Promise.resolve({ ...second, migrations: [...second.migrations, ...more] });
  const { lines } = await init([...args, "--dry-run"], engineIn);
  assert.deepEqual(lines.slice(1).map((line) => line.replace(/\d{14}/, "…")), [
    `  changed  ${agent}/a.ts`,
    `  new      ${agent}/c.ts`,
    `  new      ${agent}/d/, 2 files`,
    "  new      supabase/migrations/…_agent_more.sql",
    "  new      supabase/migrations/…_agent_and_more.sql",
    `  changed  ${agent}/agent.lock.json`,
  ]);
  await drop();
});

test("an upgrade names what it deletes, before and when it does", async () => {
  await using project = await smallProject();
  const { url, drop } = await migratedDatabase([]);
  const args = ["--into", project.root, "--db-url", url];
  await init(args);
  const b = "supabase/functions/_agent/b.ts";
  const engineIn = () => Promise.resolve(smallEngine({ version: "0.1.1", put: { [b]: null } }));
  for (const more of [["--dry-run"], []]) {
    assert.ok(b in project.files());
    const { code, lines } = await init([...args, ...more], engineIn);
    assert.equal(code, 0);
    assert.ok(lines.includes(`  deleted  ${b}`), lines.join("\n"));
  }
  assert.ok(!(b in project.files()));
  await drop();
});

test("a removal leaves a CRM byte for byte as it was, but for migrations, and says what is lost", async () => {
  await using project = await crm();
  const { url, drop } = await migratedDatabase([]);
  const args = ["--into", project.root];
  assert.equal((await init([...args, "--db-url", url], readEngine)).code, 0);
  const there = project.files();
  assert.equal((await init([...args, "--remove", "--dry-run"])).code, 0);
  assert.deepEqual(project.files(), there);
  const { code, output } = await init([...args, "--remove"]);
  assert.equal(code, 0);
  assert.match(output, /_agent_removal\.sql drops what it has made: the schema agent/);
  assert.match(
    output,
    /sessions, messages, runs.*out of Exposed schemas.*functions delete agent-planner.*db push --remote/s,
  );
  const left = Object.entries(project.files()).filter(([path]) => !/\d_agent_\w+\.sql$/.test(path));
  assert.deepEqual(Object.fromEntries(left), await crmFiles());
  assert.equal((await init([...args, "--remove"])).code, 1);
  await drop();
});

function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter((path) => before[path] !== after[path]).sort();
}

async function crm(): Promise<SmallProject> {
  const project = await smallProject({});
  await cp(CRM, project.root, { recursive: true });
  return project;
}

async function crmFiles(): Promise<Record<string, string>> {
  await using project = await crm();
  return project.files();
}
