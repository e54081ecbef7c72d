// What a host's finish reason says of a turn. Without one a turn never counts as finished, with one
// exception: whole tool calls followed by `[DONE]`, which some hosts behind OpenRouter send.
import type { ModelFailureKind } from "../contracts/model.ts";

/** How the stream ended: with `[DONE]`, by the connection's end, or because we stopped reading. */
export type StreamEnd = "done" | "closed" | "stopped";

export type FinishState = { state: "complete" } | { state: "cut" } | {
  state: "failed";
  kind: ModelFailureKind;
};

/** `calls` tells whether the turn holds tool calls, all of them with readable arguments. */
export function readFinishReason(
  reason: string | null,
  how: StreamEnd,
  calls: "whole calls" | "no whole calls",
): FinishState {
  switch (reason) {
    case "stop":
    case "tool_calls":
    case "function_call":
      return { state: "complete" };
    case "length":
    // Mistral's, and what hosts of other families pass on.
    case "model_length":
    case "max_tokens":
    case "MAX_TOKENS":
      return { state: "cut" };
    case "content_filter":
      return { state: "failed", kind: "content_filtered" };
    // DeepSeek, with HTTP 200 and half an answer.
    case "insufficient_system_resource":
      return { state: "failed", kind: "overloaded" };
    case "error":
      return { state: "failed", kind: "unknown" };
    case null:
      if (how === "done" && calls === "whole calls") return { state: "complete" };
      return { state: "failed", kind: "truncated_stream" };
    default:
      return calls === "whole calls" ? { state: "complete" } : { state: "failed", kind: "unknown" };
  }
}
