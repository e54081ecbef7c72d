// One step of a plan as the planner sees to it: an executor's over HTTP, or its own. Either way it is announced
// here how the step ended.
import { LeaseLostError, StoreUnavailable, toAgentError } from "../../contracts/errors.ts";
import type { EventBody } from "../../contracts/events.ts";
import type { Plan, PlanStep, StepResult } from "../../contracts/plan.ts";
import { newReservation } from "../durable/usage_meter.ts";
import { closeLostCalls } from "./lost_calls.ts";
import { runRemoteStep } from "./remote_step.ts";
import type { StepRecord } from "../store/records.ts";
import type { StepReport } from "../durable/planning_point.ts";
import type { EndedStep, RunStepContext } from "./step_context.ts";
import { isUnfinished, type Unfinished } from "../loop/loop_events.ts";
import { runStepLoop, stepCall } from "../loop/step_loop.ts";

/** Tells of an attempt at a step, once, however often it is emitted. */
export function stepStart({ step_number, title }: PlanStep, attempt: number): EventBody {
  return { type: "step_start", step_number, attempt, title };
}

/**
 * Sees one step through to its report, unless it is to be resumed, or the run was cancelled: then the end of the run
 * tells how the step ended. Whatever goes wrong fails the step, except that the run is not ours any more, or its
 * database can't be reached: these reject. `record` is what is known of the step,
 * where an earlier owner of the run has begun it.
 */
export async function carryOutStep(
  plan: Plan,
  step: PlanStep,
  record: StepRecord | undefined,
  context: RunStepContext,
): Promise<StepReport | Unfinished> {
  const { run, log, signal } = context;
  const { step_number } = step;
  let attempt = record?.attempt ?? 1;
  let report: StepReport;
  const begun = (number: number) => {
    attempt = number;
    run.emit(stepStart(step, attempt));
  };
  try {
    const ended = step.executor_required
      ? await runRemoteStep(plan, step, { ...context, begun, known: record !== undefined })
      : await runOwnStep(plan, step, record, { ...context, begun });
    if (isUnfinished(ended)) return ended;
    attempt = ended.attempt;
    report = reportOf(step, ended.result);
    // An executor hears of a cancel before the planner does.
    if (report.status === "failed") await context.beatNow();
    if (signal.aborted && report.status === "failed") return "suspended";
  } catch (error) {
    if (error instanceof LeaseLostError || error instanceof StoreUnavailable) throw error;
    await context.beatNow();
    if (signal.aborted) return "suspended";
    log.error("a step failed", { plan_id: plan.id, step_number, error });
    report = { step, status: "failed", error: toAgentError(error).message };
    if (step.executor_required) {
      await closeLostCalls({ plan_id: plan.id, step_number }, { ...context, begun });
    }
  }
  run.emit({
    type: "step_complete",
    step_number,
    attempt,
    status: report.status,
    summary: report.result?.summary ?? report.error ?? "",
    error: report.error,
  });
  return report;
}

async function runOwnStep(
  plan: Plan,
  step: PlanStep,
  record: StepRecord | undefined,
  context: RunStepContext & { begun(attempt: number): void },
): Promise<EndedStep | Unfinished> {
  const { store, tools, ids, model, calls, run, planner_agent_id, lease_seconds, signal, hand_off_due } =
    context;
  const { step_number } = step;
  context.begun(1);
  if (record?.result) return { attempt: record.attempt, result: record.result };

  const first = await newReservation(stepCall("planner", calls), { ids, model });
  const claimed = await store.claimStep({ plan_id: plan.id, step_number }, {
    type: "planner",
    id: planner_agent_id,
    generation: run.lease.generation,
    reservation: first.row,
    allowed_tools: tools.catalogue.map((tool) => tool.name),
    lease_seconds,
  });
  const { execution_id, generation } = claimed;
  const lease = { execution_id, generation };
  const end = await runStepLoop(claimed, {
    worker: "planner",
    lease,
    store,
    first: { ...first, reserved: claimed.reserved },
    // They are stored with the run's own rows.
    write: {
      message(row, usage) {
        const { rows } = run;
        rows.messages.push(row);
        rows.step_usage = rows.step_usage.filter((one) => one.execution_id !== execution_id);
        rows.step_usage.push({ execution_id, usage });
      },
      tool_call: (row) => run.rows.tool_calls.push(row),
    },
    take: () => ({ messages: [], tool_calls: [] }),
    propose: run.propose,
    emit: (event) => run.emit({ ...event, agent: { id: planner_agent_id, type: "planner", step_number } }),
    signal,
    hand_off_due,
  }, context);
  await run.flush();
  if (end.type !== "ended") {
    if (end.settlement) await store.settleUsage(end.settlement);
    return end.type;
  }
  await store.finishStep(lease, end.outcome, end.progress);
  return { attempt: claimed.attempt, result: end.outcome.result };
}

function reportOf(step: PlanStep, result: StepResult): StepReport {
  switch (result.status) {
    case "completed":
    case "partial":
      return { step, status: "completed", result };
    case "failed":
      return { step, status: "failed", result, error: result.summary };
    case "needs_input":
      return { step, status: "failed", result, error: `It needs an answer: ${result.summary}` };
  }
}
