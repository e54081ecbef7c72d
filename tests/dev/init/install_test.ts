// The first init: what it writes, what keeps it from writing anything, and what it makes of an attempt that broke off.
import assert from "node:assert/strict";
import { readSite } from "../../../dev/init/site.ts";
import { stampsAfter } from "../../../dev/project/stamps.ts";
import { unwritable } from "../../../dev/init/unwritable.ts";
import { writeAll } from "../../../dev/init/write_all.ts";
import { link, NOW, planned, smallEngine, smallProject, THEIRS, written } from "./small_project.ts";

const LOCK = "supabase/functions/_agent/agent.lock.json";

Deno.test("the engine's files, a blank domain, migrations, and a lock that knows them are added; all else stays", async () => {
  await using project = await smallProject();
  await written(project, smallEngine());
  const files = project.files();
  for (const [path, text] of Object.entries(THEIRS)) {
    if (path !== "supabase/config.toml") assert.equal(files[path], text);
  }
  assert.deepEqual(
    Object.keys(files).filter((path) => !(path in THEIRS)).sort(),
    [
      "supabase/functions/_agent/a.ts",
      LOCK,
      "supabase/functions/_agent/b.ts",
      "supabase/functions/_agent/domain/database.types.ts",
      "supabase/functions/_agent/domain/domain.ts",
      "supabase/functions/agent-planner/index.ts",
      "supabase/migrations/20261201100001_agent_foundation.sql",
      "supabase/migrations/20261201100002_agent_runs.sql",
    ].sort(),
  );
  const lock = JSON.parse(files[LOCK] ?? "");
  assert.deepEqual([lock.version, lock.schema], ["0.1.0", "agent"]);
  assert.deepEqual(Object.keys(lock.files), [
    ...[
      "supabase/functions/_agent/a.ts",
      "supabase/functions/_agent/b.ts",
      "supabase/functions/agent-planner/index.ts",
    ],
  ]);
  assert.equal(lock.migrations.runs.file, "20261201100002_agent_runs.sql");
  assert.equal(
    (await written(project, smallEngine())).changes.length,
    0,
    "a second time there is nothing to do",
  );
});

Deno.test("an init that broke off anywhere is finished by the next one, which writes nothing twice", async () => {
  await using whole = await smallProject();
  const { changes } = await written(whole, smallEngine());
  const later = new Date(NOW.getTime() + 3_600_000);
  for (const [done] of changes.entries()) {
    await using project = await smallProject();
    // Files are renamed into their places one by one: this is what a process that dies then leaves.
    await writeAll(project.root, changes.slice(0, done));
    await written(project, smallEngine(), { now: later });
    const names = (files: Record<string, string>) =>
      Object.keys(files).map((path) => path.replace(/\d{14}/, "")).sort();
    assert.deepEqual(names(project.files()), names(whole.files()), `after ${done} changes`);
    const migrations = Object.keys(project.files()).filter((path) => path.includes("_agent_"));
    assert.equal(new Set(migrations).size, 2);
    assert.deepEqual((await planned(project, smallEngine()) as { changes: unknown[] }).changes, []);
  }
});

Deno.test("all reasons are told at once, and nothing is written", async () => {
  const files = {
    ...THEIRS,
    "supabase/config.toml": "[functions.agent-planner]\nverify_jwt = true\n",
    "supabase/functions/agent-planner/index.ts": "// theirs\n",
    "supabase/migrations/20250101000000_agent_runs.sql": "select 1;\n",
  };
  await using project = await smallProject(files);
  const taken = () => Promise.resolve(["table public.agents", "type public.message_role"]);
  const plan = await planned(project, smallEngine({ schema: "public" }), { takenOf: taken, keep: true });
  assert.ok("refusals" in plan);
  const expected = [
    /^Files are there already .*: supabase\/functions\/agent-planner\/index\.ts\. Move them away\.$/,
    /^supabase\/migrations\/20250101000000_agent_runs\.sql is there already, and not as this version writes it/,
    /^Some of the engine's migrations .* in another order/,
    /has \[functions\.agent-planner\] already/,
    /^The database has table public\.agents, type public\.message_role already\. .* use --schema agent/,
  ];
  assert.equal(plan.refusals.length, expected.length, plan.refusals.join("\n"));
  for (const [at, sentence] of expected.entries()) assert.match(plan.refusals[at] ?? "", sentence);
  assert.deepEqual(project.files(), files);
});

Deno.test("a database that can't be asked is a reason as well", async () => {
  await using project = await smallProject();
  const plan = await planned(project, smallEngine(), {
    takenOf: () => Promise.reject(new Error("Nobody is there.")),
  });
  assert.deepEqual(plan, { refusals: ["Nobody is there."] });
});

Deno.test("what is no project is told so: no folder, a file, this repository, the folder supabase, no config.toml", async () => {
  await using project = await smallProject({ ...THEIRS, "elsewhere/x": "" });
  const repository = new URL("../../../", import.meta.url).pathname;
  const problems: [string, RegExp][] = [
    ["nowhere", /^There is no folder .*nowhere\.$/],
    ["package.json", /package\.json is a file/],
    [repository, /is this repository/],
    ["supabase", /is the folder supabase of a project: name the one around it/],
    ["elsewhere", /^There is no supabase\/config\.toml in .*elsewhere/],
  ];
  for (const [named, sentence] of problems) {
    const site = await readSite(named, project.root);
    assert.ok("problem" in site, named);
    assert.match(site.problem, sentence);
  }
});

Deno.test("a lock that can't be read is a reason, and none that leads out of the project is read", async () => {
  for (
    const files of [{ "../../x.ts": "0".repeat(64) }, {
      "supabase/functions/_agent/../../../x.ts": "0".repeat(64),
    }]
  ) {
    const lock = { version: "0.1.0", schema: "agent", files, migrations: {} };
    await using project = await smallProject({ ...THEIRS, [LOCK]: JSON.stringify(lock) });
    const site = await readSite(project.root, "/");
    assert.ok("problem" in site);
    assert.match(site.problem, /agent\.lock\.json can't be read: .* Take it from your version control\.$/);
  }
});

Deno.test("new versions come after now and after all that is there", () => {
  assert.deepEqual(stampsAfter(undefined, NOW, 2), ["20261201100001", "20261201100002"]);
  assert.deepEqual(stampsAfter("0001", NOW, 1), ["20261201100001"]);
  assert.deepEqual(stampsAfter("20261201100000", NOW, 1), ["20261201100001"]);
  assert.deepEqual(stampsAfter("20301231235959", NOW, 2), ["20310101000000", "20310101000001"]);
  assert.ok("problem" in stampsAfter("99999999999999", NOW, 1));
  assert.ok("problem" in stampsAfter("9", NOW, 1));
});

Deno.test("places that can't be written are reasons, and trying them leaves nothing", async () => {
  await using project = await smallProject({
    "supabase/config.toml": "",
    "supabase/migrations/0001_a.sql": "",
  });
  assert.deepEqual(await unwritable(project.root), []);
  await using locked = await smallProject({ "supabase/config.toml": "" });
  // Nobody may write there, not even who may write everywhere else.
  if (Deno.uid() === 0) await link("/proc", `${locked.root}/supabase/migrations`);
  else await Deno.mkdir(`${locked.root}/supabase/migrations`, { mode: 0o555 });
  assert.deepEqual(await unwritable(locked.root), [
    "supabase/migrations can't be written by whoever runs this.",
  ]);
  assert.deepEqual([...Deno.readDirSync(`${project.root}/supabase`)].map(({ name }) => name).sort(), [
    ...["config.toml", "migrations"],
  ]);
});
