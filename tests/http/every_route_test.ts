// Every route asks who is calling before it does or tells anything, where the project has public keys.
import assert from "node:assert/strict";
import { everyRoute, functionsOf } from "../support/tokens/every_route.ts";
import { FORGERIES, project } from "../support/tokens/forged_tokens.ts";

const offline = { sanitizeOps: false, sanitizeResources: false };

/** Signed with HS256 by nobody: it may ride on a request to the database, which refuses it. */
const RIDING = "signed with HS256 and the public key";

Deno.test("every route refuses every forged token, whatever comes with it", offline, async () => {
  const { url, asked, close } = await project();
  const apps = functionsOf(url);
  for (const [name, forge] of Object.entries(FORGERIES)) {
    const authorization = `Bearer ${await forge()}`;
    for (const app of apps) {
      for (const { method, path, body } of everyRoute([app])) {
        for (const sent of body === undefined ? [undefined] : [JSON.stringify(body), "{", ""]) {
          const response = await app.request(path, { method, headers: { authorization }, body: sent });
          // The error of the AI SDK's routes is in words.
          const told = await response.text();
          assert.deepEqual(
            [response.status, told.includes("access token")],
            [401, true],
            `${method} ${path} with a token ${name}`,
          );
        }
      }
    }
    const beyond = asked.splice(0).filter((path) => !/jwks\.json$|\/auth\/v1\/user$/.test(path));
    const rides = ["/rest/v1/rpc/claim_step", "/rest/v1/rpc/start_run"];
    assert.deepEqual([...new Set(beyond)].toSorted(), name === RIDING ? rides : [], name);
  }
  await close();
});

Deno.test("nothing is read of a long conversation before its sender is known", offline, async () => {
  const { url, close } = await project();
  const [planner] = functionsOf(url);
  for (const path of ["/agent-planner/ai-sdk", "/agent-planner/ag-ui"]) {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 64 * 1024;
        controller.enqueue(new Uint8Array(64 * 1024).fill(32));
        if (sent > 8 * 1024 * 1024) controller.close();
      },
    });
    const response = await planner?.request(path, { method: "POST", body });
    assert.equal(response?.status, 401, path);
    await response?.text();
    assert.ok(sent <= 512 * 1024, `${path}: ${sent} bytes`);
  }
  await close();
});
