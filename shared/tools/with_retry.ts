// What fails for a moment is tried again before a model hears of it.
import type { Clock } from "../agents/ports.ts";
import { DatabaseError, isPassing } from "./database_errors.ts";

/** Before the second and the third try, in milliseconds: long enough for a pool or a lock, short for a user. */
const PAUSES = [200, 800];

/** Does `work`, at most three times, as long as the database fails in a passing way. Throws its last error. */
export async function withRetry<Result>(work: () => Promise<Result>, clock: Clock): Promise<Result> {
  for (const ms of PAUSES) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseError && isPassing(error))) throw error;
    }
    await new Promise<void>((resolve) => void clock.after(ms, resolve));
  }
  return await work();
}
