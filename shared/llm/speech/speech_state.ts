// Where in a text a model is: what speech_filter.ts knows of what came before, and how pieces are added to it.
import { isBlank } from "../../contracts/text.ts";

/** A piece of a text: what was said, or what was thought on the way; `all thought`: so was what was said before it. */
export type SpeechPiece = { type: "said" | "thought"; text: string } | { type: "all thought" };

export interface OpenThought {
  /** Which closing marker ends it. */
  name: string;
  depth: number;
  /** The marker that began it, and the end of what was said before. */
  marker: string;
  tail: string;
  /** What is a thought only if the thought is closed; null where all of it is one. */
  doubtful: string | null;
  /** Whether a marker inside of it that looks like another opening one may be a word. */
  nested: "surely" | "perhaps";
}

export interface SpeechState {
  readonly offered: readonly string[];
  pieces: SpeechPiece[];
  thought: OpenThought | null;
  /** Behind a call, or behind the end of the turn. */
  over: "no" | "by its end" | "by a call";
  /** How many backticks opened the code that the text is in; 0 outside. */
  ticks: number;
  /** The end of what was said so far, or of what was thought in the thought under way. */
  tail: string;
  /** An end of the turn with the blanks behind it, as long as nothing follows; and what it is if something does. */
  ended: { text: string; then: "text" | "the end" } | null;
  /** Blanks between a thought that began the text and the answer are dropped. */
  blanks: "said" | "dropped";
  said: "nothing" | "something";
  thoughts: "none" | "some";
  /** Whether the plain words of gpt-oss have been seen. */
  words: "none" | "some";
  /** The opening marker that was mentioned on this line: its closing one is mentioned as well. */
  mentioned: string | null;
  /** Whether the answer stands between tags. */
  wrapped: "no" | "yes" | "in XML";
  /** Whether an `<s>` of HTML is open. */
  struck: "no" | "yes";
}

/** The state at the beginning of a text. */
export function newSpeech(offered: readonly string[]): SpeechState {
  return {
    offered,
    pieces: [],
    thought: null,
    over: "no",
    ticks: 0,
    tail: "",
    ended: null,
    blanks: "said",
    said: "nothing",
    thoughts: "none",
    words: "none",
    mentioned: null,
    wrapped: "no",
    struck: "no",
  };
}

const TAIL = 32;

/** Notes a text that is said as it is. */
export function pass(text: string, state: SpeechState): void {
  state.tail = (state.tail + text).slice(-TAIL);
  if (state.mentioned !== null && text.includes("\n")) state.mentioned = null;
}

/** Says a text; returns its length. */
export function say(text: string, state: SpeechState): number {
  const shown = state.blanks === "dropped" ? text.trimStart() : text;
  if (state.said === "nothing" && !isBlank(shown)) {
    state.said = "something";
    state.blanks = "said";
  }
  pass(shown, state);
  add("said", shown, state);
  return text.length;
}

/** Says a text that may stand behind an end of the turn; returns its length. */
export function sayOn(text: string, state: SpeechState): number {
  const { ended } = state;
  state.ended = null;
  const begins = state.said === "nothing" && !/\s$/.test(ended?.text ?? "");
  if (ended?.then === "text" && !begins) say(ended.text, state);
  else if (ended && state.said === "something") {
    state.over = "by its end";
    return text.length;
  }
  return say(text, state);
}

/** Adds to the thought under way; returns the length. */
export function think(text: string, thought: OpenThought, state: SpeechState): number {
  state.tail = (state.tail + text).slice(-TAIL);
  if (thought.doubtful === null) add("thought", text, state);
  else thought.doubtful += text;
  return text.length;
}

/** Begins a thought. */
export function openThought(
  fields: Pick<OpenThought, "name" | "marker" | "doubtful">,
  state: SpeechState,
): void {
  state.thought = { ...fields, depth: 1, tail: state.tail, nested: "surely" };
  state.thoughts = "some";
  state.ended = null;
  state.tail = "";
}

/** Ends the thought under way. */
export function closeThought(thought: OpenThought, state: SpeechState): void {
  add("thought", thought.doubtful ?? "", state);
  state.thought = null;
  state.tail = thought.tail;
  if (state.said === "nothing") state.blanks = "dropped";
}

function add(type: "said" | "thought", text: string, { pieces }: SpeechState): void {
  const last = pieces.at(-1);
  if (last && last.type !== "all thought" && last.type === type) last.text += text;
  else if (text !== "") pieces.push({ type, text });
}

/** At the beginning of a line, or after the end of a sentence; the number of an item and a group's `(?` are no end. */
export function beginsSentence({ tail }: SpeechState): boolean {
  if (tail.endsWith("(?")) return false;
  return /(?:^|\n|[.!?…。！？]["'”’)*_]*)\s*$/.test(tail) && !/(?:^|\n)\s*\d{1,3}[.)]\s*$/.test(tail);
}

const OPENS = /[\s("'“‘«„*_|[{>/:-]$/;
const CLOSES = /^(?:[^\S\n]|[.,;:!?)\]}"'”’»…*_|/])/;

/** Whether what stands at the beginning of a text, with something behind it, stands like a word of a sentence. */
export function isWord(behind: string, state: SpeechState): "yes" | "no" | "if nothing follows" {
  if (state.ended || beginsSentence(state) || !OPENS.test(state.tail)) return "no";
  if (behind === "") return "if nothing follows";
  return CLOSES.test(behind) ? "yes" : "no";
}

/** Whether what comes now stands behind the end of a turn, or without a blank behind what was said. */
export function isGlued({ ended, tail }: SpeechState): boolean {
  return ended !== null || (/\S$/.test(tail) && !OPENS.test(tail));
}

/** Whether what comes now stands apart from what is before it, in the middle of a sentence. */
export function standsApart(state: SpeechState): boolean {
  return !beginsSentence(state) && OPENS.test(state.tail);
}
