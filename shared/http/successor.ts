// How the planner hands a run to a fresh invocation of itself: one request with the caller's own token, which is
// answered as soon as the run has been taken up.
import type { Successor } from "../agents/ports.ts";
import type { UserClient } from "../db/clients.ts";

/** Errors: whatever keeps the request from being answered. */
export function createSuccessor(client: UserClient): Successor {
  return async (run_id) => {
    const { error } = await client.functions.invoke(`agent-planner/runs/${run_id}/resume`, {
      method: "POST",
    });
    if (error) throw error;
  };
}
