// A run's log as AG-UI 1.0. Each segment of the log is a run of its own for the client: a pause ends it with
// interrupts, and what comes behind the pause begins with RUN_STARTED.
import { assertNever } from "../../contracts/errors.ts";
import type { RunEvent } from "../../contracts/events.ts";
import { initialRunState } from "../../contracts/run_state.ts";
import type { Usage } from "../../contracts/usage.ts";
import { numbered } from "../frame.ts";
import { advanced, endsText, isKnownEvent } from "../known_event.ts";
import type { Projection } from "../projection.ts";
import { shownPlan, shownStep } from "../shown_plan.ts";
import { AG_UI_VERSION, type AgUiBody, type TokenUsage } from "./ag_ui_event.ts";
import type { AgUiState, AgUiStep } from "./ag_ui_state.ts";
import type { ClientIds } from "./client_ids.ts";
import { interruptsOf } from "./interrupts.ts";
import { callAnswered, callStarted, subagentEnded, subagentsClosed, subagentSpawned } from "./subagents.ts";

const INITIAL: AgUiState = {
  run: initialRunState(""),
  open_part: null,
  subagents: [],
  calls: [],
  plan_shown: false,
  paused: false,
};

/** The projection for a client that knows the thread and its run by these ids. */
export function agUiProjection(ids: ClientIds): Projection<AgUiState> {
  return {
    initial: INITIAL,
    project(before, event) {
      const [state, bodies] = agUiStep(before, event, ids);
      const timestamp = Date.parse(event.at);
      return [state, numbered(event, bodies.map((body) => ({ ...body, timestamp })))];
    },
  };
}

function agUiStep(before: AgUiState, event: RunEvent, ids: ClientIds): AgUiStep {
  const events: AgUiBody[] = [];
  let state: AgUiState = {
    ...before,
    run: advanced(before.run, event),
    paused: event.type === "run_paused",
  };
  if (before.paused) {
    events.push(runStarted(ids));
    state = { ...state, subagents: [], plan_shown: false };
  }
  if (endsText(before.open_part, event)) {
    events.push({ type: "TEXT_MESSAGE_END", messageId: messageId(event, before.open_part) });
    state = { ...state, open_part: null };
  }
  const [next, own] = ownStep(state, event, ids);
  return [next, [...events, ...own]];
}

function ownStep(state: AgUiState, event: RunEvent, ids: ClientIds): AgUiStep {
  if (!isKnownEvent(event)) return [state, [custom("agent.unknown_event", { type: event.type })]];
  switch (event.type) {
    case "session": {
      const { run_id, session_id, user_message_id } = event;
      return [state, [runStarted(ids), custom("agent.session", { run_id, session_id, user_message_id })]];
    }
    case "analysis":
      return [state, [custom("agent.analysis", { strategy: event.strategy })]];
    case "plan_created":
      return planStep(state, event, null);
    case "step_start":
    case "step_complete":
      return planStep(state, event, event.step_number);
    case "executor_spawned":
      return subagentSpawned(state, event);
    case "executor_result":
      return subagentEnded(state, event);
    case "tool_call":
      return callStarted(state, event);
    case "tool_result":
      return [state, [callAnswered(state, event)]];
    case "text":
      return textStep(state, event);
    case "text_withdrawn":
      return withdrawnStep(state, event);
    case "approval_required":
      return [state, [custom("agent.approval_required", { approvals: event.approvals })]];
    case "approval_decided": {
      const { tool_call_id, approved, edited, arguments: args, reason, by } = event;
      const said = {
        ...(args !== undefined && { arguments: args }),
        ...(reason !== undefined && { reason }),
      };
      const value = { tool_call_id, approved, edited, ...said, by };
      return [state, [custom("agent.approval_decided", value)]];
    }
    case "taken_over":
      return [state, [custom("agent.taken_over", { generation: event.generation, why: event.why })]];
    case "run_paused":
      return pausedStep(state, event, ids);
    case "done":
    case "error":
      return endStep(state, event, ids);
    default:
      return assertNever(event);
  }
}

function custom(name: `agent.${string}`, value: object): AgUiBody {
  return { type: "CUSTOM", name, value };
}

function runStarted({ thread_id, run_id }: ClientIds): AgUiBody {
  return { type: "RUN_STARTED", threadId: thread_id, runId: run_id, protocolVersion: AG_UI_VERSION };
}

function messageId({ run_id }: RunEvent, part: number): string {
  return `${run_id}:${part}`;
}

/** The plan whole where it is new, or new to this segment, whose reader may not have read another; else the step. */
function planStep(
  state: AgUiState,
  { run_id, type }: RunEvent,
  step_number: number | null,
): AgUiStep {
  const { plan } = state.run;
  const at = plan?.steps.findIndex((step) => step.step_number === step_number) ?? -1;
  const step = plan?.steps[at];
  const activity = { messageId: `${run_id}:plan`, activityType: "PLAN" } as const;
  if (!plan) return [state, [custom(`agent.${type}`, { step_number })]];
  if (!step || !state.plan_shown) {
    const snapshot = {
      type: "ACTIVITY_SNAPSHOT",
      ...activity,
      content: shownPlan(plan),
      replace: true,
    } as const;
    return [{ ...state, plan_shown: true }, [snapshot]];
  }
  const patch = [{ op: "replace" as const, path: `/steps/${at}`, value: shownStep(step) }];
  return [state, [{ type: "ACTIVITY_DELTA", ...activity, patch }]];
}

function textStep(state: AgUiState, event: Extract<RunEvent, { type: "text" }>): AgUiStep {
  const { part, delta } = event;
  const id = messageId(event, part);
  const content: AgUiBody = { type: "TEXT_MESSAGE_CONTENT", messageId: id, delta };
  if (state.open_part === part) return [state, [content]];
  const start: AgUiBody = { type: "TEXT_MESSAGE_START", messageId: id, role: "assistant" };
  return [{ ...state, open_part: part }, [start, content]];
}

/** The protocol can't take a message back without a snapshot of all. */
function withdrawnStep(state: AgUiState, event: Extract<RunEvent, { type: "text_withdrawn" }>): AgUiStep {
  const id = messageId(event, event.part);
  const told = custom("agent.text_withdrawn", { messageId: id });
  if (state.open_part !== event.part) return [state, [told]];
  return [{ ...state, open_part: null }, [{ type: "TEXT_MESSAGE_END", messageId: id }, told]];
}

function pausedStep(
  before: AgUiState,
  { open, expires_at }: Extract<RunEvent, { type: "run_paused" }>,
  { thread_id, run_id }: ClientIds,
): AgUiStep {
  const [state, closed] = subagentsClosed(before, (subagentRunId) => ({
    type: "SUBAGENT_FINISHED",
    subagentRunId,
    outcome: { type: "suspended" },
  }));
  const interrupts = interruptsOf(open, state.run, expires_at);
  return [state, [
    ...closed,
    {
      type: "RUN_FINISHED",
      threadId: thread_id,
      runId: run_id,
      outcome: { type: "interrupt", interrupts },
    },
  ]];
}

function endStep(
  before: AgUiState,
  event: Extract<RunEvent, { type: "done" | "error" }>,
  { thread_id, run_id }: ClientIds,
): AgUiStep {
  const [state, closed] = subagentsClosed(before, (subagentRunId) => ({
    type: "SUBAGENT_ERROR",
    subagentRunId,
    message: "The run ended before this step did.",
  }));
  if (event.type === "error") {
    return [state, [...closed, { type: "RUN_ERROR", message: event.message, code: event.kind }]];
  }
  const { status, message_id, finished_reason, usage } = event;
  return [state, [...closed, {
    type: "RUN_FINISHED",
    threadId: thread_id,
    runId: run_id,
    outcome: { type: status === "completed" ? "success" : "cancelled" },
    result: { run_id: event.run_id, ...(message_id && { message_id }), finished_reason },
    usage: [tokenUsage(usage)],
  }]];
}

function tokenUsage(usage: Usage): TokenUsage {
  const { input_tokens, output_tokens, reasoning_tokens, cached_tokens } = usage;
  return {
    inputTokens: input_tokens,
    outputTokens: output_tokens,
    totalTokens: input_tokens + output_tokens,
    reasoningTokens: reasoning_tokens,
    cachedInputTokens: cached_tokens,
  };
}
