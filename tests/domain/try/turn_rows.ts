// The rows that a turn leaves behind, for tests of judges: those of a turn that answered, but for what a test says.
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import type {
  AgentView,
  ExecutionView,
  PlanView,
  RunDetails,
  ToolCallView,
} from "../../../shared/contracts/run_view.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import type { TurnRows } from "../../../dev/try/task.ts";
import { NOW } from "./scene.ts";

const AT = NOW.toISOString();
const ID = "00000000-0000-4000-8000-000000000001";

export interface TurnFields {
  run?: Partial<RunDetails>;
  events?: string[];
  changes?: TurnRows["changes"];
}

/** A turn with a completed run and an answer, in which no tool was called and nothing changed. */
export function turnOf(
  { run = {}, events = ["session", "analysis", "text", "done"], changes = [] }: TurnFields,
) {
  return { message: "Please", run: { ...ANSWERED, ...run }, events, changes };
}

const ANSWERED: RunDetails = {
  ...{ id: ID, session_id: ID, request_key: null, status: "completed", abandoned: false, strategy: "simple" },
  ...{ usage: NO_USAGE, finished_reason: "answered", error: null, created_at: AT, finished_at: AT },
  ...{ request: {}, time_zone: "UTC", cancel_requested_at: null, purged_at: null },
  messages: [said("user", "Please"), said("assistant", "Here you are.")],
  ...{ agents: [], plans: [], executions: [], threads: [], tool_calls: [] },
};

function said(role: string, content: string): RunDetails["messages"][number] {
  return { id: ID, session_id: ID, role, content, run_id: ID, seq: 1, created_at: AT };
}

/** The messages of a run whose answer has this text. */
export function answer(text: string): Pick<RunDetails, "messages"> {
  return { messages: [said("user", "Please"), said("assistant", text)] };
}

/** Ways in which every turn can fail that should end with an answer. */
export const UNANSWERED: Record<string, Partial<RunDetails>> = {
  "the answer is empty": answer(" \n"),
  "there is no answer": { messages: [said("user", "Please")] },
  "the run failed": {
    status: "failed",
    error: { kind: "model_failed", message: "It failed.", retryable: true },
  },
  "the run was cancelled": { status: "cancelled", finished_reason: "cancelled" },
  "the run is not over": { status: "running" },
  "a limit ended the run": { finished_reason: "limit" },
};

export function read(tool_name: string, result: Json = {}, fields: Partial<ToolCallView> = {}): ToolCallView {
  return call({ tool_name, access: "read", result, ...fields });
}

export function write(tool_name: string, fields: Partial<ToolCallView> = {}): ToolCallView {
  return call({ tool_name, access: "write", result: {}, ...fields });
}

function call(
  fields: Pick<ToolCallView, "tool_name" | "access" | "result"> & Partial<ToolCallView>,
): ToolCallView {
  return {
    ...{ id: ID, agent_id: ID, agent_session_id: ID, arguments: {}, status: "succeeded", error: null },
    ...{ duration_ms: 1, created_at: AT, finished_at: AT, decision: null, proposed_arguments: null },
    ...{ why: null, effects: null, problem: null, remember: null, expires_at: null },
    ...fields,
  };
}

export function plan(fields: Partial<PlanView> = {}): PlanView {
  return {
    ...{ id: ID, goal: "Goal", steps: [], revision: 1, supersedes: null, status: "completed" },
    ...{ created_at: AT, finished_at: AT },
    ...fields,
  };
}

/** An attempt of an executor. */
export function execution(step_number: number, fields: Partial<ExecutionView> = {}): ExecutionView {
  return {
    ...{ id: ID, plan_id: ID, step_number, attempt: 1, executor_agent_id: ID, agent_session_id: ID },
    ...{ status: "completed", result: null, error: null, usage: null, duration_ms: 1 },
    ...{ created_at: AT, finished_at: AT },
    ...fields,
  };
}

export function executor(fields: Partial<AgentView> = {}): AgentView {
  return {
    ...{ id: ID, type: "executor", name: "Executor-1", available_tools: [], permissions: "read_only" },
    ...{ status: "completed", created_at: AT, completed_at: AT },
    ...fields,
  };
}
