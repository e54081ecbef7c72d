// How many streams a user may have open at this process: each of them asks the database again and again.
import { AgentError } from "../contracts/errors.ts";

const MAX_STREAMS = 20;
/** Streams end with their runs: there may be room after so many seconds. */
const RETRY_AFTER_S = "5";

export interface OpenStreams {
  /**
   * Counts one more for a user whose token is verified; what comes back takes it off again, however often it is
   * called. Errors: `rate_limited`.
   */
  open(user_id: string): () => void;
  /** Whether one more could be counted. Errors: `rate_limited`. */
  assertRoom(user_id: string): void;
}

/** Counts the streams of one process. */
export function createOpenStreams(): OpenStreams {
  const counts = new Map<string, number>();

  function assertRoom(user_id: string): void {
    if ((counts.get(user_id) ?? 0) < MAX_STREAMS) return;
    throw new AgentError(
      "rate_limited",
      `You have ${MAX_STREAMS} streams open, and no more are allowed. Please close one, or wait for one to end.`,
      { retryable: true, details: { retry_after: RETRY_AFTER_S } },
    );
  }

  return {
    assertRoom,
    open(user_id) {
      assertRoom(user_id);
      counts.set(user_id, (counts.get(user_id) ?? 0) + 1);
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        const left = (counts.get(user_id) ?? 1) - 1;
        if (left === 0) counts.delete(user_id);
        else counts.set(user_id, left);
      };
    },
  };
}
