// Inside of a thought: up to the marker that closes it.
import { readNextWords } from "./harmony.ts";
import type { Marker, Rest } from "./markers.ts";
import { readMarker } from "./read_marker.ts";
import {
  beginsSentence,
  closeThought,
  isWord,
  type OpenThought,
  type SpeechState,
  think,
} from "./speech_state.ts";

/** Takes from a thought, to what closes it. */
export function takeThought(
  text: string,
  thought: OpenThought,
  state: SpeechState,
  rest: Rest,
): number | null {
  const of_words = thought.name.startsWith("words");
  const at = text.search(of_words ? /[<[\]◁a]/ : /[<[\]◁]/);
  if (at !== 0) return think(at < 0 ? text : text.slice(0, at), thought, state);
  const marker = of_words && text.startsWith("a") ? readNextWords(text, rest) : readMarker(text, rest);
  if (marker === "undecided") return null;
  if (marker && (of_words || thought.name === "channel") && endsMessage(marker, text)) {
    closeThought(thought, state);
    return 0;
  }
  if (marker?.type !== "opening" && marker?.type !== "closing") {
    return think(text.slice(0, 1), thought, state);
  }
  const { length, name } = marker;
  if (name === thought.name && marker.type === "closing") return unnest(length, thought, state);
  const word = isWord(text.slice(length, length + 1), state);
  if (word === "if nothing follows" && rest === "more to come") return null;
  if (word === "no" && name === thought.name) nest(thought, state);
  // A tag that another one closes: what follows is the answer, unless the right one comes after all.
  else if (word === "no" && marker.type === "closing" && thought.doubtful === null) {
    return doubt(length, thought);
  }
  return think(text.slice(0, length), thought, state);
}

/** A thought stands in a thought; or its tag came twice, or is written in the middle of a sentence. */
function nest(thought: OpenThought, state: SpeechState): void {
  thought.depth += 1;
  if (!beginsSentence(state) || state.tail.trim() === "") thought.nested = "perhaps";
}

function unnest(length: number, thought: OpenThought, state: SpeechState): number {
  thought.depth -= 1;
  if (thought.depth === 0) closeThought(thought, state);
  else if (thought.nested === "perhaps" && thought.doubtful === null) doubt(length, thought);
  return length;
}

/** From here on it is a thought only if it is closed. */
function doubt(length: number, thought: OpenThought): number {
  thought.doubtful = "";
  thought.marker = "";
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
