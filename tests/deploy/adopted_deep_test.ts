// A project that init wrote the engine into, deployed by the real CLI: what it uploads of each function is enough to
// start it, on the Deno of the platform's runtime and on ours.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readEngine } from "../../dev/init/engine.ts";
import { startGuard } from "../../dev/process/guard.ts";
import { VERSION } from "../../shared/version.ts";
import { deploy } from "../support/deploy/deploy.ts";
import { DENO_VERSIONS, denoProgram, startDeployed } from "../support/deploy/deployed_function.ts";
import { smallProject, written } from "../dev/init/small_project.ts";
import { testStack } from "../support/stack/stack.ts";

const CRM = fileURLToPath(new URL("../support/projects/crm", import.meta.url));

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
