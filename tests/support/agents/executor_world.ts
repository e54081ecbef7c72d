// Executors over a store in memory, one after the other, at a run whose plan has one step for them.
import { CALLS } from "./default_calls.ts";
import assert from "node:assert/strict";
import type { ExecutorDeps } from "../../../shared/agents/deps.ts";
import { claimForExecutor, executeStep } from "../../../shared/agents/executor/executor.ts";
import { createRunHearing } from "../../../shared/agents/durable/run_hearing.ts";
import { emptyBatch } from "../../../shared/agents/store/rows.ts";
import type { StepEvent } from "../../../shared/contracts/events.ts";
import { PlanDraft } from "../../../shared/contracts/plan.ts";
import { memoryStore } from "../memory_store/memory_store.ts";
import { listedModel, type ListedTurn } from "../models/listed_model.ts";
import { immediateIds } from "../ports/immediate_ids.ts";
import { fakeClock } from "../ports/fake_clock.ts";
import { firstReservation } from "../ports/meter_port.ts";
import { passTime } from "../ports/pass_time.ts";
import { toolPort } from "../ports/tool_port.ts";
import { planArguments } from "./plans.ts";

/** A caller that listens to the end. */
export const STAYS = new AbortController().signal;

/** A store with a run whose plan has one step for an executor. */
export async function openStep() {
  const clock = fakeClock();
  const ids = immediateIds();
  const memory = memoryStore(clock, ids);
  const store = { ...memory };
  const logged: string[] = [];
  const run = await memory.startRun({
    request: { message: "Hello", context_type: "general", time_zone: "UTC" },
    agent: {
      model_preference: { profile: "balanced", models: ["m"] },
      available_tools: [],
      system_prompt: "",
    },
    reservation: (await firstReservation("planner")).row,
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
  async function execute(turns: ListedTurn[], change: Partial<ExecutorDeps> = {}, caller = STAYS) {
    const model = listedModel(turns);
    const deps: ExecutorDeps = {
      model,
      tools: toolPort(),
      count: (...prompt) => JSON.stringify(prompt).length / 4,
      calls: CALLS,
      clock,
      ids,
      user: "u",
      lease_seconds: 15,
      store,
      hearing: createRunHearing(),
      log: { error: (message) => logged.push(message) },
      deadline_at: clock.now() + 110_000,
      stopping: new AbortController().signal,
      ...change,
    };
    const owned = await claimForExecutor(step, deps);
    const events: StepEvent[] = [];
    await passTime(clock, executeStep(owned, deps, (event) => events.push(event), caller));
    model.end();
    assert.equal(clock.timers, 0, "no timer is left");
    return { events, types: events.map(({ type }) => type), model, owned };
  }

  return { clock, memory, store, run, step, execute, logged, view: () => memory.viewStep(step) };
}
