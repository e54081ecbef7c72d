import assert from "node:assert/strict";
import {
  createEventDedup,
  type EventDedup,
  knownEvents,
} from "../../../shared/agents/durable/event_dedup.ts";
import type { Approval } from "../../../shared/contracts/approval.ts";
import type { EventBody } from "../../../shared/contracts/events.ts";
import { PlanStep } from "../../../shared/contracts/plan.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { AGENT_ID, RUN_ID } from "../../support/agents/owned_run.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { messageId } from "../../support/agents/stored_thread.ts";

const [STEP] = planArguments([{ step_number: 1 }]).steps.map((step) => PlanStep.parse(step));
const plan = (id: string, revision = 1): EventBody => ({
  type: "plan_created",
  plan: { id, revision, goal: "g", steps: STEP ? [STEP] : [] },
});
const start = (attempt: number): EventBody => ({ type: "step_start", step_number: 1, attempt, title: "t" });
const [FIRST, SECOND] = [
  "00000000-0000-4000-9000-00000000000a",
  "00000000-0000-4000-9000-00000000000b",
] as const;

const approval = (number: number): Approval => ({
  tool_call_id: messageId(number),
  name: "change",
  arguments: {},
  arguments_sha256: "0",
  why: [],
  effects: null,
  expires_at: "2026-11-23T12:00:00.000Z",
});

const EVENTS: EventBody[] = [
  { type: "session", session_id: RUN_ID, user_message_id: RUN_ID },
  { type: "analysis", strategy: "complex" },
  plan(FIRST),
  start(1),
  { type: "executor_spawned", executor_agent_id: AGENT_ID, step_number: 1, attempt: 1 },
  { type: "tool_call", tool_call_id: "c", name: "look", arguments: {} },
  { type: "tool_result", tool_call_id: "c", ok: true, result: "", duration_ms: 1 },
  {
    type: "executor_result",
    executor_agent_id: AGENT_ID,
    step_number: 1,
    attempt: 1,
    result: { status: "completed", summary: "Done." },
    usage: NO_USAGE,
    duration_ms: 1,
  },
  { type: "step_complete", step_number: 1, attempt: 1, status: "completed", summary: "Done." },
  { type: "text_withdrawn", part: 1 },
  { type: "approval_required", approvals: [approval(1)] },
  { type: "approval_decided", tool_call_id: messageId(1), approved: true, edited: false, by: "user" },
];

/** Whether the event says something new. */
const isFresh = (dedup: EventDedup, event: EventBody) => dedup.fresh(event) !== null;

Deno.test("what an owner says once is new, and the same again is not", () => {
  const announced = createEventDedup(knownEvents([]));
  for (const event of EVENTS) assert.equal(isFresh(announced, event), true, event.type);
  for (const event of EVENTS.slice(3)) assert.equal(isFresh(announced, event), false, event.type);
});

Deno.test("a new owner knows what the log holds", () => {
  const announced = createEventDedup(knownEvents(EVENTS));
  for (const event of EVENTS) assert.equal(isFresh(announced, event), false, event.type);
});

Deno.test("the same move with other words is still the same move", () => {
  const announced = createEventDedup(knownEvents(EVENTS));
  assert.equal(
    isFresh(announced, {
      type: "step_complete",
      step_number: 1,
      attempt: 1,
      status: "failed",
      summary: "Lost.",
    }),
    false,
    "a step that has ended in the log has ended",
  );
  assert.equal(
    isFresh(announced, { type: "tool_result", tool_call_id: "c", ok: false, result: "", duration_ms: 9 }),
    false,
  );
});

Deno.test("another attempt, another call, another strategy, another part: each is new", () => {
  const announced = createEventDedup(knownEvents(EVENTS));
  for (
    const event of [
      start(2),
      { type: "tool_call" as const, tool_call_id: "d", name: "look", arguments: {} },
      { type: "analysis" as const, strategy: "simple" as const },
      { type: "text_withdrawn" as const, part: 2 },
    ]
  ) assert.equal(isFresh(announced, event), true, event.type);
});

Deno.test("the steps of the next plan are others, though their numbers are the same", () => {
  const announced = createEventDedup(knownEvents(EVENTS));
  assert.equal(isFresh(announced, plan(SECOND, 2)), true);
  assert.equal(isFresh(announced, start(1)), true);
  assert.equal(isFresh(announced, start(1)), false);
});

Deno.test("a new owner is at the steps of the latest plan", () => {
  const announced = createEventDedup(knownEvents([...EVENTS, plan(SECOND, 2), start(1)]));
  assert.equal(isFresh(announced, start(1)), false);
  assert.equal(isFresh(announced, start(2)), true);
});

Deno.test("text is always new", () => {
  const announced = createEventDedup(knownEvents([]));
  assert.equal(isFresh(announced, { type: "text", part: 1, message_id: messageId(1), delta: "a" }), true);
  assert.equal(isFresh(announced, { type: "text", part: 1, message_id: messageId(1), delta: "a" }), true);
});

Deno.test("a run has one end, whichever kind it is", () => {
  const failure: EventBody = { type: "error", kind: "internal", message: "No.", retryable: false };
  const announced = createEventDedup(knownEvents([failure]));
  assert.equal(isFresh(announced, failure), false);
});

Deno.test("of calls that a person is asked about, those are told that were not told of before", () => {
  const announced = createEventDedup(knownEvents([{
    type: "approval_required",
    approvals: [approval(1), approval(2)],
  }]));
  const asked = { type: "approval_required" as const, approvals: [approval(2), approval(3)] };
  assert.deepEqual(announced.fresh(asked), { ...asked, approvals: [approval(3)] });
  assert.equal(announced.fresh(asked), null);
});
