// A new version in a project that has an older one: what is new comes, what the project has changed stays.
import assert from "node:assert/strict";
import { AGENT_FOLDER as AGENT, readEngine } from "../../../dev/init/engine.ts";
import { planned, smallEngine, smallProject, written } from "./small_project.ts";

const [A, B] = ["supabase/functions/_agent/a.ts", "supabase/functions/_agent/b.ts"];
const FOUNDATION = { name: "foundation", sql: "create schema agent;\n" };
const RUNS = { name: "runs", sql: "create table agent.agent_runs (id uuid);\n" };
const STEPS = { name: "steps", sql: "create table agent.steps (id uuid);\n" };
const LATER = new Date("2027-01-01T00:00:00Z");

async function adopted() {
  const project = await smallProject();
  await written(project, smallEngine());
  return project;
}

Deno.test("added migrations come with fresh versions, in their schema, and changed files are replaced", async () => {
  await using project = await adopted();
  project.write("supabase/migrations/20261215000000_theirs.sql", "select 1;\n");
  const engine = smallEngine({
    version: "0.1.1",
    put: { [A]: "// a, anew\n" },
    migrations: [FOUNDATION, STEPS, RUNS],
  });
  const plan = await written(project, engine, { now: LATER });
  assert.deepEqual(plan.changes.map(({ path }) => path), [
    ...[A, "supabase/migrations/20270101000001_agent_steps.sql", "supabase/functions/_agent/agent.lock.json"],
  ]);
  assert.equal(project.files()[A], "// a, anew\n");
  assert.deepEqual((await written(project, engine)).changes, []);
});

Deno.test("what only the project has changed stays, and nobody is asked; what it has deleted comes back", async () => {
  await using project = await adopted();
  project.write(A, "// mine\n");
  await Deno.remove(`${project.root}/${B}`);
  const plan = await written(project, smallEngine({ version: "0.1.1" }));
  assert.deepEqual([plan.clashes, plan.left], [[], []]);
  assert.deepEqual([project.files()[A], project.files()[B]], ["// mine\n", "// b\n"]);
});

Deno.test("what both have changed is a reason; with --keep the project's stays, and it is asked again when ours changes again", async () => {
  await using project = await adopted();
  project.write(A, "// mine\n");
  const second = smallEngine({ version: "0.1.1", put: { [A]: "// second\n", [B]: "// b, second\n" } });
  const before = project.files();
  const plan = await planned(project, second);
  assert.ok("refusals" in plan);
  assert.match(plan.refusals.join(), new RegExp(`^Changed by you and by this version: ${A}\\. With --keep`));
  assert.deepEqual(project.files(), before);

  assert.deepEqual((await written(project, second, { keep: true })).clashes, [A]);
  const kept = project.files();
  assert.deepEqual([kept[A], kept[`${A}.new`], kept[B]], ["// mine\n", "// second\n", "// b, second\n"]);
  assert.deepEqual((await written(project, second)).changes, [], "the same version asks no more");
  const other_files = smallEngine({ version: "0.1.2", put: { [A]: "// second\n", [B]: "// b, third\n" } });
  assert.deepEqual(
    (await written(project, other_files)).clashes,
    [],
    "nor does one that has left the file alone",
  );
  assert.ok(
    "refusals" in await planned(project, smallEngine({ version: "0.1.3", put: { [A]: "// third\n" } })),
  );

  project.write(A, "// second\n");
  const third = smallEngine({ version: "0.1.3", put: { [A]: "// third\n" } });
  await written(project, third);
  assert.equal(project.files()[A], "// third\n", "whoever takes ours over is as if nothing had been changed");
});

Deno.test("a file that both have changed alike is no clash", async () => {
  await using project = await adopted();
  project.write(A, "// the same\n");
  assert.deepEqual(
    (await written(project, smallEngine({ version: "0.1.1", put: { [A]: "// the same\n" } }))).clashes,
    [],
  );
});

Deno.test("a file that the engine has no longer goes; one that the project has changed stays, and is named", async () => {
  await using project = await adopted();
  project.write(B, "// mine\n");
  const planner = "supabase/functions/agent-planner/index.ts";
  const plan = await written(project, smallEngine({ version: "0.1.1", put: { [B]: null, [planner]: null } }));
  assert.deepEqual(plan.left, [B]);
  assert.ok(!(planner in project.files()));
  assert.equal(project.files()[B], "// mine\n");
});

Deno.test("a file that the engine has no longer and a tool of the project imports is a reason, which names both", async () => {
  const real = await readEngine("agent");
  const like_text = `${AGENT}/tools/like_text.ts`;
  await using project = await smallProject();
  await written(project, real);
  const tool = Deno.readTextFileSync(new URL("../new_tools/golden/customers.ts.golden", import.meta.url));
  assert.match(tool, /from "..\/..\/tools\/like_text\.ts"/);
  project.write(`${AGENT}/domain/tools/customers.ts`, tool);
  const before = project.files();
  const files = new Map(real.files);
  files.delete(like_text);
  const next = { ...real, version: "99.0.0", files };
  for (const keep of [false, true]) {
    const plan = await planned(project, next, { keep });
    assert.ok("refusals" in plan);
    assert.deepEqual(plan.refusals, [
      `${AGENT}/domain/tools/customers.ts imports ${like_text}, which this version has no longer. ` +
      "Copy what you use of it into a file of domain/, and import that; docs/adoption.md lists what stays.",
    ]);
  }
  project.write(`${AGENT}/domain/tools/like_text.ts`, before[like_text] ?? "");
  project.write(
    `${AGENT}/domain/tools/customers.ts`,
    tool.replace("../../tools/like_text.ts", "./like_text.ts"),
  );
  const { changes } = await written(project, next);
  assert.deepEqual(changes.map(({ path, text }) => text === null ? path : ""), [like_text, ""]);
});

Deno.test("so it is for whatever stays of the project: other functions, edited engine files, every way to import; comments are none", async () => {
  const imports: Record<string, string> = {
    [A]: 'export * from "./b.ts";\n',
    "supabase/functions/hello/index.ts": 'import type { B } from "../_agent/b.ts";\n',
    "supabase/functions/hello/later.mjs": 'const b = await import("../_agent/b.ts");\n',
    "supabase/functions/hello/side.tsx": 'import "../_agent/b.ts";\n',
    "supabase/functions/hello/remark.ts": '// import "../_agent/b.ts";\nexport const b = "../_agent/b.ts";\n',
    "supabase/functions/hello/other.ts": 'import "./b.ts";\nimport "b.ts";\n',
    "supabase/functions/hello/node_modules/x/index.js": 'import "../../../../_agent/b.ts";\n',
  };
  await using project = await adopted();
  for (const [path, text] of Object.entries(imports)) project.write(path, text);
  const plan = await planned(project, smallEngine({ version: "0.1.1", put: { [B]: null } }));
  assert.ok("refusals" in plan);
  const named = Object.keys(imports).slice(0, 4).sort().join(", ");
  assert.ok(plan.refusals[0]?.startsWith(`${named} import ${B}, which`), plan.refusals[0]);
  assert.equal(plan.refusals.length, 1);
  await using clean = await adopted();
  clean.write(B, "// mine\n");
  clean.write("supabase/functions/hello/index.ts", 'import "../_agent/b.ts";\n');
  const { left } = await written(clean, smallEngine({ version: "0.1.1", put: { [B]: null } }));
  assert.deepEqual(left, [B], "what stays may be imported");
});

Deno.test("domain/ and config.toml are never written again", async () => {
  await using project = await adopted();
  const domain = "supabase/functions/_agent/domain/domain.ts";
  project.write(domain, "// mine\n");
  project.write("supabase/config.toml", "[functions.agent-planner]\nverify_jwt = true\n");
  await Deno.remove(`${project.root}/supabase/functions/_agent/domain/database.types.ts`);
  const before = project.files();
  const { changes } = await written(project, smallEngine({ version: "0.1.1" }));
  assert.deepEqual(changes.map(({ path }) => path), ["supabase/functions/_agent/agent.lock.json"]);
  assert.equal(project.files()[domain], before[domain]);
});

Deno.test("a migration of the engine that was edited or lost is a reason, whatever is kept", async () => {
  await using project = await adopted();
  project.write("supabase/migrations/20261201100001_agent_foundation.sql", "-- mine\n");
  await Deno.remove(`${project.root}/supabase/migrations/20261201100002_agent_runs.sql`);
  const plan = await planned(project, smallEngine({ version: "0.1.1" }), { keep: true });
  assert.ok("refusals" in plan);
  assert.match(plan.refusals[0] ?? "", /_agent_foundation\.sql was changed after it was written/);
  assert.match(plan.refusals[1] ?? "", /_agent_runs\.sql is gone/);
});

Deno.test("a released migration that a new version has otherwise, or not at all, is a fault of that version", async () => {
  await using project = await adopted();
  for (const migrations of [[FOUNDATION, { ...RUNS, sql: "-- another\n" }], [FOUNDATION]]) {
    const plan = await planned(project, smallEngine({ version: "0.1.1", migrations }));
    assert.ok("refusals" in plan);
    assert.match(
      plan.refusals.join(),
      /^The engine's migration runs is another one in this version\. That is a fault/,
    );
  }
});

Deno.test("an upgrade that broke off is finished by the next one", async () => {
  const engine = smallEngine({
    version: "0.1.1",
    put: { [A]: "// anew\n", [B]: null },
    migrations: [FOUNDATION, RUNS, STEPS],
  });
  await using project = await adopted();
  project.write(A, "// anew\n");
  project.write("supabase/migrations/20261224000000_agent_steps.sql", STEPS.sql);
  const { changes } = await written(project, engine, { now: LATER });
  assert.deepEqual(changes.map(({ path }) => path), [B, "supabase/functions/_agent/agent.lock.json"]);
});

Deno.test("it goes neither back nor into another schema", async () => {
  await using project = await adopted();
  await written(project, smallEngine({ version: "0.10.0" }));
  const back = await planned(project, smallEngine({ version: "0.9.9" }));
  assert.ok("refusals" in back);
  assert.match(
    back.refusals.join(),
    /^Version 0\.10\.0 is there, and this is 0\.9\.9: init does not go back/,
  );
  const aside = await planned(project, smallEngine({ version: "0.10.0", schema: "other" }));
  assert.ok("refusals" in aside);
  assert.match(aside.refusals.join(), /^The engine is in schema agent there: leave --schema out/);
});

Deno.test("in public, the names that a new version makes are looked for, and none that it has made before", async () => {
  const first = smallEngine({
    schema: "public",
    migrations: [FOUNDATION, { name: "runs", sql: "create table public.agent_runs (id uuid);\n" }],
  });
  await using project = await smallProject();
  await written(project, first);
  const asked: string[] = [];
  await written(project, {
    ...first,
    version: "0.1.1",
    migrations: [...first.migrations, {
      name: "more",
      sql:
        "create or replace view public.agent_runs as select 1; create function private.more() returns int as $$;",
    }],
  }, {
    takenOf(names) {
      asked.push(...names.map(({ schema, name }) => `${schema}.${name}`));
      return Promise.resolve([]);
    },
  });
  assert.deepEqual(asked, ["private.more"]);
});

Deno.test("line ends that a checkout has turned are no change, of files and of migrations", async () => {
  await using project = await adopted();
  for (const [path, text] of Object.entries(project.files())) {
    project.write(path, text.replaceAll("\n", "\r\n"));
  }
  assert.deepEqual((await written(project, smallEngine())).changes, []);
  const plan = await written(project, smallEngine({ version: "0.1.1", put: { [A]: "// anew\n" } }));
  assert.deepEqual(plan.changes.map(({ path }) => path), [A, "supabase/functions/_agent/agent.lock.json"]);
});
