// The parts of chaos that must not be left to chance.
import assert from "node:assert/strict";
import { cuttingFetch } from "./cutting_fetch.ts";
import { chance, createCounter } from "./decision.ts";

Deno.test("a decision is the same for the same key, and its neighbours know nothing of it", () => {
  assert.equal(chance(1, 2, "store.startRun:before", 1), chance(1, 2, "store.startRun:before", 1));
  const values = Array.from({ length: 10_000 }, (_, i) => chance(7, i, "model:before", 1));
  const below = values.filter((value) => value < 0.05).length;
  assert.ok(values.every((value) => value >= 0 && value < 1));
  assert.ok(below > 400 && below < 600, `${below} of 10,000 below 0.05`);
  const pairs = values.filter((value, i) => value < 0.05 && (values[i + 1] ?? 1) < 0.05).length;
  assert.ok(pairs < 60, `${pairs} pairs of neighbours below 0.05`);
});

Deno.test("a counter counts each name for itself", () => {
  const count = createCounter();
  assert.deepEqual([count("a"), count("b"), count("a")], [1, 1, 2]);
});

Deno.test("a connection is cut before the request, before the answer, or in its body", async () => {
  let requests = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    requests += 1;
    return new Response("All of it");
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const cutAt = (point: string) => cuttingFetch(fetch, (one) => one === point);

  await assert.rejects(cutAt("client.request")(url), TypeError);
  assert.equal(requests, 0);
  await assert.rejects(cutAt("client.answer")(url), TypeError);
  assert.equal(requests, 1);
  const cut = await cutAt("client.body")(url);
  await assert.rejects(cut.text(), TypeError);
  const whole = await cutAt("nowhere")(url);
  assert.equal(await whole.text(), "All of it");
});
