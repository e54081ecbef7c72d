// The store of one worker, whose heart hears what is answered to its writes.
import type { Store } from "../ports.ts";
import type { Heard } from "../store/rows.ts";

/** The same store; `heard` is told of each answer that may say that the run was cancelled. */
export function hearingStore(store: Store, heard: (answer: Heard) => void): Store {
  async function listened<Answer extends Heard>(call: Promise<Answer>): Promise<Answer> {
    const answer = await call;
    heard(answer);
    return answer;
  }
  return {
    ...store,
    recordProgress: (...args) => listened(store.recordProgress(...args)),
    recordStep: (...args) => listened(store.recordStep(...args)),
    advanceStep: (...args) => listened(store.advanceStep(...args)),
    reserveUsage: (...args) => listened(store.reserveUsage(...args)),
  };
}
