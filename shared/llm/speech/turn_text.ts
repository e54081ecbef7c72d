// What a model says and what it thinks in one turn, out of the pieces of its stream. Pure.
import { assertNever } from "../../contracts/errors.ts";
import type { ModelEvent } from "../../contracts/model.ts";
import { isBlank } from "../../contracts/text.ts";
import { createSpeechFilter, SPECIAL_CHARACTERS } from "./speech_filter.ts";
import type { SpeechPiece } from "./speech_state.ts";
import { createTextCleaner, MAY_NEED_CLEANING } from "./text_cleaner.ts";
import { LIMITS } from "../wire/wire_limits.ts";

export type Delta = Extract<
  ModelEvent,
  { type: "text_delta" | "text_withdrawn" | "reasoning_delta" | "tool_call_started" }
>;

export interface TurnText {
  /** Everything of it that was given as deltas. */
  readonly text: string;
  /** Takes one piece in and gives the deltas it makes; null once there is more than a turn may have. */
  push(piece: string): Delta[] | null;
  /** What was held back, at the end. */
  flush(): Delta[];
}

/** One look at a piece tells whether it needs another: most have none of these. */
const SPECIAL = new RegExp(`[${MAY_NEED_CLEANING}${SPECIAL_CHARACTERS}]`);

/** What the model says, without markup. `leaked`: it wrote a tool call as text. */
export type Spoken = TurnText & { readonly leaked: boolean };

/**
 * What the model says. What it thinks in the middle of that goes to `thought`. `offered`: the names of its tools.
 */
export function createSpoken(thought: Thought, offered: readonly string[] = []): Spoken {
  const cleaner = createTextCleaner();
  const speech = createSpeechFilter(offered);
  let text = "";
  let leading_blank = "";
  let length = 0;

  /** Blank text is held back until something follows: a turn of nothing but blanks is no answer. */
  function show(visible: string): Delta[] {
    if (visible === "") return [];
    if (text === "" && isBlank(visible)) {
      leading_blank += visible;
      return [];
    }
    const shown = leading_blank + visible;
    leading_blank = "";
    text += shown;
    return [{ type: "text_delta", text: shown }];
  }

  /** What was said so far is what it thought. */
  function withdraw(): Delta[] | null {
    const deltas = thought.pushInline(leading_blank + text);
    const withdrawn: Delta[] = text === "" ? [] : [{ type: "text_withdrawn" }];
    text = leading_blank = "";
    return deltas && [...withdrawn, ...deltas];
  }

  function tellPiece(piece: SpeechPiece): Delta[] | null {
    switch (piece.type) {
      case "said":
        return show(piece.text);
      case "thought":
        // What stands before a thought that begins the text is no beginning of the answer.
        if (text === "") leading_blank = "";
        return thought.pushInline(piece.text);
      case "all thought":
        return withdraw();
      default:
        return assertNever(piece);
    }
  }

  /** Null once it thinks more than it may. */
  function tell(pieces: SpeechPiece[]): Delta[] | null {
    const deltas: Delta[] = [];
    for (const piece of pieces) {
      const more = tellPiece(piece);
      if (more === null) return null;
      deltas.push(...more);
    }
    return deltas;
  }

  return {
    get text() {
      return text;
    },
    get leaked() {
      return speech.leaked;
    },
    push(piece) {
      length += piece.length;
      if (length > LIMITS.text) return null;
      const ordinary = !cleaner.waits && !SPECIAL.test(piece) && speech.passes(piece);
      return ordinary ? show(piece) : tell(speech.push(cleaner.push(piece)));
    },
    flush: () => tell([...speech.push(cleaner.flush()), ...speech.flush()]) ?? [],
  };
}

/** What the model thinks: what the host tells apart, and what stands in the middle of the text. */
export interface Thought extends TurnText {
  /** Takes in what stood in the text. A host that tells it apart as well is not taken at its word twice. */
  pushInline(piece: string): Delta[] | null;
}

/** What the model thinks, where the host shows it. */
export function createThought(): Thought {
  const cleaner = createTextCleaner();
  const heard = { apart: "", inline: "" };
  let text = "";

  function think(thought: string): Delta[] {
    text += thought;
    return thought === "" ? [] : [{ type: "reasoning_delta", text: thought }];
  }

  /** What one side tells that the other side has told already is no news. */
  function hear(side: "apart" | "inline", piece: string): Delta[] | null {
    if (text.length + piece.length > LIMITS.reasoning) return null;
    const other = heard[side === "apart" ? "inline" : "apart"];
    heard[side] += piece;
    if (other === "") return think(piece);
    return other.trim().startsWith(heard[side].trim()) ? [] : think(piece);
  }

  return {
    get text() {
      return text;
    },
    push: (piece) => hear("apart", cleaner.push(piece)),
    pushInline: (piece) => hear("inline", piece),
    flush: () => hear("apart", cleaner.flush()) ?? [],
  };
}
