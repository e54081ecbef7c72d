// A request as the body and the headers of a chat completion. The same request gives the same bytes, tools in one
// order, because hosts cache prompts by their exact prefix.
import { CREATE_PLAN_NAME, SUBMIT_RESULT_NAME } from "../../contracts/built_in_tools.ts";
import type { ModelProfile, ModelRequest, ToolSchema } from "../../contracts/model.ts";
import type { Json, JsonObject } from "../../contracts/text.ts";
import type { ModelRow } from "../models/model_row.ts";
import { mergeJson } from "../models/merge_json.ts";
import { thinkFragments } from "../models/think_switch.ts";
import { openapiSchema } from "./openapi_schema.ts";
import { wireMessages } from "./wire_messages.ts";
import type { WireMessage } from "./wire_messages.ts";

const TEMPERATURE: Record<ModelProfile, number> = { balanced: 0.7, speed: 0.3 };

export interface WireTool {
  type: "function";
  function: { name: string; description: string; parameters: Record<string, Json>; strict?: true };
}

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
  const messages = wireMessages(request.messages, row, thinks);
  const body: WireBody = {
    model: row.id,
    messages,
    ...offeredTools(request, row, messages),
    [row.token_limit_field]: request.max_output_tokens,
    ...(temperature !== null && { temperature }),
    stream: true,
    ...(row.stream_usage && { stream_options: { include_usage: true } }),
    ...Object.fromEntries(row.user_fields.map((field) => [field, request.user])),
  };
  return withAdded(body, mergeJson(thinkFragments(row.think)[thinks], row.extra_body));
}

/** What a row adds stands over what is always sent; its schema keeps it from the fields that make the request. */
function withAdded(body: WireBody, added: JsonObject): WireBody {
  return { ...body, ...added };
}

/**
 * The tools, or at the last turn none. Some hosts refuse a history with calls where no tools are offered: there, they
 * are, and may not be called.
 */
function offeredTools(
  { tools, tool_choice }: ModelRequest,
  row: ModelRow,
  messages: readonly WireMessage[],
): Pick<WireBody, "tools" | "tool_choice"> {
  if (tools.length > 0 && tool_choice !== "none") return { tools: wireTools(tools, row) };
  const called = messages.flatMap((message) => message.role === "assistant" ? message.tool_calls ?? [] : []);
  if (!row.tool_choice_none || called.length === 0) return {};
  const offered = tools.length > 0 ? tools : called.map((call) => named(call.function.name));
  return { tools: wireTools(offered, row), tool_choice: "none" };
}

/** A tool of which only the name is left, in a history. */
function named(name: string): ToolSchema {
  return { name, description: "", parameters: { type: "object", properties: {} } };
}

function wireTools(tools: readonly ToolSchema[], row: ModelRow): WireTool[] {
  return toolsInOrder(tools).map((tool) => wireTool(tool, row));
}

/**
 * The tools in the order of their names, each once; an agent's own come last: one of them goes once its plan is done, and
 * what stands before it is still the prefix that the host has kept.
 */
export function toolsInOrder(tools: readonly ToolSchema[]): ToolSchema[] {
  return [...new Map(tools.map((tool) => [tool.name, tool])).values()]
    .toSorted((a, b) =>
      Number(isOwn(a)) - Number(isOwn(b)) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
    );
}

/** A tool as it is offered to this model. */
export function wireTool({ name, description, parameters: schema }: ToolSchema, row: ModelRow): WireTool {
  const parameters = row.tool_schemas === "openapi" ? openapiSchema(schema) : schema;
  return {
    type: "function",
    function: { name, description, parameters, ...(row.strict_tools ? { strict: true as const } : {}) },
  };
}

function isOwn({ name }: ToolSchema): boolean {
  return name === CREATE_PLAN_NAME || name === SUBMIT_RESULT_NAME;
}

/** The row's headers. A key that one of them carries on purpose, as Azure's `api-key`, stands in place of the other. */
export function wireHeaders({ extra_headers }: ModelRow): Record<string, string | null> {
  const carries_key = Object.keys(extra_headers).some((name) => name.toLowerCase() === "api-key");
  return { ...(carries_key && { authorization: null }), ...extra_headers };
}
