// `create_plan`: the planner's own tool. A good plan becomes a row and is carried out; what comes back to the
// model is a compact report. A bad plan comes back once with the reasons. A plan whose steps failed may be
// replaced, with its completed steps kept.
import { CREATE_PLAN_NAME } from "../../contracts/built_in_tools.ts";
import { modelSchema } from "../../contracts/json_schema.ts";
import type { ToolSchema } from "../../contracts/model.ts";
import { type Plan, PlanDraft, type PlanStep } from "../../contracts/plan.ts";
import type { Json } from "../../contracts/text.ts";
import { failed, ok, type ToolResult } from "../../contracts/tool_result.ts";
import { MAX_PARALLEL_STEPS, MAX_REPLANS } from "../limits.ts";
import { checkPlan } from "./plan_check.ts";
import { firstSteps, schedulePlan } from "./plan_scheduler.ts";
import { isComplete, type PlanningPoint, type Revision, type StepReport } from "../durable/planning_point.ts";
import { markPlan } from "../store/rows.ts";
import { carryOutStep, stepStart } from "./plan_step.ts";
import { isUnfinished, type Unfinished } from "../loop/loop_events.ts";
import type { BuiltInTool } from "../loop/tool_call_options.ts";
import type { RunStepContext } from "./step_context.ts";

export const CREATE_PLAN: ToolSchema = {
  name: CREATE_PLAN_NAME,
  description: "Carries out a plan; gives the results of its steps. depends_on: step numbers",
  parameters: modelSchema(PlanDraft),
};

export interface Planning extends BuiltInTool {
  /** False once the plan is done, can't be mended, or has been mended often enough. */
  offered(): boolean;
  /** Whether the call's plan is a row: then it is carried out to its end, whatever there is left to spend. */
  hasBegun(call_id: string): Promise<boolean>;
}

/** `point` tells what earlier owners of the run have planned and carried out. */
export function createPlanning(context: RunStepContext, point: PlanningPoint): Planning {
  const revisions = [...point.revisions];
  /** `complete` is false while a plan is being carried out, and when one was left without every step completed. */
  let { completed, refusals, complete } = point;

  const offered = () => {
    if (refusals > 1) return false;
    const latest = revisions.at(-1)?.plan;
    return latest === undefined || (latest.revision <= MAX_REPLANS && !complete);
  };

  const planOf = (call_id: string) => context.ids.derived(call_id, "plan");
  const revisionOf = async (call_id: string) => {
    const plan_id = await planOf(call_id);
    return revisions.find(({ plan }) => plan.id === plan_id);
  };

  async function run(args: Json, call_id: string): Promise<ToolResult | Unfinished> {
    const replayed = await revisionOf(call_id);
    if (replayed) return await carryOut(replayed);
    if (!offered()) {
      return failed("not_allowed", "No further plan is allowed. Answer the user with what you have.");
    }
    const kept = completed.map((report) => report.step);
    const check = checkPlan(args, { catalogue: context.tools.catalogue, kept });
    if (!check.ok) {
      refusals += 1;
      const reasons = check.reasons.join("\n");
      return failed("invalid_arguments", `The plan was not carried out:\n${reasons}\n${advice(refusals)}`);
    }
    refusals = 0;
    const plan = await storePlan(
      context,
      await planOf(call_id),
      check.draft,
      completed,
      revisions.at(-1)?.plan,
    );
    const revision = { plan, kept: completed, ended: new Map(), begun: new Map() };
    revisions.push(revision);
    return await carryOut(revision);
  }

  async function carryOut({ plan, kept, ended, begun }: Revision): Promise<ToolResult | Unfinished> {
    const reports = await schedulePlan({
      steps: plan.steps,
      kept,
      parallel: MAX_PARALLEL_STEPS,
      work: (step) => {
        const endInLog = ended.get(step.step_number);
        return endInLog
          ? Promise.resolve(endInLog)
          : carryOutStep(plan, step, begun.get(step.step_number), context);
      },
      skip: (step, because) => skipStep(plan, step, because, context),
    });
    if (isUnfinished(reports)) return reports;
    completed = [...kept, ...reports].filter((report) => report.status === "completed");
    complete = isComplete(plan, completed);
    const status = complete ? "completed" : "failed";
    // A cancelled run closes its plan itself.
    if (!context.signal.aborted) markPlan(context.run.rows, plan.id, status);
    return ok({ status, steps: reports.map(compactReport) }, summary(status, offered()));
  }

  return {
    name: CREATE_PLAN.name,
    run,
    offered,
    hasBegun: async (call_id) => await revisionOf(call_id) !== undefined,
  };
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
  { run, planner_agent_id, user_message }: RunStepContext,
  id: string,
  draft: PlanDraft,
  kept: StepReport[],
  previous: Plan | undefined,
): Promise<Plan> {
  const steps = [...kept.map(({ step }) => step), ...draft.steps].toSorted((a, b) =>
    a.step_number - b.step_number
  );
  const plan: Plan = { id, revision: (previous?.revision ?? 0) + 1, goal: draft.goal, steps };
  run.rows.plans.push({ ...plan, planner_agent_id, user_message, supersedes: previous?.id });
  run.emit({ type: "plan_created", plan });
  // Its first steps begin with it: while executors claim them, nobody writes the plan.
  markPlan(run.rows, id, "executing");
  for (const step of firstSteps({ steps, kept, parallel: MAX_PARALLEL_STEPS })) run.emit(stepStart(step, 1));
  // Executors read the plan from the database, so it has to be there before they are called.
  await run.flush();
  return plan;
}

/** The row goes with the event: a reader of the one finds the other. */
async function skipStep(
  plan: Plan,
  step: PlanStep,
  because: PlanStep,
  { run, ids }: RunStepContext,
): Promise<StepReport> {
  const error = `Step ${because.step_number} (${because.title}) did not complete.`;
  const { step_number } = step;
  // Before the rows are looked up: while this waits, they may be taken away to be written, and others begun.
  const id = await ids.derived(plan.id, step_number, "skipped");
  run.rows.executions.push({
    id,
    plan_id: plan.id,
    step_number,
    attempt: 0,
    status: "skipped",
    error,
  });
  run.emit({ type: "step_complete", step_number, attempt: 0, status: "skipped", summary: "Skipped.", error });
  return { step, status: "skipped", error };
}

/** What the model is told of a step: its result, never the raw output of its tools. */
function compactReport({ step, status, result, error }: StepReport): Json {
  return {
    step_number: step.step_number,
    status: result?.status === "partial" ? "partial" : status,
    ...(result && { summary: result.summary }),
    ...(result?.data !== undefined && { data: result.data }),
    ...(result?.open_questions && { open_questions: result.open_questions }),
    ...(error !== undefined && !result && { error }),
  };
}
