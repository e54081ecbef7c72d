import assert from "node:assert/strict";
import { removeStaleFolders } from "../../dev/database/run_folder.ts";

const LONG_AGO = new Date("2026-01-01T00:00:00Z");

Deno.test("a start clears the folders of runs that were killed, and no others", async () => {
  const parent = await Deno.makeTempDir();
  const [living, killed, foreign] = ["supabase-agents-living", "supabase-agents-killed", "other-killed"]
    .map((name) => `${parent}/${name}`);
  for (const folder of [living, killed, foreign]) {
    await Deno.mkdir(folder!);
    await Deno.writeTextFile(`${folder}/running.lock`, "");
    await Deno.writeTextFile(`${folder}/data`, "1");
    await Deno.utime(folder!, LONG_AGO, LONG_AGO);
  }
  const lock = await Deno.open(`${living}/running.lock`, { write: true });
  await lock.lock(true);
  await removeStaleFolders(parent);
  lock.close();
  const left = [...Deno.readDirSync(parent)].map(({ name }) => name).sort();
  await Deno.remove(parent, { recursive: true });
  assert.deepEqual(left, ["other-killed", "supabase-agents-living"]);
});

Deno.test("a folder that was made just now is left alone, locked or not", async () => {
  const parent = await Deno.makeTempDir();
  await Deno.mkdir(`${parent}/supabase-agents-young`);
  await removeStaleFolders(parent);
  const left = [...Deno.readDirSync(parent)].length;
  await Deno.remove(parent, { recursive: true });
  assert.equal(left, 1);
});
