// What a later version does to a project that has the engine, and what it leaves alone.
import assert from "node:assert/strict";
import { append, CHANGED_FILE, makeLater, NEW_MIGRATION, NEW_VERSION } from "./changed_engine.ts";
import { changesBetween, folderTexts } from "./folder_changes.ts";
import { doTask, runTask } from "./task_runs.ts";

const AGENT = "supabase/functions/_agent";

/** The steps of it, on a project into which this clone has been put. */
export async function triedUpgrade(t: Deno.TestContext, clone: string, app: string): Promise<void> {
  await t.step("a later version adds its migration and its files, and says so", async () => {
    makeLater(clone);
    const before = folderTexts(app);
    const { output } = await doTask(clone, ["init", "--into", app]);
    const after = folderTexts(app);
    const { added, changed, removed } = changesBetween(before, after);
    assert.deepEqual(removed, []);
    assert.deepEqual(changed, [
      `${AGENT}/agent.lock.json`,
      `${AGENT}/${CHANGED_FILE}`,
      `${AGENT}/version.ts`,
    ]);
    const [migration, ...others] = added;
    assert.deepEqual(others, []);
    assert.match(migration ?? "", new RegExp(`^supabase/migrations/\\d{14}_agent_${NEW_MIGRATION}\\.sql$`));
    assert.match(after.get(migration ?? "") ?? "", /create function agent_private\.house_time/);
    assert.ok(
      migration === [...after.keys()].filter((path) => path.includes("/migrations/")).at(-1),
      "it is the last",
    );
    assert.match(output, new RegExp(NEW_VERSION.replaceAll(".", "\\.")));
  });

  await t.step(
    "a file that both have changed is refused; with --keep theirs stays, and the new one lies beside it",
    async () => {
      append(`${app}/${AGENT}/${CHANGED_FILE}`, "\n// Ours, for good reasons.\n");
      append(`${clone}/shared/${CHANGED_FILE}`, "\n// And one more line.\n");
      const before = folderTexts(app);
      const refused = await runTask(clone, ["init", "--into", app]);
      assert.equal(refused.code, 1, refused.output);
      assert.match(refused.output, /async\/pause\.ts/);
      assert.deepEqual(changesBetween(before, folderTexts(app)), { added: [], changed: [], removed: [] });

      await doTask(clone, ["init", "--into", app, "--keep"]);
      const { added, changed, removed } = changesBetween(before, folderTexts(app));
      assert.deepEqual(removed, []);
      assert.deepEqual(added, [`${AGENT}/${CHANGED_FILE}.new`]);
      assert.deepEqual(changed.filter((path) => !path.endsWith("agent.lock.json")), []);
      Deno.removeSync(`${app}/${AGENT}/${CHANGED_FILE}.new`);
    },
  );
}
