// What a host's finish reason says of a turn, in the words of all APIs that are passed on by compatible hosts. Without
// one a turn counts as finished only where `[DONE]` follows a whole text or whole calls
// (BerriAI/litellm#20732, pydantic/pydantic-ai#2996).
import type { ModelFailureKind } from "../contracts/model.ts";

/** How the stream ended: with `[DONE]`, by the connection's end, or because we stopped reading. */
export type StreamEnd = "done" | "closed" | "stopped";

/** What a turn holds: calls that can all be read, some that can't, or no calls. */
export type Substance = "whole calls" | "broken calls" | "text" | "nothing";

export type FinishState = { state: "complete" } | { state: "cut" } | {
  state: "failed";
  kind: ModelFailureKind;
};

type Meaning = "complete" | "cut" | ModelFailureKind;

/** Words in lower case, their parts joined by `_`; the API in the comment is the one that says so. */
const MEANINGS: readonly [meaning: Meaning, words: readonly string[]][] = [
  ["complete", [
    // OpenAI; `function_call` is of 2023.
    ...["stop", "tool_calls", "function_call"],
    // Anthropic, Bedrock. A paused turn has said what it has to say.
    ...["end_turn", "stop_sequence", "tool_use", "pause_turn", "stop_sequences", "endturn", "tooluse"],
    // TGI, older Together, Fireworks; AI21; Cohere; the Responses API; llama.cpp and those who wrap it.
    ...[
      "eos",
      "eos_token",
      "stop_token",
      "endoftext",
      "complete",
      "completed",
      "tool_call",
      "done",
      "finished",
    ],
    ...["finish", "end", "stopped", "stop_word", "natural_stop", "success", "function_calls"],
  ]],
  ["cut", [
    ...["length", "max_tokens", "max_output_tokens", "max_completion_tokens", "max_new_tokens", "max_length"],
    // Mistral; the Responses API; llama.cpp; SGLang and others.
    ...[
      "model_length",
      "incomplete",
      "limit",
      "token_limit",
      "max_tokens_reached",
      "length_limit",
      "maxtokens",
    ],
  ]],
  ["content_filtered", [
    ...["content_filter", "content_filtered", "content_policy", "content_policy_violation", "moderation"],
    // Gemini.
    ...[
      "safety",
      "recitation",
      "blocklist",
      "prohibited_content",
      "spii",
      "image_safety",
      "language",
      "model_armor",
    ],
    // Anthropic; Zhipu; Bedrock; Cohere.
    ...["refusal", "sensitive", "guardrail_intervened", "guardrails", "error_toxic", "blocked", "filtered"],
  ]],
  // Z.AI and Anthropic; Cohere.
  ["context_overflow", [
    ...["model_context_window_exceeded", "context_window_exceeded", "context_length_exceeded"],
    ...["context_length", "error_limit"],
  ]],
  // Gemini.
  ["malformed_tool_call", [
    ...["malformed_function_call", "unexpected_tool_call", "malformed_tool_call", "invalid_tool_call"],
    ...["too_many_tool_calls", "malformed_response"],
  ]],
  // DeepSeek, with HTTP 200 and half an answer; Zhipu; vLLM and SGLang, where the host gave the request up.
  ["overloaded", [
    ...["insufficient_system_resource", "network_error", "abort", "aborted", "cancelled", "canceled"],
    ...["overloaded", "server_error", "internal_error", "service_unavailable"],
  ]],
  ["timeout", ["timeout", "time_limit", "timed_out"]],
];

const TABLE: ReadonlyMap<string, Meaning> = new Map(
  MEANINGS.flatMap(([meaning, words]) => words.map((word): [string, Meaning] => [word, meaning])),
);

/** Words that stand where there is none. */
const NO_REASON = new Set(["", "null", "none", "unspecified"]);

/** The finish reason that a field holds; null where it holds none. */
export function finishReasonIn(field: string): string | null {
  return field === "" || NO_REASON.has(normalised(field)) ? null : field;
}

/** What a turn with this finish reason and this substance is. */
export function readFinishReason(reason: string | null, how: StreamEnd, substance: Substance): FinishState {
  if (reason === null) {
    const whole = substance === "whole calls" || substance === "text";
    return how === "done" && whole ? { state: "complete" } : { state: "failed", kind: "truncated_stream" };
  }
  // Gemini's compatible endpoint: "content_filter: PROHIBITED_CONTENT".
  const meaning = TABLE.get(normalised(reason)) ?? TABLE.get(normalised(reason.replace(/:.*/s, "")));
  if (meaning === "complete" || meaning === "cut") return { state: meaning };
  if (meaning !== undefined) return { state: "failed", kind: meaning };
  const told = normalised(reason) !== "error" && substance === "whole calls";
  return told ? { state: "complete" } : { state: "failed", kind: "unknown" };
}

/** `FINISH_REASON_MAX_TOKENS`, `max-tokens` and `maxTokens` are one word. */
function normalised(reason: string): string {
  return reason.trim().replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase()
    .replace(/[\s-]+/g, "_").replace(/^finish_?reason_/, "");
}
