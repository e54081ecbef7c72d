// Which choice of a frame counts, and what of it is new. One answer was asked for: a second choice is left out. Some
// hosts send `message` in place of `delta`, in pieces, growing or whole at the end; some repeat the whole text with the
// finish reason.
import type { Json } from "../../contracts/text.ts";
import { type Fields, isFields, textIn } from "../wire/json_frame.ts";
import { readDelta, readIndex, type ThoughtSource, type WireDelta } from "../wire/wire_chunk.ts";

export interface ReadChoice {
  choice: Fields;
  /** The `delta`, or the `message` in its place. */
  fields: Fields;
  words: WireDelta;
}

/** The list of choices in a frame; null where it has none, and is no ordinary one. */
export function choicesIn({ choices, message, done, done_reason }: Fields): readonly Json[] | null {
  if (Array.isArray(choices)) return choices;
  if (isFields(choices)) return [choices];
  if (!isFields(message) || typeof done !== "boolean") return null;
  // Ollama's own API, which some proxies pass on.
  return [{ message, finish_reason: done ? textIn(done_reason) || "stop" : null }];
}

export interface Choices {
  /** What the choices of one frame bring; null where none of them counts. */
  read(choices: readonly Json[]): ReadChoice | null;
}

/** A text this long is not written twice by chance. */
const TELLING_LENGTH = 20;

const NO_FIELDS: Fields = {};

/** The choices of one stream. */
export function createChoices(): Choices {
  let ours: number | null = null;
  let said = "";
  let thought = "";
  let source: ThoughtSource | null = null;
  let calls: "none" | "some" = "none";
  let deltas: "none" | "some" = "none";
  let messages: "undecided" | "pieces" | "growing" = "undecided";

  function pick(choices: readonly Json[]): Fields | null {
    const all = choices.filter(isFields);
    // The first one, where hosts give it another index, or none.
    ours ??= readIndex((all.find(({ index }) => readIndex(index) === 0) ?? all[0])?.index);
    return all.find(({ index }) => {
      const given = readIndex(index);
      return given === null || given === ours;
    }) ?? null;
  }

  /** What a delta says that was not said; one with the finish reason may repeat everything. */
  function newInDelta(text: string, finish: string): string {
    const repeats = finish !== "" && text.length > TELLING_LENGTH && text.length === said.length &&
      text === said;
    return repeats ? "" : text;
  }

  function newInMessage(text: string, finish: string): string {
    if (said === "" || text === "") return text;
    const grows = text.startsWith(said);
    if (deltas === "some") return grows ? text.slice(said.length) : "";
    if (messages === "undecided" && text !== said) messages = grows ? "growing" : "pieces";
    return messages === "growing" && grows ? text.slice(said.length) : newInDelta(text, finish);
  }

  function newThought({ thought: text, thought_source }: WireDelta): string {
    if (
      text === "" || (source !== null && source !== thought_source && repeatsThought(text, thought_source))
    ) {
      return "";
    }
    source ??= thought_source;
    return text;
  }

  /** OpenRouter's details repeat what the plain field says, and what another field says whole was said in pieces. */
  function repeatsThought(text: string, from: ThoughtSource | null): boolean {
    return from === "reasoning_details" || (text.length === thought.length && text === thought);
  }

  function note(words: WireDelta): WireDelta {
    said += words.said;
    thought += words.thought;
    if (words.tool_calls.length > 0) calls = "some";
    return words;
  }

  return {
    read(choices) {
      const first = choices[0];
      const choice = choices.length === 1 && isFields(first) && first.index === ours ? first : pick(choices);
      if (choice === null) return null;
      const { delta, message } = choice;
      const finish = textIn(choice.finish_reason);
      if (isFields(message) && !(isFields(delta) && hasWords(delta))) {
        const words = readDelta(message);
        const repeated = deltas === "some" || finish !== "";
        const fresh = note({
          said: newInMessage(words.said, finish),
          thought: repeated && thought !== "" ? "" : newThought(words),
          thought_source: words.thought_source,
          tool_calls: repeated && calls === "some" ? [] : words.tool_calls,
        });
        return { choice, fields: message, words: fresh };
      }
      // The older completions API has the text in the choice itself.
      const fields = isFields(delta) ? delta : typeof choice.text === "string" ? choice : NO_FIELDS;
      const words = readDelta(fields);
      if (words.said !== "" || words.thought !== "" || words.tool_calls.length > 0) deltas = "some";
      if (finish !== "") words.said = newInDelta(words.said, finish);
      words.thought = newThought(words);
      return { choice, fields, words: note(words) };
    },
  };
}

function hasWords(delta: Fields): boolean {
  const { said, thought, tool_calls } = readDelta(delta);
  return said !== "" || thought !== "" || tool_calls.length > 0;
}
