// The store as its users want it: what counts once is tried again when the database can't be reached, or its
// answer was lost, before anybody has to hear of it.
import type { Clock, Store } from "../agents/ports.ts";
import { AgentError } from "../contracts/errors.ts";

/** Pauses between the attempts, in milliseconds: together shorter than a lease. */
const PAUSES = [100, 400, 1_200];

/** Starting and claiming are not repeated: a second time finds the work of the first. */
export function retryingStore(store: Store, clock: Clock): Store {
  async function insist<T>(call: () => Promise<T>): Promise<T> {
    for (const pause of PAUSES) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof AgentError) || !error.retryable || error.kind !== "internal") throw error;
        await new Promise<void>((resolve) => clock.after(pause, resolve));
      }
    }
    return await call();
  }

  return {
    startRun: store.startRun,
    claimRun: store.claimRun,
    heartbeatRun: store.heartbeatRun,
    heartbeatStep: store.heartbeatStep,
    claimStep: (step, agent) =>
      // The planner's own step stays the same attempt, however often its owner claims it.
      agent.type === "planner" ? insist(() => store.claimStep(step, agent)) : store.claimStep(step, agent),
    releaseRun: (...args) => insist(() => store.releaseRun(...args)),
    recordProgress: (...args) => insist(() => store.recordProgress(...args)),
    finishRun: (...args) => insist(() => store.finishRun(...args)),
    failRun: (...args) => insist(() => store.failRun(...args)),
    viewStep: (...args) => insist(() => store.viewStep(...args)),
    advanceStep: (...args) => insist(() => store.advanceStep(...args)),
    releaseStep: (...args) => insist(() => store.releaseStep(...args)),
    finishStep: (...args) => insist(() => store.finishStep(...args)),
    reserveUsage: (...args) => insist(() => store.reserveUsage(...args)),
    settleUsage: (...args) => insist(() => store.settleUsage(...args)),
    answerStep: (...args) => insist(() => store.answerStep(...args)),
  };
}
