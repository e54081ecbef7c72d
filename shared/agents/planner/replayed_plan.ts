// What a run has planned and carried out under earlier owners, read from its rows and its log.
import type { Plan, PlanStep } from "../../contracts/plan.ts";
import type { StepReport } from "./plan_scheduler.ts";
import type { OwnedRun, StepRecord, StoredCall } from "../store/records.ts";

/** The steps of these plans that are complete, whichever of the plans it was that they were completed in. */
export function completedSteps(plans: readonly Plan[], records: readonly StepRecord[]): StepReport[] {
  return plans.flatMap((plan) =>
    plan.steps.flatMap((step) => {
      const record = recordOf(plan, step, records);
      const done = record?.status === "completed" || record?.status === "partial";
      return done && record.result ? [{ step, status: "completed" as const, result: record.result }] : [];
    })
  );
}

export function recordOf(plan: Plan, step: PlanStep, records: readonly StepRecord[]): StepRecord | undefined {
  return records.find((record) => record.plan_id === plan.id && record.step_number === step.step_number);
}

export function isComplete(plan: Plan | undefined, reports: readonly StepReport[]): boolean {
  return plan !== undefined &&
    plan.steps.every((step) =>
      reports.some((report) => report.step.step_number === step.step_number && report.status === "completed")
    );
}

/** How many of the latest calls of the tool came to nothing, one after the other. */
export function refusalsInARow(tool_calls: readonly StoredCall[], name: string): number {
  const calls = tool_calls.filter((call) => call.tool_name === name);
  return calls.length - 1 - calls.findLastIndex((call) => call.status === "succeeded");
}

/** Looks up how a step ended, where the log has told it already: that does not change any more. */
export function endsTold(
  { events, steps }: Pick<OwnedRun, "events" | "steps">,
): (plan: Plan, step: PlanStep) => StepReport | undefined {
  const ends = new Map<string, Omit<StepReport, "step">>();
  let plan_id = "";
  for (const event of events) {
    if (event.type === "plan_created") plan_id = event.plan.id;
    if (event.type !== "step_complete") continue;
    const { step_number, status, error } = event;
    const record = steps.find((one) => one.plan_id === plan_id && one.step_number === step_number);
    ends.set(`${plan_id} ${step_number}`, { status, error, result: record?.result ?? undefined });
  }
  return (plan, step) => {
    const end = ends.get(`${plan.id} ${step.step_number}`);
    return end && { step, ...end };
  };
}
