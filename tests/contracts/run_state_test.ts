import assert from "node:assert/strict";
import { RunEvent } from "../../shared/contracts/events.ts";
import { answerOf, initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { planArguments } from "../support/agents/plans.ts";
import { messageId } from "../support/agents/stored_thread.ts";

const id = crypto.randomUUID();

function reduce(bodies: Record<string, unknown>[]) {
  return bodies
    .map((body, i) => RunEvent.parse({ run_id: id, seq: i + 1, at: "2026-11-22T12:00:00.000Z", ...body }))
    .reduce(reduceRun, initialRunState(id));
}

const plan = (revision: number, ...numbers: number[]) => ({
  type: "plan_created",
  plan: { id, revision, ...planArguments(numbers.map((step_number) => ({ step_number }))) },
});
const complete = (step_number: number, status = "completed") => ({
  type: "step_complete",
  step_number,
  attempt: 1,
  status,
  summary: "Ended.",
});
const done = {
  type: "done",
  status: "completed",
  message_id: id,
  usage: NO_USAGE,
  finished_reason: "answered",
};

Deno.test("the answer is the last part, and only of a run that completed", () => {
  const said = [{ type: "text", part: 1, message_id: messageId(1), delta: "Let me " }, {
    type: "text",
    part: 1,
    message_id: messageId(1),
    delta: "look.",
  }, {
    type: "text",
    part: 2,
    message_id: messageId(2),
    delta: "Here.",
  }];
  assert.deepEqual(reduce(said).parts, ["Let me look.", "Here."]);
  assert.equal(answerOf(reduce(said)), null);
  assert.equal(answerOf(reduce([...said, done])), "Here.");
});

Deno.test("a new revision of the plan keeps the steps that completed and forgets those that did not", () => {
  const state = reduce([plan(1, 1, 2), complete(1), complete(2, "failed"), plan(2, 1, 3)]);
  assert.deepEqual(state.plan?.steps.map((step) => [step.step_number, step.state]), [[1, "completed"], [
    3,
    "pending",
  ]]);
});

Deno.test("an error ends the state as failed, with what the user is told", () => {
  const state = reduce([{ type: "error", kind: "timeout", message: "Too slow.", retryable: true }]);
  assert.equal(state.status, "failed");
  assert.deepEqual(state.error, { kind: "timeout", message: "Too slow.", retryable: true });
});
