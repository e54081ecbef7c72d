// A host that is down is left alone, and tried again by one call at a time.
import assert from "node:assert/strict";
import { createBreakers } from "../../../shared/llm/failures/breaker.ts";
import type { ModelCallResult } from "../../../shared/llm/failures/breaker.ts";

const DOWN: ModelCallResult = { type: "failed", kind: "overloaded" };

function breakers() {
  let now = 1_000;
  const clock = { now: () => now, after: () => () => {} };
  return {
    ...createBreakers({ failures: 2, open_ms: 100, clock }),
    pass(ms: number) {
      now += ms;
    },
  };
}

Deno.test("a model is left alone after failures in a row, and let back in by one that succeeds", () => {
  const model = breakers();
  model.report("m", DOWN);
  assert.deepEqual(model.enter("m"), { allowed: true });
  model.report("m", DOWN);
  assert.deepEqual(model.enter("m"), { allowed: false, retry_after_ms: 100 });
  model.pass(60);
  assert.deepEqual(model.enter("m"), { allowed: false, retry_after_ms: 40 });
  model.pass(40);
  assert.deepEqual(model.enter("m"), { allowed: true });
  model.report("m", { type: "finished" });
  assert.deepEqual(model.enter("m"), { allowed: true });
  model.report("m", DOWN);
  assert.deepEqual(model.enter("m"), { allowed: true });
});

Deno.test("after the pause one call tries, the others wait for its result", () => {
  const model = breakers();
  model.report("m", DOWN);
  model.report("m", DOWN);
  model.pass(100);
  assert.equal(model.enter("m").allowed, true);
  assert.equal(model.enter("m").allowed, false);
  model.report("m", DOWN);
  assert.deepEqual(model.enter("m"), { allowed: false, retry_after_ms: 100 });
});

Deno.test("a trial that its caller aborts leaves room for another", () => {
  const model = breakers();
  model.report("m", DOWN);
  model.report("m", DOWN);
  model.pass(100);
  assert.equal(model.enter("m").allowed, true);
  model.report("m", { type: "aborted" });
  assert.equal(model.enter("m").allowed, true);
});

Deno.test("a success between failures starts the count anew", () => {
  const model = breakers();
  model.report("m", DOWN);
  model.report("m", { type: "finished" });
  model.report("m", DOWN);
  assert.equal(model.enter("m").allowed, true);
});

Deno.test("a host that refuses requests or limits their rate is not down", () => {
  const model = breakers();
  for (const kind of ["auth", "bad_request", "rate_limited", "empty_response"] as const) {
    for (let call = 0; call < 5; call += 1) model.report("m", { type: "failed", kind });
  }
  assert.equal(model.enter("m").allowed, true);
});

Deno.test("models have breakers of their own", () => {
  const model = breakers();
  model.report("m", DOWN);
  model.report("m", DOWN);
  assert.equal(model.enter("other").allowed, true);
});

Deno.test("what one user's prompt brings about opens no breaker for the others", () => {
  const model = breakers();
  for (
    const kind of ["content_filtered", "context_overflow", "bad_request", "malformed_tool_call"] as const
  ) {
    for (let call = 0; call < 5; call += 1) model.report("m", { type: "failed", kind });
  }
  for (let call = 0; call < 5; call += 1) {
    model.report("m", { type: "failed", kind: "timeout", host: "writing" });
  }
  assert.equal(model.enter("m").allowed, true);
});
