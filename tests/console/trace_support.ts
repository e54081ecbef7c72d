// Rows of a trace for tests: what a case does not name is as in a run that completed.
import type {
  TraceModelCall,
  TracePlan,
  TraceRows,
  TraceRun,
  TraceStep,
  TraceToolCall,
} from "../../console/data/trace_rows.ts";

/** A moment of the test's run, some milliseconds after it began. */
export const at = (ms: number): string => new Date(Date.UTC(2026, 10, 26, 12) + ms).toISOString();

export function runRow(changes: Partial<TraceRun> = {}): TraceRun {
  return {
    ...{ id: "run", session_id: "session", message: "Update the Website project", status: "completed" },
    ...{ strategy: "complex", finished_reason: "answered", error: null, usage: null, takeovers: 0 },
    ...{
      cancel_requested_at: null,
      lease_expires_at: at(25_000),
      created_at: at(0),
      finished_at: at(10_000),
    },
    ...changes,
  };
}

export function planRow(changes: Partial<TracePlan> = {}): TracePlan {
  return {
    ...{ id: "plan", revision: 1, goal: "Update Website", status: "completed" },
    steps: [1, 2].map((step_number) => ({
      ...{ step_number, title: `Step number ${step_number}`, executor_required: true },
    })),
    ...{ created_at: at(1_000), finished_at: at(8_000) },
    ...changes,
  };
}

export function stepRow(changes: Partial<TraceStep> = {}): TraceStep {
  return {
    ...{ id: "step", plan_id: "plan", step_number: 1, attempt: 1, worker: "executor", status: "completed" },
    ...{ error: null, agent_session_id: "thread", created_at: at(1_100), finished_at: at(4_000) },
    ...changes,
  };
}

export function modelRow(changes: Partial<TraceModelCall> = {}): TraceModelCall {
  return {
    ...{
      id: "model",
      agent_session_id: "own",
      message_seq: 3,
      attempt: 1,
      model_asked: "a",
      model_answered: "a",
    },
    ...{ failure: null, end_reason: "stop", first_token_ms: 100 },
    ...{ input_tokens: 10, cached_tokens: 0, output_tokens: 5, cost_usd: null },
    ...{ started_at: at(100), ended_at: at(900) },
    ...changes,
  };
}

export function toolRow(changes: Partial<TraceToolCall> = {}): TraceToolCall {
  return {
    ...{ id: "tool", agent_session_id: "own", tool_name: "list_tasks", access: "read", status: "succeeded" },
    ...{ error: null, duration_ms: 50, created_at: at(950), finished_at: at(1_000) },
    ...changes,
  };
}

export function traceRows(changes: Partial<TraceRows> = {}): TraceRows {
  return {
    run: runRow(),
    threads: [{ id: "own", plan_id: null, step_number: null }],
    ...{ plans: [], steps: [], model_calls: [], tool_calls: [], moments: [] },
    ...changes,
  };
}
