// What a person decides in somebody else's client: of all that it sends of a call, only this is read. What the call
// is, and what the person was shown of it, stands in its row.
import { z } from "zod";
import { DecisionReason } from "../contracts/decision_request.ts";
import { JsonObject } from "../contracts/text.ts";

export const ClientDecision = z.object({
  tool_call_id: z.uuid(),
  approved: z.boolean(),
  /** To use instead, whole; only with an approval. */
  arguments: JsonObject.optional(),
  reason: DecisionReason.optional(),
});
export type ClientDecision = z.infer<typeof ClientDecision>;

/** Those of the open calls that nothing was decided on. */
export function undecided(open: readonly string[], decisions: readonly ClientDecision[]): string[] {
  return open.filter((id) => !decisions.some((one) => one.tool_call_id === id));
}
