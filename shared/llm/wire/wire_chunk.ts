// One data frame of a streamed completion, as hosts really send it: every field may be missing, null or of
// the wrong type, and then counts as absent. Only what we use is read, and an ordinary frame is read without a copy.
import type { Json } from "../../contracts/text.ts";
import { readParts } from "./content_parts.ts";
import { type Fields, isDeeper, isFields, textIn } from "./json_frame.ts";
import { LIMITS } from "./wire_limits.ts";

export interface ToolCallDelta {
  index: number | null;
  id: string | null;
  /** `arguments`: a piece of JSON text; some hosts send an object, null or nothing. */
  function: { name: string | null; arguments?: Json } | null;
  /** Gemini's thought signature, to go back with the call. */
  extra_content?: Json;
}

/** Which field told what was thought; hosts that fill two fill them with the same. */
export type ThoughtSource =
  | "reasoning_content"
  | "reasoning"
  | "reasoning_text"
  | "thinking"
  | "reasoning_details"
  | "content";

export interface WireDelta {
  said: string;
  thought: string;
  thought_source: ThoughtSource | null;
  tool_calls: readonly ToolCallDelta[];
}

const NO_CALLS: readonly ToolCallDelta[] = [];

/** The words and the calls of a `delta`, or of a `message`. */
export function readDelta(delta: Fields): WireDelta {
  const { content } = delta;
  const parts = typeof content === "object" && content !== null ? readParts(content) : null;
  const said = parts ? parts.said : textIn(content);
  const thought_source = thoughtSource(delta, parts?.thought ?? "");
  return {
    // A refusal is an answer in words, which OpenAI keeps in a field of its own.
    said: said || textIn(delta.refusal) || textIn(delta.text),
    thought: thought_source === null ? "" : thoughtIn(delta, thought_source, parts?.thought ?? ""),
    thought_source,
    tool_calls: delta.tool_calls || delta.function_call ? readCalls(delta) : NO_CALLS,
  };
}

function thoughtSource(delta: Fields, in_parts: string): ThoughtSource | null {
  if (delta.reasoning_content) return "reasoning_content";
  if (delta.reasoning) return "reasoning";
  if (delta.reasoning_text) return "reasoning_text";
  if (delta.thinking) return "thinking";
  if (in_parts !== "") return "content";
  return Array.isArray(delta.reasoning_details) ? "reasoning_details" : null;
}

function thoughtIn(delta: Fields, source: ThoughtSource, in_parts: string): string {
  if (source === "content") return in_parts;
  const field = delta[source];
  if (typeof field === "string") return field;
  if (source !== "reasoning_details") {
    const { said, thought } = readParts(field);
    return said + thought;
  }
  return Array.isArray(field)
    ? field.map((detail) => isFields(detail) ? textIn(detail.text) || textIn(detail.summary) : "").join("")
    : "";
}

/** `tool_calls` is a list, or one call alone; `function_call` is the one call of 2023, without index and id. */
function readCalls({ tool_calls, function_call }: Fields): readonly ToolCallDelta[] {
  if (tool_calls) return (Array.isArray(tool_calls) ? tool_calls : [tool_calls]).flatMap(readCall);
  return isFields(function_call)
    ? [{ index: null, id: null, function: readFunction(function_call) }]
    : NO_CALLS;
}

function readCall(call: Json): ToolCallDelta[] {
  if (!isFields(call)) return [];
  const { id, extra_content } = call;
  const delta: ToolCallDelta = {
    index: readIndex(call.index),
    id: typeof id === "number" ? String(id) : textIn(id) || null,
    // Some hosts leave the wrapping out.
    function: isFields(call.function) ? readFunction(call.function) : readFunction(call),
  };
  if (extra_content !== undefined && extra_content !== null && !isDeeper(extra_content, LIMITS.depth)) {
    delta.extra_content = extra_content;
  }
  return [delta];
}

/** Arguments under the names of Anthropic, Cohere and Llama count where there are none under OpenAI's. */
function readFunction(fields: Fields): ToolCallDelta["function"] {
  return {
    name: typeof fields.name === "string" ? fields.name : null,
    arguments: fields.arguments ?? fields.input ?? fields.parameters,
  };
}

/** A whole number from 0, also where it comes as a text. */
export function readIndex(index: Json | undefined): number | null {
  if (typeof index === "number") return index;
  return typeof index === "string" && /^\d{1,9}$/.test(index.trim()) ? Number(index) : null;
}
