// What a model says and what it thinks in one turn, out of the pieces of its stream. Pure.
import { assertNever } from "../contracts/errors.ts";
import type { ModelEvent } from "../contracts/model.ts";
import { isBlank } from "../contracts/text.ts";
import { createThinkingFilter, type TextPiece } from "./inline_thinking.ts";
import { createMarkupFilter } from "./leaked_markup.ts";
import { createTextCleaner } from "./text_cleaner.ts";
import { LIMITS } from "./wire_limits.ts";

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

/** What the model says. What it thinks in the middle of that goes to `thought`. `leaked`: it wrote a tool call as text. */
export function createSpoken(thought: TurnText): TurnText & { readonly leaked: boolean } {
  const cleaner = createTextCleaner();
  const thinking = createThinkingFilter();
  const markup = createMarkupFilter();
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
    const all = text + markup.flush();
    const withdrawn: Delta[] = text === "" ? [] : [{ type: "text_withdrawn" }];
    text = leading_blank = "";
    const deltas = thought.push(all);
    return deltas && [...withdrawn, ...deltas];
  }

  function tellPiece(piece: TextPiece): Delta[] | null {
    switch (piece.type) {
      case "said":
        return show(markup.push(piece.text));
      case "thought":
        return thought.push(piece.text);
      case "all thought":
        return withdraw();
      default:
        return assertNever(piece);
    }
  }

  /** Null once it thinks more than it may. */
  function tell(pieces: TextPiece[]): Delta[] | null {
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
      return markup.leaked;
    },
    push(piece) {
      length += piece.length;
      return length > LIMITS.text ? null : tell(thinking.push(cleaner.push(piece)));
    },
    flush() {
      const last = tell([...thinking.push(cleaner.flush()), ...thinking.flush()]) ?? [];
      return [...last, ...show(markup.flush())];
    },
  };
}

/** What the model thinks, where the host shows it. */
export function createThought(): TurnText {
  const cleaner = createTextCleaner();
  let text = "";

  function think(thought: string): Delta[] {
    text += thought;
    return thought === "" ? [] : [{ type: "reasoning_delta", text: thought }];
  }

  return {
    get text() {
      return text;
    },
    push: (piece) => text.length + piece.length > LIMITS.reasoning ? null : think(cleaner.push(piece)),
    flush: () => think(cleaner.flush()),
  };
}
