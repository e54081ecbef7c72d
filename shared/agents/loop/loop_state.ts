// Where a loop stands, read from its thread: whether the model is to be called, its tool calls are to be run, or
// it has answered; and how much of its limits is used up. Counting begins at the last thing that was asked.
import type { ModelToolCall, ToolCallMessage } from "../../contracts/model.ts";
import { JsonSchema } from "../../contracts/text.ts";
import { LIMIT_SENTENCE } from "./prompts.ts";
import type { StoredMessage } from "../store/records.ts";
import type { NumberedCall } from "./tool_calls.ts";

export type Position =
  /** Model turns and tool calls so far, those to be run included. */
  & { turns: number; tool_calls: number }
  & (
    | { next: "model" }
    | { next: "tools"; calls: NumberedCall[] }
    | { next: "answer"; text: string }
  );

/** What made a loop take its last turn. */
export interface MetLimit {
  reason: "limit" | "budget";
  /** Such as "10 model turns". */
  name: string;
}

interface Rules {
  terminal: string | null;
  /** The limit of tool calls. */
  tool_calls: number;
}

export function position(messages: readonly StoredMessage[], rules: Rules): Position {
  const since = messages.slice(lastInstruction(messages) + 1);
  let turns = 0;
  let tool_calls = 0;
  let last = false;
  let calls: NumberedCall[] = [];
  for (const entry of since) {
    if (namedLimit(entry)) last = true;
    if (entry.message.role !== "assistant") continue;
    turns += 1;
    calls = numberCalls(entry.message.tool_calls ?? [], entry.seq, {
      room: rules.tool_calls - tool_calls,
      terminal: rules.terminal,
      last,
    });
    tool_calls += countedCalls(calls, rules.terminal);
  }
  const end = since.at(-1)?.message;
  if (end?.role !== "assistant") return { turns, tool_calls, next: "model" };
  if (calls.length > 0) return { turns, tool_calls, next: "tools", calls };
  return { turns, tool_calls, next: "answer", text: end.content };
}

/** The limit that the agent has been told of, if any. */
export function metLimit(messages: readonly StoredMessage[]): MetLimit | null {
  for (const entry of messages.slice(lastInstruction(messages) + 1)) {
    const name = namedLimit(entry);
    if (name === undefined) continue;
    return { name, reason: /^the budget|seconds$/.test(name) ? "budget" : "limit" };
  }
  return null;
}

/** How many calls count against the limit: not those that are not run, nor the one that ends the loop. */
export function countedCalls(calls: readonly NumberedCall[], terminal: string | null): number {
  return calls.filter(({ call, refusal }) =>
    refusal === undefined && call.arguments.ok && call.name !== terminal
  ).length;
}

/** The user's message, the task of a step, or the answer to its question. Hints of the system are none. */
function lastInstruction(messages: readonly StoredMessage[]): number {
  return messages.findLastIndex(({ sender, message }) => message.role === "user" && sender !== "system");
}

function namedLimit({ sender, message }: StoredMessage): string | undefined {
  return sender === "system" && message.role === "user"
    ? LIMIT_SENTENCE.exec(message.content)?.[1]
    : undefined;
}

function parsedCall({ id, name, arguments: text, unread }: ToolCallMessage): ModelToolCall {
  return {
    id,
    name,
    arguments: unread ? { ok: false, ...unread } : { ok: true, value: JsonSchema.parse(JSON.parse(text)) },
  };
}

/** Calls beyond a limit, and all calls of a turn that was cut off, are marked to be refused instead of run. */
function numberCalls(
  calls: readonly ToolCallMessage[],
  seq: number,
  { room, terminal, last }: { room: number; terminal: string | null; last: boolean },
): NumberedCall[] {
  let left = last ? 0 : room;
  const end = calls.findIndex((call) => call.name === terminal);
  return calls.map((message, index) => {
    const call = parsedCall(message);
    if (message.cut_off) return { call, seq, index, refusal: CUT_OFF };
    if (end >= 0 && index > end) return { call, seq, index, refusal: AFTER_THE_END };
    if (call.name === terminal || left-- > 0) return { call, seq, index };
    return { call, seq, index, refusal: AT_LIMIT };
  });
}

const CUT_OFF =
  "Your turn was cut off at the output limit, so this call was not run. Make fewer or shorter calls.";
const AFTER_THE_END = "The result was handed in before this call, so it was not run.";
const AT_LIMIT = "The limit is reached, so this call was not run.";
