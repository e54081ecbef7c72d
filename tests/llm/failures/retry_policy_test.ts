// The rules of trying again, as a table and its borders.
import assert from "node:assert/strict";
import type { ModelFailureKind } from "../../../shared/contracts/model.ts";
import { modelFailure } from "../../../shared/contracts/model_failure.ts";
import { moreUseful, nextMove } from "../../../shared/llm/failures/retry_policy.ts";
import type { FailedAttempt } from "../../../shared/llm/failures/retry_policy.ts";

function move(changes: Partial<FailedAttempt>) {
  return nextMove({
    kind: "overloaded",
    attempt: 1,
    emitted: "nothing",
    remaining_ms: 60_000,
    models_left: 0,
    random: 0,
    retry: { base_ms: 500, max_ms: 1_500 },
    ...changes,
  });
}

Deno.test("waits double up to their maximum", () => {
  assert.deepEqual(move({ attempt: 1 }), { move: "retry", wait_ms: 500 });
  assert.deepEqual(move({ attempt: 2 }), { move: "retry", wait_ms: 1_000 });
  assert.deepEqual(move({ attempt: 2, retry: { base_ms: 2_000, max_ms: 1_500 } }), {
    move: "retry",
    wait_ms: 1_500,
  });
});

Deno.test("chance shortens a wait by up to half", () => {
  assert.deepEqual(move({ random: 0.5 }), { move: "retry", wait_ms: 375 });
  assert.deepEqual(move({ random: 0.999_999 }), { move: "retry", wait_ms: 250 });
});

Deno.test("a host's Retry-After is waited for exactly", () => {
  assert.deepEqual(move({ kind: "rate_limited", retry_after_ms: 9_000, random: 0.7 }), {
    move: "retry",
    wait_ms: 9_000,
  });
});

Deno.test("a wait that reaches the deadline is not begun", () => {
  assert.deepEqual(move({ retry_after_ms: 60_000 }), { move: "give_up" });
  assert.deepEqual(move({ retry_after_ms: 60_000, models_left: 1 }), { move: "next_model" });
  assert.deepEqual(move({ retry_after_ms: 59_999 }), { move: "retry", wait_ms: 59_999 });
});

Deno.test("a long wait is left for the next model where there is one", () => {
  assert.deepEqual(move({ retry_after_ms: 5_001, models_left: 1 }), { move: "next_model" });
  assert.deepEqual(move({ retry_after_ms: 5_000, models_left: 1 }), { move: "retry", wait_ms: 5_000 });
});

Deno.test("once something was emitted, or the time is up, nothing is tried again", () => {
  assert.deepEqual(move({ emitted: "something", models_left: 3 }), { move: "give_up" });
  assert.deepEqual(move({ remaining_ms: 0, models_left: 3 }), { move: "give_up" });
});

const ATTEMPTS: [ModelFailureKind, number][] = [
  ["rate_limited", 3],
  ["overloaded", 3],
  ["network", 3],
  ["timeout", 1],
  ["malformed_output", 2],
  ["malformed_tool_call", 2],
  ["empty_response", 2],
  ["truncated_stream", 2],
  ["unknown", 2],
  ["auth", 1],
  ["no_credit", 1],
  ["bad_request", 1],
  ["context_overflow", 1],
  ["content_filtered", 1],
  ["output_limit", 1],
];

for (const [kind, attempts] of ATTEMPTS) {
  Deno.test(`${kind}: one model has ${attempts} attempts`, () => {
    for (let attempt = 1; attempt < attempts; attempt += 1) {
      assert.equal(move({ kind, attempt }).move, "retry");
    }
    assert.equal(move({ kind, attempt: attempts }).move, "give_up");
    const expected = kind === "output_limit" ? "give_up" : "next_model";
    assert.equal(move({ kind, attempt: attempts, models_left: 1 }).move, expected);
  });
}

const of = (kind: ModelFailureKind) => ({ kind, retryable: modelFailure(kind).retryable });

const TOLD: [ModelFailureKind, ModelFailureKind, ModelFailureKind, string][] = [
  ["auth", "overloaded", "overloaded", "trying again may reach the second model"],
  ["overloaded", "auth", "overloaded", "trying again may reach the first"],
  ["context_overflow", "overloaded", "overloaded", "the second model may have room for it a moment later"],
  ["context_overflow", "auth", "context_overflow", "the user can shorten it now"],
  ["bad_request", "content_filtered", "content_filtered", "the user can put it differently now"],
  ["no_credit", "auth", "auth", "both wait for an operator: the later"],
  ["rate_limited", "timeout", "timeout", "both pass: the later"],
  ["context_overflow", "content_filtered", "content_filtered", "both are the user's: the later"],
  ["overloaded", "output_limit", "output_limit", "it ended the turn"],
];

for (const [earlier, later, told, because] of TOLD) {
  Deno.test(`of ${earlier} and then ${later} ${told} is told: ${because}`, () => {
    assert.equal(moreUseful(of(earlier), of(later)).kind, told);
  });
}

Deno.test("a failure alone is told", () => {
  assert.equal(moreUseful(null, of("auth")).kind, "auth");
});
