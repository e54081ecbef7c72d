// Calls that wait for a person as AG-UI has them: interrupts, which the client's next run answers.
import type { RunState } from "../../contracts/run_state.ts";
import { type Json, JsonObject } from "../../contracts/text.ts";
import { z } from "zod";
import { askedTitle } from "../asked_title.ts";
import type { Interrupt } from "./ag_ui_event.ts";

/** What an answer to an interrupt looks like; null stands for what was left out. */
export const InterruptAnswer = z.object({
  approved: z.boolean(),
  editedArgs: JsonObject.nullish(),
  reason: z.string().nullish(),
});

/** The same for clients, which make a form of it. */
const RESPONSE_SCHEMA: { [key: string]: Json } = {
  type: "object",
  properties: {
    approved: { type: "boolean" },
    editedArgs: { type: "object", description: "To use in place of the arguments, whole." },
    reason: { type: "string" },
  },
  required: ["approved"],
};

/** The interrupts for the calls that are open, from what was told of them. */
export function interruptsOf(
  open: readonly string[],
  run: RunState,
  expires_at: string,
): Interrupt[] {
  return open.map((id) => interruptOf(id, run, expires_at));
}

function interruptOf(id: string, run: RunState, expires_at: string): Interrupt {
  const approval = run.approvals.find((one) => one.tool_call_id === id);
  const head = { id, reason: "tool_call", toolCallId: id, responseSchema: RESPONSE_SCHEMA } as const;
  if (!approval) return { ...head, message: "May this call be made?", expiresAt: expires_at };
  const { why, effects, problem, remember, arguments: args, arguments_sha256 } = approval;
  return {
    ...head,
    message: [`${askedTitle(run, approval)}?`, ...why.map(({ text }) => text)].join(" "),
    expiresAt: approval.expires_at,
    metadata: {
      preview: {
        ...{ arguments: args, arguments_sha256, why, effects },
        ...(problem !== undefined && { problem }),
        ...(remember !== undefined && { remember }),
      },
    },
  };
}
