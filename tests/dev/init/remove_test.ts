// `init --remove`: a project is as it was before, but for migrations; what it has changed stays, and is named.
import assert from "node:assert/strict";
import { planRemove, type RemovePlan } from "../../../dev/init/plan_remove.ts";
import { writeAll } from "../../../dev/init/write_all.ts";
import { NOW, smallEngine, type SmallProject, smallProject, THEIRS, written } from "./small_project.ts";

const [A, B] = ["supabase/functions/_agent/a.ts", "supabase/functions/_agent/b.ts"];

async function removed(project: SmallProject): Promise<RemovePlan> {
  const plan = await planRemove(await project.site(), undefined, NOW);
  if ("refusals" in plan) throw new Error(plan.refusals.join("\n"));
  await writeAll(project.root, plan.changes);
  return plan;
}

function withoutMigrations(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !/\d_agent_\w+\.sql$/.test(path)));
}

Deno.test("every file is as it was, but for the migrations, which one more follows", async () => {
  await using project = await smallProject();
  await written(project, smallEngine());
  const { migration, left } = await removed(project);
  assert.deepEqual(withoutMigrations(project.files()), THEIRS);
  assert.equal(migration, "supabase/migrations/20261201100003_agent_removal.sql");
  assert.deepEqual(Object.keys(project.files()).filter((path) => path.includes("_agent_")).length, 3);
  assert.match(project.files()[migration] ?? "", /drop schema if exists agent cascade/);
  assert.deepEqual(left, []);
  assert.deepEqual([...Deno.readDirSync(`${project.root}/supabase/functions`)].map(({ name }) => name), [
    "hello",
  ]);
});

Deno.test("what the project has changed stays: files, and the whole of domain/", async () => {
  await using project = await smallProject();
  await written(project, smallEngine());
  project.write(A, "// mine\n");
  await written(project, smallEngine({ version: "0.1.1", put: { [A]: "// anew\n", [B]: "// anew\n" } }), {
    keep: true,
  });
  project.write("supabase/functions/_agent/domain/tools/deals.ts", "// tools\n");
  const { left } = await removed(project);
  assert.deepEqual(left, [A, "supabase/functions/_agent/domain/"]);
  const added = Object.keys(withoutMigrations(project.files())).filter((path) => !(path in THEIRS)).sort();
  assert.deepEqual(added, [
    A,
    "supabase/functions/_agent/domain/database.types.ts",
    "supabase/functions/_agent/domain/domain.ts",
    "supabase/functions/_agent/domain/tools/deals.ts",
  ]);
});

Deno.test("a removal that broke off is finished by the next one, with the one migration", async () => {
  await using project = await smallProject();
  await written(project, smallEngine());
  const plan = await planRemove(await project.site(), undefined, NOW);
  assert.ok(!("refusals" in plan));
  await writeAll(project.root, plan.changes.slice(0, 4));
  await removed(project);
  assert.deepEqual(withoutMigrations(project.files()), THEIRS);
  assert.equal(Object.keys(project.files()).filter((path) => path.endsWith("_agent_removal.sql")).length, 1);
});

Deno.test("after a removal init begins anew: migrations from before it are over", async () => {
  await using project = await smallProject();
  await written(project, smallEngine());
  project.write("supabase/functions/_agent/domain/domain.ts", "// mine\n");
  await removed(project);
  const { changes, notes } = await written(project, smallEngine(), { now: new Date("2027-01-01T00:00:00Z") });
  assert.deepEqual(changes.map(({ path }) => path).filter((path) => path.endsWith(".sql")), [
    "supabase/migrations/20270101000001_agent_foundation.sql",
    "supabase/migrations/20270101000002_agent_runs.sql",
  ]);
  assert.match(
    notes.join(),
    /domain\.ts is there already, and stays\. Tools in it need their migrations anew: deno task new-tools --into \S+ --all --migration-only/,
  );
  assert.equal(project.files()["supabase/functions/_agent/domain/domain.ts"], "// mine\n");
});

Deno.test("where init has written nothing, or its migrations are gone, or another schema is named, nothing is removed", async () => {
  await using project = await smallProject();
  const before = await planRemove(await project.site(), undefined, NOW);
  assert.ok("refusals" in before);
  assert.match(before.refusals.join(), /^There is no supabase\/functions\/_agent\/agent\.lock\.json/);
  await written(project, smallEngine());
  await Deno.remove(`${project.root}/supabase/migrations/20261201100001_agent_foundation.sql`);
  const after = await planRemove(await project.site(), "other", NOW);
  assert.ok("refusals" in after);
  assert.equal(after.refusals.length, 2);
  assert.match(after.refusals.join(), /is in schema agent there.*_agent_foundation\.sql/);
});
