// Which frames tell an error, and which are ordinary.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { faultOfFrame, faultOfText } from "../../../shared/llm/failures/failure_kind.ts";

const minimax = (status_code: number, status_msg: string): Json => ({
  id: "x",
  choices: null,
  created: 1,
  model: "MiniMax-M2",
  usage: { total_tokens: 0 },
  base_resp: { status_code, status_msg },
});

const TELLING: [string, Json, string][] = [
  ["MiniMax, rate", minimax(1002, "rate limit"), "rate_limited"],
  ["MiniMax, key", minimax(1004, "login fail: Please carry the API secret key"), "auth"],
  ["MiniMax, key, newer", minimax(2049, "invalid api key"), "auth"],
  ["MiniMax, balance", minimax(1008, "insufficient balance"), "no_credit"],
  ["MiniMax, filter", minimax(1026, "input new_sensitive"), "content_filtered"],
  ["MiniMax, overflow", minimax(2013, "invalid params, context window exceeds limit"), "context_overflow"],
  ["MiniMax, parameter", minimax(2013, "invalid params, bad role"), "bad_request"],
  ["MiniMax, timeout", minimax(1001, "request timeout"), "timeout"],
  ["MiniMax, down", minimax(1013, "internal service error"), "overloaded"],
  [
    "OpenAI",
    { error: { message: "The server had an error", type: "server_error", code: null } },
    "overloaded",
  ],
  ["iFlow", { status: "449", msg: "You exceeded your current rate limit", body: null }, "rate_limited"],
  [
    "LiteLLM, a guardrail",
    { error: { message: "Violated guardrail policy", code: "400" } },
    "content_filtered",
  ],
  ["a mere string", { error: "model is overloaded" }, "overloaded"],
  ["xAI", { code: "Some resource has been exhausted", error: "Too many requests" }, "rate_limited"],
  ["Anthropic", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded"],
  ["Gemini", [{ error: { code: 503, status: "UNAVAILABLE", message: "x" } }], "overloaded"],
  ["Gemini, gRPC alone", { error: { status: "PERMISSION_DENIED", message: "x" } }, "auth"],
  ["Gemini, gRPC alone, deadline", { error: { status: "DEADLINE_EXCEEDED", message: "x" } }, "timeout"],
  ["Gemini, gRPC alone, rate", { error: { status: "RESOURCE_EXHAUSTED", message: "x" } }, "rate_limited"],
  ["Gemini, gRPC alone, key", { error: { status: "UNAUTHENTICATED", message: "x" } }, "auth"],
  [
    "Gemini, the prompt was blocked",
    { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } },
    "content_filtered",
  ],
  ["vLLM", { object: "error", message: "x", type: "BadRequestError", code: 400 }, "bad_request"],
  ["vLLM, no code", { object: "error", message: "Internal", type: "InternalServerError" }, "overloaded"],
  ["FastAPI", { detail: "Invalid API key" }, "auth"],
  [
    "FastAPI, a list",
    { detail: [{ loc: ["body", "temperature"], msg: "field required", type: "missing" }] },
    "unknown",
  ],
  ["AWS", { message: "slow down", __type: "ThrottlingException" }, "rate_limited"],
  ["Databricks", { error_code: "REQUEST_LIMIT_EXCEEDED", message: "x" }, "rate_limited"],
  ["a code that is no word", { code: { toString: 1 }, message: "x" }, "unknown"],
  ["bare, by its class alone", { type: "overloaded_error", message: "Overloaded" }, "overloaded"],
  ["bare, by its status alone", { status: 429, message: "x" }, "rate_limited"],
  ["bare, a code as text", { message: "slow down", code: "429" }, "rate_limited"],
  ["a list of errors", { errors: [{ message: "Unauthorized", code: 401 }] }, "auth"],
  [
    "in the choice",
    { choices: [{ error: { code: 502, message: "x" }, finish_reason: "error" }] },
    "overloaded",
  ],
  [
    "in the choice, by its class",
    { choices: [{ error: { code: "rate_limit_exceeded", message: "x" }, finish_reason: null }] },
    "rate_limited",
  ],
  [
    "beside choices",
    { error: { code: "server_error", message: "x" }, choices: [{ delta: {}, finish_reason: "error" }] },
    "overloaded",
  ],
  [
    "a native finish reason",
    { choices: [{ finish_reason: "error", native_finish_reason: "MALFORMED_FUNCTION_CALL" }] },
    "malformed_tool_call",
  ],
];

for (const [who, frame, kind] of TELLING) {
  Deno.test(`a frame tells ${kind}: ${who}`, () => assert.equal(faultOfFrame(frame)?.kind, kind));
  Deno.test(`the same as the body of a 200: ${who}`, () => {
    assert.equal(faultOfText("application/json", JSON.stringify(frame)).kind, kind);
  });
}

const ORDINARY: Json[] = [
  { choices: [{ delta: { content: "an error: maximum context length is 5" }, finish_reason: null }] },
  { choices: [], usage: { prompt_tokens: 1 } },
  { choices: [], prompt_filter_results: [{ content_filter_results: { hate: { filtered: false } } }] },
  { choices: [{ delta: {}, finish_reason: "error" }] },
  { choices: [{ delta: {}, finish_reason: "stop", error: null }], error: null },
  { choices: [{ delta: {} }], base_resp: { status_code: 0, status_msg: "" } },
  { id: "x", object: "chat.completion.chunk", model: "m" },
  { code: 0, message: "success" },
  { code: 200, msg: "ok", data: {} },
  { status_code: "success", message: "running" },
  { type: "status", message: "queued" },
  { status: "processing", message: "loading the model" },
  { type: "ping" },
  { usage: {} },
  { error: "" },
  { choices: [{ delta: { content: "x" } }], error: {}, code: 0, message: "success" },
  { errors: [] },
  [],
  {},
  null,
  "error",
  5,
];

Deno.test("an ordinary frame tells no fault", () => {
  for (const frame of ORDINARY) assert.equal(faultOfFrame(frame), null, JSON.stringify(frame));
});
