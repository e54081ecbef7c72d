// The planner's calls as tool parts, and what waits for a person: an executor's call becomes a tool part with its
// request for approval.
import type { Approval } from "../../contracts/approval.ts";
import type { RunEvent } from "../../contracts/events.ts";
import { askedTitle } from "../asked_title.ts";
import { type AiSdkChunk, type ChunkSet, OUR_TOOL, type ToolOutput } from "./ai_sdk_chunk.ts";
import { type AiSdkState, type AiSdkStep, runChunk } from "./ai_sdk_state.ts";

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

export function toolCalled(state: AiSdkState, event: Of<"tool_call">): AiSdkStep {
  const [next, chunks] = withPart(state, event);
  return [next, chunks.length > 0 ? chunks : [runChunk(state, event.run_id)]];
}

/**
 * Nothing for a call that is no tool part: the client would end the stream. Nothing new for one that was refused: what it
 * was refused with stands.
 */
export function toolAnswered(state: AiSdkState, event: Of<"tool_result">): AiSdkStep {
  const { tool_call_id: toolCallId, ok, result, error, data, cut, undoable } = event;
  const asked = state.run.approvals.find((one) => one.tool_call_id === toolCallId);
  if (!hasPart(state, toolCallId) || asked?.decision?.approved === false) return [state, []];
  const next = withAnswered(state, toolCallId);
  if (!ok) {
    return [next, [{ type: "tool-output-error", toolCallId, errorText: error ?? result, ...OUR_TOOL }]];
  }
  const output: ToolOutput = {
    message: result,
    ...(data !== undefined && { data }),
    ...(cut && { cut }),
    ...(undoable && { undoable }),
  };
  return [next, [{ type: "tool-output-available", toolCallId, output, ...OUR_TOOL }]];
}

/** The run is over: what has no answer yet gets none any more, and what was asked is not open. */
export function toolsEnded(state: AiSdkState): AiSdkChunk[] {
  return state.tool_parts.filter((part) => !part.answered).flatMap(({ tool_call_id: toolCallId }) => {
    const asked = state.run.approvals.find((one) => one.tool_call_id === toolCallId);
    const undecided = asked?.decision === null;
    const errorText = undecided ? UNDECIDED : NOT_TOLD;
    return [
      ...(undecided ? approvalChunk(state, toolCallId) : []),
      { type: "tool-output-error", toolCallId, errorText, ...OUR_TOOL } as const,
    ];
  });
}

const UNDECIDED = "The run ended before this was decided. It was not done.";
const NOT_TOLD = "The run ended before this could tell its result.";

export function approvalsRequired(
  before: AiSdkState,
  { run_id, approvals }: Of<"approval_required">,
  set: ChunkSet,
): AiSdkStep {
  let state = before;
  const chunks: AiSdkChunk[] = [];
  for (const approval of approvals) {
    const [next, part] = withPart(state, approval);
    state = next;
    chunks.push(...part, ...approvalChunk(state, approval.tool_call_id));
    if (set !== "5") chunks.push(requestOf(approval));
  }
  return [state, chunks.length > 0 ? chunks : [runChunk(state, run_id)]];
}

export function approvalDecided(
  state: AiSdkState,
  event: Of<"approval_decided">,
  set: ChunkSet,
): AiSdkStep {
  const { tool_call_id: toolCallId, approved } = event;
  const chunks = approvalChunk(state, toolCallId);
  if (approved || !hasPart(state, toolCallId)) {
    return [state, chunks.length > 0 ? chunks : [runChunk(state, event.run_id)]];
  }
  chunks.push(
    set === "5"
      ? { type: "tool-output-error", toolCallId, errorText: refusal(event), ...OUR_TOOL }
      : { type: "tool-output-denied", toolCallId },
  );
  return [withAnswered(state, toolCallId), chunks];
}

function requestOf({ tool_call_id }: Approval): AiSdkChunk {
  return { type: "tool-approval-request", approvalId: tool_call_id, toolCallId: tool_call_id };
}

function approvalChunk({ run }: AiSdkState, id: string): AiSdkChunk[] {
  const approval = run.approvals.find((one) => one.tool_call_id === id);
  return approval
    ? [{ type: "data-approval", id, data: { ...approval, title: askedTitle(run, approval) } }]
    : [];
}

const REFUSALS: Record<Of<"approval_decided">["by"], string> = {
  user: "This was declined. It was not done.",
  expired: "Nobody approved this in time, so it was not done.",
  superseded: "This was not done, because the next message came before it was approved.",
  step_ended: "This was not done, because its step ended before it was approved.",
};

function refusal({ by, reason }: Of<"approval_decided">): string {
  return reason ? `${REFUSALS[by]} The reason: ${reason}` : REFUSALS[by];
}

/** With the call as a tool part; what has one already gets no second. */
function withPart(
  state: AiSdkState,
  call: Pick<Of<"tool_call">, "tool_call_id" | "name" | "arguments">,
): AiSdkStep {
  const { tool_call_id: toolCallId, name: toolName, arguments: input } = call;
  if (hasPart(state, toolCallId)) return [state, []];
  return [
    { ...state, tool_parts: [...state.tool_parts, { tool_call_id: toolCallId, answered: false }] },
    [{ type: "tool-input-available", toolCallId, toolName, input, ...OUR_TOOL }],
  ];
}

function hasPart({ tool_parts }: AiSdkState, id: string): boolean {
  return tool_parts.some((part) => part.tool_call_id === id);
}

function withAnswered(state: AiSdkState, id: string): AiSdkState {
  const tool_parts = state.tool_parts.map((part) =>
    part.tool_call_id === id ? { ...part, answered: true } : part
  );
  return { ...state, tool_parts };
}
