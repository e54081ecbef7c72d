// What users are told of a failed model call.
import assert from "node:assert/strict";
import type { ModelFailureKind } from "../../shared/contracts/model.ts";
import { modelFailure } from "../../shared/contracts/model_failure.ts";

const KINDS: ModelFailureKind[] = [
  "rate_limited",
  "overloaded",
  "timeout",
  "network",
  "auth",
  "no_credit",
  "bad_request",
  "context_overflow",
  "content_filtered",
  "malformed_output",
  "malformed_tool_call",
  "empty_response",
  "output_limit",
  "truncated_stream",
  "unknown",
];

Deno.test("every kind has a plain sentence of its own", () => {
  const sentences = KINDS.map((kind) => modelFailure(kind).message);
  for (const sentence of sentences) assert.match(sentence, /^(The|This) .{20,}\.$/);
  assert.equal(new Set(sentences).size, KINDS.length);
});

Deno.test("only what a repetition can mend is retryable", () => {
  const hopeless = KINDS.filter((kind) => !modelFailure(kind).retryable);
  assert.deepEqual(hopeless, [
    "auth",
    "no_credit",
    "bad_request",
    "context_overflow",
    "content_filtered",
    "output_limit",
  ]);
});

Deno.test("who can act on it decides the kind", () => {
  assert.equal(modelFailure("rate_limited").kind, "model_rate_limited");
  assert.equal(modelFailure("network").kind, "model_unavailable");
  assert.equal(modelFailure("timeout").kind, "timeout");
  assert.equal(modelFailure("auth").kind, "model_misconfigured");
  assert.equal(modelFailure("empty_response").kind, "model_failed");
});
