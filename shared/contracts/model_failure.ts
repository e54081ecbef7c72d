// What a user is told when a model call failed, and whether trying again makes sense. Never the provider's
// own words: they may hold prompts, keys and the names of upstream hosts.
import type { ErrorKind, Failure } from "./errors.ts";
import type { ModelFailureKind } from "./model.ts";

interface FailureRow {
  kind: ErrorKind;
  retryable: boolean;
  message: string;
}

const ROWS: Record<ModelFailureKind, FailureRow> = {
  rate_limited: {
    kind: "model_rate_limited",
    retryable: true,
    message: "The language model is answering too many requests at the moment. Please try again shortly.",
  },
  overloaded: {
    kind: "model_unavailable",
    retryable: true,
    message: "The language model is not available at the moment. Please try again shortly.",
  },
  network: {
    kind: "model_unavailable",
    retryable: true,
    message: "The language model could not be reached. Please try again shortly.",
  },
  timeout: {
    kind: "timeout",
    retryable: true,
    message: "The language model took too long to answer. Please try again.",
  },
  auth: {
    kind: "model_misconfigured",
    retryable: false,
    message:
      "The language model's host does not let this service in. Its operator has to check LLM_API_KEY and what that key may use.",
  },
  no_credit: {
    kind: "model_misconfigured",
    retryable: false,
    message:
      "This service's account at the language model's host has no credit left. Its operator has to top it up.",
  },
  bad_request: {
    kind: "model_misconfigured",
    retryable: false,
    message:
      "The language model's host refused the request. The operator should look at the log, which says why, and check the LLM_ settings.",
  },
  context_overflow: {
    kind: "model_failed",
    retryable: false,
    message:
      "The conversation is too long for the language model. Please start a new session or ask for less.",
  },
  content_filtered: {
    kind: "model_failed",
    retryable: false,
    message: "The language model declined to answer this request. Please put it differently.",
  },
  output_limit: {
    kind: "model_failed",
    retryable: false,
    message: "The language model's answer grew beyond all limits and was stopped. Please ask for less.",
  },
  malformed_output: {
    kind: "model_failed",
    retryable: true,
    message: "The language model sent an answer that cannot be read. Please try again.",
  },
  malformed_tool_call: {
    kind: "model_failed",
    retryable: true,
    message: "The language model tried to use a tool in a way that cannot be read. Please try again.",
  },
  empty_response: {
    kind: "model_failed",
    retryable: true,
    message: "The language model gave an empty answer. Please try again.",
  },
  truncated_stream: {
    kind: "model_unavailable",
    retryable: true,
    message: "The language model broke off in the middle of its answer. Please try again.",
  },
  unknown: {
    kind: "model_failed",
    retryable: true,
    message: "The language model failed. Please try again.",
  },
};

/** What to tell the user of a failed model call. */
export function modelFailure(kind: ModelFailureKind): Failure {
  return { ...ROWS[kind] };
}
