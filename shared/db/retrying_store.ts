// The store with patience: what counts once is tried again for as long as a lease while the database can't be
// reached, or its answer is lost. An outage that is shorter than a lease is heard of by nobody.
import type { Clock } from "../async/clock.ts";
import type { Store } from "../agents/ports.ts";
import { pausesWithin, retry } from "../async/retry.ts";
import { AgentError, StoreUnavailable, UnconfirmedStart } from "../contracts/errors.ts";

/**
 * Throws StoreUnavailable once the database has not answered for a lease. Starts and claims name their reservation, by
 * which a second attempt finds what the first has made. Heartbeats are made once, because the next one comes anyway.
 */
export function retryingStore(store: Store, { clock, lease_seconds }: {
  clock: Clock;
  lease_seconds: number;
}): Store {
  const retried = <T>(call: () => Promise<T>) =>
    retry(call, {
      pauses: pausesWithin(lease_seconds * 1_000, clock),
      passes: (error) => error instanceof StoreUnavailable,
      clock,
    });

  return {
    async startRun(order) {
      let lost = false;
      const start = () =>
        store.startRun(order).catch((error) => {
          lost ||= error instanceof StoreUnavailable;
          throw error;
        });
      return await retried(start).catch((error) => {
        throw lost && !isRefusal(error) ? new UnconfirmedStart(order.reservation.id, error) : error;
      });
    },
    claimRun: (...args) => retried(() => store.claimRun(...args)),
    heartbeatRun: store.heartbeatRun,
    heartbeatStep: store.heartbeatStep,
    claimStep: (...args) => retried(() => store.claimStep(...args)),
    releaseRun: (...args) => retried(() => store.releaseRun(...args)),
    parkRun: (...args) => retried(() => store.parkRun(...args)),
    recordProgress: (...args) => retried(() => store.recordProgress(...args)),
    finishRun: (...args) => retried(() => store.finishRun(...args)),
    failRun: (...args) => retried(() => store.failRun(...args)),
    viewStep: (...args) => retried(() => store.viewStep(...args)),
    recordStep: (...args) => retried(() => store.recordStep(...args)),
    advanceStep: (...args) => retried(() => store.advanceStep(...args)),
    releaseStep: (...args) => retried(() => store.releaseStep(...args)),
    finishStep: (...args) => retried(() => store.finishStep(...args)),
    reserveUsage: (...args) => retried(() => store.reserveUsage(...args)),
    settleUsage: (...args) => retried(() => store.settleUsage(...args)),
    readUnsummarised: (...args) => retried(() => store.readUnsummarised(...args)),
    addSummary: (...args) => retried(() => store.addSummary(...args)),
    answerStep: (...args) => retried(() => store.answerStep(...args)),
  };
}

/** Whether the database has looked at the request, and said no. */
function isRefusal(error: unknown): boolean {
  return error instanceof AgentError && error.kind !== "internal" && error.kind !== "unauthenticated";
}
