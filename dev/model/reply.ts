// What the demo model answers to one request, before it is put on the wire.

/** The id that the demo model gives itself, so that no trace can be mistaken for one of a real model. */
export const MODEL_ID = "demo-model-not-an-llm";

/** A tool call; `arguments` is JSON text, or whatever a test wants to send in its place. */
export interface ReplyCall {
  id: string;
  name: string;
  arguments: string;
}

export interface Reply {
  text: string;
  reasoning: string;
  tool_calls: ReplyCall[];
  finish_reason: string;
  model: string;
}

/** How fast a reply comes. `tokens_per_second: 0` means as fast as it can be written. */
export interface Pace {
  first_token_ms: number;
  tokens_per_second: number;
}

/** A fresh tool-call id, in the form that OpenAI's own have. */
export function callId(): string {
  return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
