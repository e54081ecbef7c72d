// The brain of the demo model: rules in place of a language model. It knows only what it is sent.
import type { Message } from "../request.ts";

export interface Prompt {
  messages: Message[];
  tools: { name: string }[];
  /** Milliseconds since the epoch, for prompts that do not tell the time. */
  now: number;
}

/** What the model says, and the tools that it calls. */
export interface Thought {
  text: string;
  calls: { name: string; arguments: Record<string, unknown> }[];
}

/** Answers a prompt, always in the same way. */
export function think(_prompt: Prompt): Thought {
  return { text: "Hello. I am the demo model, and no language model.", calls: [] };
}
