// What an executor stores of its step on the way: one request after the other, so that no call is stored before the
// message that asks for it. After one that failed nothing is stored: rows are missing. What a call came to whose row
// stands open is told once the row says so: where its run ends before that, the database says how the call ended.
import type { ToolEvent } from "../loop/tool_events.ts";
import type { Store } from "../ports.ts";
import type { ClaimedStep, StepLease, StepProgress } from "../store/records.ts";
import type { Batch, MessageRow, ProposedCall, ToolCallRow, Verdicts } from "../store/rows.ts";

interface StepWritesOptions {
  store: Pick<Store, "advanceStep" | "recordStep" | "releaseStep" | "finishStep">;
  lease: StepLease;
  /** Proposed by the worker before. */
  open_calls: readonly Pick<ClaimedStep["open_calls"][number], "id">[];
  deliver(event: ToolEvent): void;
  /** Told of each checkpoint. */
  onProgress(): void;
}

/** The writes of one worker, none of them made yet. */
export function createStepWrites({ store, lease, open_calls, deliver, onProgress }: StepWritesOptions) {
  let rows: Pick<Batch, "messages" | "tool_calls"> = { messages: [], tool_calls: [] };
  const proposed = new Set(open_calls.map(({ id }) => id));
  /** Those whose rows wait, and those whose rows are with the next request. */
  let untold: ToolEvent[] = [];
  let due: ToolEvent[] = [];
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(request: () => Promise<T>): Promise<T> {
    const stored = due;
    due = [];
    const made = last.then(request).then((answer) => {
      stored.forEach(deliver);
      return answer;
    });
    last = made;
    made.then(onProgress, () => {});
    return made;
  }

  return {
    /** In the order in which they come: what comes after one that waits, waits, too. */
    emit(event: ToolEvent) {
      const waits = event.type === "tool_result" && proposed.has(event.tool_call_id);
      if (waits || untold.length > 0) untold.push(event);
      else deliver(event);
    },
    write: {
      message: (row: MessageRow) => void rows.messages.push(row),
      tool_call: (row: ToolCallRow) => void rows.tool_calls.push(row),
    },
    /** The rows that wait for the step's next checkpoint. */
    take() {
      const taken = rows;
      rows = { messages: [], tool_calls: [] };
      due.push(...untold);
      untold = [];
      return taken;
    },
    store: {
      advanceStep: (...args: Parameters<Store["advanceStep"]>) => inTurn(() => store.advanceStep(...args)),
      releaseStep: (...args: Parameters<Store["releaseStep"]>) => inTurn(() => store.releaseStep(...args)),
      finishStep: (...args: Parameters<Store["finishStep"]>) => inTurn(() => store.finishStep(...args)),
    },
    /** Stores calls before they are made, and all that was written so far. */
    propose(calls: readonly ProposedCall[], progress: () => StepProgress): Promise<Verdicts> {
      calls.forEach(({ id }) => proposed.add(id));
      rows.tool_calls.push(...calls);
      const done = progress();
      return inTurn(() => store.recordStep(lease, done)).then(({ verdicts }) => verdicts);
    },
  };
}
