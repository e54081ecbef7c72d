// What a person sends who decides on calls that wait for them. Unknown keys are errors, as in every request.
import { z } from "zod";
import { ApprovalScope } from "./approval.ts";
import { cleanText, JsonObject, JsonSchema } from "./text.ts";

export const MAX_REASON_CHARS = 2_000;
/** More calls than one run ever has open. */
export const MAX_DECISIONS = 200;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: "must be the arguments_sha256 of the approval" });

/** In the person's words. */
export const DecisionReason = z.string().transform((text) => cleanText(text).trim()).pipe(
  z.string().max(MAX_REASON_CHARS, { error: `must have at most ${MAX_REASON_CHARS} characters` }),
);

const PersonDecision = z.strictObject({
  tool_call_id: z.uuid(),
  approved: z.boolean(),
  /** Of the arguments that the person was shown. */
  arguments_sha256: Sha256,
  /** To use instead, whole. */
  arguments: JsonObject.optional(),
  /** What the person was shown that the call would change. Left out, it is what the call was asked with. */
  effects: z.array(JsonSchema).nullable().optional(),
  /** In the person's words; the model is told. */
  reason: DecisionReason.optional(),
  scope: ApprovalScope.optional(),
});
export type PersonDecision = z.output<typeof PersonDecision>;

/** The body of `POST /agent-planner/runs/:id/decisions`. */
export const DecisionsRequest = z.strictObject({
  decisions: z.array(PersonDecision).min(1, { error: "must not be empty" }).max(MAX_DECISIONS),
  stream: z.boolean().default(true),
}).superRefine(({ decisions }, { addIssue }) => {
  const problem = problemOf(decisions);
  if (problem) {
    addIssue({ code: "custom", path: ["decisions", problem.at, problem.field], message: problem.message });
  }
});

/** As a caller writes one: what has a default may be left out. */
export type DecisionInput = z.input<typeof PersonDecision>;

/** The body of `POST /agent-planner/runs/:id/tool-calls/:call_id/preview`: arguments to use instead, whole. */
export const PreviewRequest = z.strictObject({ arguments: JsonObject });

function problemOf(
  decisions: PersonDecision[],
): { at: number; field: keyof PersonDecision; message: string } | undefined {
  const seen = new Set<string>();
  for (const [at, { tool_call_id, approved, ...decision }] of decisions.entries()) {
    if (seen.has(tool_call_id)) return { at, field: "tool_call_id", message: "is decided on twice" };
    seen.add(tool_call_id);
    if (approved) continue;
    const message = "must be left out where approved is false";
    if (decision.arguments !== undefined) return { at, field: "arguments", message };
    if (decision.scope !== undefined && decision.scope !== "once") return { at, field: "scope", message };
  }
  return undefined;
}
