// The size of a prompt as the model's host received it.
import type { Usage } from "../../../shared/contracts/usage.ts";
import { estimateTextTokens } from "../../../shared/llm/tokens.ts";
import type { WireRequest } from "../wire/wire_server.ts";

/** The estimated tokens of a request's messages and tools. */
export function promptTokens({ body: { messages, tools } }: WireRequest): number {
  return estimateTextTokens(JSON.stringify(messages)) +
    (tools === undefined ? 0 : estimateTextTokens(JSON.stringify(tools)));
}

/** The usage that a fixture expects; where its prompt was estimated, with that of the prompts that were sent. */
export function withPrompt(usage: Usage, requests: WireRequest[]): Usage {
  if (!usage.estimated || usage.input_tokens === 0) return usage;
  return { ...usage, input_tokens: requests.map(promptTokens).reduce((sum, tokens) => sum + tokens, 0) };
}
