// What the clients send with every request, and how long one may take.
import assert from "node:assert/strict";
import {
  createEngineClient,
  createPersonClient,
  createReadOnlyDb,
  createWriteDb,
  databaseTimeout,
} from "../../shared/db/clients.ts";
import { getRun } from "../../shared/db/runs.ts";
import { StoreUnavailable } from "../../shared/contracts/errors.ts";

Deno.test("a request to the database may take a third of a lease, at least two seconds and at most five", () => {
  assert.deepEqual([1, 9, 15, 60].map(databaseTimeout), [2_000, 3_000, 5_000, 5_000]);
});

/** Of a table that no domain has to have. */
async function selectAny(db: { from(table: string): { select(): PromiseLike<unknown> } }): Promise<void> {
  await db.from("any").select();
}

Deno.test("every client says that an agent uses it, but for the person's own", async () => {
  const sent: [string | null, string | null][] = [];
  const heard: typeof fetch = (_input, init) => {
    const headers = new Headers(init?.headers);
    sent.push([headers.get("x-agent"), headers.get("authorization")]);
    return Promise.resolve(Response.json([]));
  };
  const config = { url: "http://127.0.0.1:1", publishable_key: "k" };
  const attempt = { call_id: crypto.randomUUID(), attempt: crypto.randomUUID() };
  await createEngineClient(config, "token", heard).from("agents").select();
  await createEngineClient(config, "token", heard).rpc("cancel_run", { p_run_id: attempt.call_id });
  await createEngineClient(config, "token", heard).functions.invoke("agent-executor");
  await selectAny(createReadOnlyDb(config, "token", heard));
  await selectAny(createWriteDb(config, "token", heard, attempt));
  assert.deepEqual(sent.splice(0), Array(5).fill(["1", "Bearer token"]));
  await createPersonClient(config, "token", heard).rpc("undo_run", { p_run_id: attempt.call_id });
  assert.deepEqual(sent, [[null, "Bearer token"]]);
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
