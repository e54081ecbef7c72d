// Where a loop stands, read from its thread: whether the model is to be called, its tool calls are to be run, or
// it has answered; and how much of its limits is used up. Counting begins at the last task or answer.
import type { ModelMessage, ModelToolCall, ToolCallMessage } from "../../contracts/model.ts";
import { isBlank, JsonSchema } from "../../contracts/text.ts";
import { sinceInstruction } from "../durable/thread_point.ts";
import type { StoredMessage } from "../store/records.ts";
import type { NumberedCall } from "./turn_call.ts";

export type Position =
  /** Model turns and tool calls so far, those to be run included. */
  & { turns: number; tool_calls: number }
  & (
    | { next: "model" }
    | { next: "tools"; calls: NumberedCall[] }
    | { next: "answer"; answer: LastWords }
  );

/** What an agent said; `cut_off`: at the model's output limit. */
export interface LastWords {
  text: string;
  cut_off?: true;
}

interface Rules {
  terminal: string | null;
  /** The limit of tool calls. */
  tool_calls: number;
}

export function position(messages: readonly StoredMessage[], rules: Rules): Position {
  const since = sinceInstruction(messages);
  let turns = 0;
  let tool_calls = 0;
  let last = false;
  let calls: NumberedCall[] = [];
  for (const entry of since) {
    if (entry.kind === "limit") last = true;
    if (entry.message.role !== "assistant") continue;
    turns += 1;
    calls = numberCalls(entry.message.tool_calls ?? [], entry.id, {
      room: rules.tool_calls - tool_calls,
      terminal: rules.terminal,
      last,
    });
    tool_calls += countedCalls(calls, rules.terminal);
  }
  const end = since.at(-1)?.message;
  if (end?.role !== "assistant") return { turns, tool_calls, next: "model" };
  if (calls.length > 0) return { turns, tool_calls, next: "tools", calls };
  return { turns, tool_calls, next: "answer", answer: answerIn(end) };
}

/** The last that an agent has said since its task, beside the calls that it made or before them; null where nothing. */
export function lastSaid(messages: readonly StoredMessage[]): LastWords | null {
  const said = sinceInstruction(messages).map(({ message }) => message).findLast(isSaid);
  if (!said) return null;
  // Of a turn with calls, the text was whole before they began.
  return said.tool_calls ? { text: said.content } : answerIn(said);
}

type Said = Extract<ModelMessage, { role: "assistant" }>;

function isSaid(message: ModelMessage): message is Said {
  return message.role === "assistant" && !isBlank(message.content);
}

function answerIn({ content: text, cut_off }: Said): LastWords {
  return { text, ...(cut_off && { cut_off }) };
}

/** How many calls count against the limit: not those that are not run, nor the one that ends the loop. */
export function countedCalls(calls: readonly NumberedCall[], terminal: string | null): number {
  return calls.filter(({ call, refusal }) =>
    refusal === undefined && call.arguments.ok && call.name !== terminal
  ).length;
}

interface CallBudget {
  terminal: string | null;
  /** An earlier owner has begun the call: it has counted, and to refuse it would deny what it has done. */
  begun(call: NumberedCall): Promise<boolean>;
  /** How many of so many calls the run's budget has room for. */
  take(wanted: number): Promise<number>;
}

/** The calls with those refused that the run's budget has no room for. */
export async function withinBudget(
  calls: readonly NumberedCall[],
  { terminal, begun, take }: CallBudget,
): Promise<NumberedCall[]> {
  const isBegun = await Promise.all(calls.map(begun));
  const fresh = new Set(calls.filter((one, i) => !isBegun[i] && countedCalls([one], terminal) > 0));
  let left = fresh.size === 0 ? 0 : await take(fresh.size);
  return calls.map((one) => !fresh.has(one) || left-- > 0 ? one : { ...one, refusal: AT_LIMIT });
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
  message_id: string,
  { room, terminal, last }: { room: number; terminal: string | null; last: boolean },
): NumberedCall[] {
  let left = last ? 0 : room;
  const end = calls.findIndex((call) => call.name === terminal);
  return calls.map((message, index) => {
    const call = parsedCall(message);
    if (message.cut_off) return { call, message_id, index, refusal: CUT_OFF };
    if (end >= 0 && index > end) return { call, message_id, index, refusal: AFTER_THE_END };
    if (call.name === terminal || left-- > 0) return { call, message_id, index };
    return { call, message_id, index, refusal: AT_LIMIT };
  });
}

const CUT_OFF =
  "Your turn was cut off at the output limit, so this call was not run. Make fewer or shorter calls.";
const AFTER_THE_END = "The result was handed in before this call, so it was not run.";
const AT_LIMIT = "The limit is reached, so this call was not run.";
