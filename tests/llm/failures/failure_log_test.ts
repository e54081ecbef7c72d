// The log of a failed call: what an operator can act on, bounded, without a key.
import assert from "node:assert/strict";
import { failureEntry } from "../../../shared/llm/failures/failure_log.ts";
import type { Fault } from "../../../shared/llm/failures/failure_kind.ts";
import { answer, runTurn } from "../support.ts";

function entry(fault: Fault, api_key = "sk-wire-test") {
  return failureEntry({ fault, model: "m", generation_id: null }, 1, [api_key]);
}

Deno.test("a refused request names the field of the model's row that mends it", async () => {
  const message =
    "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.";
  const { log } = await runTurn([answer(400, { error: { message, code: "unsupported_value" } })]);
  assert.deepEqual(log.map(({ details }) => details), [{
    kind: "bad_request",
    status: 400,
    attempt: 1,
    model: "first",
    generation_id: null,
    detail: message,
    mend:
      "temperature: the model takes no temperature but its own: set null (or the one that the host names)",
  }]);
});

Deno.test("what no field mends, and what is no refused request, names none", () => {
  assert.equal("mend" in entry({ kind: "bad_request", detail: "no" }), false);
  assert.equal("mend" in entry({ kind: "overloaded", detail: "temperature is not supported" }), false);
});

Deno.test("a failure without an answer has no status", () => {
  assert.equal("status" in entry({ kind: "network", detail: "no route" }), false);
});

Deno.test("no key is logged, neither ours nor one of an upstream host", () => {
  const keys = [
    "sk-wire-test",
    "sk-proj-abcdefghijklmnop1234",
    "gsk_abcdefghijklmnop1234",
    "xai-abcdefghijklmnop1234",
    "AIzaSyA-abcdefghijklmnopqrstuvwxyz12345",
  ];
  for (const key of keys) {
    const { detail } = entry({ kind: "auth", detail: `Incorrect API key provided: ${key}. Mend it.` });
    assert.equal(detail, "Incorrect API key provided: [key]. Mend it.");
  }
  const { detail } = entry({ kind: "auth", detail: "authorization: Bearer abcdefghijklmnop.1234" });
  assert.equal(detail, "authorization: Bearer [key]");
});

Deno.test("a placeholder for a key takes no letters out of the words", () => {
  assert.equal(entry({ kind: "auth", detail: "ollama says no" }, "ollama").detail, "ollama says no");
});

Deno.test("the words are bounded", () => {
  assert.equal(String(entry({ kind: "unknown", detail: "x".repeat(5_000) }).detail).length, 1_000);
});

Deno.test("a key is not logged in part where the words end in the middle of it", () => {
  const key = "0123456789abcdef0123456789abcdef";
  for (const length of [8, 20, 31]) {
    const { detail } = entry(
      { kind: "malformed_output", detail: `got: {"key":"${key.slice(0, length)}` },
      key,
    );
    assert.equal(detail, 'got: {"key":"[key]');
  }
  const { detail } = entry({ kind: "unknown", detail: "ends in 0123456" }, key);
  assert.equal(detail, "ends in 0123456");
});
