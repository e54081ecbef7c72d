import assert from "node:assert/strict";
import { runAnswerOf } from "../../shared/contracts/answer.ts";
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

Deno.test("a plan has a status of its own: by its steps while the run goes on, and as the end tells it", () => {
  const status = (...events: Record<string, unknown>[]) => reduce([plan(1, 1, 2), ...events]).plan?.status;
  const failed = { ...complete(2), status: "failed", error: "No." };
  const error = { type: "error", kind: "internal", message: "No.", retryable: true };
  assert.equal(status(complete(1)), "executing");
  assert.equal(status(complete(1), complete(2)), "completed");
  assert.equal(status(complete(1), failed), "failed");
  assert.equal(
    status(complete(1), complete(2), done),
    "completed",
    "an end that does not tell changes nothing",
  );
  assert.equal(status(complete(1), complete(2), { ...done, plan_status: "failed" }), "failed");
  assert.equal(status({ ...done, status: "cancelled" }), "cancelled");
  assert.equal(status(error), "failed");
  assert.equal(status(complete(1), complete(2), { ...error, plan_status: "completed" }), "completed");
  const replaced = reduce([plan(1, 1), plan(2, 1)]);
  assert.deepEqual([replaced.replaced_plans[0]?.status, replaced.plan?.status], ["failed", "executing"]);
});

Deno.test("a call whose worker was lost runs no longer than its step, or its run", () => {
  const agent = { id, type: "executor", step_number: 1 };
  const events = [plan(1, 1, 2), { ...call("a"), agent }];
  const states = (...more: Record<string, unknown>[]) =>
    reduce([...events, ...more]).plan?.steps.flatMap((step) => step.calls).map(callOf);
  assert.deepEqual(states(), ["a running"]);
  assert.deepEqual(states({ ...call("b"), agent }, { ...result("b"), agent }, complete(1)), [
    "a failed",
    "b ok",
  ]);
  assert.deepEqual(states({ type: "error", kind: "internal", message: "No.", retryable: true }), [
    "a failed",
  ]);
  const own = reduce([call("c"), done]).shown;
  assert.deepEqual(own.flatMap((one) => one.type === "calls" ? one.calls.map(callOf) : []), ["c failed"]);
});

Deno.test("an event of a type that nobody knows yet changes nothing but the time", () => {
  const state = reduce([plan(1, 1)]);
  const later = { type: "surprise", run_id: id, seq: 2, at: "2026-11-22T12:00:01.000Z" };
  const next: unknown = Reflect.apply(reduceRun, null, [state, later]);
  assert.deepEqual(next, { ...state, at: later.at });
});

Deno.test("what was shown stands in the order in which it began: texts, the planner's calls, plans", () => {
  const state = reduce([
    { type: "text", part: 1, message_id: messageId(1), delta: "Let me look." },
    call("a"),
    call("b"),
    result("a"),
    plan(1, 1, 2),
    { type: "text", part: 2, message_id: messageId(2), delta: "Lost" },
    plan(2, 1),
    { type: "text_withdrawn", part: 2 },
  ]);
  assert.deepEqual(state.shown.map((one) => one.type === "calls" ? one.calls.map(callOf) : one), [
    { type: "text", part: 1 },
    ["a ok", "b running"],
    { type: "plan", revision: 1 },
    { type: "text", part: 2 },
    { type: "plan", revision: 2 },
  ]);
  assert.deepEqual(state.parts, ["Let me look.", ""]);
  assert.deepEqual(state.replaced_plans.map(({ revision }) => revision), [1]);
});

Deno.test("a step has its times, its calls, and the question that its executor asks until it ends", () => {
  const agent = { id, type: "executor", step_number: 1 };
  const asked = {
    type: "executor_result",
    executor_agent_id: id,
    step_number: 1,
    attempt: 1,
    result: { status: "needs_input", summary: "Two match.", open_questions: ["Which?"] },
    usage: NO_USAGE,
    duration_ms: 5,
  };
  const start = { type: "step_start", step_number: 1, attempt: 1, title: "Look" };
  const events = [plan(1, 1), start, { ...call("a"), agent }, { ...result("a"), agent }, asked];
  const [asking] = reduce(events).plan?.steps ?? [];
  assert.deepEqual(asking?.calls.map(callOf), ["a ok"]);
  assert.equal(asking?.question, "Which?");
  assert.equal(asking?.ended_at, null);
  const [ended] = reduce([...events, complete(1)]).plan?.steps ?? [];
  assert.equal(ended?.question, null);
  assert.equal(ended?.started_at, "2026-11-22T12:00:00.000Z");
  assert.equal(ended?.ended_at, "2026-11-22T12:00:00.000Z");
});

const call = (tool_call_id: string) => ({ type: "tool_call", tool_call_id, name: "look", arguments: {} });
const result = (tool_call_id: string) => ({
  ...{ type: "tool_result", tool_call_id, ok: true, result: "There.", duration_ms: 1 },
});
const callOf = (one: { tool_call_id: string; state: string }) => `${one.tool_call_id} ${one.state}`;

const CALLS: string[] = [crypto.randomUUID(), crypto.randomUUID()];
const approval = (tool_call_id?: string) => ({
  ...{ tool_call_id, name: "cancel_loan", arguments: { loan_id: "1" }, arguments_sha256: "0".repeat(64) },
  ...{ why: [{ by: "default", text: "It asks." }], effects: [], expires_at: "2026-11-23T12:00:00.000Z" },
});
const required = (...calls: string[]) => ({
  type: "approval_required",
  approvals: calls.map((call) => approval(call)),
});
const paused = { type: "run_paused", open: CALLS, expires_at: "2026-11-23T12:00:00.000Z" };
const decided = (tool_call_id: string | undefined, more: Record<string, unknown> = {}) => ({
  ...{ type: "approval_decided", tool_call_id, approved: true, edited: false, by: "user" },
  ...more,
});

Deno.test("a run that has paused waits for a person, until whatever comes next", () => {
  const waiting = [required(...CALLS), paused];
  assert.equal(reduce([required(...CALLS)]).status, "running");
  assert.equal(reduce(waiting).status, "awaiting_approval");
  assert.equal(answerOf(reduce(waiting)), null);
  const spawned = { type: "executor_spawned", executor_agent_id: id, step_number: 1, attempt: 1 };
  for (const next of [decided(CALLS[0]), spawned, { type: "text", part: 1, message_id: id, delta: "On." }]) {
    assert.equal(reduce([...waiting, next]).status, "running", next.type);
  }
  assert.equal(reduce([...waiting, decided(CALLS[0]), paused]).status, "awaiting_approval");
  assert.equal(reduce([...waiting, done]).status, "completed");
});

Deno.test("approvals stand in the order in which they were asked for, with what was decided", () => {
  const state = reduce([
    required(...CALLS),
    paused,
    decided(CALLS[1], { approved: false, reason: "Not today." }),
    decided(CALLS[0], { edited: true }),
  ]);
  assert.deepEqual(
    state.approvals.map(({ tool_call_id, open, decision }) => ({ tool_call_id, open, decision })),
    [
      {
        ...{ tool_call_id: CALLS[0], open: false },
        decision: { approved: true, edited: true, reason: null, by: "user" },
      },
      {
        ...{ tool_call_id: CALLS[1], open: false },
        decision: { approved: false, edited: false, reason: "Not today.", by: "user" },
      },
    ],
  );
});

Deno.test("a call that a person has edited is shown with their arguments, and with what was proposed", () => {
  const [mine = ""] = CALLS;
  const made = { ...call(mine), arguments: { loan_id: "1" } };
  const theirs = decided(mine, { edited: true, arguments: { loan_id: "2" } });
  const edited = { arguments: { loan_id: "2" }, proposed_arguments: { loan_id: "1" } };
  const own = reduce([made, call("other"), required(...CALLS), paused, theirs]);
  const [shown, other] = own.shown.flatMap((one) => one.type === "calls" ? one.calls : []);
  assert.partialDeepStrictEqual([shown, own.approvals[0]], [edited, edited]);
  assert.ok(other && !("proposed_arguments" in other));
  assert.ok(own.approvals[1] && !("proposed_arguments" in own.approvals[1]));
  const agent = { id, type: "executor", step_number: 1 };
  const ofStep = reduce([plan(1, 1), { ...made, agent }, { ...theirs, agent }]);
  assert.partialDeepStrictEqual(ofStep.plan?.steps[0]?.calls[0], edited);
  const old = reduce([made, required(mine), decided(mine, { edited: true })]);
  assert.deepEqual(old.approvals[0]?.arguments, { loan_id: "1" }, "a log may not tell what they are");
});

Deno.test("what was not decided when its run ended waits no longer, and nobody has decided it", () => {
  for (
    const end of [{ ...done, status: "cancelled", finished_reason: "cancelled" }, {
      ...{ type: "error", kind: "internal", message: "No.", retryable: false },
    }]
  ) {
    const { approvals } = reduce([required(...CALLS), paused, end]);
    assert.deepEqual(approvals.map(({ open, decision }) => [open, decision]), [[false, null], [false, null]]);
  }
});

Deno.test("a run that has read from outside is tainted from then on", () => {
  const text = { type: "text", part: 1, message_id: id, delta: "Hm." };
  assert.equal(reduce([text]).tainted, false);
  assert.equal(reduce([text, { ...text, tainted: true }, text]).tainted, true);
});

Deno.test("the JSON answer of a run that waits tells for what, and of one that has ended, nothing", () => {
  const waiting = runAnswerOf(reduce([required(...CALLS), decided(CALLS[1]), paused]));
  assert.deepEqual([waiting.status, waiting.answer, waiting.usage], ["awaiting_approval", null, null]);
  assert.deepEqual(waiting.approvals, [approval(CALLS[0])]);
  assert.deepEqual(runAnswerOf(reduce([required(...CALLS), paused, done])).approvals, []);
});

Deno.test("a call has the title and the access that its event tells, and null where it tells none", () => {
  const named = { ...call("a"), title: "Look around", access: "read" };
  const [shown] = reduce([named, call("b")]).shown;
  assert.ok(shown?.type === "calls");
  assert.deepEqual(shown.calls.map(({ title, access }) => [title, access]), [["Look around", "read"], [
    null,
    null,
  ]]);
});

Deno.test("takeovers are counted, and change nothing else", () => {
  const taken = (generation: number) => ({ type: "taken_over", generation, why: "lease_expired" });
  const before = reduce([plan(1, 1), call("a")]);
  const { takeovers, at: _at, ...after } = reduce([plan(1, 1), call("a"), taken(2), taken(4)]);
  const { takeovers: none, at: _, ...same } = before;
  assert.deepEqual([none, takeovers], [0, 2]);
  assert.deepEqual(after, same);
});

Deno.test("a step that its run's end stopped is cancelled, and so are its calls ended", () => {
  const [step] =
    reduce([plan(1, 1), complete(1, "cancelled"), { ...done, status: "cancelled" }]).plan?.steps ?? [];
  assert.deepEqual([step?.state, step?.ended_at !== null], ["cancelled", true]);
});
