import assert from "node:assert/strict";
import { findBrowser } from "./find_browser.ts";

const FROM_NPM = { program: "/tmp/from-npm", args: ["--headless"], env: {} };
const from_npm = () => Promise.resolve(FROM_NPM);

Deno.test("the browser is that of CHROME_PATH, else an installed one, else the one from npm", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [named, chromium] = [`${folder}/mine`, `${folder}/chromium`];
    for (const file of [named, chromium]) await Deno.writeTextFile(file, "");
    const program = async (env: Record<string, string>) => {
      const found = await findBrowser({ env, from_npm });
      return "program" in found ? found.program : found;
    };
    assert.equal(await program({ CHROME_PATH: named, PATH: `/nowhere:${folder}` }), named);
    assert.equal(await program({ PATH: `/nowhere:${folder}` }), chromium);
    assert.equal(await program({ CHROME_PATH: "", PATH: "/nowhere" }), FROM_NPM.program);
    await assert.rejects(program({ CHROME_PATH: `${folder}/gone` }), /CHROME_PATH: there is no .*\/gone$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("where there is none, a sentence says why", async () => {
  const env = { PATH: "/nowhere" };
  const failing = () => Promise.reject(new Error("Chromium did not come from npm"));
  for (const [from_npm, why] of [[null, /install Chrome/], [failing, /did not come from npm$/]] as const) {
    const found = await findBrowser({ env, from_npm });
    assert.match("skipped" in found ? found.skipped : "", why);
  }
});
