import assert from "node:assert/strict";
import { claimForExecutor, executeStep } from "../../../shared/agents/executor/executor.ts";
import { newReservation } from "../../../shared/agents/durable/usage_meter.ts";
import { AgentError, LeaseLostError } from "../../../shared/contracts/errors.ts";
import type { StepEvent } from "../../../shared/contracts/events.ts";
import { PlanDraft } from "../../../shared/contracts/plan.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { memoryStore } from "../../support/memory_store/memory_store.ts";
import { hangingTurn, listedModel, type ListedTurn, toolCall } from "../../support/models/model_port.ts";
import { passTime } from "../../support/ports/pass_time.ts";
import { planArguments } from "../../support/agents/plans.ts";
import { promptIds } from "../../support/models/prompt_ids.ts";
import { toolPort } from "../../support/ports/tool_port.ts";
import { emptyBatch } from "../../../shared/agents/store/rows.ts";
import type { ExecutorDeps } from "../../../shared/agents/deps.ts";

const LOOK = { tool_calls: [toolCall("look")] };
const SUBMIT = { tool_calls: [toolCall("submit_result", { status: "completed", summary: "Found it." })] };

/** A store with a run whose plan has one step for an executor. */
async function open() {
  const clock = fakeClock();
  const ids = promptIds();
  const memory = memoryStore(clock, ids);
  const store = { ...memory };
  const logged: string[] = [];
  const run = await memory.startRun({
    request: { message: "Hello", context_type: "general", time_zone: "UTC" },
    agent: { name: "Planner", model_preference: "balanced", available_tools: [], system_prompt: "" },
    reservation: (await newReservation("planner", ids)).row,
    lease_seconds: 900,
  });
  if (run.existing) throw new Error("There is such a run");
  const { goal, steps } = PlanDraft.parse(planArguments([{ step_number: 1, tools: ["look", "change"] }]));
  const plan = {
    id: ids.random(),
    planner_agent_id: run.agent_id,
    user_message: "Hello",
    goal,
    steps,
    revision: 1,
  };
  await memory.recordProgress(run, { ...emptyBatch(), plans: [plan] });
  const step = { plan_id: plan.id, step_number: 1 };

  /** One invocation of the executor, and what it streams. */
  async function execute(turns: ListedTurn[], change: Partial<ExecutorDeps> = {}) {
    const model = listedModel(turns);
    const deps: ExecutorDeps = {
      model,
      tools: toolPort(),
      count: (...prompt) => JSON.stringify(prompt).length / 4,
      clock,
      ids,
      user: "u",
      lease_seconds: 15,
      store,
      log: { error: (message) => logged.push(message) },
      deadline_at: clock.now() + 110_000,
      stopping: new AbortController().signal,
      ...change,
    };
    const owned = await claimForExecutor(step, deps);
    const events: StepEvent[] = [];
    await passTime(clock, executeStep(owned, deps, (event) => events.push(event)));
    model.end();
    assert.equal(clock.timers, 0, "no timer is left");
    return { events, types: events.map(({ type }) => type), model, owned };
  }

  return { clock, memory, store, run, step, execute, logged, view: () => memory.viewStep(step) };
}

Deno.test("an executor tells that it is there, what it does, and its result, once that is stored", async () => {
  const { execute, view } = await open();
  const { types, events } = await execute([LOOK, SUBMIT]);
  assert.deepEqual(types, ["executor_spawned", "tool_call", "tool_result", "executor_result"]);
  assert.ok(events.every(({ agent }) => agent?.type === "executor" && agent.step_number === 1));
  assert.equal((await view())?.status, "completed");
});

Deno.test("an executor is offered read tools only, whatever the step names", async () => {
  const { execute } = await open();
  const { model } = await execute([SUBMIT]);
  assert.deepEqual(model.requests[0]?.tools.map(({ name }) => name), ["look", "submit_result"]);
});

Deno.test("at its deadline it hands the step on, without a result, and the next one stays in the same attempt", async () => {
  const { execute, view, clock } = await open();
  const first = await execute([LOOK], { deadline_at: clock.now() });
  assert.deepEqual(first.types, ["executor_spawned", "tool_call", "tool_result"]);
  assert.equal((await view())?.handed_on, true);
  const second = await execute([SUBMIT]);
  assert.deepEqual(second.events.flatMap((event) => "attempt" in event ? [event.attempt] : []), [1, 1]);
  assert.deepEqual(
    second.events.slice(1, 3),
    first.events.slice(1, 3),
    "it tells of the calls before it, in case nobody heard",
  );
  assert.equal((await view())?.usage?.model_calls, 2);
});

Deno.test("one that has lost its step stops without a word, and changes nothing", async () => {
  const { execute, store, view, logged } = await open();
  let released = 0;
  store.advanceStep = () => Promise.reject(new LeaseLostError("stale"));
  store.releaseStep = () => Promise.resolve(void (released += 1));
  const { types } = await execute([LOOK]);
  assert.deepEqual(types, ["executor_spawned", "tool_call", "tool_result"]);
  assert.deepEqual([released, logged], [0, []]);
  assert.equal((await view())?.status, "running");
});

Deno.test("one whose heartbeat finds another in its place closes the model's stream, and gives its reservation back", async () => {
  const { execute, store, memory } = await open();
  store.heartbeatStep = () => Promise.reject(new LeaseLostError("stale"));
  const { types, owned } = await execute([hangingTurn]);
  assert.deepEqual(types, ["executor_spawned"]);
  assert.deepEqual(memory.tables.settlements.map(({ id }) => id), [owned.first.row.id]);
});

Deno.test("after a cancel it ends by itself, and what it spent counts", async () => {
  const { execute, memory, run, clock, view } = await open();
  clock.after(100, () => memory.cancelRun(run.run_id));
  const { types } = await execute([hangingTurn]);
  assert.deepEqual(types, ["executor_spawned", "executor_result"]);
  const { status, usage } = await view() ?? assert.fail("nobody has claimed it");
  assert.deepEqual([status, usage?.model_calls], ["cancelled", 1]);
});

Deno.test("one that breaks off says so, and gives its attempt up, so that nobody waits for its lease", async () => {
  const { execute, store, view, logged } = await open();
  store.advanceStep = () =>
    Promise.reject(new AgentError("internal", "The database is down.", { retryable: true }));
  const { types } = await execute([LOOK]);
  assert.equal(types.at(-1), "error");
  assert.deepEqual(logged, ["a step broke off"]);
  assert.equal((await view())?.ownerless, true);
  store.advanceStep = () => Promise.resolve(null);
  const { events } = await execute([SUBMIT]);
  assert.equal(events[0]?.type === "executor_spawned" && events[0].attempt, 2);
});
