// A step that an executor carries out: called over HTTP, listened to, waited for where the connection breaks, and
// called again when the executor's lease has expired. One question of it is answered.
import { AgentError, CancelledError, RunBudgetError } from "../../contracts/errors.ts";
import type { StepEvent } from "../../contracts/events.ts";
import type { Plan, PlanStep, StepResult } from "../../contracts/plan.ts";
import { answerStepQuestion } from "./answer_question.ts";
import { pause } from "../../async/pause.ts";
import { pausesWithin } from "../../async/retry.ts";
import { leaseExpired, pollStep } from "./poll_step.ts";
import type { Clock } from "../../async/clock.ts";
import type { Unfinished } from "../loop/loop_events.ts";
import type { StepView } from "../store/records.ts";
import type { EndedStep, RunStepContext } from "./step_context.ts";

/** A step that loses so many executors is what kills them. */
const MAX_ATTEMPTS = 5;
/** An executor that has to be started takes its time, however short the lease. */
const LEAST_PATIENCE_MS = 5_000;

interface ExecutorStepContext extends RunStepContext {
  /** Told of each attempt before it is made. */
  begun(attempt: number): void;
  /** The step may have been begun by an earlier owner of the run. */
  known: boolean;
}

type Standing = Pick<
  StepView,
  "attempt" | "status" | "result" | "error" | "answered" | "released" | "awaiting" | "executor_agent_id"
>;

/**
 * Suspended: the executor works on, and the next owner of the run waits for it. Awaiting: it has let the step go until a
 * person has decided on a call of it; then the same attempt goes on.
 */
export async function runRemoteStep(
  plan: Plan,
  step: PlanStep,
  context: ExecutorStepContext,
): Promise<EndedStep | Unfinished> {
  const { clock, begun, signal, hand_off_due } = context;
  const ref = { plan_id: plan.id, step_number: step.step_number };
  const patience = graceAfter(signal, clock);
  const waiting = { ...context, signal: patience };

  let standing: Standing | null | "suspended" = context.known ? await pollStep(ref, waiting) : null;
  if (standing === "suspended") return standing;
  /** Between calls in a row that no executor took up: they may fail for as long as a lease. */
  const patience_ms = Math.max(context.lease_seconds * 1_000, LEAST_PATIENCE_MS);
  let pauses: Iterator<number> | null = null;
  for (;;) {
    if (standing?.awaiting) return "awaiting";
    if (standing && standing.status !== "running") {
      if (standing.status !== "needs_input") return { attempt: standing.attempt, result: resultOf(standing) };
      if (!standing.answered && standing.result) {
        await answerStepQuestion(plan, step, standing.result, standing.executor_agent_id, context);
      }
    }
    if (signal.aborted) throw new CancelledError();
    if (hand_off_due.aborted) return "suspended";
    const before: number = standing?.attempt ?? 0;
    const attempt = standing?.released ? before : before + 1;
    if (attempt > MAX_ATTEMPTS) throw new AgentError("internal", "The executor's lease expired too often.");
    begun(attempt);

    const call = await callExecutor(ref, context, AbortSignal.any([signal, hand_off_due]));
    standing = call.standing ?? (hand_off_due.aborted ? "suspended" : await pollStep(ref, waiting));
    if (standing === "suspended") return standing;
    if (call.taken || (standing && standing.attempt > before)) {
      pauses = null;
      continue;
    }
    pauses ??= pausesWithin(patience_ms, clock)[Symbol.iterator]();
    const next = pauses.next();
    if (next.done) throw call.error;
    await pause(clock, next.value, AbortSignal.any([signal, hand_off_due]));
  }
}

/** Calls the executor and passes on what it streams: whether it took the step, and how the step ended, if it told. */
async function callExecutor(
  ref: { plan_id: string; step_number: number },
  context: ExecutorStepContext,
  signal: AbortSignal,
): Promise<{ standing: Standing | null; taken: boolean; error: unknown }> {
  let standing: Standing | null = null;
  let taken = false;
  let error: unknown = new AgentError("internal", "The executor stopped before it had a result.");
  const listened = new AbortController();
  const expired = leaseExpired(ref, { ...context, stop: listened.signal });
  try {
    for await (const event of context.invoke(ref, { signal: AbortSignal.any([signal, expired]) })) {
      if (event.type === "error") error = new AgentError(event.kind, event.message);
      else context.run.emit(event);
      taken = true;
      if (event.type === "executor_result") standing = standingOf(event);
    }
  } catch (thrown) {
    // A budget that is used up stays so.
    if (thrown instanceof RunBudgetError) throw thrown;
    error = thrown;
  } finally {
    listened.abort();
  }
  return { standing, taken, error };
}

function standingOf(event: Extract<StepEvent, { type: "executor_result" }>): Standing {
  const { attempt, result, executor_agent_id } = event;
  return {
    attempt,
    status: result.status,
    result,
    error: null,
    answered: false,
    released: false,
    awaiting: false,
    executor_agent_id,
  };
}

function resultOf({ result, error }: Standing): StepResult {
  return result ?? { status: "failed", summary: error ?? "The step ended without a result." };
}

/**
 * An executor whose stream is closed looks, ends by itself when the run was cancelled, and its rows tell what it spent; it
 * is left alone only when it does not.
 */
const GRACE_MS = 1_000;

function graceAfter(signal: AbortSignal, clock: Clock): AbortSignal {
  const controller = new AbortController();
  const begin = () => void clock.after(GRACE_MS, () => controller.abort());
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return controller.signal;
}
