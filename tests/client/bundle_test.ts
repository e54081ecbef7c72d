// The client as an app ships it: small, without any package, and at home wherever there is `fetch`.
import assert from "node:assert/strict";
import { createContext, runInContext } from "node:vm";
import { hurriedClock, READABLE, RUN_ID, scriptedPlanner } from "./scripted_planner.ts";

const MAX_BYTES = 15_000;
const CLIENT = ["agent_client.ts", "resumable_fetch.ts"];

/** All of the client in one file for browsers, minified. Packages, if there were any, are left as imports. */
async function bundle(format: "esm" | "cjs"): Promise<string> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  const files = CLIENT.map((name) => new URL(`../../shared/client/${name}`, import.meta.url).href);
  await Deno.writeTextFile(entry, files.map((file) => `export * from "${file}";`).join("\n"));
  const args = ["bundle", "--quiet", "--minify", "--platform", "browser", "--packages", "external"];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...args,
      "--format",
      format,
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      entry,
    ],
  }).output();
  await Deno.remove(entry);
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const code = await bundle("esm");

Deno.test("the client is at most 15 kB minified", () => {
  const bytes = new TextEncoder().encode(code).length;
  assert.ok(bytes > 5_000, `${bytes} bytes are not the client`);
  assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
});

Deno.test("the client has no package at run time", () => {
  assert.doesNotMatch(code, /\brequire\(|\bimport\b|\bfrom\s*"/);
  assert.ok(!code.includes("zod"));
});

Deno.test("the client needs nothing that browsers, Node and Deno don't all have", async () => {
  const { fetch } = scriptedPlanner([{ kind: "stream", bytes: 300, then: "break" }]);
  const { AbortController, AbortSignal, Headers, Response, TextDecoder, URLSearchParams, crypto } =
    globalThis;
  const module = { exports: {} };
  const web = { AbortController, AbortSignal, Headers, Response, TextDecoder, URLSearchParams, crypto };
  runInContext(await bundle("cjs"), createContext({ module, exports: module.exports, ...web }));

  const client = Reflect.get(module.exports, "createAgentClient")({
    url: "http://planner.test",
    publishable_key: "key",
    token: () => "t",
    fetch,
    clock: hurriedClock,
    random: () => 0,
  });
  const run = await client.startRun({ message: "Hi" });
  assert.equal(run.run_id, RUN_ID);
  const events = await Array.fromAsync(run.events());
  assert.deepEqual(JSON.parse(JSON.stringify(events)), READABLE);
});
