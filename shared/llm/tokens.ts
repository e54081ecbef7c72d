// How many tokens a prompt has, estimated on the very JSON that is sent. An estimate: every model counts in
// its own way, and the host's own figure replaces it once the call is made.
import { estimateTokenCount } from "tokenx";
import type { ModelMessage, ToolSchema } from "../contracts/model.ts";
import { modelRow } from "./model_table.ts";
import { wireMessages, wireTools } from "./to_wire.ts";

const PLAIN = modelRow("", []);

/** The estimated tokens of a prompt, tool schemas and JSON syntax included. */
export function estimateTokens(messages: ModelMessage[], tools: readonly ToolSchema[]): number {
  const body = JSON.stringify(wireMessages(messages, PLAIN, "off"));
  return estimateTextTokens(body) +
    (tools.length > 0 ? estimateTextTokens(JSON.stringify(wireTools(tools, PLAIN))) : 0);
}

/** The estimated tokens of a text. */
export function estimateTextTokens(text: string): number {
  return estimateTokenCount(text);
}
