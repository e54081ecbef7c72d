import assert from "node:assert/strict";
import { isComplete, planningPoint } from "../../../shared/agents/durable/planning_point.ts";
import type { OwnedRun, StepRecord, StoredCall } from "../../../shared/agents/store/records.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { type Plan, PlanStep } from "../../../shared/contracts/plan.ts";
import { failed, ok } from "../../../shared/contracts/tool_result.ts";
import { RUN_ID } from "../../support/agents/owned_run.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { DONE } from "../../support/agents/step_view.ts";

const step = (step_number: number) => PlanStep.parse(planArguments([{ step_number }]).steps[0]);
const [ONE, TWO, THREE] = [step(1), step(2), step(3)] as const;
const FIRST: Plan = { id: "00000000-0000-4000-9000-00000000000a", revision: 1, goal: "g", steps: [ONE, TWO] };
const SECOND: Plan = {
  id: "00000000-0000-4000-9000-00000000000b",
  revision: 2,
  goal: "g",
  steps: [ONE, THREE],
};

function record(plan: Plan, step_number: number, change: Partial<StepRecord> = {}): StepRecord {
  const status = change.status ?? "completed";
  return { plan_id: plan.id, step_number, attempt: 1, status, result: DONE, error: null, ...change };
}

type Rows = Pick<OwnedRun, "plans" | "steps" | "tool_calls" | "events">;
const pointOf = (rows: Partial<Rows>) =>
  planningPoint({ plans: [], steps: [], tool_calls: [], events: [], ...rows });
const numbers = (reports: { step: PlanStep }[]) => reports.map(({ step }) => step.step_number);

Deno.test("a run without a plan has nothing planned, completed or refused", () => {
  assert.deepEqual(pointOf({}), { revisions: [], completed: [], complete: false, refusals: 0 });
});

Deno.test("a step is complete when its latest attempt is, in whichever plan that was", () => {
  const steps = [
    record(FIRST, 1),
    record(FIRST, 2, { status: "failed" }),
    record(SECOND, 3, { status: "partial", result: { status: "partial", summary: "Half." } }),
  ];
  const { completed, complete } = pointOf({ plans: [FIRST, SECOND], steps });
  assert.deepEqual([numbers(completed), complete], [[1, 3], true]);
  assert.ok(completed.every(({ status }) => status === "completed"), "a partial result counts as completed");
});

Deno.test("a step that runs, asks, was skipped or cancelled is not complete", () => {
  for (const status of ["running", "needs_input", "skipped", "cancelled", "failed"] as const) {
    assert.deepEqual(
      pointOf({ plans: [FIRST], steps: [record(FIRST, 1, { status })] }).completed,
      [],
      status,
    );
  }
});

Deno.test("a plan keeps what the plans before it have completed, and nothing of its own", () => {
  const { revisions } = pointOf({ plans: [FIRST, SECOND], steps: [record(FIRST, 1), record(SECOND, 3)] });
  assert.deepEqual(revisions.map(({ kept }) => numbers(kept)), [[], [1]]);
});

Deno.test("the record of a step is that of its own plan: numbers come again in the next", () => {
  const steps = [record(FIRST, 1), record(SECOND, 1, { attempt: 2 })];
  const [, second] = pointOf({ plans: [FIRST, SECOND], steps }).revisions;
  assert.equal(second?.begun.get(1)?.attempt, 2);
  assert.equal(second?.begun.get(3), undefined);
});

Deno.test("a plan is complete when every step of it is, those that were kept included", () => {
  const rows = { plans: [FIRST, SECOND], steps: [record(FIRST, 1), record(SECOND, 3)] };
  const { completed } = pointOf(rows);
  assert.equal(isComplete(SECOND, completed), true);
  assert.equal(isComplete(FIRST, completed), false);
  assert.equal(isComplete(undefined, completed), false);
  assert.equal(pointOf({ plans: [FIRST], steps: [record(FIRST, 1)] }).complete, false);
});

Deno.test("refusals count from the last plan that was carried out, and other tools don't matter", () => {
  const calls = (outcomes: string) =>
    [...outcomes].map((outcome, i): StoredCall => ({
      id: `${i}`,
      tool_name: outcome === "x" ? "look" : "create_plan",
      status: outcome === "-" ? "failed" : "succeeded",
      result: outcome === "-" ? failed("invalid_arguments", "No.") : ok(null, "Yes."),
      duration_ms: 1,
      arguments: {},
      decision: null,
    }));
  const counted = ["", "+", "-", "--", "+-", "-+", "-x-", "--+-"].map((outcomes) =>
    pointOf({ tool_calls: calls(outcomes) }).refusals
  );
  assert.deepEqual(counted, [0, 0, 1, 2, 1, 0, 2, 1]);
});

/** A log with a plan whose step has ended so. */
function told(plan: Plan, status: "completed" | "failed" | "skipped", seq = 2): RunEvent[] {
  const head = { run_id: RUN_ID, at: "2026-11-22T12:00:00.000Z" };
  return [
    { ...head, seq, type: "plan_created", plan },
    {
      ...head,
      seq: seq + 1,
      type: "step_complete",
      step_number: 1,
      attempt: 1,
      status,
      summary: "s",
      error: "e",
    },
  ];
}

Deno.test("a step whose end the log has told has ended so, whatever its row says by now", () => {
  const steps = [record(FIRST, 1, { status: "completed" })];
  const [first] = pointOf({ plans: [FIRST], events: told(FIRST, "failed"), steps }).revisions;
  assert.deepEqual(first?.ended.get(1), { step: ONE, status: "failed", error: "e", result: DONE });
  assert.equal(first?.ended.get(2), undefined, "the others are worked on");
});

Deno.test("what the log told of one plan says nothing of the next", () => {
  const events = [...told(FIRST, "failed"), ...told(SECOND, "completed", 4)];
  const { revisions } = pointOf({ plans: [FIRST, SECOND], events });
  assert.deepEqual(revisions.map(({ ended }) => ended.get(1)?.status), ["failed", "completed"]);
});
