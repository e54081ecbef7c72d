// Rows that wait for their next transaction.
import type { Batch } from "./rows.ts";

export function emptyBatch(): Batch {
  return {
    plans: [],
    plan_updates: [],
    step_usage: [],
    threads: [],
    executions: [],
    messages: [],
    tool_calls: [],
    events: [],
  };
}

export function isEmpty({ usage: _, ...tables }: Batch): boolean {
  return Object.values(tables).every((rows) => rows.length === 0);
}
