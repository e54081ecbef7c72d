// Hand-off to a fresh invocation of the planner: one request with the caller's own token, which is answered as soon as
// the run has been claimed.
import type { Successor } from "../agents/ports.ts";
import type { EngineClient } from "../db/clients.ts";

/** Errors: whatever keeps the request from being answered. */
export function createSuccessor(client: EngineClient): Successor {
  return async (run_id, signal) => {
    const { error } = await client.functions.invoke(`agent-planner/runs/${run_id}/resume`, {
      method: "POST",
      signal,
    });
    if (error) throw error;
  };
}
