// Sorts what can go wrong at a host into kinds. The provider's text goes to the log and no further.
//
// The order of evidence, the first that tells decides:
// 1. a code that names one fault (`context_length_exceeded`, `tool_use_failed`, GLM's 1113), in any layer of
//    the body; the sign of a moderation
// 2. the status: HTTP's. Where HTTP says 200, 400 or 500, which hosts say of everything, the one in the body,
//    as a number or as a class of errors (`authentication_error`, `RESOURCE_EXHAUSTED`)
// 3. where the status leaves it open, the words: only for the kinds in LEFT_OPEN
// 4. what the status means without any words
import { APIConnectionTimeoutError, type APIError } from "openai";
import type { ModelFailureKind } from "../../contracts/model.ts";
import { type ErrorEvidence, parsedJson, readErrorBody, wordIn } from "./error_body.ts";
import { kindOfCodes, statusesOfCodes } from "./error_codes.ts";
import { answerAloneExceedsWindow, kindOfWords } from "./error_words.ts";

export interface Fault {
  kind: ModelFailureKind;
  retry_after_ms?: number;
  /** The HTTP status, where there was an answer. */
  status?: number;
  /** The host was still writing when the call's time was up. */
  host?: "writing";
  /** The host's words, for the log only. */
  detail: string;
}

/** A host's refusal as it came: any status but success, and the beginning of its body. */
export interface Refusal {
  status: number;
  headers: Headers;
  text: string;
}

const OF_A_REQUEST: ModelFailureKind[] = [
  ...["malformed_tool_call", "content_filtered", "no_credit", "auth", "rate_limited"] as const,
  ...["bad_request", "context_overflow"] as const,
];

/** What words may still say of a status, beside what it means by itself. */
const LEFT_OPEN = new Map<number | null, ReadonlySet<ModelFailureKind>>([
  [null, new Set([...OF_A_REQUEST, "timeout", "overloaded"])],
  [400, new Set(OF_A_REQUEST)],
  [403, new Set(["content_filtered", "no_credit", "rate_limited"])],
  [404, new Set(["context_overflow"])],
  // Fireworks: a suspended account.
  [412, new Set(["no_credit"])],
  // Groq: more tokens than a minute has.
  [413, new Set(["rate_limited"])],
  [422, new Set(OF_A_REQUEST)],
  [429, new Set(["no_credit"])],
  // Ollama, llama.cpp and gateways.
  [500, new Set([...OF_A_REQUEST, "timeout"])],
]);

/** Hosts and gateways say these of everything. */
const SAYS_LITTLE = new Set([400, 500]);

/** A refusal, whatever its body looks like. `now_ms` turns a Retry-After date into a wait. */
export function faultOfRefusal({ status, headers, text }: Refusal, now_ms: number): Fault {
  const said = readText(text);
  const wait = retryAfter(headers, now_ms) ?? said.wait_ms;
  const kind = judge(said, status, wait === null ? "no wait given" : "wait given");
  return { kind, ...waitOf(wait), status, detail: said.told || "no words" };
}

/** An error of the SDK without an answer of the host's. */
export function faultOfError(thrown: APIError): Fault {
  const kind = thrown instanceof APIConnectionTimeoutError ? "timeout" : "network";
  return { kind, detail: describe(thrown) };
}

/** An error that came as an ordinary data frame, or as the body of a 200 that is no stream. */
export function faultOfBody(frame: unknown): Fault {
  const said = readErrorBody(frame);
  return {
    kind: judge(said, null, "no wait given"),
    ...waitOf(said.wait_ms),
    detail: said.told || "an error without a message",
  };
}

/**
 * The fault that a frame tells of, or null where it tells of none: an `error` of any shape, in the frame, in
 * its choice or in MiniMax's `base_resp`, a filter's verdict on the prompt, or a body that is nothing but an
 * error (vLLM, SGLang, FastAPI, AWS).
 */
export function faultOfFrame(frame: unknown): Fault | null {
  if (Array.isArray(frame)) return frame.map(faultOfFrame).find((fault) => fault !== null) ?? null;
  if (!isRecord(frame)) return null;
  const choice = Array.isArray(frame.choices) ? frame.choices[0] : undefined;
  if (isRecord(choice) && choice.error) return faultOfBody({ ...choice, error: choice.error });
  if (isRecord(choice) && choice.finish_reason === "error" && !frame.error) {
    return faultOfNativeReason(choice);
  }
  return tellsError(frame) ? faultOfBody(frame) : null;
}

/** OpenRouter says "error" of a call that Gemini could not finish, and beside it in Gemini's word why. */
function faultOfNativeReason(choice: Record<string, unknown>): Fault | null {
  const reason = wordIn(choice.native_finish_reason);
  const kind = kindOfCodes(readErrorBody({ native_finish_reason: reason }).codes);
  return kind === undefined ? null : { kind, detail: `finish reason error, of the host: ${reason}` };
}

function tellsError(frame: Record<string, unknown>): boolean {
  const { error, errors, base_resp, choices, promptFeedback } = frame;
  const empty = isRecord(error) && Object.keys(error).length === 0;
  if ((error && !empty) || (Array.isArray(errors) && errors.length > 0)) return true;
  if (isRecord(base_resp) && base_resp.status_code !== undefined && Number(base_resp.status_code) !== 0) {
    return true;
  }
  if (Array.isArray(choices)) return false;
  if (isRecord(promptFeedback) && promptFeedback.blockReason) return true;
  if (frame.object === "error" || frame.type === "error" || frame.detail) return true;
  return typeof (frame.message ?? frame.msg) === "string" && namesError(frame);
}

/** A bare body is an error by its code, unless that is a success's, or by a word for a class of errors. */
function namesError(frame: Record<string, unknown>): boolean {
  const [code] = ["code", "error_code", "status_code", "__type"].filter((key) => frame[key] !== undefined);
  if (code !== undefined) return !/^(?:0|2\d\d|ok|success)$/i.test(wordIn(frame[code]));
  return ["type", "status"].some((key) => frame[key] !== undefined) && faultOfBody(frame).kind !== "unknown";
}

/** An answer with status 200 that is no event stream: an error as JSON, or some web page. */
export function faultOfText(content_type: string, text: string): Fault {
  const told = faultOfFrame(parsedJson(text));
  if (told !== null) return told;
  const detail = `expected text/event-stream, got ${content_type || "no content type"}: ${
    text.slice(0, 500)
  }`;
  return { kind: "malformed_output", detail };
}

function judge(
  said: ErrorEvidence,
  http: number | null,
  wait: "wait given" | "no wait given",
): ModelFailureKind {
  const status = effectiveStatus(said, http);
  // OpenRouter: too much credit is bound by requests in flight, which passes.
  if (status === 402 && wait === "wait given" && said.signs.has("in_flight")) return "rate_limited";
  const named = kindOfCodes(said.codes);
  if (named !== undefined) return named;
  if (said.signs.has("moderated")) return "content_filtered";
  const left_open = LEFT_OPEN.get(status);
  if (left_open?.has("bad_request") && answerAloneExceedsWindow(said.words)) return "bad_request";
  return (left_open && kindOfWords(said.words, left_open)) ?? kindOfStatus(status);
}

function effectiveStatus(said: ErrorEvidence, http: number | null): number | null {
  if (http !== null && !SAYS_LITTLE.has(http)) return http;
  const told = [...said.statuses, ...statusesOfCodes(said.codes)];
  const status = told.find((one) => !SAYS_LITTLE.has(one)) ?? (told.includes(400) ? 400 : told[0] ?? http);
  // A host's 400 may be a wrong key's, never its own failure.
  return http === 400 && status !== null && status >= 500 ? http : status;
}

function kindOfStatus(status: number | null): ModelFailureKind {
  switch (status) {
    case 401:
    case 403:
    // GLM, without the permission for a route.
    case 434:
      return "auth";
    case 402:
      return "no_credit";
    case 408:
    case 504:
    // Cloudflare: the host took longer than it waits.
    case 524:
      return "timeout";
    case 413:
      return "context_overflow";
    case 425:
    case 429:
    // iFlow, in a body with HTTP's 200.
    case 449:
      return "rate_limited";
    // Bedrock, the model behind the host failed; Groq, no capacity; Google, the request was cancelled there.
    case 424:
    case 498:
    case 499:
    case 409:
      return "overloaded";
    default:
      if (status === null || status < 400) return "unknown";
      return status >= 500 ? "overloaded" : "bad_request";
  }
}

/** A page has nothing to go by but its status; its heading is for the log. */
function readText(text: string): ErrorEvidence {
  if (!/^\s*</.test(text)) return readErrorBody(parsedJson(text) ?? text);
  const heading = /<(?:title|h1)[^>]*>([^<]*)/i.exec(text)?.[1]?.trim();
  return { ...readErrorBody(null), told: `a page: ${heading || text.slice(0, 200)}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function waitOf(ms: number | null): { retry_after_ms?: number } {
  return ms === null ? {} : { retry_after_ms: ms };
}

/** Milliseconds, from `retry-after-ms` or `retry-after` (seconds, or a date). */
function retryAfter(headers: Headers, now_ms: number): number | undefined {
  const exact = headers.get("retry-after-ms");
  const value = headers.get("retry-after");
  const ms = exact ? Number(exact) : value ? waitUntil(value, now_ms) : Number.NaN;
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}

function waitUntil(value: string, now_ms: number): number {
  const seconds = Number(value);
  return Number.isNaN(seconds) ? Date.parse(value) - now_ms : seconds * 1000;
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message} (${describe(thrown.cause)})`;
}
