// What `supabase functions deploy` uploads, and whether that is enough to run on the platform's Deno and on ours.
import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { deploy } from "../../support/deploy/deploy.ts";
import { DENO_VERSIONS } from "../../support/deploy/deployed_function.ts";
import { bundledBytes } from "../../support/deploy/measure_deploy.ts";
import { REPOSITORY } from "../../support/deploy/cli.ts";
import { runDeployed } from "../../support/deploy/deployed.ts";
import { assertContract, callFunction, chat } from "../../support/stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../../support/agents/plans.ts";
import { scriptModel } from "../../support/models/script.ts";
import { newUser } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

const FUNCTIONS = ["agent-executor", "agent-planner"];
// Server-side bundling, which --use-api is, stops there.
const PLATFORM_LIMIT_BYTES = 5_000_000;

test("both functions are uploaded with the settings that config.toml gives, and go live", async () => {
  await using deployment = await deploy(REPOSITORY);

  assert.deepEqual(deployment.uploads.map(({ slug }) => slug).sort(), FUNCTIONS);
  assert.deepEqual(deployment.live.toSorted(), FUNCTIONS);
  assert.deepEqual(deployment.unknown, []);
  assert.doesNotMatch(deployment.output, /WARN|deprecated/i);
  for (const { slug, metadata } of deployment.uploads) {
    assert.deepEqual(metadata, {
      name: slug,
      entrypoint_path: `supabase/functions/${slug}/index.ts`,
      import_map_path: "deno.json",
      static_patterns: [],
      verify_jwt: false,
    });
  }
});

test("a function's upload is the import map and the files that it imports, no other", async () => {
  await using deployment = await deploy(REPOSITORY);

  for (const { metadata, files } of deployment.uploads) {
    const names = files.map(({ name }) => name).sort();
    const needed = [metadata.import_map_path, ...await localImports(metadata.entrypoint_path)].sort();
    assert.deepEqual(names, needed);
    assert.ok(names.every((name) => !/^(tests|dev)\//.test(name)));
  }
});

test("each function, with its packages, is well below what the platform bundles", async () => {
  await using deployment = await deploy(REPOSITORY);

  for (const upload of deployment.uploads) {
    const bytes = await bundledBytes(upload);
    assert.ok(bytes > 100_000, "the packages are in it");
    assert.ok(bytes < PLATFORM_LIMIT_BYTES, `${upload.slug} has ${bytes} bytes`);
  }
});

for (const version of DENO_VERSIONS) {
  test(`the uploads alone boot and answer on Deno ${version}`, async () => {
    await using deployment = await deploy(REPOSITORY);
    await using functions = await runDeployed(deployment, version);

    for (const slug of FUNCTIONS) {
      const refused = await callFunction(null, slug, { body: {}, base: functions.url });
      assert.equal(refused.status, 401);
      assert.equal(refused.headers.get("access-control-allow-origin"), "*");
      assert.equal((await refused.json()).error.kind, "unauthenticated");
      const preflight = await fetch(`${functions.url}/functions/v1/${slug}`, {
        method: "OPTIONS",
        headers: { origin: "https://app.example", "access-control-request-method": "POST" },
      });
      await preflight.body?.cancel();
      assert.equal(preflight.ok, true);
      assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /POST/);
      assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /authorization/i);
    }
  });

  test(`the uploads alone carry out a plan on Deno ${version}: planner, executor, tool, rows`, async () => {
    await using deployment = await deploy(REPOSITORY);
    await using functions = await runDeployed(deployment, version);
    const user = await newUser();
    await using _ = await scriptModel(user.id, [
      planTurn([{ step_number: 1, tools: ["list_tasks"] }]),
      { when: onStep(1), tool_calls: [{ name: "list_tasks", arguments: {} }] },
      submitTurn(1),
      answerTurn("You have nothing to do."),
    ]);

    const { events, state } = await chat(user, { message: "What is there to do?" }, functions.url);

    assertContract(events);
    assert.equal(state.strategy, "complex");
    assert.deepEqual(state.plan?.steps.map((step) => step.state), ["completed"]);
    assert.deepEqual(state.parts, ["You have nothing to do."]);
    const { data } = await user.client.from("agent_executions").select("status, tool_calls_made");
    assert.deepEqual(data, [{ status: "completed", tool_calls_made: 1 }]);
    const whole = await callFunction(user, `agent-planner/runs/${state.run_id}`, {
      method: "GET",
      base: functions.url,
    });
    assert.equal((await whole.json()).status, "completed");
  });
}

const Graph = z.object({
  modules: z.array(z.object({ specifier: z.string(), error: z.string().optional() })),
});

/** The repository's files that the entry point reaches, as Deno sees it. */
async function localImports(entrypoint: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `${REPOSITORY}${entrypoint}`],
    cwd: REPOSITORY,
  }).output();
  return Graph.parse(JSON.parse(new TextDecoder().decode(stdout))).modules
    .filter(({ specifier }) => specifier.startsWith("file:"))
    .map(({ specifier }) => relative(REPOSITORY, fileURLToPath(specifier)));
}
