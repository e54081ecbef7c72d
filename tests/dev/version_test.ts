// One place says which version this is: everything else that names it says the same.
import assert from "node:assert/strict";
import { READABLE_PROTOCOL } from "../../client/authorized.ts";
import { jsrFiles } from "../../dev/pack/jsr_package.ts";
import { npmFiles } from "../../dev/pack/npm_package.ts";
import { createApp } from "../../shared/http/app.ts";
import { EVENT_PROTOCOL, VERSION } from "../../shared/version.ts";

Deno.test("deno.json and both packages of the client are of this version", () => {
  const read = (text: string | undefined) => JSON.parse(text ?? "").version;
  assert.match(VERSION, /^\d+\.\d+\.\d+$/);
  assert.equal(read(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url))), VERSION);
  assert.equal(read(npmFiles(new Map()).get("package.json")), VERSION);
  assert.equal(read(jsrFiles(new Map()).get("jsr.json")), VERSION);
});

Deno.test("the client reads the version of the event protocol that the functions speak", () => {
  assert.equal(READABLE_PROTOCOL, EVENT_PROTOCOL);
});

Deno.test("every answer of the functions tells both, refusals included, to browsers as well", async () => {
  const app = createApp("agent-planner", { log: { error: () => {} }, background: () => {} });
  app.get("/there", () => new Response("yes"));
  for (const path of ["there", "nowhere"]) {
    const { headers } = await app.request(`http://localhost/agent-planner/${path}`);
    assert.equal(headers.get("x-agent-version"), VERSION, path);
    assert.equal(headers.get("x-event-protocol"), String(EVENT_PROTOCOL), path);
    assert.match(headers.get("access-control-expose-headers") ?? "", /x-agent-version,x-event-protocol/);
  }
});
