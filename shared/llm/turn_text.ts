// What a model says and what it thinks in one turn, out of the pieces of its stream. Pure.
import type { ModelEvent } from "../contracts/model.ts";
import { createMarkupFilter } from "./leaked_markup.ts";
import { createTextCleaner } from "./text_cleaner.ts";
import { LIMITS } from "./wire_limits.ts";

export type Delta = Extract<ModelEvent, { type: "text_delta" | "reasoning_delta" | "tool_call_started" }>;

export interface TurnText {
  /** Everything of it that was given as deltas. */
  readonly text: string;
  /** Takes one piece in and gives the deltas it makes; null once there is more than a turn may have. */
  push(piece: string): Delta[] | null;
  /** What was held back, at the end. */
  flush(): Delta[];
}

/** What the model says. `leaked` tells that it wrote a tool call as text. */
export function createSpoken(): TurnText & { readonly leaked: boolean } {
  const cleaner = createTextCleaner();
  const markup = createMarkupFilter();
  let text = "";
  let leading_blank = "";
  let length = 0;

  /** Blank text is held back until something follows: a turn of nothing but blanks is no answer. */
  function show(visible: string): Delta[] {
    if (visible === "") return [];
    if (text === "" && visible.trim() === "") {
      leading_blank += visible;
      return [];
    }
    const shown = leading_blank + visible;
    leading_blank = "";
    text += shown;
    return [{ type: "text_delta", text: shown }];
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
      return length > LIMITS.text ? null : show(markup.push(cleaner.push(piece)));
    },
    flush: () => [...show(markup.push(cleaner.flush())), ...show(markup.flush())],
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
