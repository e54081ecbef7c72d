// A plan: what the planner's model writes through `create_plan`, and what a step hands back.
import { z } from "zod";
import { cleanText, JsonSchema } from "./text.ts";

export const MAX_STEPS = 12;

/** Of a step: what a model can choose from well. A catalogue may have more. */
export const MAX_TOOLS_OF_STEP = 32;

/** Of a step's number: a plan that is replaced twice has room, and no number is one that Postgres refuses. */
export const StepNumber = z.int().min(1).max(100);

/** Free text of a model, cleaned; cut at its bound, because a long sentence is no reason to refuse a plan. */
function modelText(max: number) {
  return z.string().transform((text) => cleanText(text).slice(0, max).toWellFormed());
}

export const PlanStep = z.strictObject({
  step_number: StepNumber,
  title: modelText(120).pipe(z.string().min(1)),
  task: modelText(2_000).pipe(z.string().min(1)),
  /** True: a read-only executor does it. False: the planner does it itself, with this step's tools. */
  executor_required: z.boolean(),
  tools: z.array(z.string()).max(MAX_TOOLS_OF_STEP),
  depends_on: z.array(StepNumber).max(MAX_STEPS * 3).default([]),
});
export type PlanStep = z.infer<typeof PlanStep>;

/** The arguments of `create_plan`. */
export const PlanDraft = z.strictObject({
  goal: modelText(500).pipe(z.string().min(1)),
  steps: z.array(PlanStep).min(1).max(MAX_STEPS),
});
export type PlanDraft = z.infer<typeof PlanDraft>;

/** A stored plan. A replanned one carries its predecessor's completed steps under their old numbers. */
export const Plan = z.object({
  id: z.uuid(),
  revision: z.int().min(1),
  goal: z.string(),
  steps: z.array(PlanStep),
});
export type Plan = z.infer<typeof Plan>;

/** The arguments of the terminal tool `submit_result`. */
export const StepResult = z.strictObject({
  status: z.enum(["completed", "partial", "failed", "needs_input"]),
  summary: modelText(2_000).pipe(z.string().min(1)),
  data: JsonSchema.optional(),
  open_questions: z.array(modelText(500)).max(5).optional(),
});
export type StepResult = z.infer<typeof StepResult>;

/**
 * How a step ended, as clients see it. `partial` results count as completed: they are usable, and say so. A step is
 * `cancelled` where its run was, while it worked.
 */
export const StepStatus = z.enum(["completed", "failed", "skipped", "cancelled"]);
export type StepStatus = z.infer<typeof StepStatus>;
