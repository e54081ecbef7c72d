// The executor: takes one step of a plan, carries it out with read tools only, and streams what it does to the
// planner, which numbers the events and passes them on.
import type { StepEvent } from "../contracts/events.ts";
import { StepEvent as StepEventSchema } from "../contracts/events.ts";
import { emptyBatch } from "./batch.ts";
import { createMeter, type Meter, newReservation } from "./meter.ts";
import type { Log, Store } from "./ports.ts";
import { EXECUTOR_PROMPT } from "./prompts.ts";
import type { ClaimedStep, StepRef } from "./records.ts";
import { watchCancel } from "./watch_cancel.ts";
import { type AgentDeps, workStep } from "./work_step.ts";

export interface ExecutorDeps extends AgentDeps {
  store: Store;
  log: Log;
}

/** A step that is ours, and the meter of its model calls. */
export interface OwnedStep {
  claimed: ClaimedStep;
  meter: Meter;
}

/** Claims the step. Errors: `rate_limited` when the budget is used up; `not_found`; `conflict` when it is not ready, not an executor's, or taken. */
export async function claimForExecutor(
  step: StepRef,
  { store, tools, ids }: ExecutorDeps,
): Promise<OwnedStep> {
  const first = await newReservation("executor", ids);
  const claimed = await store.claimStep(step, {
    type: "executor",
    reservation: first.row,
    allowed_tools: tools.catalogue.filter((tool) => tool.access === "read").map((tool) => tool.name),
    model_preference: "speed",
    system_prompt: EXECUTOR_PROMPT,
  });
  return { claimed, meter: createMeter({ worker: "executor", ids, first, store, run_id: claimed.run_id }) };
}

/** Carries out a claimed step and records it. Its events go to `deliver`; the last one is `executor_result`. */
export async function executeStep(
  { claimed, meter }: OwnedStep,
  deps: ExecutorDeps,
  deliver: (event: StepEvent) => void,
): Promise<void> {
  const { attempt, step: { step_number } } = claimed;
  const agent = { id: claimed.agent_id, type: "executor" as const, step_number };
  const rows = emptyBatch();
  const cancel = watchCancel({ ...deps, run_id: claimed.run_id });

  deliver({ type: "executor_spawned", agent, executor_agent_id: claimed.agent_id, step_number, attempt });
  const outcome = await workStep(claimed, {
    worker: "executor",
    meter,
    rows,
    emit: (event) => deliver(StepEventSchema.parse({ ...event, agent })),
    signal: cancel.signal,
  }, deps).finally(cancel.stop);
  await deps.store.finishStep(claimed.execution_id, outcome, rows);
  deliver({
    type: "executor_result",
    agent,
    executor_agent_id: claimed.agent_id,
    step_number,
    attempt,
    result: outcome.result,
    usage: outcome.usage,
    duration_ms: outcome.duration_ms,
  });
}
