import assert from "node:assert/strict";
import { readOnlyFetch, ReadOnlyViolation } from "../../shared/db/read_only_fetch.ts";

const sent: string[] = [];
const guarded = readOnlyFetch((input, init) => {
  sent.push(`${init?.method ?? (input instanceof Request ? input.method : "GET")}`);
  return Promise.resolve(new Response("ok"));
});

Deno.test("GET and HEAD pass, in every way to ask for them", async () => {
  sent.length = 0;
  await guarded("http://127.0.0.1/a");
  await guarded(new URL("http://127.0.0.1/a"), { method: "HEAD" });
  await guarded(new Request("http://127.0.0.1/a"));
  await guarded("http://127.0.0.1/a", { method: "get" });
  assert.equal(sent.length, 4);
});

Deno.test("every other method is refused before anything is sent, in every way to ask for it", async () => {
  sent.length = 0;
  const url = "http://127.0.0.1/rest/v1/tasks?id=eq.1";
  for (const method of ["POST", "PATCH", "PUT", "DELETE", "post", "OPTIONS", "MERGE"]) {
    await assert.rejects(guarded(url, { method }), ReadOnlyViolation);
    await assert.rejects(guarded(new Request(url, { method })), ReadOnlyViolation);
    await assert.rejects(guarded(new Request(url), { method }), ReadOnlyViolation);
  }
  assert.deepEqual(sent, []);
});

Deno.test("the refusal names the path, not the query", async () => {
  await assert.rejects(guarded("http://127.0.0.1/rest/v1/tasks?title=eq.secret", { method: "POST" }), {
    message: "Cannot send POST to /rest/v1/tasks: this client may only read",
  });
});
