// The three small calls: words, a call of a tool, and the last turn after a tool's result. Their messages stand in
// the orders in which the agents' do, so a host that takes these takes theirs.
import { assistantMessage } from "../../shared/agents/loop/thread.ts";
import type { FinishedTurn, ModelMessage, ModelProfile, ModelRequest } from "../../shared/contracts/model.ts";

export const CALLS = ["text", "call", "result"] as const;
export type CallName = typeof CALLS[number];

/** Enough for a model that thinks although nobody asked it to; an answer here takes twenty tokens. */
export const MAX_OUTPUT_TOKENS = 1_500;

const SYSTEM = "You help with the weather. Answer in one short sentence.";

const GET_WEATHER = {
  name: "get_weather",
  description: "The weather of a city.",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string", description: "The name of the city." },
      day: { type: ["string", "null"], description: "A date such as 2026-01-31; null for today." },
    },
    required: ["city", "day"],
    additionalProperties: false,
  },
};

/** For the result of a call that the model never made. */
const MADE_UP: ModelMessage = {
  role: "assistant",
  content: "",
  tool_calls: [{
    id: "call_k3v0q8xz1m4n7p2r",
    name: "get_weather",
    arguments: '{"city":"Paris","day":null}',
  }],
};

/** The request of a call; `turn` is the model's, in which it called the tool. */
export function requestOf(name: CallName, profile: ModelProfile, turn: FinishedTurn | null): ModelRequest {
  const base = { profile, max_output_tokens: MAX_OUTPUT_TOKENS, user: "0123456789abcdef0123456789abcdef" };
  const system: ModelMessage = { role: "system", content: SYSTEM };
  const asked: ModelMessage = { role: "user", content: "How is the weather in Paris? Call get_weather." };
  switch (name) {
    case "text":
      return {
        ...base,
        // As after a run that failed: its message stands there without an answer.
        messages: [system, { role: "user", content: "Hello!" }, {
          role: "user",
          content: "What is your task?",
        }],
        tools: [],
      };
    case "call":
      return { ...base, messages: [system, asked], tools: [GET_WEATHER] };
    case "result":
      return {
        ...base,
        messages: [
          system,
          asked,
          ...withResults(turn ? assistantMessage(turn) : MADE_UP),
          { role: "user", content: "No more calls are allowed. Answer with what you have." },
        ],
        tools: [GET_WEATHER],
        tool_choice: "none",
      };
  }
}

function withResults(turn: ModelMessage): ModelMessage[] {
  const calls = turn.role === "assistant" ? turn.tool_calls ?? [] : [];
  const content = JSON.stringify({ sky: "sunny", degrees: 21 });
  return [turn, ...calls.map(({ id }): ModelMessage => ({ role: "tool", tool_call_id: id, content }))];
}
