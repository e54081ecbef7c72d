// The client as an app ships it: small, without any package, and at home wherever there is `fetch`.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { hurriedClock, READABLE, RUN_ID, scriptedPlanner } from "./scripted_planner.ts";

/** Decisions and approvals are part of it: a person answers where they read. */
const MAX_BYTES = 17_000;
/** What an app imports, one or the other. */
const CLIENT = ["agent_client.ts", "resumable_fetch.ts"];

/** A file of the client with all that it imports, for browsers, minified. Packages would stay imports. */
async function bundle(name: string, format: "esm" | "cjs" = "esm"): Promise<string> {
  const path = (place: string) => fileURLToPath(new URL(place, import.meta.url));
  const args = ["bundle", "--quiet", "--minify", "--platform", "browser", "--packages", "external"];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...args,
      "--format",
      format,
      "--config",
      path("../../deno.json"),
      path(`../../client/${name}`),
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

for (const name of CLIENT) {
  Deno.test(`${name} is at most 17 kB minified, and has no package at run time`, async () => {
    const code = await bundle(name);
    const bytes = new TextEncoder().encode(code).length;
    assert.ok(code.includes("AgentClientError"));
    assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
    assert.doesNotMatch(code, /\brequire\(|\bimport\b|\bfrom\s*"/);
    assert.ok(!code.includes("zod"));
  });
}

Deno.test("the client needs nothing that browsers, Node and Deno don't all have", async () => {
  const { fetch } = scriptedPlanner([{ kind: "stream", bytes: 300, then: "break" }]);
  const { AbortController, AbortSignal, Headers, Response, TextDecoder, URLSearchParams, crypto } =
    globalThis;
  const module = { exports: {} };
  const web = { AbortController, AbortSignal, Headers, Response, TextDecoder, URLSearchParams, crypto };
  runInContext(
    await bundle("agent_client.ts", "cjs"),
    createContext({ module, exports: module.exports, ...web }),
  );

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
