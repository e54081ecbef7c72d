// What follows from a marker that stands outside of thoughts and of code: whether it counts here, or is only a word of
// what the model says, and where in the turn the text is behind it.
import { assertNever } from "../../contracts/errors.ts";
import type { Marker, Rest } from "./markers.ts";
import {
  beginsSentence,
  isGlued,
  isWord,
  openThought,
  say,
  sayOn,
  type SpeechState,
  standsApart,
} from "./speech_state.ts";

/** Does what a marker outside of thoughts tells. */
export function follow(marker: Marker, text: string, state: SpeechState, rest: Rest): number | null {
  const { type, length } = marker;
  const written = text.slice(0, length);
  if (type === "struck") state.struck = "yes";
  const word = readWord(marker, text, state, rest);
  if (word === "undecided") return null;
  if (word === "yes") {
    if (marker.type === "opening") state.mentioned = marker.name;
    return sayOn(written, state);
  }
  switch (type) {
    case "opening":
      return open(marker, written, state);
    case "closing":
      return closeNothing(length, state);
    case "channel":
      return beginMessage(marker, written, state);
    case "call":
      state.over = "by a call";
      return text.length;
    case "end":
      return endTurn(marker, written, state);
    case "role":
      state.ended = null;
      state.blanks = "dropped";
      if (marker.whose === "another's" || state.said === "something") state.over = "by its end";
      return length;
    case "answer":
      return wrap(marker, written, state);
    case "noise":
      return length;
    case "struck":
      return sayOn(written, state);
    default:
      return assertNever(type);
  }
}

/** Whether a marker is only a word here. */
function readWord(marker: Marker, text: string, state: SpeechState, rest: Rest): "yes" | "no" | "undecided" {
  if (marker.type === "end") return "no";
  if (marker.type === "closing" && marker.name === state.mentioned) {
    state.mentioned = null;
    return "yes";
  }
  if (marker.type === "call" && marker.counts === "always") return "no";
  if (marker.type === "call" && marker.counts === "where it begins a sentence") {
    if (!beginsSentence(state)) return "yes";
    const next = text[marker.length];
    if (next === undefined && rest === "more to come") return "undecided";
    return next === " " ? "yes" : "no";
  }
  if (marker.type === "role" && marker.counts === "behind text" && !isGlued(state)) return "yes";
  if (marker.type === "noise" && marker.counts && state.said === "something" && !state.ended) return "yes";
  const word = isWord(text.slice(marker.length, marker.length + 1), state);
  if (word !== "if nothing follows") return word;
  if (rest === "more to come") return "undecided";
  return ["opening", "closing", "answer"].includes(marker.type) ? "yes" : "no";
}

/** A tag has the looks of HTML or of a generic type; other markers are not written by chance. */
function open({ name }: { name: string }, written: string, state: SpeechState): number {
  if (name.startsWith("words")) state.words = "some";
  const sure = name !== "words in doubt" && (beginsSentence(state) || !/^<\s?[a-z]/i.test(written));
  openThought({ name, marker: written, doubtful: sure ? null : "" }, state);
  return written.length;
}

function closeNothing(length: number, state: SpeechState): number {
  state.ended = null;
  if (state.thoughts === "none") {
    state.pieces.push({ type: "all thought" });
    state.said = "nothing";
    state.tail = "";
  }
  state.thoughts = "some";
  if (state.said === "nothing") state.blanks = "dropped";
  return length;
}

/** A message of gpt-oss; behind another one that was said, it begins a paragraph. */
function beginMessage({ holds }: { holds: string }, written: string, state: SpeechState): number {
  state.ended = null;
  const name = written.includes("<|") ? "channel" : "words";
  if (holds === "a thought") openThought({ name, marker: written, doubtful: null }, state);
  else if (state.said === "nothing") state.blanks = "dropped";
  else if (!state.tail.endsWith("\n")) say("\n\n", state);
  if (name === "words") state.words = "some";
  return written.length;
}

/**
 * Tags around an answer are not shown where it follows a thought; elsewhere they are an answer in XML. A closing one
 * alone, at the end, is what a host's parser has left (vllm-project/vllm#58127).
 */
function wrap({ tag }: { tag: string }, written: string, state: SpeechState): number {
  const opens = tag === "opening" && state.said === "nothing" && state.thoughts === "some";
  if (tag === "closing" && state.wrapped === "no") return endTurn({ counts: "at the end" }, written, state);
  const closes = tag === "closing" && state.wrapped === "yes";
  state.wrapped = opens ? "yes" : tag === "opening" ? "in XML" : "no";
  return opens || closes ? written.length : sayOn(written, state);
}

function endTurn({ counts }: { counts: string }, written: string, state: SpeechState): number {
  const closes_html = state.struck === "yes" && /^<\/s>$/i.test(written);
  if (closes_html) state.struck = "no";
  if (closes_html) return sayOn(written, state);
  const text = counts === "at the end" || standsApart(state);
  state.ended = {
    text: (state.ended?.text ?? "") + written,
    then: state.ended?.then ?? (text ? "text" : "the end"),
  };
  return written.length;
}
