// The store with patience: what counts once is tried again for as long as a lease while the database can't be
// reached, or its answer is lost. An outage that is shorter than a lease is heard of by nobody.
import type { Clock } from "../async/clock.ts";
import type { Store } from "../agents/ports.ts";
import { pausesWithin, retry } from "../async/retry.ts";
import { StoreUnavailable } from "../contracts/errors.ts";

/**
 * Throws StoreUnavailable once the database has not answered for a lease. Claims are made once, because a second one
 * finds the first in its place, and so are heartbeats, because the next one comes anyway.
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
    startRun: (order) =>
      // Under a key a second call finds the run of the first.
      order.request.request_key === undefined ? store.startRun(order) : retried(() => store.startRun(order)),
    claimRun: store.claimRun,
    heartbeatRun: store.heartbeatRun,
    heartbeatStep: store.heartbeatStep,
    claimStep: (step, agent) =>
      // The planner's own step stays the same attempt, however often its owner claims it.
      agent.type === "planner" ? retried(() => store.claimStep(step, agent)) : store.claimStep(step, agent),
    releaseRun: (...args) => retried(() => store.releaseRun(...args)),
    recordProgress: (...args) => retried(() => store.recordProgress(...args)),
    finishRun: (...args) => retried(() => store.finishRun(...args)),
    failRun: (...args) => retried(() => store.failRun(...args)),
    viewStep: (...args) => retried(() => store.viewStep(...args)),
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
