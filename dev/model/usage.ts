// Counts tokens the way a host would bill them, cached prefixes included. The counts are estimates.
import { estimateTokenCount } from "tokenx";
import type { Reply } from "./reply.ts";
import type { CompletionRequest } from "./request.ts";

const PROMPTS_PER_USER = 64;
const USERS = 500;

export interface WireUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
  completion_tokens_details: { reasoning_tokens: number };
}

/** Remembers the prompts of each user, to tell how much of a new one a prompt cache would have held. */
export class UsageMeter {
  readonly #prompts = new Map<string, string[]>();

  /** The usage of one request and its reply; the request counts as seen from now on. */
  measure(request: CompletionRequest, reply: Reply): WireUsage {
    const prompt = promptText(request);
    const reasoning_tokens = estimateTokenCount(reply.reasoning);
    const calls = reply.tool_calls.map((call) => `${call.name} ${call.arguments}`).join("\n");
    const prompt_tokens = estimateTokenCount(prompt);
    const completion_tokens = reasoning_tokens + estimateTokenCount(reply.text) + estimateTokenCount(calls);
    return {
      prompt_tokens,
      completion_tokens,
      total_tokens: prompt_tokens + completion_tokens,
      prompt_tokens_details: { cached_tokens: this.#cachedTokens(request.user ?? "", prompt) },
      completion_tokens_details: { reasoning_tokens },
    };
  }

  #cachedTokens(user: string, prompt: string): number {
    const seen = this.#prompts.get(user) ?? [];
    const longest = Math.max(0, ...seen.map((earlier) => commonPrefix(earlier, prompt)));
    this.#prompts.delete(user);
    this.#prompts.set(user, [...seen, prompt].slice(-PROMPTS_PER_USER));
    const oldest = this.#prompts.keys().next().value;
    if (this.#prompts.size > USERS && oldest !== undefined) this.#prompts.delete(oldest);
    return estimateTokenCount(prompt.slice(0, longest));
  }
}

/** The prompt as one text: tools first, as hosts put them, then the messages in order. */
function promptText(request: CompletionRequest): string {
  const tools = request.tools.map((tool) => JSON.stringify(tool.function));
  const messages = request.messages.map((message) => {
    const calls = (message.tool_calls ?? []).map((call) =>
      `${call.function.name} ${call.function.arguments}`
    );
    return [`<${message.role}>`, message.content, ...calls].join("\n");
  });
  return [...tools, ...messages].join("\n");
}

function commonPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
