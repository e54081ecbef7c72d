// Messages in an order that hosts take. Every host: the system prompt first, the results of tools right behind the
// calls that they answer, no message with nothing in it. Strict ones (Mistral, Gemma's template, Bedrock) take only
// turns: a user's message first, and from there the assistant's and the user's, one at a time; they answer anything
// else with status 400. What an agent has to say to its model at a moment of its own, such as that a limit is met, and
// what was cut to fit, break that. Only what is sent is put in order; what was said stays as it is.
import type { ModelMessage, ToolCallMessage } from "../../contracts/model.ts";
import { isBlank } from "../../contracts/text.ts";

type Said = Extract<ModelMessage, { role: "assistant" }>;

/** Stands between the results of tools and a user's message: some hosts refuse that one right behind the other. */
const RESULTS_READ: ModelMessage = { role: "assistant", content: "I have read the results." };

/** The same messages in the order that every host takes. */
export function inOrder(messages: readonly ModelMessage[]): ModelMessage[] {
  const system = messages.filter(({ role }) => role === "system");
  const rest = messages.filter((message) => message.role !== "system" && !isEmpty(message));
  return [...system, ...pairedCalls(rest)];
}

/** The same messages in turns, for hosts that take nothing else. */
export function alternating(messages: readonly ModelMessage[]): ModelMessage[] {
  const ordered = inOrder(messages);
  const system = ordered.filter(({ role }) => role === "system");
  const first = ordered.findIndex(({ role }) => role === "user");
  return [...system, ...ordered.slice(first < 0 ? ordered.length : first).reduce<ModelMessage[]>(joined, [])];
}

function isEmpty(message: ModelMessage): boolean {
  if (message.role === "tool") return false;
  return isBlank(message.content) && !(message.role === "assistant" && message.tool_calls?.length);
}

/** Every call with its result behind it; one without the other is left out, except for calls that were just made. */
function pairedCalls(messages: readonly ModelMessage[]): ModelMessage[] {
  return messages.flatMap((message, at): ModelMessage[] => {
    if (message.role === "tool") return [];
    if (message.role !== "assistant" || !message.tool_calls) return [message];
    const next = messages.findIndex(({ role }, i) => i > at && role !== "tool");
    const results = messages.slice(at + 1, next < 0 ? messages.length : next);
    if (results.length === 0 && at === messages.length - 1) return [message];
    const pairs = message.tool_calls.flatMap((call) => {
      const result = results.find((one) => one.role === "tool" && one.tool_call_id === call.id);
      return result ? [{ call, result }] : [];
    });
    const spoken = withCalls(message, pairs.map(({ call }) => call));
    return isEmpty(spoken) ? [] : [spoken, ...pairs.map(({ result }) => result)];
  });
}

function withCalls(said: Said, tool_calls: ToolCallMessage[]): ModelMessage {
  if (tool_calls.length > 0 && tool_calls.length === said.tool_calls?.length) return said;
  const { tool_calls: _, ...message } = said;
  return tool_calls.length > 0 ? { ...message, tool_calls } : message;
}

function joined(sent: ModelMessage[], message: ModelMessage): ModelMessage[] {
  const before = sent.at(-1);
  if (before?.role === "tool" && message.role === "user") return [...sent, RESULTS_READ, message];
  if (before?.role === "user" && message.role === "user") {
    return [...sent.slice(0, -1), { role: "user", content: `${before.content}\n\n${message.content}` }];
  }
  if (before?.role === "assistant" && !before.tool_calls && message.role === "assistant") {
    const content = [before.content, message.content].filter((text) => !isBlank(text)).join("\n\n");
    const reasoning = [before.reasoning, message.reasoning].filter((text) => text !== undefined).join("\n\n");
    return [...sent.slice(0, -1), { ...before, ...message, content, ...(reasoning !== "" && { reasoning }) }];
  }
  return [...sent, message];
}
