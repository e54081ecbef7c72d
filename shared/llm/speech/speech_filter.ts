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
import { readBareCall } from "./bare_call.ts";
import { follow } from "./follow_marker.ts";
import { readFirstWords, readNextWords, readRoleWord } from "./harmony.ts";
import type { Reading, Rest } from "./markers.ts";
import { readFence, readMarker } from "./read_marker.ts";
import { newSpeech, pass, say, sayOn, type SpeechPiece, type SpeechState } from "./speech_state.ts";
import { takeThought } from "./take_thought.ts";

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
      // What was in doubt may hold another tag that is in doubt; each is shorter than the one around it.
      for (let { thought } = state; thought && thought.doubtful !== null; { thought } = state) {
        state.thought = null;
        state.tail = thought.tail;
        if (thought.marker === "" && state.said === "nothing") state.blanks = "dropped";
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

/** What only the beginning of a text can be, or what stands behind the end of a message. */
function readFirst(text: string, state: SpeechState, rest: Rest): Reading {
  if (state.ended) return readRoleWord(text, rest);
  if (state.said === "something") return null;
  const word = readRoleWord(text, rest);
  if (word !== null && word !== "undecided") return word;
  return readFirstWords(text, rest) ?? readBareCall(text, rest, state.offered) ?? word;
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

function blanksOf(text: string): number {
  return text.length - text.trimStart().length;
}
