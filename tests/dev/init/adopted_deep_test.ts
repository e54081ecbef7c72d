// The engine in a whole project: what was written applies, type-checks, is taken over by an upgrade, and goes again.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import postgres from "postgres";
import { denoEnvironment } from "../../../dev/process/environment.ts";
import { type Engine, readEngine } from "../../../dev/init/engine.ts";
import { writeAll } from "../../../dev/init/write_all.ts";
import { planRemove } from "../../../dev/init/plan_remove.ts";
import { migratedDatabase } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";
import { NOW, planned, type SmallProject, smallProject, written } from "./small_project.ts";

const CRM = fileURLToPath(new URL("../../support/projects/crm", import.meta.url));
const LATER = new Date("2027-01-01T00:00:00Z");

async function crm(): Promise<SmallProject> {
  const project = await smallProject({});
  await cp(CRM, project.root, { recursive: true });
  return project;
}

/** The next version: a file and a migration more, a file changed, another one gone. */
function changed(engine: Engine): Engine {
  const files = new Map(engine.files);
  files.set("supabase/functions/_agent/http/new_file.ts", "export const ADDED = 1;\n");
  files.set("supabase/functions/_agent/version.ts", 'export const VERSION = "0.1.1";\n');
  const migration = { name: "added", sql: `create table ${engine.schema}.added (id uuid primary key);\n` };
  return { ...engine, version: "0.1.1", files, migrations: [...engine.migrations, migration] };
}

for (const schema of ["agent", "public"]) {
  test(`in schema ${schema} all migrations apply, an upgrade's too, and the removal leaves the database as it was`, async () => {
    await using project = schema === "public" ? await smallProject() : await crm();
    const before = await tablesAfter(project);
    const engine = await readEngine(schema);
    await written(project, engine);
    const adopted = await tablesAfter(project);
    assert.ok(adopted.includes(`${schema}.agent_runs`));
    await written(project, changed(engine), { now: LATER });
    assert.deepEqual(await tablesAfter(project), [...adopted, `${schema}.added`].sort());
    const removal = await planRemove(await project.site(), undefined, LATER);
    assert.ok(!("refusals" in removal));
    await writeAll(project.root, removal.changes);
    assert.deepEqual(await tablesAfter(project), before);
    await written(project, engine, { now: new Date("2028-01-01T00:00:00Z") });
    assert.deepEqual(await tablesAfter(project), adopted, "and it can come back");
  });

  Deno.test(`in schema ${schema} the functions type-check with the configuration beside them, whatever the project's own says`, async () => {
    await using project = await crm();
    await written(project, await readEngine(schema));
    const functions = ["agent-planner", "agent-executor"].map((name) =>
      `supabase/functions/${name}/index.ts`
    );
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", "supabase/functions/_agent/deno.json", "--no-lock", ...functions],
      cwd: project.root,
      env: { ...denoEnvironment(), NO_COLOR: "1" },
      clearEnv: true,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  });
}

Deno.test("an init of the real engine that breaks off at any tenth place is finished by the next one", async () => {
  const engine = await readEngine("agent");
  await using whole = await crm();
  const { changes } = await written(whole, engine);
  const names = (files: Record<string, string>) =>
    Object.keys(files).map((path) => path.replace(/\d{14}/, "")).sort();
  const all = names(whole.files());
  for (let done = 5; done < changes.length; done += 10) {
    await using project = await crm();
    await writeAll(project.root, changes.slice(0, done));
    await written(project, engine, { now: LATER });
    assert.deepEqual(names(project.files()), all, `after ${done} changes`);
    const again = await planned(project, engine, { now: NOW });
    assert.ok(!("refusals" in again) && again.changes.length === 0);
  }
});

/** The tables of a database that the project's migrations make. */
async function tablesAfter({ root }: SmallProject): Promise<string[]> {
  const { url, drop } = await migratedDatabase([{ folder: pathToFileURL(`${root}/supabase/migrations/`) }]);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const rows = await sql`
      select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'v', 'm', 'S') and n.nspname not in ('pg_catalog', 'information_schema') order by 1`;
    return rows.map(({ name }) => name).sort();
  } finally {
    await sql.end();
    await drop();
  }
}
