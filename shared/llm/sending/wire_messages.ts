// Our messages as one model's host takes them.
import { assertNever } from "../../contracts/errors.ts";
import type { ModelMessage, ToolCallMessage } from "../../contracts/model.ts";
import { isBlank } from "../../contracts/text.ts";
import type { Json, JsonObject } from "../../contracts/text.ts";
import { alternating, inOrder } from "./alternate.ts";
import type { ModelRow } from "../models/model_row.ts";
import { shortIds } from "./short_ids.ts";

export interface WireToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
  extra_content?: Json;
}

export type WireMessage =
  | { role: "system" | "user"; content: string }
  | {
    role: "assistant";
    content: string | null;
    reasoning_content?: string;
    reasoning?: string;
    reasoning_details?: Json;
    extra_content?: Json;
    tool_calls?: WireToolCall[];
  }
  | { role: "tool"; tool_call_id: string; content: string };

type WireAssistant = Extract<WireMessage, { role: "assistant" }>;
type Said = Extract<ModelMessage, { role: "assistant" }>;

/** Whether the model is told to think. */
export type Thinks = "on" | "off";

/**
 * In place of the signatures of calls that another model made. Gemini 3 refuses a turn whose first call has none;
 * ai.google.dev/gemini-api/docs/thought-signatures names this text for such calls; Vertex takes no other
 * (pydantic/pydantic-ai#3881).
 */
const UNSIGNED: JsonObject = { google: { thought_signature: "skip_thought_signature_validator" } };

/**
 * In place of thoughts that a message doesn't have, such as another model's: DeepSeek V4 Pro refuses "" as it refuses
 * none, and hosts that take "" take this as well (NousResearch/hermes-agent#18263, earendil-works/pi#3640).
 */
const UNTHOUGHT = " ";

/** The messages as this model's host takes them. */
export function wireMessages(
  messages: readonly ModelMessage[],
  row: ModelRow,
  thinks: Thinks,
): WireMessage[] {
  const ordered = row.alternate_roles ? alternating(messages) : inOrder(messages);
  const idOf = wireIds(ordered, row);
  return ordered.map((message) => wireMessage(message, row, thinks, idOf));
}

/** One of them, where it stands. */
export function wireMessage(
  message: ModelMessage,
  row: ModelRow,
  thinks: Thinks,
  idOf: (id: string) => string = (id) => id,
): WireMessage {
  switch (message.role) {
    case "system":
    case "user":
      return { role: message.role, content: message.content };
    case "tool": {
      // Bedrock refuses a result with nothing in it (NousResearch/hermes-agent#55092).
      const content = isBlank(message.content) ? "(no output)" : message.content;
      return { role: "tool", tool_call_id: idOf(message.tool_call_id), content };
    }
    case "assistant":
      return wireAssistant(message, row, thinks, idOf);
    default:
      return assertNever(message);
  }
}

function wireIds(messages: readonly ModelMessage[], { call_ids }: ModelRow): (id: string) => string {
  if (call_ids === "free") return (id) => id;
  const calls = messages.flatMap((message) => message.role === "assistant" ? message.tool_calls ?? [] : []);
  const short = shortIds(calls.map(({ id }) => id));
  return (id) => short.get(id) ?? id;
}

function wireAssistant(
  message: Said,
  row: ModelRow,
  thinks: Thinks,
  idOf: (id: string) => string,
): WireAssistant {
  const calls = message.tool_calls ?? [];
  return {
    role: "assistant",
    // Always a plain string: some DeepSeek hosts mirror content parts literally.
    content: calls.length > 0 && isBlank(message.content) ? row.content_beside_calls : message.content,
    ...echoedFields(message, row),
    ...echoedReasoning(message, row, thinks),
    ...(calls.length > 0 && {
      tool_calls: signedCalls(message, row).map((call) => wireCall(call, idOf)),
    }),
  };
}

/** The calls with what their host wants back with them. Of calls made side by side, only the first has a signature. */
function signedCalls({ tool_calls = [], echo }: Said, row: ModelRow): ToolCallMessage[] {
  if (!row.echo.includes("extra_content")) return tool_calls.map(({ extra_content: _, ...call }) => call);
  const own = echo?.model === row.id && tool_calls.some((call) => call.extra_content !== undefined);
  return tool_calls.map((call, at) => {
    const unsigned = own ? at === 0 && call.extra_content === undefined : true;
    return unsigned ? { ...call, extra_content: UNSIGNED } : call;
  });
}

function wireCall(
  { id, name, arguments: json, extra_content }: ToolCallMessage,
  idOf: (id: string) => string,
): WireToolCall {
  const args = isJsonObject(json) ? json : "{}";
  return {
    id: idOf(id),
    type: "function",
    function: { name: wireName(name), arguments: args },
    ...(extra_content !== undefined && { extra_content }),
  };
}

/** What a model's host handed out goes back to that model, and to no other. */
function echoedFields(
  { echo }: Said,
  row: ModelRow,
): Pick<WireAssistant, "reasoning_details" | "extra_content"> {
  if (echo?.model !== row.id) return {};
  const { reasoning_details, extra_content } = echo.fields;
  return {
    ...(row.echo.includes("reasoning_details") && reasoning_details !== undefined && { reasoning_details }),
    ...(row.echo.includes("extra_content") && extra_content !== undefined && { extra_content }),
  };
}

/**
 * A model's reasoning under the names that its host knows. While a model of DeepSeek's or Moonshot's thinks, its host
 * refuses (400) an assistant message without `reasoning_content`; only a plain switch that is off is known to keep a
 * model from thinking.
 */
function echoedReasoning(
  { reasoning = "", echo }: Said,
  row: ModelRow,
  thinks: Thinks,
): Pick<WireAssistant, "reasoning_content" | "reasoning"> {
  const may_think = thinks === "on" || row.think === "none" || typeof row.think === "object";
  const told = row.echo.includes("reasoning_details") && echo?.model === row.id &&
    echo.fields.reasoning_details !== undefined;
  return {
    ...(row.echo.includes("reasoning_content") && (may_think || reasoning !== "") &&
      { reasoning_content: reasoning || UNTHOUGHT }),
    // OpenRouter takes one or the other (openrouter.ai/docs/use-cases/reasoning-tokens).
    ...(row.echo.includes("reasoning") && reasoning !== "" && !told && { reasoning }),
  };
}

/** A host refuses (400) the whole request when an earlier call has a name that no tool may have. */
export function wireName(name: string): string {
  return name.replace(/[^\w-]/g, "_").slice(0, 64);
}

/** A host refuses (400) the whole request when an earlier call's arguments are broken. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
