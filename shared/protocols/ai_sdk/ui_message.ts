// A run's chunks as the message that a client of the AI SDK makes of them.
import type { Json } from "../../contracts/text.ts";
import type { AiSdkChunk, DataChunk, MessageMetadata, ToolOutput } from "./ai_sdk_chunk.ts";

export interface UiTextPart {
  type: "text";
  text: string;
  state?: "streaming" | "done";
  providerMetadata?: { agent: { withdrawn: true } };
}

export interface UiToolPart {
  type: "dynamic-tool";
  toolCallId: string;
  toolName: string;
  state: "input-available" | "approval-requested" | "output-available" | "output-error" | "output-denied";
  input: Json;
  providerExecuted: true;
  output?: ToolOutput;
  errorText?: string;
  approval?: { id: string };
}

export type UiPart = UiTextPart | UiToolPart | DataChunk | { type: "step-start" };

export interface UiMessage {
  id: string;
  role: "user" | "assistant";
  metadata?: MessageMetadata;
  parts: UiPart[];
}

/** The message with one more chunk. The old one stays as it was. */
export function withChunk(message: UiMessage, chunk: AiSdkChunk): UiMessage {
  switch (chunk.type) {
    case "start":
    case "finish":
    case "message-metadata": {
      const { messageMetadata } = chunk;
      return messageMetadata
        ? { ...message, metadata: { ...message.metadata, ...messageMetadata } }
        : message;
    }
    case "start-step":
      return withPart(message, { type: "step-start" });
    case "reset-step":
      return { ...message, parts: message.parts.slice(0, currentStep(message.parts)) };
    case "text-start":
      return withPart(message, { type: "text", text: "", state: "streaming" });
    case "text-delta":
      return withOpenText(message, (part) => ({ ...part, text: part.text + chunk.delta }));
    case "text-end": {
      const { providerMetadata } = chunk;
      return withOpenText(message, (part) => ({
        ...part,
        state: "done",
        ...(providerMetadata && { providerMetadata }),
      }));
    }
    case "finish-step":
    case "error":
      return message;
    default:
      return withToolOrData(message, chunk);
  }
}

type ToolOrData =
  | Extract<AiSdkChunk, { type: `tool-${string}` }>
  | DataChunk;

function withToolOrData(message: UiMessage, chunk: ToolOrData): UiMessage {
  switch (chunk.type) {
    case "tool-input-available": {
      const { toolCallId, toolName, input, providerExecuted } = chunk;
      const state = "input-available";
      return withPart(message, {
        type: "dynamic-tool",
        toolCallId,
        toolName,
        state,
        input,
        providerExecuted,
      });
    }
    case "tool-output-available":
      return withTool(message, chunk.toolCallId, ({ errorText: _error, ...part }) => ({
        ...part,
        state: "output-available",
        output: chunk.output,
      }));
    case "tool-output-error":
      return withTool(message, chunk.toolCallId, ({ output: _output, ...part }) => ({
        ...part,
        state: "output-error",
        errorText: chunk.errorText,
      }));
    case "tool-output-denied":
      return withTool(message, chunk.toolCallId, (part) => ({ ...part, state: "output-denied" }));
    case "tool-approval-request": {
      const approval = { id: chunk.approvalId };
      return withTool(message, chunk.toolCallId, (part) => ({
        ...part,
        state: "approval-requested",
        approval,
      }));
    }
    default:
      return withData(message, chunk);
  }
}

function withPart(message: UiMessage, part: UiPart): UiMessage {
  return { ...message, parts: [...message.parts, part] };
}

/** A data part takes the place of the one with its type and id. */
function withData(message: UiMessage, chunk: DataChunk): UiMessage {
  const is = (part: UiPart) => part.type === chunk.type && "id" in part && part.id === chunk.id;
  if (!message.parts.some(is)) return withPart(message, chunk);
  return { ...message, parts: message.parts.map((part) => is(part) ? chunk : part) };
}

function withTool(message: UiMessage, id: string, change: (part: UiToolPart) => UiToolPart): UiMessage {
  const parts = message.parts.map((part) =>
    part.type === "dynamic-tool" && part.toolCallId === id ? change(part) : part
  );
  return { ...message, parts };
}

/** Of the texts of a message one is open at most. */
function withOpenText(message: UiMessage, change: (part: UiTextPart) => UiTextPart): UiMessage {
  const parts = message.parts.map((part) =>
    part.type === "text" && part.state === "streaming" ? change(part) : part
  );
  return { ...message, parts };
}

/** Where the parts of the current step begin. */
function currentStep(parts: readonly UiPart[]): number {
  return parts.findLastIndex(({ type }) => type === "step-start") + 1;
}
