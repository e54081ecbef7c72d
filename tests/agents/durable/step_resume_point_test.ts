// Where a step stands, for every kind of moment at which its worker may have been lost.
import assert from "node:assert/strict";
import { type StepResumePoint, stepResumePoint } from "../../../shared/agents/durable/step_resume_point.ts";
import type { ClaimedStep } from "../../../shared/agents/store/records.ts";
import type { MetLimit } from "../../../shared/contracts/message_kind.ts";
import { ok } from "../../../shared/contracts/tool_result.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { claimedStep } from "../../support/agents/claimed_step.ts";
import { type Entry, messageId, storedThread } from "../../support/agents/stored_thread.ts";

const BEGUN: Entry[] = [
  ["prompt", { role: "system", content: "You look." }],
  ["task", { role: "user", content: "Find it" }],
];
const LIMIT: MetLimit = { reason: "limit", name: "20 tool calls" };
const usage = { ...NO_USAGE, model_calls: 2 };
const call = (tool_name: string, seq: number): ClaimedStep["tool_calls"][number] => ({
  id: messageId(seq),
  tool_name,
  status: "succeeded",
  arguments: {},
  result: ok(null, "Good."),
  duration_ms: 1,
  decision: null,
});
const NOTHING: StepResumePoint = {
  limit: null,
  nudged: false,
  opened: false,
  answered: false,
  usage: NO_USAGE,
  told_again: [],
};

const MOMENTS: Record<string, [Partial<ClaimedStep>, Partial<StepResumePoint>]> = {
  "a step was just claimed": [{}, {}],
  "its thread has begun": [{ messages: storedThread(BEGUN) }, { opened: true }],
  "it has cost something": [{ messages: storedThread(BEGUN), usage }, { opened: true, usage }],
  "it was nudged": [
    { messages: storedThread([...BEGUN, ["nudge", { role: "user", content: "Submit." }]]) },
    { opened: true, nudged: true },
  ],
  "it was told of a limit": [
    { messages: storedThread([...BEGUN, ["limit", { role: "user", content: "Stop." }, LIMIT]]) },
    { opened: true, limit: LIMIT },
  ],
  "its question was answered": [
    { messages: storedThread([...BEGUN, ["answer", { role: "user", content: "This one." }]]) },
    { opened: true, answered: true },
  ],
  "it had looked, and tried to submit": [
    { messages: storedThread(BEGUN), tool_calls: [call("look", 3), call("submit_result", 4)] },
    { opened: true, told_again: [call("look", 3)] },
  ],
};

for (const [moment, [change, telling]] of Object.entries(MOMENTS)) {
  Deno.test(`step resume point: ${moment}`, () => {
    assert.deepEqual(stepResumePoint(claimedStep(change)), { ...NOTHING, ...telling });
  });
}
