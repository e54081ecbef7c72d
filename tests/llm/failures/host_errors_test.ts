// What went wrong is told from the words of each host, in whatever body and behind whatever gateway they come.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { faultOfBody, faultOfFrame, faultOfRefusal } from "../../../shared/llm/failures/failure_kind.ts";
import { ACCOUNT_ERRORS } from "./account_errors.ts";
import type { HostError } from "./host_error.ts";
import { OVERFLOW_ERRORS } from "./overflow_errors.ts";
import { REQUEST_ERRORS } from "./request_errors.ts";

const ERRORS = [...OVERFLOW_ERRORS, ...ACCOUNT_ERRORS, ...REQUEST_ERRORS];

function kindOf(status: number, body: Json): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return faultOfRefusal({ status, headers: new Headers(), text }, 0).kind;
}

for (const { who, status, body, kind } of ERRORS) {
  Deno.test(`${status} is ${kind}: ${who}`, () => assert.equal(kindOf(status, body), kind));
}

/** Bodies that say themselves what they are, so that a gateway's body may stand around them. */
const TELLING = ERRORS.filter(({ body }) => typeof body === "object" && body !== null);

const GATEWAYS: Record<string, (error: HostError) => Json> = {
  "in a list": ({ body }) => [body],
  "as JSON in a message": ({ body }) => ({ error: { message: JSON.stringify(body) } }),
  "after litellm's words": ({ body }) => ({
    error: { message: `litellm.APIError: XException - ${JSON.stringify(body)}. Received Model Group=m` },
  }),
  "in OpenRouter's raw": ({ body, status }) => ({
    error: {
      code: status,
      message: "Provider returned error",
      metadata: { provider_name: "x", raw: JSON.stringify(body) },
    },
  }),
  "in FastAPI's detail": ({ body }) => ({ detail: body }),
  "as text in FastAPI's detail": ({ body }) => ({ detail: JSON.stringify(body) }),
  "twice as JSON": ({ body }) => ({
    message: `upstream: ${JSON.stringify({ error: JSON.stringify(body) })}`,
  }),
  "in a list of errors": ({ body }) => ({ errors: [body] }),
};

for (const [where, wrap] of Object.entries(GATEWAYS)) {
  Deno.test(`a gateway that puts the error ${where} changes no kind`, () => {
    for (const error of TELLING) {
      assert.equal(kindOf(error.status, wrap(error)), error.kind, `${error.status} ${error.who}`);
    }
  });
}

Deno.test("an error inside a stream is told without HTTP's status", () => {
  for (const { who, status, body, kind } of TELLING.filter(({ kind }) => kind !== "bad_request")) {
    const frame = { error: { code: status, message: "Provider returned error", metadata: { raw: body } } };
    assert.equal(faultOfFrame(frame)?.kind, kind, `${status} ${who}`);
    const choice = { choices: [{ index: 0, delta: {}, finish_reason: "error", ...frame }] };
    assert.equal(faultOfFrame(choice)?.kind, kind, `${status} ${who}`);
  }
});

Deno.test("where nothing names a status the words alone tell", () => {
  const told: [string, string][] = [
    ["prompt is too long: 210000 tokens > 200000 maximum", "context_overflow"],
    ["The model is overloaded. Please try again later.", "overloaded"],
    ["upstream request timed out", "timeout"],
    ["Too many requests", "rate_limited"],
    ["Insufficient Balance", "no_credit"],
    ["Incorrect API key provided", "auth"],
    ["Failed to call a function.", "malformed_tool_call"],
    ["The model `x` does not exist", "bad_request"],
    ["Content violates usage guidelines", "content_filtered"],
    ["the dog ate it", "unknown"],
  ];
  for (const [message, kind] of told) {
    assert.equal(faultOfBody({ error: { message } }).kind, kind, message);
    assert.equal(faultOfBody(message).kind, kind, message);
  }
});

Deno.test("the log has the words of every layer, and of a page its heading", () => {
  const body = {
    error: { message: "Provider returned error", metadata: { raw: '{"error":{"message":"no GPU left"}}' } },
  };
  const told = faultOfRefusal(
    { status: 502, headers: new Headers(), text: JSON.stringify(body) },
    0,
  );
  assert.equal(told.detail, "Provider returned error | no GPU left");
  assert.equal(told.status, 502);
  const page = "<!doctype html><title>502 Bad gateway</title><body>long";
  assert.equal(
    faultOfRefusal({ status: 502, headers: new Headers(), text: page }, 0).detail,
    "a page: 502 Bad gateway",
  );
});

Deno.test("a wait is read from the body where no header has one", () => {
  const waits: [Json, number | undefined][] = [
    [{ error: { message: "Please try again in 4.77s. Need more tokens?" } }, 4_770],
    [{ error: { message: "Please try again in 6m4s" } }, 364_000],
    [{ error: { message: "Please try again in 320ms." } }, 320],
    [{ error: { message: "exceeded the call rate limit. Please retry after 10 seconds." } }, 10_000],
    [{ error: { message: "please try again after 1 seconds" } }, 1_000],
    [{ error: { message: "Please try again in 1h2m3s" } }, 3_723_000],
    [{ error: { message: "retry in 5 minutes" } }, undefined],
    [[{ error: { message: "quota", details: [{ "@type": "RetryInfo", retryDelay: "34s" }] } }], 34_000],
    [{ error: { message: "slow", metadata: { retry_after_seconds: 7 } } }, 7_000],
    [{ error: { message: "try again in a while" } }, undefined],
  ];
  for (const [body, wait] of waits) {
    const text = JSON.stringify(body);
    assert.equal(faultOfRefusal({ status: 429, headers: new Headers(), text }, 0).retry_after_ms, wait, text);
  }
  const headers = new Headers({ "retry-after": "2" });
  const text = '{"error":{"message":"try again in 9s"}}';
  assert.equal(faultOfRefusal({ status: 429, headers, text }, 0).retry_after_ms, 2_000);
});

Deno.test("an error nested without end is read to a depth and no further", () => {
  let body: Json = { error: { message: "prompt is too long" } };
  for (let depth = 0; depth < 10_000; depth += 1) body = { error: body };
  assert.equal(faultOfBody(body).kind, "unknown");
});
