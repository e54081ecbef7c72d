// A request that gets no connection, or one that is dead already, would wait for ever: the driver never tells. As
// PostgREST does (db-pool-acquisition-timeout, PGRST003), it is given up.
import type { Clock } from "../../shared/async/clock.ts";

export class NoConnection extends Error {
  override name = "NoConnection";
  constructor() {
    super("Timed out acquiring connection from connection pool.");
  }
}

const PATIENCE_MS = 10_000;

/**
 * What `work` gives. It calls `begun` once its connection has answered; errors: NoConnection where that has not
 * happened within ten seconds, which `begun` throws, too, when it is called later: nothing is done for nobody.
 */
export async function begunInTime<T>(work: (begun: () => void) => Promise<T>, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>();
  let is_late = false;
  const cancel = clock.after(PATIENCE_MS, () => {
    is_late = true;
    late.reject(new NoConnection());
  });
  const begun = () => {
    cancel();
    if (is_late) throw new NoConnection();
  };
  return await Promise.race([work(begun), late.promise]).finally(cancel);
}
