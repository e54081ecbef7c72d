// How many tokens a prompt has, estimated on the very JSON that is sent. An estimate: every model counts in
// its own way, and the host's own figure replaces it once the call is made. A prompt is counted again and again while it
// is cut to fit, and grows from call to call: each message, each tool and each list of tools is counted once, and is
// never changed.
import { estimateTokenCount } from "tokenx";
import type { ModelMessage, ToolSchema } from "../contracts/model.ts";
import { keptNewest } from "../contracts/newest.ts";
import type { TokenCounter } from "../agents/ports.ts";
import type { ModelConfig } from "./config.ts";
import { modelRow } from "./model_table.ts";
import { inOrder } from "./sending/alternate.ts";
import { toolsInOrder, wireTool } from "./sending/to_wire.ts";
import type { WireBody } from "./sending/to_wire.ts";
import { wireMessage } from "./sending/wire_messages.ts";

const PLAIN = modelRow("", []);

/**
 * The estimated tokens of a prompt, tool schemas, JSON syntax and what its model's host may want back included, whichever
 * of the models it goes to.
 */
export function estimateTokens(messages: ModelMessage[], tools: readonly ToolSchema[]): number {
  return listed(inOrder(messages).map(messageTokens)) + (tools.length > 0 ? toolListTokens(tools) : 0);
}

const messageTokens = once((message: ModelMessage) =>
  itemTokens(wireMessage(message, PLAIN, "off")) + echoTokens(message)
);
const toolTokens = once((tool: ToolSchema) => itemTokens(wireTool(tool, PLAIN)));
const toolListTokens = once((tools: readonly ToolSchema[]) => listed(toolsInOrder(tools).map(toolTokens)));
const reasoningTokens = once((message: ModelMessage) =>
  message.role === "assistant" ? estimateTextTokens(message.reasoning ?? "") : 0
);

/** Of a JSON list of objects, from those of its items. */
function listed(tokens: readonly number[]): number {
  return tokens.reduce((sum, one) => sum + one, 1);
}

/** Of an object in a list, where the signs between it and the next one are read together. */
function itemTokens(item: object): number {
  const text = JSON.stringify(item).slice(BETWEEN.length - 1) + BETWEEN;
  return text.length <= KEPT.characters ? keptTextTokens(text) : estimateTextTokens(text);
}

const BETWEEN = ',{"';

/** Every run begins with a system prompt of the same text, and a task is built several times until its room is known. */
const KEPT = { texts: 100, characters: 10_000 };
const keptTextTokens = keptNewest(estimateTextTokens, KEPT.texts);

/** A count that is made once for each value. */
function once<Value extends object>(count: (value: Value) => number): (value: Value) => number {
  const known = new WeakMap<Value, number>();
  return (value) => {
    const tokens = known.get(value) ?? count(value);
    known.set(value, tokens);
    return tokens;
  };
}

/** Counts prompts for the models of these settings: with a model's reasoning, where one of them is sent its own again. */
export function tokenCounter(config: ModelConfig): TokenCounter {
  const rows = config.state === "ready" ? Object.values(config.models).flat() : [];
  const reasons = rows.some(({ echo }) => echo.includes("reasoning_content") || echo.includes("reasoning"));
  if (!reasons) return estimateTokens;
  return (messages, tools) =>
    messages.reduce((sum, message) => sum + reasoningTokens(message), estimateTokens(messages, tools));
}

/** The estimated tokens of a request as its host was sent it. */
export function estimateSentTokens({ messages, tools = [] }: Pick<WireBody, "messages" | "tools">): number {
  return estimateTextTokens(JSON.stringify(messages)) +
    (tools.length > 0 ? estimateTextTokens(JSON.stringify(tools)) : 0);
}

/** Signatures are base64, of which no tokenizer makes long tokens. */
const CHARACTERS_OF_ECHO = 3;

function echoTokens(message: ModelMessage): number {
  if (message.role !== "assistant") return 0;
  const parts = [message.echo?.fields, ...message.tool_calls?.map((call) => call.extra_content) ?? []];
  const sent = parts.filter((part) => part !== undefined);
  return sent.length === 0 ? 0 : Math.ceil(JSON.stringify(sent).length / CHARACTERS_OF_ECHO);
}

/** The estimated tokens of a text. */
export function estimateTextTokens(text: string): number {
  return estimateTokenCount(text);
}
