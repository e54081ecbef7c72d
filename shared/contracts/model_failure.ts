// What a user is told when a model call fails: by whom it can be mended, in a plain sentence. The host's own
// words never pass, because they may hold prompts, keys and addresses.
import type { Failure } from "./errors.ts";
import type { ModelFailureKind } from "./model.ts";

const FAILURES: Record<ModelFailureKind, Failure> = {
  rate_limited: {
    kind: "model_rate_limited",
    message: "The language model is receiving too many requests. Please try again in a moment.",
    retryable: true,
  },
  overloaded: {
    kind: "model_unavailable",
    message: "The language model is overloaded. Please try again in a moment.",
    retryable: true,
  },
  timeout: { kind: "timeout", message: "The language model took too long to answer.", retryable: true },
  network: { kind: "model_unavailable", message: "The language model can't be reached.", retryable: true },
  auth: {
    kind: "model_misconfigured",
    message: "The language model refused our credentials. The operator has to check LLM_API_KEY.",
    retryable: false,
  },
  no_credit: {
    kind: "model_misconfigured",
    message: "The language model's account has no credit left. The operator has to top it up.",
    retryable: false,
  },
  bad_request: {
    kind: "model_misconfigured",
    message:
      "The language model refused the request. The operator has to check the model's name and settings.",
    retryable: false,
  },
  context_overflow: {
    kind: "model_failed",
    message: "The conversation is too long for the language model. Please start a new session.",
    retryable: false,
  },
  content_filtered: {
    kind: "model_failed",
    message: "The language model declined to answer this message.",
    retryable: false,
  },
  malformed_output: {
    kind: "model_failed",
    message: "The language model's answer was not usable.",
    retryable: true,
  },
  malformed_tool_call: {
    kind: "model_failed",
    message: "The language model's answer was not usable.",
    retryable: true,
  },
  empty_response: {
    kind: "model_failed",
    message: "The language model gave an empty answer.",
    retryable: true,
  },
  output_limit: {
    kind: "model_failed",
    message: "The language model's answer was far too long.",
    retryable: true,
  },
  truncated_stream: {
    kind: "model_failed",
    message: "The language model's answer broke off before its end.",
    retryable: true,
  },
  unknown: {
    kind: "model_failed",
    message: "The language model failed for an unknown reason.",
    retryable: true,
  },
};

export function modelFailure(kind: ModelFailureKind): Failure {
  return FAILURES[kind];
}
