// Sorts what can go wrong at a host into kinds: by HTTP status, by the code inside an error frame, and by
// the wording where a host says it in words only. The provider's text goes to the log and no further.
import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { z } from "zod";
import type { ModelFailureKind } from "../contracts/model.ts";

export interface Fault {
  kind: ModelFailureKind;
  retry_after_ms?: number;
  /** For the log only. */
  detail: string;
}

const ErrorBody = z.object({
  message: z.string().nullish().catch(null),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  type: z.string().nullish().catch(null),
  metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
});
type ErrorBody = z.infer<typeof ErrorBody>;

/** Hosts report an overlong prompt as a plain 400 in their own words. List: pi-ai, utils/overflow.ts. */
const OVERFLOW = [
  /context[_ ]length[_ ]exceeded/i,
  /maximum context length/i,
  /context (?:window|size|length) (?:of|is|exceeded)|exceeds? the .{0,40}context/i,
  /(?:prompt|input) (?:is|was) too long/i,
  /input token count .* exceeds/i,
  /reduce the length of the messages/i,
];

const CODES: Record<string, ModelFailureKind> = {
  rate_limit_exceeded: "rate_limited",
  rate_limit_error: "rate_limited",
  too_many_requests: "rate_limited",
  insufficient_quota: "no_credit",
  insufficient_balance: "no_credit",
  context_length_exceeded: "context_overflow",
  invalid_api_key: "auth",
  authentication_error: "auth",
  invalid_request_error: "bad_request",
  badrequesterror: "bad_request",
  model_not_found: "bad_request",
  content_filter: "content_filtered",
  content_policy_violation: "content_filtered",
  server_error: "overloaded",
  internal_error: "overloaded",
  overloaded_error: "overloaded",
  service_unavailable: "overloaded",
  timeout: "timeout",
};

/** A host's refusal as it came: any status but success, and the beginning of its body. */
export interface Refusal {
  status: number;
  headers: Headers;
  text: string;
}

/** A refusal, whatever its body looks like. `now_ms` turns a Retry-After date into a wait. */
export function faultOfRefusal({ status, headers, text }: Refusal, now_ms: number): Fault {
  const json = parseJson(text);
  const inner = z.object({ error: z.unknown() }).safeParse(Array.isArray(json) ? json[0] : json);
  const body = readBody(inner.data?.error || json || text);
  const retry_after_ms = retryAfter(headers, now_ms);
  const kind = kindOfStatus(status, body, retry_after_ms === undefined ? "no wait given" : "wait given");
  return { kind, retry_after_ms, detail: `${status} ${text || "without a body"}` };
}

/** An error of the SDK. `now_ms` turns a Retry-After date into a wait. */
export function faultOfError(thrown: APIError, now_ms: number): Fault {
  if (thrown instanceof APIConnectionTimeoutError) return { kind: "timeout", detail: thrown.message };
  if (thrown instanceof APIConnectionError) return { kind: "network", detail: describe(thrown) };
  const body = readBody(thrown.error);
  const retry_after_ms = retryAfter(thrown.headers, now_ms);
  const kind = thrown.status === undefined
    ? kindOfBody(body)
    : kindOfStatus(thrown.status, body, retry_after_ms === undefined ? "no wait given" : "wait given");
  return { kind, retry_after_ms, detail: thrown.message };
}

/** An error that came as an ordinary data frame, or as the body of a 200 that is no stream. */
export function faultOfBody(frame: unknown): Fault {
  const body = readBody(frame);
  return { kind: kindOfBody(body), detail: body.message ?? "an error without a message" };
}

/**
 * The fault that a frame tells of, or null where it tells of none: an `error` of any shape, in the frame, in
 * its choice or in MiniMax's `base_resp`, or a body that is nothing but an error (vLLM, SGLang).
 */
export function faultOfFrame(frame: unknown): Fault | null {
  const read = ErrorFrame.safeParse(Array.isArray(frame) ? frame[0] : frame);
  if (!read.success) return null;
  const { error, choices, base_resp, object, type, message, code } = read.data;
  const told = error || choices?.[0]?.error;
  if (told) return faultOfBody(told);
  if (base_resp && base_resp.status_code !== 0) {
    return { kind: "unknown", detail: base_resp.status_msg ?? "an error without a message" };
  }
  if (choices) return null;
  const bare = object === "error" || type === "error" ||
    (typeof message === "string" && code !== undefined);
  return bare ? faultOfBody(frame) : null;
}

const ErrorFrame = z.object({
  error: z.unknown().optional(),
  choices: z.array(z.object({ error: z.unknown().optional() }).nullish().catch(null)).nullish().catch(null),
  base_resp: z.object({ status_code: z.number(), status_msg: z.string().nullish() }).nullish().catch(null),
  object: z.unknown().optional(),
  type: z.unknown().optional(),
  message: z.unknown().optional(),
  code: z.unknown().optional(),
});

/** An answer with status 200 that is no event stream: an error as JSON, or some web page. */
export function faultOfText(content_type: string, text: string): Fault {
  const detail = `expected text/event-stream, got ${content_type || "no content type"}: ${
    text.slice(0, 500)
  }`;
  const wrapped = z.object({ error: z.unknown().optional() }).safeParse(parseJson(text));
  if (wrapped.success && wrapped.data.error) return { kind: faultOfBody(wrapped.data.error).kind, detail };
  return { kind: "malformed_output", detail };
}

function kindOfStatus(
  status: number,
  body: ErrorBody,
  wait: "wait given" | "no wait given",
): ModelFailureKind {
  const text = `${body.code ?? ""} ${body.message ?? ""}`;
  switch (status) {
    case 400:
    case 404:
    case 422:
      return OVERFLOW.some((pattern) => pattern.test(text)) ? "context_overflow" : kindOfRefusal(body);
    case 401:
      return "auth";
    case 402:
      // OpenRouter: too much credit is bound by requests in flight, which passes.
      return wait === "wait given" && body.metadata?.limit_source === "openrouter_in_flight_budget"
        ? "rate_limited"
        : "no_credit";
    case 403:
      return body.metadata?.reasons || body.metadata?.flagged_input || /moderation|flagged/i.test(text)
        ? "content_filtered"
        : "auth";
    case 408:
    case 504:
      return "timeout";
    case 413:
      return "context_overflow";
    case 425:
    case 429:
      return codeKind(body) === "no_credit" ? "no_credit" : "rate_limited";
    default:
      if (status >= 500 || status === 409) return "overloaded";
      return status >= 400 ? "bad_request" : "unknown";
  }
}

function kindOfRefusal(body: ErrorBody): ModelFailureKind {
  return codeKind(body) === "content_filtered" ? "content_filtered" : "bad_request";
}

/** An error inside a stream has no status; its code is a status number or a word. */
function kindOfBody(body: ErrorBody): ModelFailureKind {
  const status = Number(body.code ?? Number.NaN);
  if (Number.isInteger(status) && status >= 400) return kindOfStatus(status, body, "no wait given");
  if (OVERFLOW.some((pattern) => pattern.test(body.message ?? ""))) return "context_overflow";
  return codeKind(body) ?? "unknown";
}

function codeKind(body: ErrorBody): ModelFailureKind | undefined {
  const words = [body.code, body.type].map((word) => String(word ?? "").toLowerCase());
  return words.map((word) => Object.hasOwn(CODES, word) ? CODES[word] : undefined).find((kind) =>
    kind !== undefined
  );
}

function readBody(value: unknown): ErrorBody {
  if (typeof value === "string") return { message: value };
  return ErrorBody.safeParse(value).data ?? {};
}

/** Milliseconds, from `retry-after-ms` or `retry-after` (seconds, or a date). */
function retryAfter(headers: Headers | undefined, now_ms: number): number | undefined {
  const exact = headers?.get("retry-after-ms");
  const value = headers?.get("retry-after");
  const ms = exact ? Number(exact) : value ? waitOf(value, now_ms) : Number.NaN;
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}

function waitOf(value: string, now_ms: number): number {
  const seconds = Number(value);
  return Number.isNaN(seconds) ? Date.parse(value) - now_ms : seconds * 1000;
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message} (${describe(thrown.cause)})`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
