// What an executor stores of its step on the way: one request after the other, so that no call is stored before the
// message that asks for it. After one that failed nothing is stored: rows are missing.
import type { Store } from "../ports.ts";
import type { StepLease, StepProgress } from "../store/records.ts";
import type { Batch, MessageRow, ProposedCall, ToolCallRow, Verdicts } from "../store/rows.ts";

interface StepWritesOptions {
  store: Pick<Store, "advanceStep" | "recordStep">;
  lease: StepLease;
  /** Told of each checkpoint. */
  onProgress(): void;
}

/** The writes of one worker, none of them made yet. */
export function createStepWrites({ store, lease, onProgress }: StepWritesOptions) {
  let rows: Pick<Batch, "messages" | "tool_calls"> = { messages: [], tool_calls: [] };
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(request: () => Promise<T>): Promise<T> {
    const made = last.then(request);
    last = made;
    made.then(onProgress, () => {});
    return made;
  }

  return {
    write: {
      message: (row: MessageRow) => void rows.messages.push(row),
      tool_call: (row: ToolCallRow) => void rows.tool_calls.push(row),
    },
    /** The rows that wait for the step's next checkpoint. */
    take() {
      const taken = rows;
      rows = { messages: [], tool_calls: [] };
      return taken;
    },
    store: {
      advanceStep: (...args: Parameters<Store["advanceStep"]>) => inTurn(() => store.advanceStep(...args)),
    },
    /** Stores calls before they are made, and all that was written so far. */
    propose(proposed: readonly ProposedCall[], progress: () => StepProgress): Promise<Verdicts> {
      rows.tool_calls.push(...proposed);
      const done = progress();
      return inTurn(() => store.recordStep(lease, done));
    },
  };
}
