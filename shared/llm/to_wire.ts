// Our messages as the body of a chat completion request. The same request gives the same bytes, tools in
// the order of their names, because hosts cache prompts by their exact prefix.
import { assertNever } from "../contracts/errors.ts";
import type { ModelMessage, ModelProfile, ModelRequest, ToolSchema } from "../contracts/model.ts";
import type { Json, JsonObject } from "../contracts/text.ts";
import { alternating } from "./alternate.ts";
import type { ModelRow } from "./model_table.ts";
import { mergeJson } from "./models/merge_json.ts";
import type { ThinkSwitch } from "./models/model_row.ts";

const TEMPERATURE: Record<ModelProfile, number> = { balanced: 0.7, speed: 0.3 };

export interface WireToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

export type WireMessage =
  | { role: "system" | "user"; content: string }
  | {
    role: "assistant";
    content: string | null;
    reasoning_content?: string;
    reasoning?: string;
    tool_calls?: WireToolCall[];
  }
  | { role: "tool"; tool_call_id: string; content: string };

export interface WireTool {
  type: "function";
  function: { name: string; description: string; parameters: Record<string, Json>; strict?: true };
}

/** The fields that a request always has, and those that depend on a row and have one name at every host. */
export interface WireBody {
  model: string;
  messages: WireMessage[];
  tools?: WireTool[];
  tool_choice?: "none";
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  stream: true;
  stream_options?: { include_usage: true };
  user?: string;
  user_id?: string;
  /** What the row adds. */
  [field: string]: unknown;
}

/** The body of the streaming request for one model. */
export function toWire(request: ModelRequest, row: ModelRow): WireBody {
  const thinks = row.think_for.includes(request.profile) ? "on" : "off";
  const { temperature = TEMPERATURE[request.profile] } = row;
  const body: WireBody = {
    model: row.id,
    messages: wireMessages(request.messages, row, thinks),
    ...offered(request, row),
    [row.token_limit_field]: request.max_output_tokens,
    ...(temperature !== null && { temperature }),
    stream: true,
    ...(row.stream_usage && { stream_options: { include_usage: true } }),
    ...Object.fromEntries(row.user_fields.map((field) => [field, request.user])),
  };
  const added = mergeJson(thinkingSwitch(row.think, thinks), row.extra_body);
  return withAdded(body, added);
}

/**
 * Where no tool is to be called they stay beside a history with calls, at hosts that refuse (400) one without the
 * other, such as Bedrock behind proxies (danny-avila/LibreChat#14231).
 */
function offered(
  { messages, tools, tool_choice }: ModelRequest,
  row: ModelRow,
): Pick<WireBody, "tools" | "tool_choice"> {
  if (tools.length === 0) return {};
  if (tool_choice === undefined) return { tools: wireTools(tools, row) };
  const called = messages.some(({ role }) => role === "tool");
  return row.tool_choice_none && called ? { tools: wireTools(tools, row), tool_choice } : {};
}

/** What a row adds stands over what is always sent, but for the fields that its schema keeps it from. */
function withAdded(body: WireBody, added: JsonObject): WireBody {
  return { ...body, ...added };
}

type Thinks = "on" | "off";

const SWITCHES: Record<Extract<ThinkSwitch, string>, Record<Thinks, JsonObject>> = {
  none: { on: {}, off: {} },
  thinking: { on: { thinking: { type: "enabled" } }, off: { thinking: { type: "disabled" } } },
  reasoning: { on: { reasoning: { enabled: true } }, off: { reasoning: { enabled: false } } },
  reasoning_effort: { on: { reasoning_effort: "medium" }, off: { reasoning_effort: "none" } },
  chat_template_kwargs: {
    on: { chat_template_kwargs: { enable_thinking: true } },
    off: { chat_template_kwargs: { enable_thinking: false } },
  },
  enable_thinking: { on: { enable_thinking: true }, off: { enable_thinking: false } },
};

function thinkingSwitch(think: ThinkSwitch, thinks: Thinks): JsonObject {
  return (typeof think === "string" ? SWITCHES[think] : think)[thinks];
}

/** The messages as this model's host takes them, in the order that every host takes. */
export function wireMessages(messages: ModelMessage[], row: ModelRow, thinks: Thinks): WireMessage[] {
  return alternating(messages).map((message) => {
    switch (message.role) {
      case "system":
      case "user":
        return { role: message.role, content: message.content };
      case "tool":
        return { role: "tool", tool_call_id: message.tool_call_id, content: message.content };
      case "assistant":
        return {
          role: "assistant",
          // Always a plain string: some DeepSeek hosts mirror content parts literally.
          content: message.content,
          ...echoedReasoning(message.reasoning ?? "", row, thinks),
          ...(message.tool_calls && message.tool_calls.length > 0
            ? {
              tool_calls: message.tool_calls.map(({ id, name, arguments: json }): WireToolCall => ({
                id,
                type: "function",
                function: { name: wireName(name), arguments: isJsonObject(json) ? json : "{}" },
              })),
            }
            : {}),
        };
      default:
        return assertNever(message);
    }
  });
}

/** While a DeepSeek model thinks, its host refuses (400) any assistant message without this field. */
function echoedReasoning(
  reasoning: string,
  { echo }: ModelRow,
  thinks: Thinks,
): { reasoning_content?: string; reasoning?: string } {
  if (reasoning === "" && thinks === "off") return {};
  const fields = echo.filter((field) => field === "reasoning_content" || field === "reasoning");
  return Object.fromEntries(fields.map((field) => [field, reasoning]));
}

/** The tools in the order of their names. */
export function wireTools(tools: readonly ToolSchema[], row: ModelRow): WireTool[] {
  return tools
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, description, parameters, ...(row.strict_tools ? { strict: true as const } : {}) },
    }));
}

/** A host refuses (400) the whole request when an earlier call has a name that no tool may have. */
function wireName(name: string): string {
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
