// A project that init wrote the engine into, deployed by the real CLI: what it uploads of each function is enough to
// start it, on the Deno of the platform's runtime and on ours, and it pushes every migration.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { readEngine } from "../../dev/init/engine.ts";
import { planRemove } from "../../dev/init/plan_remove.ts";
import { writeAll } from "../../dev/init/write_all.ts";
import { startGuard } from "../../dev/process/guard.ts";
import { VERSION } from "../../shared/version.ts";
import { NOW, smallProject, written } from "../dev/init/small_project.ts";
import { cli } from "../support/deploy/cli.ts";
import { deploy } from "../support/deploy/deploy.ts";
import { DENO_VERSIONS, denoProgram, startDeployed } from "../support/deploy/deployed_function.ts";
import { migratedDatabase, testStack } from "../support/stack/stack.ts";

const CRM = fileURLToPath(new URL("../support/projects/crm", import.meta.url));

Deno.test("db push takes the engine's migrations among the project's own, and the removal after them", async () => {
  await using project = await smallProject({});
  await cp(CRM, project.root, { recursive: true });
  const { url, drop } = await migratedDatabase([]);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await using supabase = await cli(project.root);
    const push = async () => {
      const { code, stdout, stderr } = await supabase.run(["db", "push", `--remote=${url}`]);
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      const [row] = await sql`select to_regclass('agent.agent_runs') is not null as there,
        to_regclass('public.deals') is not null as own from pg_namespace limit 1`;
      return { ...row };
    };
    assert.deepEqual(await push(), { there: false, own: true });
    await written(project, await readEngine("agent"));
    assert.deepEqual(await push(), { there: true, own: true });
    const removal = await planRemove(await project.site(), undefined, NOW);
    assert.ok(!("refusals" in removal));
    await writeAll(project.root, removal.changes);
    assert.deepEqual(await push(), { there: false, own: true });
  } finally {
    await sql.end();
    await drop();
  }
});

Deno.test("both functions of an adopted project start from what the CLI uploads, beside the project's own", async () => {
  await using project = await smallProject({});
  await cp(CRM, project.root, { recursive: true });
  await written(project, await readEngine("agent"));
  await using deployment = await deploy(project.root);
  assert.deepEqual(deployment.unknown, []);
  const uploads = deployment.uploads.filter(({ slug }) => slug.startsWith("agent-"));
  assert.deepEqual(uploads.map(({ slug }) => slug).sort(), ["agent-executor", "agent-planner"]);
  assert.ok(deployment.live.length > 2, "the project has a function of its own");

  const { url: SUPABASE_URL, publishable_key } = testStack();
  const env = { SUPABASE_URL, SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishable_key }) };
  const guard = startGuard();
  try {
    for (const version of DENO_VERSIONS) {
      const deno = await denoProgram(version);
      for (const upload of uploads) {
        assert.equal(upload.metadata.verify_jwt, false);
        const { url, child } = await startDeployed(upload, { deno, env, guard, log: () => {} });
        const answer = await fetch(`${url}/${upload.slug}`, { method: "POST", body: "{}" });
        await answer.body?.cancel();
        assert.deepEqual([answer.status, answer.headers.get("x-agent-version")], [401, VERSION], upload.slug);
        await child.stop();
      }
    }
  } finally {
    guard.close();
  }
});
