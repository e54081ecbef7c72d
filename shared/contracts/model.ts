// What the agents ask of a model and what comes back: one clean stream, whatever the host really sends.
//
// Contract of a turn: never throws after the first pull; ends with exactly one terminal event, `finished`,
// `failed` or `aborted`. `finished` means that the host gave a finish reason.
import type { Json, JsonObject } from "./text.ts";
import type { Usage } from "./usage.ts";

/** `balanced` thinks (the planner), `speed` fetches (executors). */
export type ModelProfile = "balanced" | "speed";

/** A tool as a model sees it; `parameters` is a JSON Schema object. */
export interface ToolSchema {
  name: string;
  description: string;
  parameters: Record<string, Json>;
}

/**
 * What a host hands out with a model's message and wants back unchanged with the history: never shown, never read.
 * A message has one wherever a call of it has `extra_content`, if only to tell whose it is.
 */
export interface Echo {
  /** The id of the row whose model made it: another model's host may refuse it. */
  model: string;
  /** By the names of the wire, `reasoning_details` or `extra_content`. */
  fields: JsonObject;
}

/** A tool call as it travels back to the model. A takeover reads from it whether to run it. */
export interface ToolCallMessage {
  id: string;
  name: string;
  /** JSON text; `{}` where what the model wrote could not be read, because hosts refuse anything else. */
  arguments: string;
  /** What the model wrote then, and what is wrong with it. */
  unread?: { raw: string; problem: string };
  /** Its turn was cut at the output limit. */
  cut_off?: true;
  /** What `Echo` is to the message: Gemini keeps the thought signature of a call here. */
  extra_content?: Json;
}

export type ModelMessage =
  | { role: "system" | "user"; content: string }
  | {
    role: "assistant";
    content: string;
    tool_calls?: ToolCallMessage[];
    reasoning?: string;
    echo?: Echo;
    /** It was cut at the output limit. */
    cut_off?: true;
  }
  | { role: "tool"; tool_call_id: string; content: string };

export interface ModelRequest {
  profile: ModelProfile;
  messages: ModelMessage[];
  tools: ToolSchema[];
  /** The last turn: the tools stay for hosts that want them beside a history with calls, and none is to be called. */
  tool_choice?: "none";
  max_output_tokens: number;
  /** A stable pseudonym of the end user, so that hosts can keep users' caches and quotas apart. */
  user: string;
}

/** A tool call the model made. Broken arguments stay as they came, for the record, and are never run. */
export interface ModelToolCall {
  id: string;
  name: string;
  arguments: { ok: true; value: Json } | { ok: false; raw: string; problem: string };
  /** What `Echo` is to the turn. */
  extra_content?: Json;
}

export type ModelFailureKind =
  | "rate_limited"
  | "overloaded"
  | "timeout"
  | "network"
  | "auth"
  | "no_credit"
  | "bad_request"
  | "context_overflow"
  | "content_filtered"
  | "malformed_output"
  | "malformed_tool_call"
  | "empty_response"
  | "output_limit"
  | "truncated_stream"
  | "unknown";

export interface FinishedTurn {
  type: "finished";
  text: string;
  tool_calls: ModelToolCall[];
  reasoning: string;
  echo?: Echo;
  /** `length`: cut at the output limit; its tool calls are not to be run. */
  finish_reason: "stop" | "tool_calls" | "length";
  /** The model that answered, which need not be the one that was asked. */
  model: string;
  usage: Usage;
}

export interface FailedTurn {
  type: "failed";
  kind: ModelFailureKind;
  retryable: boolean;
  retry_after_ms?: number;
  model: string;
  usage: Usage;
}

/** What is kept of one attempt at a turn. */
export interface ModelAttempt {
  model_asked: string;
  /** As the host names it; null where nothing came. */
  model_answered: string | null;
  /** What was sent beside the prompt, and how many tools. */
  parameters: JsonObject;
  /** Milliseconds since the epoch. */
  started_at: number;
  /** From its start to the first sign of words, thoughts or a tool call; null where there was none. */
  first_token_ms: number | null;
  duration_ms: number;
  /** Null where it failed, or was stopped. */
  end_reason: FinishedTurn["finish_reason"] | null;
  /** `stopped`: nobody waited for its end any more. */
  failure: ModelFailureKind | "stopped" | null;
}

export type ModelEvent =
  | { type: "text_delta"; text: string }
  /** The text of the turn so far was none: the model thought aloud. */
  | { type: "text_withdrawn" }
  | { type: "reasoning_delta"; text: string }
  /**
   * The first sign of a tool call: its name is known, its arguments are still coming. It is of an attempt that may
   * fail and be repeated, as thoughts are: the calls of a turn are those of `finished`.
   */
  | { type: "tool_call_started"; name: string }
  | FinishedTurn
  | FailedTurn
  | { type: "aborted"; usage: Usage };
