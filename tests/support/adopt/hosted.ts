// What a hosted project gets of an adopted one, as far as the real CLI shows it without one: migrations pushed to a
// stock Postgres, functions uploaded to a management API on loopback and started from their uploads alone.
import assert from "node:assert/strict";
import { z } from "zod";
import { startGuard } from "../../../dev/process/guard.ts";
import { cli } from "../deploy/cli.ts";
import { deploy } from "../deploy/deploy.ts";
import { DENO_VERSIONS, denoProgram, startDeployed } from "../deploy/deployed_function.ts";
import { stockDatabase } from "../stack/stock_database.ts";

const OURS = ["agent-executor", "agent-planner"];

const Pushed = z.object({ upToDate: z.boolean(), migrations: z.array(z.string()) });

/** `db push` applies every migration of the project, theirs and ours, and a second one finds nothing to do. */
export async function pushed(app: string): Promise<void> {
  await using supabase = await cli(app);
  await using stock = await stockDatabase();
  const files = [...Deno.readDirSync(`${app}/supabase/migrations`)].map(({ name }) => name).sort();
  const push = async () => Pushed.parse(await supabase.json(["db", "push", `--remote=${stock.url}`]));
  assert.deepEqual((await push()).migrations.map((path) => path.split("/").at(-1)), files);
  assert.deepEqual(await push(), { upToDate: true, migrations: [] });
}

/** `functions deploy` uploads the project's own function and ours, and ours boot from what was uploaded. */
export async function deployedAlone(app: string, own: readonly string[]): Promise<void> {
  await using deployment = await deploy(app);
  assert.deepEqual(deployment.uploads.map(({ slug }) => slug).sort(), [...OURS, ...own].sort());
  assert.deepEqual(deployment.unknown, []);
  for (const upload of deployment.uploads.filter(({ slug }) => OURS.includes(slug))) {
    const { import_map_path, verify_jwt } = upload.metadata;
    assert.deepEqual([import_map_path, verify_jwt], ["supabase/functions/_agent/deno.json", false]);
    for (const version of DENO_VERSIONS) {
      await using cleanup = new AsyncDisposableStack();
      const guard = startGuard();
      cleanup.defer(guard.close);
      const { url, child } = await startDeployed(upload, {
        deno: await denoProgram(version),
        env: {
          SUPABASE_URL: "http://127.0.0.1:9",
          SUPABASE_PUBLISHABLE_KEYS: `{"default":"sb_publishable_x"}`,
        },
        guard,
        log: () => {},
      });
      cleanup.defer(child.stop);
      const answer = await fetch(`${url}/${upload.slug}`, { method: "POST", body: "{}" });
      assert.deepEqual([answer.status, (await answer.json()).error.kind], [401, "unauthenticated"], version);
    }
  }
}
