// Reads the body of an error, in whatever shape it comes: under `error`, in a list, as a mere string, as
// FastAPI's `detail`, as MiniMax's `base_resp`, as JSON or Python inside a message, several times over when
// gateways have wrapped it. What comes out is what a judgement can rest on. Fields that hold what a user or
// the model wrote (`failed_generation`, `input`, `flagged_input`) are never read.
import { codeKey } from "./error_codes.ts";

export interface ErrorEvidence {
  /** Codes, types and statuses that are words, as error_codes.ts spells them; the outermost first. */
  codes: string[];
  /** The HTTP statuses that the body itself names, the outermost first. */
  statuses: number[];
  /** The sentences in it without what they quote, which may be a user's. */
  words: string;
  /** The sentences in it, for the log. */
  told: string;
  /** `in_flight`: OpenRouter's credit is only bound by other requests, and comes back. */
  signs: ReadonlySet<"moderated" | "in_flight">;
  /** How long the body asks to wait, in milliseconds. */
  wait_ms: number | null;
}

const DEPTH = 20;
const ITEMS = 20;
const SENTENCE = 4_000;

type Role = "words" | "code" | "field" | "wait";

const ROLES = new Map<string, Role>([
  ...["error", "errors", "message", "msg", "detail", "details", "description", "title", "raw", "cause"],
  ...[
    "error_description",
    "error_message",
    "error_msg",
    "status_msg",
    "innererror",
    "inner_error",
    "metadata",
  ],
  ...[
    "response",
    "body",
    "exception",
    "reason_phrase",
    "promptfeedback",
    "prompt_feedback",
    "previous_errors",
  ],
].map((key): [string, Role] => [key, "words"]));
for (
  const key of ["code", "type", "status", "reason", "error_code", "error_type", "__type", "http_code"]
    .concat("status_code", "blockreason", "block_reason", "native_finish_reason")
) ROLES.set(key, "code");
for (const key of ["param", "parameter"]) ROLES.set(key, "field");
for (const key of ["retrydelay", "retry_after", "retry_after_seconds"]) ROLES.set(key, "wait");

/** What the body of an error, parsed or not, gives to go by. */
export function readErrorBody(body: unknown): ErrorEvidence {
  const reader = createReader();
  reader.visit(body, 0);
  const { codes, statuses, sentences, signs } = reader;
  const told = [...new Set(sentences)].join(" | ");
  return {
    codes,
    statuses,
    words: [...new Set(sentences)].map(withoutQuotations).join(" | "),
    told,
    signs,
    wait_ms: reader.waits[0] ?? waitInWords(told),
  };
}

function createReader() {
  const codes: string[] = [];
  const statuses: number[] = [];
  const sentences: string[] = [];
  const waits: number[] = [];
  const signs = new Set<"moderated" | "in_flight">();

  function takeCode(code: unknown, prefix: string): void {
    const word = wordIn(code);
    const number = Number(word || Number.NaN);
    if (Number.isInteger(number) && number >= 400 && number < 600) statuses.push(number);
    else if (word !== "") codes.push(prefix + codeKey(word.split("#").at(-1) ?? ""));
  }

  function takeSentence(sentence: string): void {
    const text = sentence.trim().slice(0, SENTENCE);
    if (text === "") return;
    if (sentences.length < ITEMS) sentences.push(text);
    const status = /\b(?:error code|status code|http(?: error)?)[: ]+(\d{3})\b/i.exec(text)?.[1];
    if (status) takeCode(status, "");
    if (/^[\w.-]{3,64}$/.test(text)) codes.push(codeKey(text));
    for (const [name] of withoutQuotations(text).matchAll(/\b[A-Z]\w+(?:Error|Exception)\b/g)) {
      codes.push(codeKey(name));
    }
  }

  function visitObject(value: object, depth: number): void {
    const entries = Object.entries(value).slice(0, 4 * ITEMS);
    const minimax = "status_msg" in value ? "minimax" : "";
    for (const [key, inner] of entries) {
      const role = ROLES.get(key.toLowerCase());
      if (role === "code") takeCode(inner, typeof inner === "number" ? minimax : "");
      if (role === "wait") waits.push(...waitOf(inner));
      if (role === "field" && typeof inner === "string" && inner !== "") {
        takeSentence(/\s/.test(inner) ? inner : `(${inner})`);
      }
      if (/^content_filter_results?$/.test(key) && hasFiltered(inner)) signs.add("moderated");
      // OpenRouter: a moderation's `reasons` and what it flagged.
      if (key === "flagged_input" || (key === "reasons" && Array.isArray(inner))) signs.add("moderated");
      if (key === "limit_source" && inner === "openrouter_in_flight_budget") signs.add("in_flight");
    }
    const [where, message] = [Reflect.get(value, "loc"), Reflect.get(value, "msg")];
    if (Array.isArray(where) && typeof message === "string") {
      return takeSentence(`${where.map(wordIn).join(".")}: ${message}`);
    }
    for (const [key, inner] of entries) {
      if (ROLES.get(key.toLowerCase()) === "words" || key === "base_resp") visit(inner, depth + 1);
    }
  }

  function visit(value: unknown, depth: number): void {
    if (depth > DEPTH) return;
    if (typeof value === "string") {
      const { outside, inside } = unwrapped(value);
      takeSentence(outside);
      for (const inner of inside) visit(inner, depth + 1);
    } else if (Array.isArray(value)) {
      for (const item of value.slice(0, ITEMS)) visit(item, depth + 1);
    } else if (typeof value === "object" && value !== null) visitObject(value, depth);
  }

  return { codes, statuses, sentences, waits, signs, visit };
}

/** Azure: a filter's result, for each of its categories. */
function hasFiltered(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) =>
    (key === "filtered" && inner === true) || hasFiltered(inner)
  );
}

/** A field in what looks like JSON and is none: it was cut off, or is Python's idea of it. */
const FIELD =
  /(['"])(message|msg|detail|error|code|type|status)\1\s*:\s*(?:'((?:[^'\\]|\\.)*)(?:'|$)|"((?:[^"\\]|\\.)*)(?:"|$)|(\d+))/g;

/** The JSON inside a message, whole or not, or that of each of its lines, and the message without it. */
function unwrapped(text: string): { outside: string; inside: unknown[] } {
  const start = text.search(/\[?\{/);
  if (start < 0) return { outside: text, inside: [] };
  const close = text.lastIndexOf("}");
  const end = close < start ? text.length : close + (text[start] === "[" && text[close + 1] === "]" ? 2 : 1);
  const json = text.slice(start, end);
  const outside = `${text.slice(0, start)}${text.slice(end)}`;
  for (const candidate of [json, json.replaceAll('\\"', '"')]) {
    const value = parsedJson(candidate);
    if (value !== undefined) return { outside, inside: [value] };
  }
  if (/\n(?=.)/.test(text)) return { outside: "", inside: text.split("\n", ITEMS) };
  const fields = [...json.matchAll(FIELD)].map(([, , key = "", single, double, number]) => ({
    [key]: number ?? (single ?? double ?? "").replaceAll(/\\(['"])/g, "$1"),
  }));
  return fields.length === 0 ? { outside: text, inside: [] } : { outside, inside: fields };
}

/** A text or a number as a text, anything else as none: an object from JSON may have a `toString` of its own. */
export function wordIn(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A JSON value, or undefined where the text is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Quotations of three words or more are somebody else's words: a user's, the model's. A name stays. */
function withoutQuotations(sentence: string): string {
  const outside = sentence.replaceAll(
    /"[^"]*"|“[^”]*”|`[^`]*`|(?<!\w)'[^']*'(?!\w)/g,
    (quotation) => quotation.trim().split(/\s+/).length > 2 ? "…" : quotation,
  );
  // A gateway that quotes the host's whole sentence quotes no user.
  return outside.replaceAll(/[^\p{L}]/gu, "").length < 12 ? sentence : outside;
}

/** "34s", "1.5s" or a number of seconds. */
function waitOf(value: unknown): number[] {
  const seconds = typeof value === "number"
    ? value
    : Number(/^([\d.]+)s?$/.exec(wordIn(value))?.[1] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? [Math.round(seconds * 1_000)] : [];
}

/** "Please try again in 1m4.77s", as OpenAI, Groq and Gemini say it; "retry after 10 seconds", as Azure and Kimi do. */
function waitInWords(text: string): number | null {
  const found =
    /(?:try again|retry) (?:in|after) (?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+) ?(ms|s)(?:ec(?:ond)?s?)?\b)?/i
      .exec(text);
  if (!found) return null;
  const [, hours = 0, minutes = 0, amount = 0, unit] = found;
  const ms = Number(hours) * 3_600_000 + Number(minutes) * 60_000 +
    Number(amount) * (unit?.toLowerCase() === "ms" ? 1 : 1_000);
  return ms > 0 && Number.isFinite(ms) ? Math.round(ms) : null;
}
