// What a run's events add up to. Clients, the JSON answer and the tests read a run through this one reducer.
import { assertNever, type Failure } from "./errors.ts";
import type { FinishedReason, RunEvent, Strategy } from "./events.ts";
import type { PlanStep, StepStatus } from "./plan.ts";
import type { Usage } from "./usage.ts";

export interface StepState extends PlanStep {
  state: "pending" | "running" | StepStatus;
  attempt: number;
  summary: string | null;
  error: string | null;
}

export interface RunState {
  run_id: string;
  session_id: string | null;
  user_message_id: string | null;
  status: "running" | "completed" | "awaiting_approval" | "cancelled" | "failed";
  strategy: Strategy | null;
  plan: { id: string; revision: number; goal: string; steps: StepState[] } | null;
  /** What the planner said, part by part; the last part is the answer. A part that was withdrawn is empty. */
  parts: string[];
  message_id: string | null;
  usage: Usage | null;
  finished_reason: FinishedReason | null;
  error: Failure | null;
}

export function initialRunState(run_id: string): RunState {
  return {
    run_id,
    session_id: null,
    user_message_id: null,
    status: "running",
    strategy: null,
    plan: null,
    parts: [],
    message_id: null,
    usage: null,
    finished_reason: null,
    error: null,
  };
}

/** The state after one more event. The old state stays as it was. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case "session":
      return { ...state, session_id: event.session_id, user_message_id: event.user_message_id };
    case "analysis":
      return { ...state, strategy: event.strategy };
    case "plan_created":
      return {
        ...state,
        plan: { ...event.plan, steps: event.plan.steps.map((step) => stepState(step, state)) },
      };
    case "step_start":
      return withStep(state, event.step_number, { state: "running", attempt: event.attempt });
    case "step_complete":
      return withStep(state, event.step_number, {
        state: event.status,
        attempt: event.attempt,
        summary: event.summary,
        error: event.error ?? null,
      });
    case "text": {
      const parts = [...state.parts];
      parts[event.part - 1] = (parts[event.part - 1] ?? "") + event.delta;
      return { ...state, parts };
    }
    case "text_withdrawn": {
      const parts = [...state.parts];
      parts[event.part - 1] = "";
      return { ...state, parts };
    }
    case "done": {
      const { status, message_id = null, usage, finished_reason } = event;
      return { ...state, status, message_id, usage, finished_reason };
    }
    case "error": {
      const { kind, message, retryable } = event;
      return { ...state, status: "failed", error: { kind, message, retryable } };
    }
    case "executor_spawned":
    case "executor_result":
    case "tool_call":
    case "tool_result":
    case "approval_required":
      return state;
    default:
      return assertNever(event);
  }
}

/** The answer: the text of the last part, once the run has completed. */
export function answerOf(state: RunState): string | null {
  return state.status === "completed" ? state.parts.at(-1) ?? "" : null;
}

/** A step of a new plan; one that an earlier revision completed keeps its state. */
function stepState(step: PlanStep, { plan }: RunState): StepState {
  const kept = plan?.steps.find((one) => one.step_number === step.step_number && one.state === "completed");
  return kept ?? { ...step, state: "pending", attempt: 0, summary: null, error: null };
}

function withStep(state: RunState, step_number: number, change: Partial<StepState>): RunState {
  if (!state.plan) return state;
  const steps = state.plan.steps.map((step) =>
    step.step_number === step_number ? { ...step, ...change } : step
  );
  return { ...state, plan: { ...state.plan, steps } };
}
