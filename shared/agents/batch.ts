// Rows that wait for their next transaction.
import type { Batch } from "./records.ts";

export function emptyBatch(): Batch {
  return {
    plans: [],
    plan_updates: [],
    threads: [],
    executions: [],
    messages: [],
    tool_calls: [],
    events: [],
  };
}

export function isEmpty(batch: Batch): boolean {
  return Object.values(batch).every((rows) => rows.length === 0);
}

/** Puts rows that could not be written back in front of those that came after them. */
export function prepend(batch: Batch, rows: Batch): void {
  batch.plans.unshift(...rows.plans);
  batch.plan_updates.unshift(...rows.plan_updates);
  batch.threads.unshift(...rows.threads);
  batch.executions.unshift(...rows.executions);
  batch.messages.unshift(...rows.messages);
  batch.tool_calls.unshift(...rows.tool_calls);
  batch.events.unshift(...rows.events);
}
