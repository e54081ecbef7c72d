import assert from "node:assert/strict";
import { createEngineClient } from "../../shared/db/clients.ts";
import { createSuccessor } from "../../shared/http/successor.ts";

const CONFIG = { url: "http://127.0.0.1:1", publishable_key: "k" };

const successor = (fetcher: typeof fetch) => createSuccessor(createEngineClient(CONFIG, "token", fetcher));

Deno.test("a run is handed off with one request", async () => {
  const asked: string[] = [];
  await successor((input, init) => {
    asked.push(`${init?.method} ${new URL(input instanceof Request ? input.url : input).pathname}`);
    return Promise.resolve(Response.json({ resumed: true }));
  })("r1");
  assert.deepEqual(asked, ["POST /functions/v1/agent-planner/runs/r1/resume"]);
});

Deno.test("a hand-off that nobody waits for any more ends its request", async () => {
  const late = new AbortController();
  const handing = successor((_input, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      late.abort();
    })
  )("r1", late.signal);
  await assert.rejects(handing);
});
