// What a host's finish reason says of a turn, in the words of all APIs that are passed on by compatible hosts. Without
// one a turn counts as finished only where `[DONE]` follows a whole text or whole calls
// (BerriAI/litellm#20732, pydantic/pydantic-ai#2996).
import type { ModelFailureKind } from "../../contracts/model.ts";

/** How the stream ended: with `[DONE]`, by the connection's end, or because we stopped reading. */
export type StreamEnd = "done" | "closed" | "stopped";

/** What a turn holds: calls that can all be read, some that can't, or no calls. */
export type Substance = "whole calls" | "broken calls" | "text" | "nothing";

export type FinishState = { state: "complete" } | { state: "cut" } | {
  state: "failed";
  kind: ModelFailureKind;
};

type Meaning = "complete" | "cut" | ModelFailureKind;

/** Words in lower case, their parts joined by `_`. A word's API stands above it. */
const MEANINGS: readonly [meaning: Meaning, words: string][] = [
  // OpenAI; `function_call` is of 2023.
  ["complete", "stop tool_calls function_call"],
  // Anthropic and Bedrock. A paused turn has said what it has to say.
  ["complete", "end_turn stop_sequence tool_use pause_turn"],
  // TGI and older Together, watsonx, AI21, Cohere, the Responses API, llama.cpp, LM Studio, Baidu.
  ["complete", "eos eos_token stop_token stop_sequences endoftext complete completed tool_call"],
  ["complete", "stop_word word eos_found stop_string_found normal"],
  // What proxies make of these.
  ["complete", "done finished finish end stopped success function_calls natural endturn tooluse"],
  ["complete", "end_of_turn end_of_text end_of_sequence eot eot_id im_end stop_str"],
  // OpenAI; Anthropic, Bedrock, Cohere, watsonx; Mistral; the Responses API; llama.cpp; LM Studio; xAI; vLLM.
  ["cut", "length max_tokens token_limit model_length incomplete max_output_tokens limit"],
  ["cut", "max_predicted_tokens_reached max_len repetition"],
  ["cut", "max_completion_tokens max_new_tokens max_length length_limit max_tokens_reached maxtokens"],
  ["cut", "max_token max_output_tokens_reached token_limit_reached output_limit length_capped"],
  // OpenAI and Azure; Bedrock; Zhipu; Cohere; Anthropic.
  ["content_filtered", "content_filter content_filtered guardrail_intervened sensitive error_toxic refusal"],
  // Gemini.
  ["content_filtered", "safety recitation blocklist prohibited_content spii language model_armor escalation"],
  ["content_filtered", "image_safety image_prohibited_content image_recitation"],
  ["content_filtered", "content_policy content_policy_violation moderation guardrails blocked filtered"],
  ["content_filtered", "flagged violation policy_violation risk_control content_moderation guardrail"],
  // Anthropic, Bedrock, Z.AI; Cohere; LM Studio; xAI.
  ["context_overflow", "model_context_window_exceeded error_limit context_length_reached max_context"],
  ["context_overflow", "context_window_exceeded context_length_exceeded context_length"],
  // Gemini; Bedrock.
  ["malformed_tool_call", "malformed_function_call unexpected_tool_call too_many_tool_calls"],
  ["malformed_tool_call", "malformed_tool_use malformed_tool_call invalid_tool_call"],
  ["malformed_output", "malformed_response malformed_model_output"],
  // Gemini, of a history without the signatures that the row can send back.
  ["bad_request", "missing_thought_signature"],
  // DeepSeek, with HTTP 200 and half an answer; Zhipu; vLLM and SGLang, where the host gave the request up.
  ["overloaded", "insufficient_system_resource network_error abort aborted cancelled canceled"],
  ["overloaded", "overloaded server_error internal_error service_unavailable interrupted"],
  // watsonx, xAI.
  ["timeout", "time_limit timeout timed_out"],
];

const TABLE: ReadonlyMap<string, Meaning> = new Map(
  MEANINGS.flatMap(([meaning, words]) => words.split(" ").map((word): [string, Meaning] => [word, meaning])),
);

/** Words that stand where there is none. */
const NO_REASON = new Set(["", "null", "none", "unspecified", "not_finished"]);

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

/** `FINISH_REASON_MAX_TOKENS`, `FinishReason.MAX_TOKENS`, `REASON_MAX_TOKENS`, `max-tokens`, `maxTokens`: one word. */
function normalised(reason: string): string {
  return reason.trim().replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase()
    .replace(/[\s-]+/g, "_").replace(/^(?:finish_?|stop_?)?reason[_.]/, "");
}
