import assert from "node:assert/strict";
import { formatRoute, parseRoute, type Place } from "../../console/route.ts";

const PLACES: readonly [string, Place][] = [
  ["#/sign-in", { page: "sign-in" }],
  ["#/chat", { page: "chat", session: null }],
  ["#/chat/new", { page: "chat", session: "new" }],
  ["#/chat/7c", { page: "chat", session: "7c" }],
  ["#/runs", { page: "runs" }],
  ["#/runs/7c", { page: "trace", run: "7c" }],
  ["#/approvals", { page: "approvals", call: null }],
  ["#/approvals/7c", { page: "approvals", call: "7c" }],
  ["#/usage", { page: "usage" }],
];

Deno.test("every address leads to its screen, and every screen has its address", () => {
  for (const [hash, place] of PLACES) {
    assert.deepEqual(parseRoute(hash), { ...place, params: {} });
    assert.equal(formatRoute(place), hash);
  }
});

Deno.test("parameters survive the way through the address, whatever is in them", () => {
  const params = { q: "a & b = ? / # % ü", sel: "1", none: "" };
  const hash = formatRoute({ page: "trace", run: "a/b ?" }, params);
  assert.deepEqual(parseRoute(hash), { page: "trace", run: "a/b ?", params: { q: params.q, sel: "1" } });
});

Deno.test("an empty address is the chat, and what leads nowhere says so", () => {
  for (const hash of ["", "#", "#/"]) {
    assert.deepEqual(parseRoute(hash), { page: "chat", session: null, params: {} });
  }
  for (const hash of ["#/nowhere", "#/chat/a/b", "#/usage/7", "#/%ff"]) {
    assert.equal(parseRoute(hash).page, "unknown", hash);
  }
});
