// The executor: takes one step of a plan, carries it out with read tools only, and streams what it does to the
// planner, which numbers and stores the events.
import { LeaseLostError, toAgentError } from "../../contracts/errors.ts";
import type { StepEvent } from "../../contracts/events.ts";
import { createHandOff } from "../durable/hand_off.ts";
import { hearingStore } from "../durable/hearing_store.ts";
import { startHeartbeat } from "../durable/lease_heartbeat.ts";
import { stepResumePoint } from "../durable/step_resume_point.ts";
import { type FirstReservation, newReservation } from "../durable/usage_meter.ts";
import type { ExecutorDeps } from "../deps.ts";
import { EXECUTOR_PROMPT } from "../loop/prompts.ts";
import type { ClaimedStep, StepRef } from "../store/records.ts";
import { recordedEvents, type ToolEvent } from "../loop/tool_events.ts";
import { runStepLoop, stepCall } from "../loop/step_loop.ts";
import { createStepWrites } from "./step_writes.ts";

/** A step that is ours, with the reservation of its first model call. */
export interface OwnedStep {
  claimed: ClaimedStep;
  first: FirstReservation;
}

/**
 * Claims the step. Errors: `rate_limited` when the budget is used up; `not_found`; `conflict` when it is not
 * ready, not an executor's, or taken.
 */
export async function claimForExecutor(
  step: StepRef,
  { store, model, tools, ids, calls, lease_seconds }: ExecutorDeps,
): Promise<OwnedStep> {
  const first = await newReservation(stepCall("executor", calls), { ids, model });
  const claimed = await store.claimStep(step, {
    type: "executor",
    reservation: first.row,
    allowed_tools: tools.catalogue.filter((tool) => tool.access === "read").map((tool) => tool.name),
    model_preference: { profile: "speed", models: model.models.speed },
    system_prompt: EXECUTOR_PROMPT,
    lease_seconds,
  });
  return { claimed, first: { ...first, reserved: claimed.reserved } };
}

/**
 * Carries out a claimed step and records it. Its events go to `deliver`; the last one is `executor_result`, unless
 * the step went to another worker, or is handed off, or broke off. Never rejects. `caller` aborts when nobody
 * listens any more: it looks once whether the run was cancelled.
 */
export async function executeStep(
  { claimed, first }: OwnedStep,
  deps: ExecutorDeps,
  deliver: (event: StepEvent) => void,
  caller: AbortSignal,
): Promise<void> {
  const { log } = deps;
  const { attempt, agent_id: executor_agent_id, step: { step_number } } = claimed;
  const agent = { id: executor_agent_id, type: "executor" as const, step_number };
  const { execution_id, generation } = claimed;
  const lease = { execution_id, generation };
  const tell = (event: ToolEvent) => deliver({ ...event, agent });
  const handOff = createHandOff(deps);
  const { open_calls } = claimed;
  const { heart, store, stop } = openHeart(claimed, deps);
  const writes = createStepWrites({ store, lease, open_calls, deliver: tell, onProgress: handOff.progress });
  const look = () => void heart.beatNow();
  caller.addEventListener("abort", look);

  deliver({ type: "executor_spawned", agent, executor_agent_id, step_number, attempt });
  try {
    // The worker before may have had nobody who listened.
    for (const call of stepResumePoint(claimed).told_again) {
      recordedEvents(call, deps.tools.catalogue).forEach(tell);
    }
    const end = await runStepLoop(claimed, {
      worker: "executor",
      lease,
      first,
      ...writes,
      signal: AbortSignal.any([heart.cancelled, heart.lost]),
      hand_off_due: handOff.signal,
    }, deps);
    if (heart.lost.aborted) {
      // What was reserved for this worker is given back; all else is the next one's.
      const { settlement } = end.type === "ended" ? end.outcome : end;
      return void (settlement && await store.settleUsage(settlement).catch(() => {}));
    }
    if (end.type !== "ended") return await writes.store.releaseStep(lease, end.progress, end.settlement);
    await writes.store.finishStep(lease, end.outcome, end.progress);
    const { outcome: { result, duration_ms }, progress: { usage } } = end;
    const about = { agent, executor_agent_id, step_number, attempt };
    deliver({ type: "executor_result", ...about, result, usage, duration_ms });
  } catch (error) {
    if (error instanceof LeaseLostError) return;
    log.error("a step broke off", { execution_id, error });
    // The planner will try again, and should not have to wait until the lease has run out.
    await store.releaseStep(lease, null, null).catch(() => {});
    const { kind, message, retryable } = toAgentError(error);
    deliver({ type: "error", kind, message, retryable });
  } finally {
    caller.removeEventListener("abort", look);
    stop();
    handOff.stop();
  }
}

/**
 * The worker's heart, until `stop`: it hears what is answered to the writes of the store that comes with it, and what
 * those hear who work on the same run in this process.
 */
function openHeart(
  { run_id, execution_id, generation }: ClaimedStep,
  { store: given, clock, log, lease_seconds, hearing, user }: ExecutorDeps,
) {
  const beat = () => listening.look(() => given.heartbeatStep({ execution_id, generation }));
  const heart = startHeartbeat({ beat, clock, log, lease_seconds });
  const listening = hearing.join({ user, run_id }, heart.heard);
  const store = hearingStore(given, (answer) => {
    heart.heard(answer);
    listening.tell(answer);
  });
  return {
    heart,
    store,
    stop() {
      listening.leave();
      heart.stop();
    },
  };
}
