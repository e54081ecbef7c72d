// What a strict host answers with status 400: roles that do not alternate, and messages with nothing in them.
import type { WireMessage } from "../../../shared/llm/sending/wire_messages.ts";

/** What is wrong with the messages of one request, in words; nothing where every host takes them. */
export function* brokenRoles(messages: readonly WireMessage[]): Generator<string> {
  const [system, first] = messages;
  if (system?.role !== "system") yield `the first message is the ${system?.role}'s`;
  if (first?.role !== "user") yield `behind the system prompt stands a message of the ${first?.role}'s`;
  let open: string[] = [];
  for (const [i, message] of messages.entries()) {
    const before = messages[i - 1]?.role;
    const role = message.role;
    if (role === "tool") {
      if (open.shift() !== message.tool_call_id) {
        yield `message ${i} answers another call, ${message.tool_call_id}`;
      }
      continue;
    }
    if (open.length > 0) yield `message ${i} comes before the results of ${open.join(", ")}`;
    open = role === "assistant" ? message.tool_calls?.map((call) => call.id) ?? [] : [];
    if (role === "system" && i > 0) yield `message ${i} is a system prompt`;
    if (role === before) yield `messages ${i - 1} and ${i} are both the ${role}'s`;
    if (role === "user" && before === "tool") yield `message ${i}, the user's, comes right behind a result`;
    if ((message.content ?? "").trim() === "" && open.length === 0) yield `message ${i} is empty`;
  }
  if (open.length > 0) yield `the results of ${open.join(", ")} are missing`;
  if (messages.at(-1)?.role === "assistant") yield "the assistant has the last word";
}
