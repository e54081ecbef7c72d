// The client as an app ships it: small, without any package, and at home wherever there is `fetch`.
import assert from "node:assert/strict";
import * as esbuild from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createContext, runInContext } from "node:vm";
import { hurriedClock, READABLE, RUN_ID, scriptedPlanner } from "./scripted_planner.ts";

/** In bytes, minified and compressed: all that `mod.ts` exports, and the hook with what it takes of that. */
const MAX: Record<string, { minified: number; gzip: number }> = {
  "mod.ts": { minified: 16_720, gzip: 7_190 },
  "react.ts": { minified: 12_500, gzip: 5_000 },
};

/** A file of the client with all that it imports, for browsers, minified. Packages stay imports. */
async function bundle(name: string, format: "esm" | "cjs" = "esm"): Promise<string> {
  try {
    const { outputFiles: [file] } = await esbuild.build({
      entryPoints: [fileURLToPath(new URL(`../../client/${name}`, import.meta.url))],
      ...{ bundle: true, write: false, minify: true, format, target: "es2022", external: ["react"] },
    });
    assert.ok(file);
    return file.text;
  } finally {
    await esbuild.stop();
  }
}

for (const [name, { minified, gzip }] of Object.entries(MAX)) {
  Deno.test(`${name} is at most ${minified} bytes minified, ${gzip} compressed, and has no package at run time but React`, async () => {
    const code = await bundle(name);
    const bytes = new TextEncoder().encode(code).length;
    const compressed = gzipSync(code, { level: 9 }).length;
    assert.ok(bytes <= minified && compressed <= gzip, `${bytes} bytes, ${compressed} compressed`);
    const imported = [...code.matchAll(/\bfrom\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
    assert.deepEqual(imported, name === "react.ts" ? ["react"] : []);
    assert.doesNotMatch(code, /\brequire\(|\bimport\(|zod/);
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
