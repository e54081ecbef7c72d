// The arguments of a finished tool call: JSON text from a model, which may be broken in every way. What is
// wrapped is unwrapped and what is repeated is taken once; what is broken is kept as it came, for the record,
// and never run. A tool's arguments are always one object, so only the top level is unwrapped: a text inside
// of that object which holds JSON is the tool's business.
import type { ModelToolCall } from "../../contracts/model.ts";
import {
  cleanJson,
  cleanText,
  inStoredOrder,
  type Json,
  type JsonObject,
  JsonSchema,
} from "../../contracts/text.ts";
import { isDeeper, isFields, parseFrame } from "../wire/json_frame.ts";
import { splitJson } from "./json_bounds.ts";
import { hasLeakedMarkup } from "../speech/leaked_markup.ts";
import { unwrapped, withoutEndMarks, withoutMarks } from "./argument_wrapping.ts";
import { LIMITS } from "../wire/wire_limits.ts";

type Read = { value: JsonObject } | { problem: string };

/** How often arguments may be encoded as a text: a host does it once too often, a proxy of that host once more. */
const ENCODINGS = 4;

/**
 * Markup that nobody types. In arguments that can be read, other markup may be what the user wants written down;
 * this one has leaked into a value (vllm-project/vllm#53227).
 */
const LEAKED_INTO_VALUES = /<\s{0,4}\/?\s{0,4}(?:[|｜‖│]{1,4}\s{0,4}dsml|｜tool▁)/i;

const MARKUP = "The arguments hold tool-call markup instead of values.";
const TWO_OBJECTS =
  "The arguments are two different objects, one after the other. Make one call for each of them.";
const UNREADABLE = "The arguments cannot be read as JSON: ";

/** The parsed arguments; none at all count as `{}`. `problem` is a sentence for the model. */
export function readArguments(raw: string): ModelToolCall["arguments"] {
  const leaked = LEAKED_INTO_VALUES.test(raw) && LEAKED_INTO_VALUES.test(withoutEndMarks(raw));
  const read = leaked ? { problem: MARKUP } : readText(raw, ENCODINGS);
  if ("problem" in read) return { ok: false, raw: cleanText(raw), problem: read.problem };
  return { ok: true, value: read.value };
}

/**
 * The arguments of a call to `tool`. Where they are that whole call once more, in its name and with its arguments, it
 * is those inside (Qwen on Ollama, ollama/ollama#11805).
 */
export function argumentsOfCall(tool: string, read: ModelToolCall["arguments"]): ModelToolCall["arguments"] {
  if (!read.ok || !isFields(read.value) || read.value.name !== tool) return read;
  const { name: _, ...rest } = read.value;
  const [[key = "", inner] = [], ...others] = Object.entries(rest);
  if (others.length > 0 || !["arguments", "parameters"].includes(key)) return read;
  return isFields(inner)
    ? { ok: true, value: inner }
    : typeof inner === "string"
    ? readArguments(inner)
    : read;
}

/** Whether two calls have the same arguments, however their objects are ordered. */
export function isSameJson(a: Json, b: Json): boolean {
  return JSON.stringify(inStoredOrder(a)) === JSON.stringify(inStoredOrder(b));
}

function readText(raw: string, encodings: number): Read {
  const text = unwrapped(raw);
  if (text === "") return { value: {} };
  const parsed = parseAll(text);
  if ("problem" in parsed) return hasLeakedMarkup(raw) ? { problem: MARKUP } : parsed;
  const filled: JsonObject[] = [];
  for (const value of parsed.values) {
    const read = readValue(value, encodings);
    if ("problem" in read) return read;
    if (Object.keys(read.value).length > 0) filled.push(read.value);
  }
  const [first = {}, ...others] = filled;
  return others.every((other) => isSameJson(first, other)) ? { value: first } : { problem: TWO_OBJECTS };
}

/**
 * The values in a text. There are several where a host sends `{}` or null ahead of the arguments (Bedrock's
 * proxies, openai/openai-agents-js#712), the whole once more at the end (vllm-project/vllm#51697), or two calls
 * as one (diegosouzapw/OmniRoute#11043): which of them was meant is for the model to say.
 */
function parseAll(text: string): { values: Json[] } | { problem: string } {
  try {
    return { values: [parseFrame(text)] };
  } catch (thrown) {
    return parseParts(splitJson(withoutMarks(text))) ??
      { problem: `${UNREADABLE}${cleanText(thrown instanceof Error ? thrown.message : String(thrown))}.` };
  }
}

/** Null where one of them is no JSON: what is wrong with the text as a whole says more. */
function parseParts(parts: string[]): { values: Json[] } | null {
  try {
    const filled = parts.map((part) => part.replace(/^\s*null(?=\W|$)/, "")).filter((part) =>
      part.trim() !== ""
    );
    return filled.length === 0 ? null : { values: filled.map((part) => parseFrame(part)) };
  } catch {
    return null;
  }
}

function readValue(parsed: Json, encodings: number): Read {
  // Before anything that calls itself for every level: where the stack ends depends on who asks.
  if (isDeeper(parsed, LIMITS.depth)) {
    return { problem: `${UNREADABLE}they are nested more than ${LIMITS.depth} deep.` };
  }
  const { data: value } = JsonSchema.safeParse(parsed);
  if (value === undefined) return { problem: `${UNREADABLE}they hold a value that JSON does not have.` };
  if (value === null) return { value: {} };
  if (typeof value === "string") return readEncoded(value, encodings);
  if (typeof value !== "object") return notAnObject(value);
  // An empty list is how PHP writes an object without keys.
  if (Array.isArray(value)) return value.length === 0 ? { value: {} } : notAnObject(value);
  return {
    value: Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanJson(item)])),
  };
}

/** Arguments that were encoded as a text once more (quarkiverse/quarkus-langchain4j#2642, vllm-project/vllm#54964). */
function readEncoded(text: string, encodings: number): Read {
  const inner = unwrapped(text);
  const holdsJson = inner === "" || /^(?:[{["]|null$)/.test(inner);
  return holdsJson && encodings > 0 ? readText(inner, encodings - 1) : notAnObject(text);
}

function notAnObject(value: Json): Read {
  const kind = Array.isArray(value) ? "list" : typeof value === "string" ? "text" : typeof value;
  return { problem: `The arguments are a ${kind} and not one JSON object.` };
}
