// The planner: starts runs, takes over those whose lease has expired, and answers what it owns to the terminal event,
// or until hand-off, when the time of its invocation is up first.
import {
  LeaseLostError,
  RunAwaitsError,
  RunHasOwnerError,
  StoreUnavailable,
  toAgentError,
  UnreadableRun,
} from "../../contracts/errors.ts";
import type { RunEvent, Strategy } from "../../contracts/events.ts";
import type { Usage } from "../../contracts/usage.ts";
import { CREATE_PLAN } from "./create_plan.ts";
import { createHandOff } from "../durable/hand_off.ts";
import { hearingStore } from "../durable/hearing_store.ts";
import { startHeartbeat } from "../durable/lease_heartbeat.ts";
import type { LoopOutcome, Unfinished } from "../loop/loop_events.ts";
import { createUsageMeter, type FirstReservation, newReservation } from "../durable/usage_meter.ts";
import type { PlannerDeps } from "../deps.ts";
import type { ModelCalls } from "../limits.ts";
import { plannerPrompt } from "../loop/prompts.ts";
import type { ExistingRun, OwnedRun, RunOutcome, StartedRun, StartRequest } from "../store/records.ts";
import { createNextSummary } from "./next_summary.ts";
import { type ResumePoint, resumePoint } from "../durable/resume_point.ts";
import { createRunLog, type RunLog } from "../durable/run_log.ts";
import { createStrategyTracker } from "./strategy.ts";
import { runPlannerLoop } from "./planner_loop.ts";

/** A run that is ours, with the reservation of its next model call. */
export interface Turn {
  owned: OwnedRun;
  first: FirstReservation;
}

/** The planner has the run's last word, if need be beyond the run's budget. */
function plannerCall({ planner }: ModelCalls) {
  return { ...planner, beyond_budget: "may_be_last" as const };
}

const UNREADABLE = {
  kind: "internal" as const,
  message: "The run can't be read, so it was not finished. Please send the message again.",
  retryable: false,
};

/**
 * Makes a run of a request, with its first model call reserved. Errors: `not_found`, `conflict`, `rate_limited`
 * when the user's quota is used up.
 */
export async function startTurn(
  request: StartRequest["request"],
  { store, model, tools, ids, calls, about, lease_seconds }: PlannerDeps,
): Promise<{ started: StartedRun; first: FirstReservation } | { started: ExistingRun }> {
  const first = await newReservation(plannerCall(calls), { ids, model });
  const started = await store.startRun({
    request,
    agent: {
      model_preference: { profile: "balanced", models: model.models.balanced },
      available_tools: [...tools.catalogue.map((tool) => tool.name), CREATE_PLAN.name],
      system_prompt: plannerPrompt(about),
    },
    reservation: first.row,
    lease_seconds,
  });
  return started.existing ? { started } : { started, first: { ...first, reserved: started.reserved } };
}

/**
 * Takes over a run whose lease has expired, or that has waited for a person. Null when there is nothing to take over: one
 * whose rows can't be read has failed. Errors: `not_found`.
 */
export async function takeOver(
  run_id: string,
  { store, ids, model, calls, lease_seconds, log }: PlannerDeps,
): Promise<Turn | null> {
  const first = await newReservation(plannerCall(calls), { ids, model });
  try {
    const owned = await store.claimRun(run_id, { reservation: first.row, lease_seconds });
    return owned && { owned, first: { ...first, reserved: owned.reserved } };
  } catch (error) {
    if (error instanceof RunHasOwnerError || error instanceof RunAwaitsError) return null;
    if (!(error instanceof UnreadableRun)) throw error;
    log.error("a run has failed, because its rows can't be read", { run_id, error });
    await store.failRun({ run_id, generation: error.generation }, UNREADABLE);
    return null;
  }
}

/**
 * Answers a run of ours to its terminal event, or until it waits for a person, or until hand-off, or until the lease is
 * lost or the database has been away for a lease: then the run waits for takeover. New events go to `deliver` once they
 * are stored. Never rejects: a failure is the run's `error` event. `released` is called once the run is let go for
 * hand-off: no event comes after it, and any reader may have the run taken over. Gives what is left to do, for which
 * nobody has to wait.
 */
export async function answerTurn(
  turn: Turn,
  given: PlannerDeps,
  deliver: (event: RunEvent) => void,
  released: () => void = () => {},
): Promise<(() => Promise<void>) | null> {
  const { owned } = turn;
  const point = resumePoint(owned);
  const { work, deps, lost, stop } = openWork(turn, point, given, deliver);
  const { run, meter, strategy, summary } = work;
  let loop: LoopOutcome | null;
  try {
    loop = await runPlannerLoop(owned, point, work, deps);
  } catch (error) {
    if (!run.broken.aborted) deps.log.error("a run broke off", { run_id: owned.run_id, error });
    loop = failureOf(error);
  }
  stop();
  const settlement = await meter.unsettled();
  if (loop !== null && !lost.aborted) {
    if (loop.type === "suspended" || loop.type === "awaiting") {
      const letGo = loop.type === "suspended" ? release : park;
      await letGo(run, settlement, deps, released);
      return summary.afterRun("not answered");
    }
    const { usage } = run;
    if (await run.finish({ ...runOutcome(loop, strategy.current(), usage), settlement })) {
      return summary.afterRun(loop.type === "answered" ? "answered" : "not answered");
    }
  }
  // The next owner settles the rest; what this one has done is kept, and what it had reserved for itself is given back.
  await Promise.allSettled([run.flush(), settlement && deps.store.settleUsage(settlement)]);
  return summary.afterRun("not answered");
}

/**
 * What works for this owner of a run: its log, its meter, its heart; until `stop`. `lost` aborts with its lease. With
 * what it is given to work with, whose store the heart hears.
 */
function openWork(
  { owned, first }: Turn,
  point: ResumePoint,
  given: PlannerDeps,
  deliver: (event: RunEvent) => void,
) {
  const { ids, model, calls, clock, log, lease_seconds } = given;
  const { run_id, generation } = owned;
  const beat = () => given.store.heartbeatRun({ run_id, generation });
  const heart = startHeartbeat({ beat, clock, log, lease_seconds });
  const store = hearingStore(given.store, heart.heard);
  const deps = { ...given, store };
  const handOff = createHandOff(deps);
  const run = createRunLog({
    owned,
    known_events: point.known_events,
    store,
    clock,
    log,
    deliver,
    handOff,
  });
  const meter = createUsageMeter({
    call: plannerCall(calls),
    thread_id: owned.thread_id,
    ids,
    model,
    first,
    reserve: (next, settled) => store.reserveUsage(run_id, next, settled),
  });
  const strategy = createStrategyTracker(
    point.strategy,
    (strategy) => run.emit({ type: "analysis", strategy }),
  );
  const summary = createNextSummary(run_id, deps);
  const cancelled = owned.cancel_requested ? AbortSignal.abort() : heart.cancelled;
  const signal = AbortSignal.any([cancelled, heart.lost, run.broken]);
  const hand_off_due = handOff.signal;
  return {
    work: { run, meter, strategy, summary, signal, hand_off_due, beatNow: heart.beatNow },
    deps,
    lost: heart.lost,
    stop() {
      heart.stop();
      handOff.stop();
    },
  };
}

/** The end of a run that fails for this error; null where the run does not end, but waits for takeover. */
function failureOf(error: unknown): LoopOutcome | null {
  if (error instanceof StoreUnavailable || error instanceof LeaseLostError) return null;
  const { kind, message, retryable } = toAgentError(error);
  return { type: "failed", failure: { kind, message, retryable }, limit: null };
}

/** Lets the run go for its next owner. */
async function release(
  run: RunLog,
  settlement: RunOutcome["settlement"],
  deps: PlannerDeps,
  released: () => void,
): Promise<void> {
  const { run_id } = run.lease;
  try {
    await run.flush();
    await deps.store.releaseRun(run.lease, settlement);
    released();
    await deps.handOff(run_id);
  } catch (error) {
    deps.log.error("hand-off failed; the run waits for takeover", { run_id, error });
  }
}

/** Has the run wait for a person, unless they have decided everything meanwhile. */
async function park(
  run: RunLog,
  settlement: RunOutcome["settlement"],
  deps: PlannerDeps,
  released: () => void,
): Promise<void> {
  const { run_id } = run.lease;
  try {
    if (await run.park(settlement)) return;
    released();
    await deps.handOff(run_id);
  } catch (error) {
    deps.log.error("a pause failed; the run waits for takeover", { run_id, error });
  }
}

function runOutcome(
  loop: Exclude<LoopOutcome, { type: Unfinished }>,
  strategy: Strategy | null,
  usage: Usage,
): Omit<RunOutcome, "settlement"> {
  switch (loop.type) {
    case "answered":
      return {
        status: "completed",
        strategy: strategy ?? "simple",
        usage,
        finished_reason: loop.cut_off ? "length" : loop.limit?.reason ?? "answered",
        answer: loop.text,
      };
    case "failed":
      return { status: "failed", strategy, usage, error: loop.failure };
    case "aborted":
      return { status: "cancelled", strategy, usage, finished_reason: "cancelled" };
    case "submitted":
      throw new Error("Cannot finish the run: the planner has no tool that submits");
  }
}
