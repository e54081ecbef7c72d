// Events of a run as a client gets them, made by hand, for the tests of the demo's view.
import { type EventBody, RunEvent } from "../../../shared/contracts/events.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { initialRunState, reduceRun, type RunState } from "../../../shared/contracts/run_state.ts";
import { messageId } from "../../support/agents/stored_thread.ts";

export const START = Date.parse("2026-11-22T15:00:00.000Z");
const RUN = "00000000-0000-4000-8000-000000000001";
const PLANNER = "00000000-0000-4000-8000-000000000002";
const EXECUTOR = "00000000-0000-4000-8000-000000000003";

/** Numbers the bodies and dates them, 100 ms apart. */
export function events(...bodies: EventBody[]): RunEvent[] {
  return bodies.map((body, index) =>
    RunEvent.parse({
      agent: { id: PLANNER, type: "planner" },
      ...body,
      run_id: RUN,
      seq: index + 1,
      at: new Date(START + index * 100).toISOString(),
    })
  );
}

/** What these events add up to. */
export function stateOf(list: readonly RunEvent[]): RunState {
  return list.reduce(reduceRun, initialRunState(""));
}

export function inStep(
  step_number: number,
): { agent: { id: string; type: "executor"; step_number: number } } {
  return { agent: { id: EXECUTOR, type: "executor", step_number } };
}

const step = { executor_required: true, tools: ["search_projects"], depends_on: [] };

/** A turn with a plan: two steps side by side, one of which fails, and one that is skipped for it. */
export const PLANNED: RunEvent[] = events(
  { type: "session", session_id: RUN, user_message_id: RUN },
  { type: "analysis", strategy: "complex" },
  { type: "text", part: 1, message_id: messageId(1), delta: "Let me " },
  { type: "text", part: 1, message_id: messageId(1), delta: "look." },
  {
    type: "plan_created",
    plan: {
      id: RUN,
      revision: 1,
      goal: "Update Website",
      steps: [
        { ...step, step_number: 1, title: "Look at Website", task: "Find it." },
        { ...step, step_number: 2, title: "Find notes", task: "Find them." },
        {
          step_number: 3,
          title: "Update Website",
          task: "Do it.",
          executor_required: false,
          tools: ["update_project"],
          depends_on: [1, 2],
        },
      ],
    },
  },
  { type: "step_start", step_number: 1, attempt: 1, title: "Look at Website" },
  { type: "step_start", step_number: 2, attempt: 1, title: "Find notes" },
  {
    type: "tool_call",
    tool_call_id: "c1",
    name: "search_projects",
    arguments: { query: "Website" },
    ...inStep(1),
  },
  { type: "tool_call", tool_call_id: "c2", name: "search_notes", arguments: {}, ...inStep(2) },
  { type: "tool_result", tool_call_id: "c1", ok: true, result: "1 project.", duration_ms: 12, ...inStep(1) },
  {
    type: "tool_result",
    tool_call_id: "c2",
    ok: false,
    result: "",
    error: "The search failed.",
    duration_ms: 5,
    ...inStep(2),
  },
  {
    type: "executor_result",
    executor_agent_id: EXECUTOR,
    step_number: 1,
    attempt: 1,
    result: { status: "completed", summary: "Website is active." },
    usage: NO_USAGE,
    duration_ms: 400,
  },
  { type: "step_complete", step_number: 1, attempt: 1, status: "completed", summary: "Website is active." },
  {
    type: "step_complete",
    step_number: 2,
    attempt: 1,
    status: "failed",
    summary: "",
    error: "No notes could be read.",
  },
  {
    type: "step_complete",
    step_number: 3,
    attempt: 0,
    status: "skipped",
    summary: "Skipped.",
    error: "Step 2 did not complete.",
  },
  { type: "text", part: 2, message_id: messageId(2), delta: "I could **not** do it." },
  { type: "done", status: "completed", usage: NO_USAGE, finished_reason: "answered" },
);
