// The size of a prompt as the model's host received it.
import { estimateTextTokens } from "../../shared/llm/tokens.ts";
import type { WireRequest } from "./wire_server.ts";

/** The estimated tokens of a request's messages and tools. */
export function promptTokens({ body: { messages, tools } }: WireRequest): number {
  return estimateTextTokens(JSON.stringify(messages)) +
    (tools === undefined ? 0 : estimateTextTokens(JSON.stringify(tools)));
}
