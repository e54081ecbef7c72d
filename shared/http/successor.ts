// Hand-off to a fresh invocation of the planner: one request with the caller's own token, which is answered as soon as
// the run has been claimed.
import type { Clock } from "../async/clock.ts";
import type { Successor } from "../agents/ports.ts";
import type { EngineClient } from "../db/clients.ts";

/** The reader's stream stays open meanwhile; without an answer the reader's next request takes the run over. */
const TIMEOUT_MS = 10_000;

/** Errors: whatever keeps the request from being answered, within ten seconds. */
export function createSuccessor(client: EngineClient, clock: Clock): Successor {
  return async (run_id) => {
    const late = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => late.abort());
    try {
      const { error } = await client.functions.invoke(`agent-planner/runs/${run_id}/resume`, {
        method: "POST",
        signal: late.signal,
      });
      if (error) throw error;
    } finally {
      cancel();
    }
  };
}
