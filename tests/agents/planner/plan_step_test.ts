// What the planner tells of a step: that its plan is under way, how it ended, and nothing of a step that is the next
// owner's.
import assert from "node:assert/strict";
import { createRunHearing } from "../../../shared/agents/durable/run_hearing.ts";
import { claimForExecutor, executeStep } from "../../../shared/agents/executor/executor.ts";
import type { StepEvent } from "../../../shared/contracts/events.ts";
import {
  AgentError,
  LeaseLostError,
  RunBudgetError,
  StoreUnavailable,
} from "../../../shared/contracts/errors.ts";
import { STAYS } from "../../support/agents/executor_world.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { open, PLAN, run } from "../../support/agents/planner_world.ts";
import { listedModel, toolCall } from "../../support/models/listed_model.ts";
import { assertContract, eventsOfType, typesOf } from "../../support/stack/calling.ts";

/** A plan with one step, which is the planner's own. */
const OWN_PLAN = toolCall("create_plan", {
  ok: true,
  value: planArguments([{ step_number: 1, executor_required: false, tools: ["change"] }]),
});

Deno.test("a plan is executing from the write that stores it, which tells of the steps that begin with it", async () => {
  const world = await open();
  const { store, memory } = world;
  const writes: string[][] = [];
  store.recordProgress = async (lease, batch) => {
    const recorded = await memory.recordProgress(lease, batch);
    writes.push([memory.tables.plans[0]?.status ?? "none", ...batch.events.map(({ type }) => type)]);
    return recorded;
  };
  const { sent } = await world.answer([{ tool_calls: [PLAN] }, { text: "It failed." }]);
  const stored = writes.find((write) => write.includes("plan_created"));
  assert.deepEqual(stored, ["executing", "analysis", "plan_created", "step_start"]);
  assert.equal(eventsOfType(sent, "step_start").length, 1);
});

for (
  const [why, error] of [
    ["the database can't be reached", new StoreUnavailable()],
    ["the run has another owner", new LeaseLostError("stale")],
  ] as const
) {
  Deno.test(`${why}: a step has not failed, and nothing is told of its end`, async () => {
    const world = await open();
    const { sent } = await world.answer([{ tool_calls: [OWN_PLAN] }], world.first, {
      store: { ...world.store, claimStep: () => Promise.reject(error) },
    });
    assert.deepEqual([typesOf(sent).at(-1), run(world).status], ["step_start", "running"]);
    await world.answer([
      { tool_calls: [toolCall("submit_result", { status: "completed", summary: "Done." })] },
      { text: "There." },
    ], await world.next());
    assertContract(world.log());
    assert.deepEqual(eventsOfType(world.log(), "step_complete").map(({ status }) => status), ["completed"]);
  });
}

Deno.test("whatever else goes wrong fails the step, and the run goes on", async () => {
  const world = await open();
  await world.answer([{ tool_calls: [OWN_PLAN] }, { text: "It failed." }], world.first, {
    store: { ...world.store, claimStep: () => Promise.reject(new AgentError("internal", "No.")) },
  });
  assertContract(world.log());
  assert.deepEqual(eventsOfType(world.log(), "step_complete").map(({ error }) => error), ["No."]);
  assert.equal(run(world).status, "completed");
});

Deno.test("a call of a step that failed without its executor is ended and told with it, and the run waits for the others alone", async () => {
  const world = await open();
  const { memory, deps } = world;
  memory.tables.asking.add("look").add("change");
  let called = 0;
  // The first executor asks and is lost; there is no budget for another.
  const invoke: typeof deps.invoke = async function* (step) {
    if (++called > 1) throw new RunBudgetError("The budget is used up.");
    const model = listedModel([{ tool_calls: [toolCall("look")] }]);
    const store = { ...memory, releaseStep: () => Promise.reject(new LeaseLostError("stale")) };
    const executor = { ...deps, model, store, hearing: createRunHearing() };
    const owned = await claimForExecutor(step, executor);
    const events: StepEvent[] = [];
    await executeStep(owned, executor, (event) => events.push(event), STAYS);
    yield* events;
  };
  const plan = toolCall("create_plan", {
    ok: true,
    value: planArguments([
      { step_number: 1, tools: ["look"] },
      { step_number: 2, executor_required: false, tools: ["change"] },
    ]),
  });
  await world.answer([{ tool_calls: [plan] }, { tool_calls: [toolCall("change")] }], world.first, { invoke });

  const log = world.log();
  const [lost, own] = eventsOfType(log, "approval_required").flatMap(({ approvals }) => approvals)
    .toSorted((a, b) => (a.step_number ?? 0) - (b.step_number ?? 0));
  const told = eventsOfType(log, "approval_decided").map(({ tool_call_id, by }) => [tool_call_id, by]);
  assert.deepEqual(told, [[lost?.tool_call_id, "step_ended"]]);
  assert.deepEqual(eventsOfType(log, "tool_result").map(({ tool_call_id, ok }) => [tool_call_id, ok]), [
    [lost?.tool_call_id, false],
  ]);
  assert.deepEqual(eventsOfType(log, "run_paused").map(({ open }) => open), [[own?.tool_call_id]]);
  const row = memory.tables.tool_calls.find(({ id }) => id === lost?.tool_call_id);
  assert.deepEqual([row?.status, row?.tool_name], ["rejected", "look"]);
});
