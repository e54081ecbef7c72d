// Which kind of failure a status, a code or a host's wording is.
import assert from "node:assert/strict";
import { APIConnectionError, APIConnectionTimeoutError } from "openai";
import type { ModelFailureKind } from "../../../shared/contracts/model.ts";
import {
  faultOfBody,
  faultOfError,
  faultOfRefusal,
  faultOfText,
} from "../../../shared/llm/failures/failure_kind.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");

function ofStatus(status: number, body: object = {}, headers: Record<string, string> = {}) {
  return faultOfRefusal(
    { status, headers: new Headers(headers), text: JSON.stringify({ error: body }) },
    NOW,
  );
}

const STATUSES: [number, ModelFailureKind][] = [
  [400, "bad_request"],
  [401, "auth"],
  [402, "no_credit"],
  [403, "auth"],
  [404, "bad_request"],
  [405, "bad_request"],
  [408, "timeout"],
  [409, "overloaded"],
  [413, "context_overflow"],
  [422, "bad_request"],
  [425, "rate_limited"],
  [429, "rate_limited"],
  [500, "overloaded"],
  [502, "overloaded"],
  [503, "overloaded"],
  [504, "timeout"],
  [529, "overloaded"],
  [302, "unknown"],
];

for (const [status, kind] of STATUSES) {
  Deno.test(`status ${status} is ${kind}`, () => assert.equal(ofStatus(status).kind, kind));
}

Deno.test("Retry-After is read as seconds, as a date and in milliseconds, and never below zero", () => {
  assert.equal(ofStatus(429, {}, { "retry-after": "1.5" }).retry_after_ms, 1_500);
  assert.equal(ofStatus(429, {}, { "retry-after": "Sun, 22 Nov 2026 10:00:07 GMT" }).retry_after_ms, 7_000);
  assert.equal(ofStatus(429, {}, { "retry-after": "Sun, 22 Nov 2026 09:00:00 GMT" }).retry_after_ms, 0);
  assert.equal(ofStatus(429, {}, { "retry-after": "8", "retry-after-ms": "250" }).retry_after_ms, 250);
  assert.equal(ofStatus(429, {}, { "retry-after": "soon" }).retry_after_ms, undefined);
  assert.equal(ofStatus(429).retry_after_ms, undefined);
});

Deno.test("an overlong prompt is known by the words of many hosts", () => {
  for (
    const message of [
      "This model's maximum context length is 65536 tokens.",
      "prompt is too long: 210000 tokens > 200000 maximum",
      "Input is too long for requested model.",
      "the request exceeds the available context size",
      "This endpoint's context window of 4096 was exceeded",
      "The input token count (9) exceeds the maximum",
      "Please reduce the length of the messages or completion.",
      "context_length_exceeded",
    ]
  ) {
    assert.equal(ofStatus(400, { message }).kind, "context_overflow", message);
    assert.equal(faultOfBody({ message }).kind, "context_overflow", message);
  }
});

Deno.test("a filter's refusal is told from other refusals", () => {
  assert.equal(ofStatus(400, { code: "content_filter" }).kind, "content_filtered");
  assert.equal(ofStatus(403, { message: "Input was flagged" }).kind, "content_filtered");
});

Deno.test("a code inside a stream is a status or a word", () => {
  assert.equal(faultOfBody({ code: 429 }).kind, "rate_limited");
  assert.equal(faultOfBody({ code: "503" }).kind, "overloaded");
  assert.equal(faultOfBody({ type: "BadRequestError" }).kind, "bad_request");
  assert.equal(faultOfBody({ code: null, type: "rate_limit_error" }).kind, "rate_limited");
  assert.equal(faultOfBody({ code: "constructor" }).kind, "unknown");
  assert.equal(faultOfBody("oops").kind, "unknown");
  assert.equal(faultOfBody(null).kind, "unknown");
  assert.equal(faultOfBody(null).detail, "an error without a message");
});

Deno.test("what is no stream is an error by its content, or can't be read", () => {
  assert.equal(faultOfText("application/json", '{"error":{"code":401}}').kind, "auth");
  assert.equal(faultOfText("application/json", '{"error":null}').kind, "malformed_output");
  assert.equal(faultOfText("application/json", '{"choices":[]}').kind, "malformed_output");
  assert.match(faultOfText("", "hello").detail, /got no content type: hello/);
});

Deno.test("a connection that fails is told with its cause, for the log", () => {
  const cause = new TypeError("error sending request", { cause: "tcp connect error" });
  const fault = faultOfError(new APIConnectionError({ message: "Connection error.", cause }));
  assert.equal(fault.kind, "network");
  assert.match(fault.detail, /Connection error\. \(error sending request \(tcp connect error\)\)/);
  assert.equal(faultOfError(new APIConnectionTimeoutError()).kind, "timeout");
});
