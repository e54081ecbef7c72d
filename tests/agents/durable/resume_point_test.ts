// Where a run stands, for every kind of moment at which an owner may have been lost.
import assert from "node:assert/strict";
import { type ResumePoint, resumePoint } from "../../../shared/agents/durable/resume_point.ts";
import type { OwnedRun } from "../../../shared/agents/store/records.ts";
import type { EventBody, RunEvent } from "../../../shared/contracts/events.ts";
import type { MetLimit } from "../../../shared/contracts/message_kind.ts";
import { PlanStep } from "../../../shared/contracts/plan.ts";
import { failed } from "../../../shared/contracts/tool_result.ts";
import { ownedRun, RUN_ID } from "../../support/agents/owned_run.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { DONE } from "../../support/agents/step_view.ts";
import { type Entry, messageId, storedThread } from "../../support/agents/stored_thread.ts";

const ASKED: Entry[] = [
  ["prompt", { role: "system", content: "You plan." }],
  ["task", { role: "user", content: "Hello" }],
];
const LOOKED: Entry = ["turn", {
  role: "assistant",
  content: "Let me look.",
  tool_calls: [{ id: "c", name: "look", arguments: "{}" }],
}];
const LIMIT: MetLimit = { reason: "budget", name: "60 seconds" };
const [FIRST_PART, SECOND_PART] = [1, 2].map((part) => ({ part, message_id: messageId(part + 2) }));
const STEP = PlanStep.parse(planArguments([{ step_number: 1 }]).steps[0]);
const PLAN = { id: "00000000-0000-4000-9000-00000000000a", revision: 1, goal: "g", steps: [STEP] };

function logged(...bodies: EventBody[]): RunEvent[] {
  const at = "2026-11-22T12:00:00.000Z";
  return bodies.map((body, i): RunEvent => ({ ...body, seq: i + 1, run_id: RUN_ID, at }));
}
const announced = (strategy: "simple" | "tool_use" | "complex"): EventBody => ({
  type: "analysis",
  strategy,
});

/** What is not as in a run that has just begun. */
type Telling = Partial<Omit<ResumePoint, "known_events" | "planning">> & {
  /** Events that would not be told again. */
  known?: string[];
  planned?: { completed: number[]; complete: boolean; refusals: number };
};

const NOTHING: Required<Telling> = {
  limit: null,
  nudged: false,
  strategy: null,
  part: null,
  void_part: null,
  known: [],
  planned: { completed: [], complete: false, refusals: 0 },
};

const MOMENTS: Record<string, [Partial<OwnedRun>, Telling]> = {
  "a run has just begun": [{ events: [] }, {}],
  "its thread has begun": [{ events: [], messages: storedThread(ASKED) }, {}],
  "a strategy was announced, and a higher one after it": [
    { events: logged(announced("simple"), announced("tool_use")) },
    { strategy: "tool_use", known: ["analysis simple", "analysis tool_use"] },
  ],
  "it was speaking, before its thread was stored": [
    { events: [], last_text: FIRST_PART },
    { part: FIRST_PART, void_part: 1 },
  ],
  "it was speaking": [
    { events: [], messages: storedThread(ASKED), last_text: FIRST_PART },
    { part: FIRST_PART, void_part: 1 },
  ],
  "what it said was stored": [
    { events: [], messages: storedThread([...ASKED, LOOKED]), last_text: FIRST_PART },
    { part: FIRST_PART },
  ],
  "it was speaking for the second time": [
    { events: [], messages: storedThread([...ASKED, LOOKED]), last_text: SECOND_PART },
    { part: SECOND_PART, void_part: 2 },
  ],
  "it was speaking, and that was withdrawn": [
    {
      events: logged({ type: "text_withdrawn", part: 1 }),
      messages: storedThread(ASKED),
      last_text: FIRST_PART,
    },
    { part: FIRST_PART, known: ["text_withdrawn 1"] },
  ],
  "it was speaking again, after what it said first was withdrawn": [
    {
      events: logged({ type: "text_withdrawn", part: 1 }),
      messages: storedThread(ASKED),
      last_text: SECOND_PART,
    },
    { part: SECOND_PART, void_part: 2, known: ["text_withdrawn 1"] },
  ],
  "another turn than the one that was speaking stands in its place": [
    {
      events: [],
      messages: storedThread([...ASKED, LOOKED]),
      last_text: { part: 1, message_id: messageId(99) },
    },
    { part: { part: 1, message_id: messageId(99) }, void_part: 1 },
  ],
  "it was told of a limit": [
    { events: [], messages: storedThread([...ASKED, ["limit", { role: "user", content: "Stop." }, LIMIT]]) },
    { limit: LIMIT },
  ],
  "a plan was made": [
    { events: logged({ type: "plan_created", plan: PLAN }), plans: [PLAN] },
    { known: [`plan_created ${PLAN.id}`] },
  ],
  "a step was begun": [
    {
      events: logged(
        { type: "plan_created", plan: PLAN },
        { type: "step_start", step_number: 1, attempt: 1, title: "t" },
      ),
      plans: [PLAN],
    },
    { known: [`plan_created ${PLAN.id}`, `step_start ${PLAN.id} 1 1`] },
  ],
  "its plan was carried out": [
    {
      events: logged({ type: "plan_created", plan: PLAN }),
      plans: [PLAN],
      steps: [{
        plan_id: PLAN.id,
        step_number: 1,
        attempt: 1,
        status: "completed",
        result: DONE,
        error: null,
      }],
    },
    {
      known: [`plan_created ${PLAN.id}`],
      planned: { completed: [1], complete: true, refusals: 0 },
    },
  ],
  "its plan was refused": [
    {
      events: [],
      tool_calls: [{
        id: messageId(1),
        tool_name: "create_plan",
        status: "failed",
        result: failed("invalid_arguments", "No."),
        duration_ms: 1,
        arguments: {},
        decision: null,
      }],
    },
    { planned: { completed: [], complete: false, refusals: 1 } },
  ],
};

for (const [moment, [change, telling]] of Object.entries(MOMENTS)) {
  Deno.test(`resume point: ${moment}`, () => {
    const { known_events, planning, ...point } = resumePoint(ownedRun(change));
    const { completed, complete, refusals } = planning;
    const planned = { completed: completed.map(({ step }) => step.step_number), complete, refusals };
    assert.deepEqual({ ...point, known: [...known_events.keys], planned }, { ...NOTHING, ...telling });
  });
}
