import assert from "node:assert/strict";
import { createApp } from "../../shared/http/app.ts";

/** An app whose one route answers when the test says so, and whether the process may end. */
function open() {
  const works: Promise<unknown>[] = [];
  const log = { error: () => {} };
  const app = createApp("agent-executor", { log, background: (work) => void works.push(work) });
  const claimed = Promise.withResolvers<string>();
  app.post("/", async (context) => context.text(await claimed.promise));
  const request = (signal: AbortSignal) =>
    app.request("http://localhost/agent-executor", { method: "POST", signal });
  return { claimed, request, works };
}

Deno.test("a process is kept until it has an answer, though whoever asked has gone", async () => {
  const { claimed, request, works } = open();
  const caller = new AbortController();
  const answer = request(caller.signal);
  caller.abort();
  let free = false;
  const over = Promise.all(works).then(() => free = true);
  await Promise.resolve();
  assert.deepEqual([works.length, free], [1, false]);

  claimed.resolve("Claimed.");
  await over;
  assert.equal(await (await answer).text(), "Claimed.");
});

Deno.test("one whose request fails is free with the error's answer", async () => {
  const { claimed, request, works } = open();
  const answer = request(new AbortController().signal);
  claimed.reject(new Error("No database."));
  assert.equal((await answer).status, 500);
  await Promise.all(works);
});
