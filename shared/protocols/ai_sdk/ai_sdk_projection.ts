// A run's log as an AI SDK UI message stream: one message, whose id is the run's.
import type { FinishedReason, RunEvent } from "../../contracts/events.ts";
import { initialRunState } from "../../contracts/run_state.ts";
import { assertNever } from "../../contracts/errors.ts";
import { DONE_WORD, numbered } from "../frame.ts";
import { advanced, endsText, isKnownEvent } from "../known_event.ts";
import type { Projection } from "../projection.ts";
import { shownPlan } from "../shown_plan.ts";
import { agentCalled, agentEnded, agentSpawned, agentWasAnswered } from "./agent_parts.ts";
import type { AiSdkChunk, ChunkSet } from "./ai_sdk_chunk.ts";
import { type AiSdkState, type AiSdkStep, runChunk } from "./ai_sdk_state.ts";
import { approvalDecided, approvalsRequired, toolAnswered, toolCalled, toolsEnded } from "./tool_parts.ts";

const START_STEP: AiSdkChunk = { type: "start-step" };
const FINISH_STEP: AiSdkChunk = { type: "finish-step" };

/** The projection for the versions of the AI SDK that know this set of chunks. */
export function aiSdkProjection(set: ChunkSet): Projection<AiSdkState> {
  return {
    initial: { run: initialRunState(""), open_part: null, agents: [], tool_parts: [], paused: false },
    project(before, event) {
      const [state, chunks] = aiSdkStep(before, event, set);
      // After each end, and each pause, the client is told so in a word that is no chunk.
      const end = chunks.some(({ type }) => type === "finish" || type === "error");
      return [state, numbered(event, end ? [...chunks, DONE_WORD] : chunks)];
    },
  };
}

/** The state after one more event, and its chunks. */
export function aiSdkStep(before: AiSdkState, event: RunEvent, set: ChunkSet): AiSdkStep {
  const { run_id: messageId } = event;
  const chunks: AiSdkChunk[] = [];
  let state: AiSdkState = {
    ...before,
    run: advanced(before.run, event),
    paused: event.type === "run_paused",
  };
  if (before.paused) {
    chunks.push({ type: "start", messageId }, START_STEP);
    if (state.run.status === "running") chunks.push(runChunk(state, messageId));
  }
  if (endsText(before.open_part, event)) {
    chunks.push({ type: "text-end", id: partId(event, before.open_part) });
    state = { ...state, open_part: null };
  }
  const [next, own] = ownStep(state, event, set);
  return [next, [...chunks, ...own]];
}

function ownStep(state: AiSdkState, event: RunEvent, set: ChunkSet): AiSdkStep {
  const { run_id } = event;
  if (!isKnownEvent(event)) return [state, [runChunk(state, run_id)]];
  switch (event.type) {
    case "session": {
      const { session_id, user_message_id, at } = event;
      const messageMetadata = { run_id, session_id, user_message_id, created_at: at };
      return [state, [{ type: "start", messageId: run_id, messageMetadata }, START_STEP]];
    }
    case "analysis":
    case "taken_over":
      return [state, [runChunk(state, run_id)]];
    case "plan_created":
    case "step_start":
    case "step_complete":
      return [state, [planChunk(state, run_id)]];
    case "executor_spawned":
      return agentSpawned(state, event);
    case "executor_result":
      return agentEnded(state, event);
    case "tool_call":
      return event.agent?.type === "executor" ? agentCalled(state, event) : toolCalled(state, event);
    case "tool_result":
      return resultStep(state, event);
    case "text":
      return textStep(state, event, set);
    case "text_withdrawn":
      return withdrawnStep(state, event, set);
    case "approval_required":
      return approvalsRequired(state, event, set);
    case "approval_decided":
      return approvalDecided(state, event, set);
    case "run_paused": {
      const { open, expires_at } = event;
      const end: AiSdkChunk = { type: "finish", finishReason: "tool-calls" };
      return [state, [runChunk(state, run_id, { open, expires_at }), FINISH_STEP, end]];
    }
    case "done":
    case "error":
      return [state, [...toolsEnded(state), ...endChunks(state, event)]];
    default:
      return assertNever(event);
  }
}

function partId({ run_id }: RunEvent, part: number): string {
  return `${run_id}:${part}`;
}

function planChunk(state: AiSdkState, id: string): AiSdkChunk {
  const { plan } = state.run;
  return plan ? { type: "data-plan", id, data: shownPlan(plan) } : runChunk(state, id);
}

function resultStep(before: AiSdkState, event: Extract<RunEvent, { type: "tool_result" }>): AiSdkStep {
  const [told, chunks]: AiSdkStep = event.agent?.type === "executor"
    ? agentWasAnswered(before, event)
    : [before, []];
  const [state, answer] = toolAnswered(told, event);
  const all = [...chunks, ...answer];
  return [state, all.length > 0 ? all : [runChunk(state, event.run_id)]];
}

function textStep(
  state: AiSdkState,
  event: Extract<RunEvent, { type: "text" }>,
  set: ChunkSet,
): AiSdkStep {
  const { part, delta } = event;
  const id = partId(event, part);
  const chunk: AiSdkChunk = { type: "text-delta", id, delta };
  if (state.open_part === part) return [state, [chunk]];
  // A step of its own, so that the text can be taken back without what came before it.
  const begin = set === "7" ? [START_STEP] : [];
  return [{ ...state, open_part: part }, [...begin, { type: "text-start", id }, chunk]];
}

function withdrawnStep(
  state: AiSdkState,
  event: Extract<RunEvent, { type: "text_withdrawn" }>,
  set: ChunkSet,
): AiSdkStep {
  const { part } = event;
  const id = partId(event, part);
  const data: AiSdkChunk = { type: "data-text-withdrawn", id, data: { part } };
  if (state.open_part !== part) return [state, [data]];
  const next = { ...state, open_part: null };
  if (set === "7") return [next, [{ type: "reset-step" }]];
  return [next, [{ type: "text-end", id, providerMetadata: { agent: { withdrawn: true } } }, data]];
}

type FinishReason = Extract<AiSdkChunk, { type: "finish" }>["finishReason"];

const FINISH_REASONS: Record<FinishedReason, FinishReason> = {
  answered: "stop",
  limit: "length",
  budget: "length",
  length: "length",
  cancelled: "other",
  superseded: "other",
};

function endChunks(state: AiSdkState, event: Extract<RunEvent, { type: "done" | "error" }>): AiSdkChunk[] {
  const { message_id } = event;
  if (event.type === "error") {
    const { kind, message, retryable } = event;
    return [
      runChunk(state, event.run_id, { error: { kind, message, retryable } }),
      { type: "message-metadata", messageMetadata: { ...(message_id && { message_id }), status: "failed" } },
      // Last, because the client reads nothing behind it.
      { type: "error", errorText: message },
    ];
  }
  const { status, finished_reason, usage } = event;
  const finishReason = status === "cancelled" ? "other" : FINISH_REASONS[finished_reason];
  return [
    runChunk(state, event.run_id, { finished_reason, usage }),
    FINISH_STEP,
    { type: "finish", finishReason, messageMetadata: { ...(message_id && { message_id }), status, usage } },
  ];
}
