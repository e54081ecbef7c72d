// Whatever a run of the store in memory left open ends with it.
import { closeCalls } from "./memory_calls.ts";
import type { Run, Tables } from "./memory_tables.ts";

export function closeRun(tables: Tables, run: Run, outcome: Partial<Run>, finished_at: string): void {
  Object.assign(run, outcome, { finished_at });
  const work = run.status === "cancelled" ? "cancelled" : "failed";
  const open = <Row extends { run_id: string; finished_at: string | null }>(rows: Row[]) =>
    rows.filter((row) => row.run_id === run.id && row.finished_at === null);
  // A step that nobody has ended has failed, and so have its thread and its executor, although the run completed.
  const left = open(tables.executions);
  const status = (unfinished: boolean) => unfinished ? work : run.status;
  for (const row of open(tables.agents)) {
    const unfinished = row.type === "executor" && left.some((one) => one.executor_agent_id === row.id);
    Object.assign(row, { status: status(unfinished), finished_at });
  }
  for (const row of open(tables.threads)) {
    const unfinished = left.some((one) => one.agent_session_id === row.id);
    Object.assign(row, { status: status(unfinished), finished_at });
  }
  for (const row of open(tables.plans)) Object.assign(row, { status: work, finished_at });
  closeCalls(tables, run, finished_at);
  for (const row of left) Object.assign(row, { status: work, error: "the run ended first", finished_at });
}
