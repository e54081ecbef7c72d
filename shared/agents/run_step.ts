// One step of a plan as the planner sees to it: an executor's over HTTP, or its own. Either way the step's
// events are announced here, and one question of an executor is answered.
import { AgentError, toAgentError } from "../contracts/errors.ts";
import type { StepEvent } from "../contracts/events.ts";
import type { Plan, PlanStep, StepResult } from "../contracts/plan.ts";
import { NO_USAGE, type Usage } from "../contracts/usage.ts";
import { answerQuestion, NO_ANSWER } from "./answer_question.ts";
import type { Clock, Log, StepInvoker, Store } from "./ports.ts";
import { createMeter, newReservation } from "./meter.ts";
import type { StepReport } from "./plan_runner.ts";
import type { RunLog } from "./run_log.ts";
import { type AgentDeps, workStep } from "./work_step.ts";

export interface RunStepContext extends AgentDeps {
  store: Store;
  invoke: StepInvoker;
  log: Log;
  run: RunLog;
  session_id: string;
  planner_agent_id: string;
  user_message: string;
  /** Told what every model call of the step cost. */
  spend(usage: Usage): void;
  signal: AbortSignal;
}

/** Sees one step through to its report. Never rejects: whatever goes wrong fails the step. */
export async function runStep(plan: Plan, step: PlanStep, context: RunStepContext): Promise<StepReport> {
  const { run, log, signal } = context;
  const { step_number, title } = step;
  let attempt = 1;
  let report: StepReport;
  try {
    if (signal.aborted) throw new AgentError("conflict", "The run was cancelled.");
    run.emit({ type: "step_start", step_number, attempt, title });
    let result = await attemptStep(plan, step, context);
    if (result.status === "needs_input") {
      await answer(plan, step, result, context);
      run.emit({ type: "step_start", step_number, attempt: ++attempt, title });
      result = await attemptStep(plan, step, context);
    }
    report = reportOf(step, result);
  } catch (error) {
    log.error("a step failed", { plan_id: plan.id, step_number, error });
    report = { step, status: "failed", error: toAgentError(error).message };
  }
  run.emit({
    type: "step_complete",
    step_number,
    attempt,
    status: report.status,
    summary: report.result?.summary ?? report.error ?? "",
    error: report.error,
  });
  run.flushSoon();
  return report;
}

function attemptStep(plan: Plan, step: PlanStep, context: RunStepContext): Promise<StepResult> {
  return step.executor_required ? onExecutor(plan, step, context) : onPlanner(plan, step, context);
}

async function onExecutor(plan: Plan, step: PlanStep, { invoke, run, spend, clock, signal }: RunStepContext) {
  let last: StepEvent | null = null;
  const patience = graceAfter(signal, clock);
  const ref = { plan_id: plan.id, step_number: step.step_number };
  for await (const event of invoke(ref, { signal: patience })) {
    last = event;
    if (event.type === "error") break;
    run.emit(event);
  }
  if (last?.type === "executor_result") {
    spend(last.usage);
    return last.result;
  }
  const summary = last?.type === "error" ? last.message : "The executor stopped before it had a result.";
  return { status: "failed" as const, summary };
}

/** A cancelled executor ends by itself and tells what it spent; it is left alone only when it does not. */
const GRACE_MS = 1_000;

function graceAfter(signal: AbortSignal, clock: Clock): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener("abort", () => void clock.after(GRACE_MS, () => controller.abort()), {
    once: true,
  });
  return controller.signal;
}

async function onPlanner(plan: Plan, step: PlanStep, context: RunStepContext): Promise<StepResult> {
  const { store, tools, ids, run, planner_agent_id, spend, signal } = context;
  const { step_number } = step;
  const first = await newReservation("planner", ids);
  const claimed = await store.claimStep({ plan_id: plan.id, step_number }, {
    reservation: first.row,
    type: "planner",
    id: planner_agent_id,
    allowed_tools: tools.catalogue.map((tool) => tool.name),
  });
  const rows = { messages: [], tool_calls: [] };
  const outcome = await workStep(claimed, {
    worker: "planner",
    meter: createMeter({ worker: "planner", ids, first, store, run_id: claimed.run_id }),
    rows,
    emit: (event) => run.emit({ ...event, agent: { id: planner_agent_id, type: "planner", step_number } }),
    signal,
  }, context);
  spend(outcome.usage);
  await store.finishStep(claimed.execution_id, outcome, rows);
  return outcome.result;
}

async function answer(plan: Plan, step: PlanStep, result: StepResult, context: RunStepContext) {
  const { clock, ids, store, run, session_id, planner_agent_id, user_message, spend, signal } = context;
  const question = result.open_questions?.[0] ?? result.summary;
  const thread = {
    id: ids.random(),
    session_type: "planner_thinking" as const,
    parent_session_id: session_id,
    plan_id: plan.id,
    step_number: step.step_number,
    planner_agent_id,
    created_at: new Date(clock.now()).toISOString(),
  };
  const about = { user_message, goal: plan.goal, task: step.task, question };
  const rows = { threads: [], messages: [] };
  const { run_id } = run;
  const first = await newReservation("planner", ids);
  const meter = createMeter({ worker: "planner", ids, first, store, run_id });
  const over = await store.reserveUsage(run_id, first.row, null);
  const { answer, usage } = over === null
    ? await answerQuestion(about, thread, rows, context, signal)
    : { answer: NO_ANSWER, usage: NO_USAGE };
  spend(usage);
  meter.spend(usage, 0);
  await store.settleUsage(meter.settlement());
  run.rows.threads.push(...rows.threads);
  run.rows.messages.push(...rows.messages);
  await store.answerStep({ plan_id: plan.id, step_number: step.step_number }, answer, planner_agent_id);
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
