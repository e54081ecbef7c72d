// Executors as data parts: one for each attempt at a step, sent whole whenever something of it changes. Their calls are
// no tool parts, of which a message would have dozens.
import type { RunEvent } from "../../contracts/events.ts";
import type { AgentCall, AgentData, AiSdkChunk } from "./ai_sdk_chunk.ts";
import type { AiSdkState, AiSdkStep } from "./ai_sdk_state.ts";

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

export function agentSpawned(state: AiSdkState, event: Of<"executor_spawned">): AiSdkStep {
  const { executor_agent_id, step_number, attempt } = event;
  return withAgent(state, event.run_id, {
    ...agentOf(state, executor_agent_id, step_number, attempt),
    agent_id: executor_agent_id,
    status: "running",
  });
}

export function agentCalled(state: AiSdkState, event: Of<"tool_call">): AiSdkStep {
  const { tool_call_id, name } = event;
  const agent = workerOf(state, event);
  const known = agent.calls.some((call) => call.tool_call_id === tool_call_id);
  const calls = known ? agent.calls : [...agent.calls, { tool_call_id, name }];
  return withAgent(state, event.run_id, { ...agent, calls });
}

export function agentWasAnswered(state: AiSdkState, event: Of<"tool_result">): AiSdkStep {
  const { tool_call_id, ok, error, result, duration_ms } = event;
  const agent = state.agents.find(({ calls }) => calls.some((call) => call.tool_call_id === tool_call_id)) ??
    workerOf(state, event);
  const answered = (call: AgentCall): AgentCall =>
    call.tool_call_id === tool_call_id ? { ...call, ok, result: error ?? result, duration_ms } : call;
  return withAgent(state, event.run_id, { ...agent, calls: agent.calls.map(answered) });
}

export function agentEnded(state: AiSdkState, event: Of<"executor_result">): AiSdkStep {
  const { executor_agent_id, step_number, attempt, usage, duration_ms } = event;
  const { status, summary } = event.result;
  const agent = agentOf(state, executor_agent_id, step_number, attempt);
  return withAgent(state, event.run_id, { ...agent, status, summary, usage, duration_ms });
}

/** The executor that an event of its own names: the latest at its step. */
function workerOf(state: AiSdkState, { agent }: RunEvent): AgentData {
  const step_number = agent?.step_number ?? 0;
  const latest = state.agents.findLast((one) => one.step_number === step_number);
  const attempt = state.run.plan?.steps.find((step) => step.step_number === step_number)?.attempt ?? 0;
  return latest ?? agentOf(state, agent?.id ?? "", step_number, attempt);
}

function agentOf(state: AiSdkState, agent_id: string, step_number: number, attempt: number): AgentData {
  const known = state.agents.find((one) => one.step_number === step_number && one.attempt === attempt);
  return known ?? { agent_id, step_number, attempt, status: "running", calls: [] };
}

function withAgent(state: AiSdkState, run_id: string, agent: AgentData): AiSdkStep {
  const { step_number, attempt } = agent;
  const is = (one: AgentData) => one.step_number === step_number && one.attempt === attempt;
  const agents = state.agents.some(is)
    ? state.agents.map((one) => is(one) ? agent : one)
    : [...state.agents, agent];
  const chunk: AiSdkChunk = {
    type: "data-agent",
    id: `${run_id}:${step_number}.${attempt}`,
    data: agent,
  };
  return [{ ...state, agents }, [chunk]];
}
