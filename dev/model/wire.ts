// A reply in the shape of the chat completions API: whole, or as the chunks of a stream, token by token.
import type { Reply } from "./reply.ts";
import type { WireUsage } from "./usage.ts";

const TOKEN = /\s*[\p{L}\p{N}_]{1,8}|\s*[^\s\p{L}\p{N}_]{1,3}|\s+/gu;

export interface ReplyHead {
  id: string;
  /** Seconds since the epoch. */
  created: number;
}

type Delta = Record<string, unknown>;

/** The reply as one JSON object. */
export function completion(head: ReplyHead, reply: Reply, usage: WireUsage): Record<string, unknown> {
  const message = {
    role: "assistant",
    content: reply.text === "" && reply.tool_calls.length > 0 ? null : reply.text,
    ...(reply.reasoning === "" ? {} : { reasoning_content: reply.reasoning }),
    ...(reply.tool_calls.length === 0 ? {} : {
      tool_calls: reply.tool_calls.map(({ id, name, arguments: text }) => ({
        id,
        type: "function",
        function: { name, arguments: text },
      })),
    }),
  };
  return {
    ...head,
    object: "chat.completion",
    model: reply.model,
    choices: [{ index: 0, message, finish_reason: reply.finish_reason }],
    usage,
  };
}

/** The deltas of a reply, one for each token that is waited for. */
export function deltas(reply: Reply): Delta[] {
  return [
    ...tokens(reply.reasoning).map((piece) => ({ reasoning_content: piece })),
    ...tokens(reply.text).map((piece) => ({ content: piece })),
    ...reply.tool_calls.flatMap((call, index) => [
      {
        tool_calls: [{
          index,
          id: call.id,
          type: "function",
          function: { name: call.name, arguments: "" },
        }],
      },
      ...tokens(call.arguments).map((piece) => ({
        tool_calls: [{ index, function: { arguments: piece } }],
      })),
    ]),
  ];
}

/** The SSE frame of one delta. */
export function deltaFrame(
  head: ReplyHead,
  reply: Reply,
  delta: Delta,
  finish_reason: string | null,
): string {
  return frame({
    ...head,
    object: "chat.completion.chunk",
    model: reply.model,
    choices: [{ index: 0, delta, finish_reason }],
    usage: null,
  });
}

/** The frames that end a stream: the usage, which has no choices, and the terminator. */
export function endFrames(head: ReplyHead, reply: Reply, usage: WireUsage): string {
  const chunk = { ...head, object: "chat.completion.chunk", model: reply.model, choices: [], usage };
  return `${frame(chunk)}data: [DONE]\n\n`;
}

/** Cuts a text into pieces about the size of a token; together they are the text again. */
export function tokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

function frame(chunk: Record<string, unknown>): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
