// What a run has planned and carried out so far: every revision of its plan, with what is known of its steps.
import { CREATE_PLAN_NAME } from "../../contracts/built_in_tools.ts";
import type { RunEvent } from "../../contracts/events.ts";
import type { Plan, PlanStep, StepResult, StepStatus } from "../../contracts/plan.ts";
import type { OwnedRun, StepRecord, StoredCall } from "../store/records.ts";

/** How one step ended. */
export interface StepReport {
  step: PlanStep;
  status: StepStatus;
  result?: StepResult;
  error?: string;
}

export interface PlanningPoint {
  /** Every revision, oldest first. */
  revisions: Revision[];
  /** The steps that are complete, in whichever revision. */
  completed: StepReport[];
  /** True when every step of the latest revision is. */
  complete: boolean;
  /** Plans in a row that were refused, up to now. */
  refusals: number;
}

/** One plan, by the numbers of its steps. */
export interface Revision {
  plan: Plan;
  /** The steps that earlier revisions have completed. */
  kept: StepReport[];
  /** How steps ended, where the log tells it: that does not change any more. */
  ended: ReadonlyMap<number, StepReport>;
  /** The latest execution of each step that somebody has worked on. */
  begun: ReadonlyMap<number, StepRecord>;
}

type Rows = Pick<OwnedRun, "plans" | "steps" | "tool_calls" | "events">;

export function planningPoint({ plans, steps, tool_calls, events }: Rows): PlanningPoint {
  const completed = completedSteps(plans, steps);
  return {
    revisions: plans.map((plan, i) => {
      const begun = new Map(recordsOf(plan, steps).map((record) => [record.step_number, record]));
      return {
        plan,
        kept: completedSteps(plans.slice(0, i), steps),
        begun,
        ended: endsTold(plan, events, begun),
      };
    }),
    completed,
    complete: isComplete(plans.at(-1), completed),
    refusals: refusalsInARow(tool_calls),
  };
}

/** True when every step of the plan is complete, those that were kept included. */
export function isComplete(plan: Plan | undefined, reports: readonly StepReport[]): boolean {
  return plan !== undefined &&
    plan.steps.every((step) =>
      reports.some((report) => report.step.step_number === step.step_number && report.status === "completed")
    );
}

function completedSteps(plans: readonly Plan[], records: readonly StepRecord[]): StepReport[] {
  return plans.flatMap((plan) =>
    plan.steps.flatMap((step) => {
      const record = recordsOf(plan, records).find((one) => one.step_number === step.step_number);
      const done = record?.status === "completed" || record?.status === "partial";
      return done && record.result ? [{ step, status: "completed" as const, result: record.result }] : [];
    })
  );
}

/** Numbers of steps come again in the next plan. */
function recordsOf(plan: Plan, records: readonly StepRecord[]): StepRecord[] {
  return records.filter((record) => record.plan_id === plan.id);
}

/** How many of the latest plans came to nothing, one after the other. */
function refusalsInARow(tool_calls: readonly StoredCall[]): number {
  const calls = tool_calls.filter((call) => call.tool_name === CREATE_PLAN_NAME);
  return calls.length - 1 - calls.findLastIndex((call) => call.status === "succeeded");
}

function endsTold(
  plan: Plan,
  events: readonly RunEvent[],
  begun: ReadonlyMap<number, StepRecord>,
): Map<number, StepReport> {
  const ends = new Map<number, StepReport>();
  let plan_id = "";
  for (const event of events) {
    if (event.type === "plan_created") plan_id = event.plan.id;
    if (event.type !== "step_complete" || plan_id !== plan.id) continue;
    const { step_number, status, error } = event;
    const step = plan.steps.find((one) => one.step_number === step_number);
    const result = begun.get(step_number)?.result ?? undefined;
    if (step) ends.set(step_number, { step, status, error, result });
  }
  return ends;
}
