// A step as its poller sees it, for tests of the agents alone: an executor is at work on it, unless a test
// says otherwise.
import type { PendingCall, StepView } from "../../../shared/agents/store/records.ts";
import type { StepEvent } from "../../../shared/contracts/events.ts";
import type { StepResult } from "../../../shared/contracts/plan.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";

export const EXECUTOR_ID = "00000000-0000-4000-9000-0000000000e1";
export const DONE: StepResult = { status: "completed", summary: "Done." };

export function stepView(change: Partial<StepView> = {}): StepView {
  return {
    attempt: 1,
    status: "running",
    result: null,
    error: null,
    usage: null,
    duration_ms: null,
    executor_agent_id: EXECUTOR_ID,
    lease_expired: false,
    released: false,
    answered: false,
    awaiting: false,
    tool_calls: [],
    open_calls: [],
    ...change,
  };
}

/** A call about which a person is asked. */
export const PENDING: PendingCall = {
  id: "00000000-0000-4000-9000-0000000000c1",
  tool_name: "look_closely",
  status: "awaiting_approval",
  arguments: { q: "a" },
  arguments_sha256: "5a",
  why: [{ by: "default", text: "look_closely asks each time before it is used." }],
  effects: null,
  problem: null,
  expires_at: "2026-11-23T12:00:00.000Z",
  remember: null,
  decision: null,
};

/** What an executor streams of an attempt at step 1, from its first word to its last. */
export function stepEvents(attempt: number, result: StepResult = DONE): StepEvent[] {
  const who = {
    agent: { id: EXECUTOR_ID, type: "executor" as const, step_number: 1 },
    executor_agent_id: EXECUTOR_ID,
    step_number: 1,
    attempt,
  };
  return [
    { ...who, type: "executor_spawned" },
    { ...who, type: "executor_result", result, usage: { ...NO_USAGE, model_calls: 1 }, duration_ms: 5 },
  ];
}
