// Tells what a model says from what it thinks, from calls that a host passed on as text, and from what comes behind the
// end of its turn: out of one text, as it comes. The same text gives the same result however it is cut.
//
// - Markers in code, that is between backticks or in a fence, are text: somebody explains them. So are those that stand
//   like a word in the middle of a sentence.
// - A thought that is never closed is one all the same where it begins the text, a line or a sentence. Elsewhere its
//   tag is text, with all that follows.
// - A closing marker that closes nothing ends a thought that began the text: there are hosts that keep the opening one
//   to themselves.
// - Behind a call, and behind the end of the turn, nothing is said.
import { assertNever } from "../../contracts/errors.ts";
import { readBareCall } from "./bare_call.ts";
import { readFirstWords, readNextWords } from "./harmony.ts";
import type { Marker, Reading, Rest } from "./markers.ts";
import { readFence, readMarker } from "./read_marker.ts";
import {
  beginsSentence,
  closeThought,
  isGlued,
  isWord,
  newSpeech,
  openThought,
  pass,
  say,
  sayOn,
} from "./speech_state.ts";
import { type OpenThought, type SpeechPiece, type SpeechState, standsApart, think } from "./speech_state.ts";

export interface SpeechFilter {
  /** Whether a text that has nothing special in it is said as it is; then it is taken. */
  passes(text: string): boolean;
  /** What is certain now, in its order. */
  push(text: string): SpeechPiece[];
  /** What was held back. */
  flush(): SpeechPiece[];
  /** Whether there was a call. */
  readonly leaked: boolean;
}

/** A filter for one text. `offered`: the names of the tools that the model was offered. */
export function createSpeechFilter(offered: readonly string[] = []): SpeechFilter {
  const state = newSpeech(offered);
  let held = "";

  /** Takes what can be taken, and returns the rest. */
  function run(text: string, rest: Rest): string {
    let left = text;
    while (left !== "") {
      const length = take(left, state, rest);
      if (length === null) break;
      left = left.slice(length);
    }
    return left;
  }

  function taken(): SpeechPiece[] {
    const { pieces } = state;
    state.pieces = [];
    return pieces;
  }

  return {
    get leaked() {
      return state.over === "by a call";
    },
    passes(text) {
      if (held !== "" || !passesAll(state)) return false;
      pass(text, state);
      return true;
    },
    push(text) {
      held = run(held + text, "more to come");
      return taken();
    },
    flush() {
      run(held, "nothing to come");
      held = "";
      const { thought } = state;
      if (thought && thought.doubtful !== null) {
        state.thought = null;
        state.tail = thought.tail;
        say(thought.marker, state);
        run(thought.doubtful, "nothing to come");
      }
      return taken();
    },
  };
}

/** What a text outside of thoughts has to be looked at for. */
export const SPECIAL_CHARACTERS = String.raw`<[\]◁✿\u0060{`;
const SPECIAL = new RegExp(`[${SPECIAL_CHARACTERS}]`);

/** Most of the time, nothing about the place that a text stands in needs a second look. */
function passesAll({ said, thought, over, ended, ticks, words }: SpeechState): boolean {
  return said === "something" && thought === null && over === "no" && ended === null && words === "none" &&
    (ticks === 0 || ticks > 2);
}

/** Takes from a text, and tells how many characters; null where more has to come first. */
function take(text: string, state: SpeechState, rest: Rest): number | null {
  if (state.over !== "no") return text.length;
  if (state.thought) return takeThought(text, state.thought, state, rest);
  if (state.ended && blanksOf(text) > 0) {
    state.ended.text += text.slice(0, blanksOf(text));
    return blanksOf(text);
  }
  return state.ticks > 0 ? takeCode(text, state, rest) : takeSaid(text, state, rest);
}

/** Takes from the text outside of thoughts and of code. */
function takeSaid(text: string, state: SpeechState, rest: Rest): number | null {
  const blanks = blanksOf(text);
  if (blanks > 0 && state.said === "nothing") return say(text.slice(0, blanks), state);
  const first = readFirst(text, state, rest);
  if (first === "undecided") return null;
  if (first) return follow(first, text, state, rest);
  const at = text.search(state.words === "some" ? /[<[\]◁✿`{a]/ : SPECIAL);
  if (at !== 0) return sayOn(at < 0 ? text : text.slice(0, at), state);
  if (text.startsWith("`")) return takeTicks(text, state, rest);
  const marker = readNext(text, state, rest);
  if (marker === "undecided") return null;
  return marker ? follow(marker, text, state, rest) : sayOn(text.slice(0, 1), state);
}

function readNext(text: string, state: SpeechState, rest: Rest): Reading {
  if (text.startsWith("a")) return readNextWords(text, rest);
  if (!text.startsWith("{")) return readMarker(text, rest, state.offered);
  return state.tail.endsWith("\n") ? readBareCall(text, rest, state.offered) : null;
}

/** What only the beginning of a text can be. */
function readFirst(text: string, state: SpeechState, rest: Rest): Reading {
  if (state.said === "something" || state.ended) return null;
  return readFirstWords(text, rest) ?? readBareCall(text, rest, state.offered);
}

/** In code there are no markers, but for the end of the turn where the code is never closed. */
function takeCode(text: string, state: SpeechState, rest: Rest): number | null {
  const at = text.search(state.ticks > 2 ? /[`<]/ : /[`<\n]/);
  if (at !== 0) return sayOn(at < 0 ? text : text.slice(0, at), state);
  if (text.startsWith("`")) return takeTicks(text, state, rest);
  if (text.startsWith("\n")) {
    // Code in one or two backticks ends with its line, for a backtick may be a mere character.
    state.ticks = 0;
    return sayOn("\n", state);
  }
  const marker = readMarker(text, rest);
  if (marker === "undecided") return null;
  if (marker?.type !== "end" || marker.counts === "at the end") return sayOn("<", state);
  state.ended = { text: (state.ended?.text ?? "") + text.slice(0, marker.length), then: "text" };
  return marker.length;
}

/** A run of backticks begins code, or ends what a run as long began; a fence may be ended by a longer one. */
function takeTicks(text: string, state: SpeechState, rest: Rest): number | null {
  const run = /^`+/.exec(text)?.[0] ?? "";
  if (run.length === text.length && rest === "more to come") return null;
  const { ticks } = state;
  if (ticks === 0 && run.length >= 3) {
    const fence = readFence(text.slice(run.length), rest);
    if (fence === "undecided") return null;
    if (fence) return follow({ ...fence, length: run.length + fence.length }, text, state, rest);
  }
  if (ticks === 0) state.ticks = run.length;
  else if (run.length === ticks || (ticks >= 3 && run.length > ticks)) state.ticks = 0;
  return sayOn(run, state);
}

/** Does what a marker outside of thoughts tells. */
function follow(marker: Marker, text: string, state: SpeechState, rest: Rest): number | null {
  const { type, length } = marker;
  const written = text.slice(0, length);
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
      state.struck = "yes";
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
  const word = isWord(text.slice(marker.length, marker.length + 1), state);
  if (word !== "if nothing follows") return word;
  if (rest === "more to come") return "undecided";
  return marker.type === "opening" || marker.type === "closing" ? "yes" : "no";
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

/** Tags around an answer are not shown where it follows a thought; elsewhere they are an answer in XML. */
function wrap({ tag }: { tag: string }, written: string, state: SpeechState): number {
  const opens = tag === "opening" && state.said === "nothing" && state.thoughts === "some";
  const closes = tag === "closing" && state.wrapped === "yes";
  if (!opens && !closes) return sayOn(written, state);
  state.wrapped = opens ? "yes" : "no";
  return written.length;
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

function blanksOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** Takes from a thought, to what closes it. */
function takeThought(text: string, thought: OpenThought, state: SpeechState, rest: Rest): number | null {
  const of_words = thought.name.startsWith("words");
  const at = text.search(of_words ? /[<[\]◁a]/ : /[<[\]◁]/);
  if (at !== 0) return think(at < 0 ? text : text.slice(0, at), thought, state);
  const marker = of_words && text.startsWith("a") ? readNextWords(text, rest) : readMarker(text, rest);
  if (marker === "undecided") return null;
  if (marker && (of_words || thought.name === "channel") && endsMessage(marker, text)) {
    closeThought(thought, state);
    return 0;
  }
  const same = (marker?.type === "opening" || marker?.type === "closing") && marker.name === thought.name;
  if (marker === null || !same) return think(text.slice(0, 1), thought, state);
  return marker.type === "opening"
    ? nest(marker, text, thought, state, rest)
    : unnest(marker, thought, state);
}

/** Thoughts stand in thoughts, and a thought may mention its own tag. */
function nest(
  { length }: Marker,
  text: string,
  thought: OpenThought,
  state: SpeechState,
  rest: Rest,
): number | null {
  const word = isWord(text.slice(length, length + 1), state);
  if (word === "if nothing follows" && rest === "more to come") return null;
  if (word === "no") {
    thought.depth += 1;
    if (!beginsSentence(state)) thought.nested = "perhaps";
  }
  return think(text.slice(0, length), thought, state);
}

function unnest({ length }: Marker, thought: OpenThought, state: SpeechState): number {
  thought.depth -= 1;
  if (thought.depth === 0) closeThought(thought, state);
  else if (thought.nested === "perhaps" && thought.doubtful === null) {
    thought.doubtful = "";
    thought.marker = "";
  }
  return length;
}

/** What ends a thought of gpt-oss is the beginning of what follows. */
function endsMessage(marker: Marker, text: string): boolean {
  switch (marker.type) {
    case "role":
    case "channel":
      return true;
    case "end":
      return marker.counts === "anywhere";
    case "call":
      return text.startsWith("<|") || text.startsWith("assistant");
    default:
      return false;
  }
}
