// A reply as the wire has it: one slot for each token, so that slot i leaves when token i is due.
import type { Reply } from "./script.ts";

type Delta = Record<string, unknown>;

/** The deltas of each slot. */
export function slotsOf(reply: Reply, request: number): Delta[][] {
  if (reply.type === "text") return reply.words.map((content) => [{ content }]);
  const each = Math.floor(reply.tokens / reply.calls.length);
  return reply.calls.flatMap((call, index) => {
    const { id, name, text } = written(call, request, index);
    const opening = { index, id, type: "function", function: { name, arguments: "" } };
    return [
      [{ tool_calls: [opening] }],
      ...pieces(text, each - 1).map((piece) =>
        piece === "" ? [] : [{ tool_calls: [{ index, function: { arguments: piece } }] }]
      ),
    ];
  });
}

/** The message of a request that does not stream. */
export function wholeMessage(reply: Reply, request: number): Delta {
  if (reply.type === "text") return { role: "assistant", content: reply.words.join(""), refusal: null };
  const tool_calls = reply.calls.map((call, index) => {
    const { id, name, text } = written(call, request, index);
    return { id, type: "function", function: { name, arguments: text } };
  });
  return { role: "assistant", content: null, refusal: null, tool_calls };
}

function written(call: { name: string; arguments: unknown }, request: number, index: number) {
  return { id: `call_${request}_${index}`, name: call.name, text: JSON.stringify(call.arguments) };
}

/** A text cut into so many pieces of nearly the same length. */
export function pieces(text: string, count: number): string[] {
  const place = (i: number) => Math.floor(i * text.length / count);
  return Array.from({ length: count }, (_, i) => text.slice(place(i), place(i + 1)));
}
