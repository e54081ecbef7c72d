// What changes nothing when it is done twice, such as a read, in spite of an outage.
import type { Clock } from "../async/clock.ts";
import { pausesWithin, retry } from "../async/retry.ts";
import { StoreUnavailable } from "../contracts/errors.ts";

export interface Patience {
  clock: Clock;
  lease_seconds: number;
}

/** What `work` gives; while the database can't be reached it is tried again, for as long as a lease. */
export function patiently<T>(work: () => Promise<T>, { clock, lease_seconds }: Patience): Promise<T> {
  return retry(work, {
    pauses: pausesWithin(lease_seconds * 1_000, clock),
    passes: (error) => error instanceof StoreUnavailable,
    clock,
  });
}
