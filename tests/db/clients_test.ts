// How long a request to the database may take.
import assert from "node:assert/strict";
import { createEngineClient, databaseTimeout } from "../../shared/db/clients.ts";
import { getRun } from "../../shared/db/runs.ts";
import { StoreUnavailable } from "../../shared/contracts/errors.ts";

Deno.test("a request to the database may take a third of a lease, at least two seconds and at most five", () => {
  assert.deepEqual([1, 9, 15, 60].map(databaseTimeout), [2_000, 3_000, 5_000, 5_000]);
});

Deno.test("a request that hangs is given up, and counts as no answer", async () => {
  const hanging: typeof fetch = (_input, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
  const config = { url: "http://127.0.0.1:1", publishable_key: "k", timeout_ms: 1 };
  const db = createEngineClient(config, "token", hanging);
  await assert.rejects(getRun(db, crypto.randomUUID()), StoreUnavailable);
});
