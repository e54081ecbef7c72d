// Whether a plan can be carried out: its steps, its graph and its tools. The reasons go back to the model.
import { z } from "zod";
import { PlanDraft, type PlanStep } from "../../contracts/plan.ts";
import type { Json } from "../../contracts/text.ts";
import type { KnownTool } from "../ports.ts";

export type PlanCheck = { ok: true; draft: PlanDraft } | { ok: false; reasons: string[] };

interface PlanCheckOptions {
  catalogue: readonly KnownTool[];
  /** The completed steps of the plan that this one replaces. They are kept, and new steps may depend on them. */
  kept: readonly PlanStep[];
}

/**
 * Parses and checks a plan. A first plan numbers its steps 1 to n; one that replaces another uses any numbers
 * that no completed step has.
 */
export function checkPlan(args: Json, { catalogue, kept }: PlanCheckOptions): PlanCheck {
  const parsed = PlanDraft.safeParse(args);
  if (!parsed.success) return { ok: false, reasons: [z.prettifyError(parsed.error)] };
  const steps = parsed.data.steps;
  const reasons = [
    ...checkNumbers(steps, kept),
    ...steps.flatMap((step) => checkTools(step, catalogue)),
    ...checkReferences(steps, kept),
  ];
  if (reasons.length === 0 && hasCycle(steps)) reasons.push("The steps depend on each other in a circle.");
  return reasons.length === 0 ? { ok: true, draft: parsed.data } : { ok: false, reasons };
}

function checkNumbers(steps: PlanStep[], kept: readonly PlanStep[]): string[] {
  const numbers = steps.map((step) => step.step_number);
  const reasons: string[] = [];
  if (new Set(numbers).size < numbers.length) reasons.push("Two steps have the same step_number.");
  if (kept.length === 0) {
    const sorted = numbers.toSorted((a, b) => a - b);
    if (sorted.some((number, i) => number !== i + 1)) reasons.push("Number the steps 1, 2, 3 and so on.");
  }
  for (const done of kept.filter((step) => numbers.includes(step.step_number))) {
    reasons.push(`Step ${done.step_number} is completed and kept: give the new step another number.`);
  }
  return reasons;
}

function checkTools(step: PlanStep, catalogue: PlanCheckOptions["catalogue"]): string[] {
  return step.tools.flatMap((name) => {
    const tool = catalogue.find((one) => one.name === name);
    if (!tool) return [`Step ${step.step_number}: there is no tool ${name}.`];
    if (step.executor_required && tool.access === "write") {
      return [
        `Step ${step.step_number}: ${name} changes data, which an executor can't. Set executor_required to false.`,
      ];
    }
    return [];
  });
}

function checkReferences(steps: PlanStep[], kept: readonly PlanStep[]): string[] {
  const known = new Set([...steps, ...kept].map((step) => step.step_number));
  return steps.flatMap((step) =>
    step.depends_on
      .filter((number) => !known.has(number) || number === step.step_number)
      .map((number) => `Step ${step.step_number} depends on step ${number}, which it can't.`)
  );
}

function hasCycle(steps: PlanStep[]): boolean {
  const open = new Map(steps.map((step) => [step.step_number, step.depends_on]));
  for (;;) {
    const ready = [...open].filter(([, needs]) => needs.every((number) => !open.has(number)));
    if (ready.length === 0) return open.size > 0;
    for (const [number] of ready) open.delete(number);
  }
}
