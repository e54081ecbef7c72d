import assert from "node:assert/strict";
import type { ModelFailureKind } from "../../../shared/contracts/model.ts";
import { modelFailure } from "../../../shared/contracts/model_failure.ts";
import { hostFailure } from "../../../dev/try/host_failure.ts";
import { execution } from "./turn_rows.ts";

const HOST: ModelFailureKind[] = ["rate_limited", "overloaded", "network", "timeout", "auth", "no_credit"];
const MODEL: ModelFailureKind[] = [
  "malformed_tool_call",
  "empty_response",
  "content_filtered",
  "output_limit",
];

for (const kind of HOST) {
  const failure = modelFailure(kind);
  Deno.test(`a run, or a step, that failed by ${kind} says nothing about the model`, () => {
    assert.equal(hostFailure({ error: failure, executions: [] }), failure.message);
    const step = execution(1, { status: "failed", error: failure.message });
    assert.equal(hostFailure({ error: null, executions: [execution(2), step] }), failure.message);
  });
}

for (const kind of MODEL) {
  const failure = modelFailure(kind);
  Deno.test(`a run, or a step, that failed by ${kind} is the model's own failure`, () => {
    const step = execution(1, { status: "failed", error: failure.message });
    assert.equal(hostFailure({ error: failure, executions: [step] }), null);
  });
}
