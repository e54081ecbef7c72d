// `create_plan`: the planner's own tool. A good plan becomes a row and is carried out; what comes back to the
// model is a compact report. A bad plan comes back once with the reasons. A plan whose steps failed may be
// replaced, with its completed steps kept.
import { modelSchema } from "../contracts/json_schema.ts";
import type { ToolSchema } from "../contracts/model.ts";
import { type Plan, PlanDraft, type PlanStep } from "../contracts/plan.ts";
import type { Json } from "../contracts/text.ts";
import { failed, ok, type ToolResult } from "../contracts/tool.ts";
import { MAX_PARALLEL_STEPS, MAX_REPLANS } from "./limits.ts";
import { checkPlan } from "./plan_check.ts";
import { runPlan, type StepReport } from "./plan_runner.ts";
import { runStep, type RunStepContext } from "./run_step.ts";
import type { OwnTool } from "./tool_calls.ts";

export const CREATE_PLAN: ToolSchema = {
  name: "create_plan",
  description: "Carries out a plan and returns the results of its steps. depends_on lists step numbers",
  parameters: modelSchema(PlanDraft),
};

export interface Planning extends OwnTool {
  /** False once the plan is done, can't be mended, or has been mended often enough. */
  offered(): boolean;
}

export function createPlanning(context: RunStepContext): Planning {
  let plan: Plan | null = null;
  let reports: StepReport[] = [];
  let refusals = 0;

  const completed = () => reports.filter((report) => report.status === "completed");
  const offered = () => {
    if (refusals > 1) return false;
    if (plan === null) return true;
    return plan.revision <= MAX_REPLANS && reports.some((report) => report.status !== "completed");
  };

  async function run(args: Json): Promise<{ result: ToolResult }> {
    if (!offered()) {
      return {
        result: failed("not_allowed", "No further plan is allowed. Answer the user with what you have."),
      };
    }
    const kept = completed();
    const check = checkPlan(args, {
      catalogue: context.tools.catalogue,
      kept: kept.map((report) => report.step),
    });
    if (!check.ok) {
      refusals += 1;
      const reasons = check.reasons.join("\n");
      return {
        result: failed("invalid_arguments", `The plan was not carried out:\n${reasons}\n${advice(refusals)}`),
      };
    }
    refusals = 0;
    const next = await storePlan(context, check.draft, kept.map((report) => report.step), plan);
    plan = next;
    const fresh = await runPlan({
      steps: next.steps,
      kept,
      parallel: MAX_PARALLEL_STEPS,
      work: (step) => runStep(next, step, context),
      skip: (step, because) => skipStep(next, step, because, context),
    });
    reports = [...kept, ...fresh].toSorted((a, b) => a.step.step_number - b.step.step_number);
    const status = reports.every((report) => report.status === "completed") ? "completed" : "failed";
    // A cancelled run closes its plan itself.
    if (!context.signal.aborted) context.run.rows.plan_updates.push({ id: next.id, status });
    return { result: ok({ status, steps: fresh.map(compactReport) }, summary(status, offered())) };
  }

  return { name: CREATE_PLAN.name, run, offered };
}

function advice(refusals: number): string {
  return refusals === 1 ? "Mend it and call create_plan again." : "Do without a plan.";
}

function summary(status: "completed" | "failed", mayReplan: boolean): string {
  if (status === "completed") return "Every step completed. Answer the user.";
  return mayReplan
    ? "Some steps failed. Call create_plan with new steps for what is missing, or answer the user and say what failed."
    : "Some steps failed. Answer the user and say what failed.";
}

async function storePlan(
  { run, ids, planner_agent_id, user_message }: RunStepContext,
  draft: PlanDraft,
  kept: PlanStep[],
  previous: Plan | null,
): Promise<Plan> {
  const steps = [...kept, ...draft.steps].toSorted((a, b) => a.step_number - b.step_number);
  const plan: Plan = { id: ids.random(), revision: (previous?.revision ?? 0) + 1, goal: draft.goal, steps };
  run.rows.plans.push({ ...plan, planner_agent_id, user_message, supersedes: previous?.id });
  run.emit({ type: "plan_created", plan });
  // Executors read the plan from the database, so it has to be there before they are called.
  await run.flush();
  return plan;
}

function skipStep(plan: Plan, step: PlanStep, because: PlanStep, context: RunStepContext): StepReport {
  const { run, ids, clock, session_id } = context;
  const error = `Step ${because.step_number} (${because.title}) did not complete.`;
  const { step_number, task } = step;
  run.rows.executions.push({
    id: ids.random(),
    plan_id: plan.id,
    step_number,
    attempt: 1,
    session_id,
    task,
    status: "skipped",
    error,
    finished_at: new Date(clock.now()).toISOString(),
  });
  run.emit({ type: "step_complete", step_number, attempt: 0, status: "skipped", summary: "Skipped.", error });
  return { step, status: "skipped", error };
}

/** What the model is told of a step: its result, never the raw output of its tools. */
function compactReport({ step, status, result, error }: StepReport): Json {
  return {
    step_number: step.step_number,
    title: step.title,
    status: result?.status === "partial" ? "partial" : status,
    ...(result && { summary: result.summary }),
    ...(result?.data !== undefined && { data: result.data }),
    ...(result?.open_questions && { open_questions: result.open_questions }),
    ...(error !== undefined && !result && { error }),
  };
}
