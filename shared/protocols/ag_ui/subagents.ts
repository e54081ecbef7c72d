// Executors as subagents, and calls as tool calls, of an executor's or of the planner's own.
import type { RunEvent } from "../../contracts/events.ts";
import type { AgUiBody } from "./ag_ui_event.ts";
import type { AgUiState, AgUiStep } from "./ag_ui_state.ts";

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

export function subagentSpawned(state: AgUiState, event: Of<"executor_spawned">): AgUiStep {
  const { run_id, step_number, attempt, executor_agent_id } = event;
  const id = subagentId(run_id, step_number, attempt);
  // The same attempt, taken up again by another process: it may not be started twice.
  if (state.subagents.some((one) => one.id === id)) {
    const value = { executor_agent_id, step_number, attempt };
    return [state, [{ type: "CUSTOM", name: "agent.executor_spawned", value }]];
  }
  const name = stepOf(state, step_number)?.title ?? `Step ${step_number}`;
  return [
    { ...state, subagents: [...state.subagents, { id, step_number, open: true }] },
    [{ type: "SUBAGENT_STARTED", subagentRunId: id, name }],
  ];
}

export function subagentEnded(state: AgUiState, event: Of<"executor_result">): AgUiStep {
  const { run_id, step_number, attempt, result, usage, duration_ms } = event;
  const { status, summary } = result;
  const id = subagentId(run_id, step_number, attempt);
  if (!state.subagents.some((one) => one.id === id && one.open)) {
    const value = { step_number, attempt, status, summary, usage, duration_ms };
    return [state, [{ type: "CUSTOM", name: "agent.executor_result", value }]];
  }
  const subagents = state.subagents.map((one) => one.id === id ? { ...one, open: false } : one);
  return [{ ...state, subagents }, [
    status === "failed" ? { type: "SUBAGENT_ERROR", subagentRunId: id, message: summary } : {
      type: "SUBAGENT_FINISHED",
      subagentRunId: id,
      result: { status, summary },
      outcome: { type: "success" },
    },
  ]];
}

/** Ends those that are open, each with the event that is made of its id. */
export function subagentsClosed(state: AgUiState, end: (subagentRunId: string) => AgUiBody): AgUiStep {
  const open = state.subagents.filter((one) => one.open);
  const subagents = state.subagents.map((one) => ({ ...one, open: false }));
  return [{ ...state, subagents }, open.map(({ id }) => end(id))];
}

export function callStarted(state: AgUiState, event: Of<"tool_call">): AgUiStep {
  const { tool_call_id: toolCallId, name, arguments: args } = event;
  if (state.calls.some((call) => call.tool_call_id === toolCallId)) {
    return [state, [{ type: "CUSTOM", name: "agent.tool_call", value: { tool_call_id: toolCallId, name } }]];
  }
  const subagent = workerOf(state, event);
  const by = { ...(subagent && { subagentRunId: subagent }) };
  return [
    { ...state, calls: [...state.calls, { tool_call_id: toolCallId, subagent }] },
    [
      { type: "TOOL_CALL_START", toolCallId, toolCallName: name, ...by },
      { type: "TOOL_CALL_ARGS", toolCallId, delta: JSON.stringify(args), ...by },
      { type: "TOOL_CALL_END", toolCallId, ...by },
    ],
  ];
}

export function callAnswered(state: AgUiState, event: Of<"tool_result">): AgUiBody {
  const { tool_call_id: toolCallId, ok, result, error } = event;
  const call = state.calls.find(({ tool_call_id }) => tool_call_id === toolCallId);
  // Whose the call was when it began: the client refuses a result of somebody else's.
  const subagentRunId = call ? call.subagent : workerOf(state, event);
  return {
    type: "TOOL_CALL_RESULT",
    messageId: `${toolCallId}:result`,
    toolCallId,
    role: "tool",
    content: ok ? result : error ?? result,
    ...(subagentRunId && { subagentRunId }),
  };
}

/** The executor that an event of its own names: the latest at its step. */
function workerOf(state: AgUiState, { agent, run_id }: RunEvent): string | undefined {
  if (agent?.type !== "executor" || agent.step_number === undefined) return undefined;
  const { step_number } = agent;
  const latest = state.subagents.findLast((one) => one.step_number === step_number);
  return latest?.id ?? subagentId(run_id, step_number, stepOf(state, step_number)?.attempt ?? 0);
}

function subagentId(run_id: string, step_number: number, attempt: number): string {
  return `${run_id}:${step_number}.${attempt}`;
}

function stepOf({ run }: AgUiState, step_number: number) {
  return run.plan?.steps.find((step) => step.step_number === step_number);
}
