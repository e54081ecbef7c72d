// Runs the steps of a plan in the order of their dependencies, as many at a time as allowed. A step whose
// dependency failed is skipped, and so are those that depend on it; all others go on.
import type { PlanStep } from "../../contracts/plan.ts";
import type { StepReport } from "../durable/planning_point.ts";
import type { Unfinished } from "../loop/loop_events.ts";

interface PlanRun {
  steps: readonly PlanStep[];
  /** Steps that an earlier revision of the plan has completed. */
  kept: readonly StepReport[];
  parallel: number;
  /** Carries out one step. */
  work(step: PlanStep): Promise<StepReport | Unfinished>;
  /** Told of every step that can't be carried out, with the step that is to blame. */
  skip(step: PlanStep, because: PlanStep): Promise<StepReport>;
}

/** The steps with which a plan begins. */
export function firstSteps(
  { steps, kept, parallel }: Pick<PlanRun, "steps" | "kept" | "parallel">,
): PlanStep[] {
  const done = new Set(kept.map(({ step }) => step.step_number));
  return steps
    .filter((step) => !done.has(step.step_number) && step.depends_on.every((number) => done.has(number)))
    .slice(0, parallel);
}

/**
 * Resolves with a report of every step that is not kept, by number. Once a step was suspended no other begins, and the
 * plan is suspended; a step that awaits a person holds up only those that depend on it, and the plan awaits when
 * nothing else is left to do. Rejects when the work on a step does, once the others have ended.
 */
export async function schedulePlan(
  { steps, kept, parallel, work, skip }: PlanRun,
): Promise<StepReport[] | Unfinished> {
  const ended = new Map(kept.map((report) => [report.step.step_number, report]));
  const waiting = new Set(steps.filter((step) => !ended.has(step.step_number)));
  const running = new Map<number, Promise<{ step: PlanStep; report: StepReport | Unfinished }>>();
  const reports: StepReport[] = [];
  let awaiting = false;

  function end(report: StepReport) {
    ended.set(report.step.step_number, report);
    reports.push(report);
  }

  while (waiting.size > 0 || running.size > 0) {
    for (const step of [...waiting]) {
      const needs = step.depends_on.map((number) => ended.get(number));
      const broken = needs.find((need) => need !== undefined && need.status !== "completed");
      if (broken) {
        waiting.delete(step);
        end(await skip(step, broken.step));
      } else if (needs.every((need) => need !== undefined) && running.size < parallel) {
        waiting.delete(step);
        running.set(step.step_number, work(step).then((report) => ({ step, report })));
      }
    }
    if (running.size > 0) {
      const { step, report } = await Promise.race(running.values()).catch(async (error) => {
        // No step is worked on after the run was lost or ended.
        await Promise.allSettled(running.values());
        throw error;
      });
      running.delete(step.step_number);
      if (report === "suspended") {
        await Promise.all(running.values());
        return report;
      }
      if (report === "awaiting") awaiting = true;
      else end(report);
    } else if (![...waiting].some((step) => step.depends_on.every((number) => ended.has(number)))) {
      break;
    }
  }
  if (awaiting) return "awaiting";
  // Not in the order of the race: which of two steps was faster must not change what the model reads.
  return reports.toSorted((a, b) => a.step.step_number - b.step.step_number);
}
