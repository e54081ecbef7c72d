// A call as a person is asked about it.
import type { Approval } from "../../contracts/approval.ts";
import type { PendingCall } from "../store/records.ts";

type AskedCall = Omit<PendingCall, "status" | "expires_at" | "decision">;

/** What is not known of it is left out. */
export function approvalOf(call: AskedCall, expires_at: string, step_number: number | undefined): Approval {
  const { id, tool_name, arguments: args, arguments_sha256, why, effects, problem, remember } = call;
  return {
    tool_call_id: id,
    name: tool_name,
    arguments: args,
    arguments_sha256,
    why,
    effects,
    ...(problem !== null && { problem }),
    ...(remember !== null && { remember }),
    expires_at,
    ...(step_number !== undefined && { step_number }),
  };
}
