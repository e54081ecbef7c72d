// Requests as the agents make them: at the first turn, with a history of calls, at the last turn, with a history that
// was cut, after a run that failed; and any mixture of these.
import fc from "fast-check";
import type {
  ModelMessage,
  ModelRequest,
  ToolCallMessage,
  ToolSchema,
} from "../../../shared/contracts/model.ts";
import type { JsonObject } from "../../../shared/contracts/text.ts";

type Said = Extract<ModelMessage, { role: "assistant" }>;

export const system: ModelMessage = { role: "system", content: "You help." };
export const user = (content: string): ModelMessage => ({ role: "user", content });
export const result = (tool_call_id: string, content = "[]"): ModelMessage => ({
  role: "tool",
  tool_call_id,
  content,
});
export const says = (content: string, ...ids: string[]): Said => ({
  role: "assistant",
  content,
  ...(ids.length > 0 && { tool_calls: ids.map((id) => ({ id, name: "get_tasks", arguments: "{}" })) }),
});

/** What a host handed out with a message: Gemini signs the first of some calls, OpenRouter gives details. */
export function signed(said: Said, model: string): Said {
  const fields: JsonObject = { reasoning_details: [{ type: "reasoning.encrypted", data: `by ${model}` }] };
  const calls = said.tool_calls?.map((call, at): ToolCallMessage =>
    at === 0
      ? { ...call, extra_content: { google: { thought_signature: `${model} signed ${call.id}` } } }
      : call
  );
  return { ...said, reasoning: "Hm.", echo: { model, fields }, ...(calls && { tool_calls: calls }) };
}

/** A tool as the agents have them: with a parameter that may be null, and a day. */
export const TOOLS: ToolSchema[] = [{
  name: "get_tasks",
  description: "Tasks.",
  parameters: {
    type: "object",
    properties: {
      status: { type: ["string", "null"], enum: ["todo", "done", null] },
      day: { type: "string", format: "date" },
    },
  },
}];

/** The moments of a run by name, as a model of this id sees them. */
export function moments(id: string): Record<string, Pick<ModelRequest, "messages"> & Partial<ModelRequest>> {
  const round = [user("Tasks?"), says("", "call_a", "functions.get_tasks:1"), result("call_a")];
  const both = [...round, result("functions.get_tasks:1")];
  const last = { tool_choice: "none" as const };
  return {
    "the first turn": { messages: [system, user("Tasks?")] },
    "a history of calls": { messages: [system, ...both] },
    "calls that other models made": {
      messages: [system, user("a"), signed(says("", "b", "c"), "another"), result("b"), result("c")],
    },
    "calls that it made itself": {
      messages: [system, user("a"), signed(says("", "b", "c"), id), result("b"), result("c")],
    },
    "the last turn": { ...last, messages: [system, ...both, user("Enough: answer now.")] },
    "a last turn without calls": { ...last, messages: [system, user("a"), says("b"), user("Answer now.")] },
    "a history that was cut": {
      messages: [system, says("An answer."), says("", "x1"), result("x1"), user("More?"), ...both.slice(1)],
    },
    "a turn after a run that failed": { messages: [system, user("Tasks?"), user("Hello?")] },
    "results that were cut apart": {
      messages: [system, result("gone"), user("a"), says("b", "1", "2"), result("2"), user("c")],
    },
    "a summary, without tools": { tools: [], messages: [system, ...both, user("Sum it up.")] },
    "nothing said, and a result with nothing in it": {
      messages: [system, user("a"), says(" "), says("\u200b", "1"), result("1", " ")],
    },
  };
}

const Words = fc.constantFrom("", " ", "\u200b", "Yes.", "What now?", "a < b and {}");
const Id = fc.oneof(
  fc.constantFrom(
    "call_1",
    "call_00_Zx",
    "functions.get_tasks:0",
    "abcdefgh9",
    "000000000",
    "toolu_01AbC",
    "工具",
  ),
  fc.string({ minLength: 1, maxLength: 60 }),
);

/** A part of a history: a message of the user's, or a turn with its results, some of which may be gone. */
const Part = (id: string): fc.Arbitrary<ModelMessage[]> =>
  fc.oneof(
    Words.map((text) => [user(text)]),
    fc.record({
      said: Words,
      ids: fc.uniqueArray(Id, { maxLength: 3 }),
      kept: fc.integer({ min: 0, max: 3 }),
      by: fc.constantFrom("nobody", "another", id),
      output: Words,
    }).map(({ said, ids, kept, by, output }) => {
      const turn = by === "nobody" ? says(said, ...ids) : signed(says(said, ...ids), by);
      return [turn, ...ids.slice(0, kept).map((call) => result(call, output))];
    }),
  );

/** Any history, cut anywhere, that ends as one does when a model is asked. */
export function anyHistory(id: string): fc.Arbitrary<ModelMessage[]> {
  return fc.record({ parts: fc.array(Part(id), { maxLength: 6 }), cut: fc.nat(3) }).map(({ parts, cut }) => [
    system,
    ...parts.flat().slice(cut),
    user("What now?"),
  ]);
}
