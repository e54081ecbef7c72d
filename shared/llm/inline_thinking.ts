// Some hosts pass a model's thinking on inside its text, between tags such as `<think>` and `</think>`. It is neither
// shown nor stored as what the model said, but as what it thought.
//
// - Tags in code, that is between backticks or in a fence, are text: somebody explains them.
// - Elsewhere an opening tag begins a thought, and the closing tag of the same name ends it.
// - A thought that is never closed is one all the same where it begins the text, a line or a sentence. In the middle of
//   a sentence its tag was only mentioned: it is text, with all that follows.
// - A closing tag that closes nothing, at the end of a line or of a sentence, ends a thought that began the text: there
//   are hosts that keep the opening tag to themselves. Elsewhere it is dropped.
import { readThinkingTag } from "./thinking_tags.ts";

/** A piece of a text: what was said, or what was thought on the way; `all thought`: so was what was said before it. */
export type TextPiece = { type: "said" | "thought"; text: string } | { type: "all thought" };

export interface ThinkingFilter {
  /** What is certain now, in its order. */
  push(text: string): TextPiece[];
  /** What was held back. */
  flush(): TextPiece[];
}

interface State {
  pieces: TextPiece[];
  /** The thought under way: the name and the text of its tag. One in the middle of a sentence is in `doubtful`. */
  open: { name: string; tag: string; begins: "a sentence" | "inside of one" } | null;
  doubtful: string;
  /** How many backticks opened the code that the text is in; 0 outside. */
  ticks: number;
  /** The end of the line so far, to tell where a sentence begins. */
  tail: string;
  /** Blanks between a thought that began the text and the answer are dropped. */
  blanks: "said" | "dropped";
  said: "nothing" | "something";
  thought: "nothing" | "something";
}

/** A filter for one text. The same text gives the same result however it is cut. */
export function createThinkingFilter(): ThinkingFilter {
  const state: State = {
    pieces: [],
    open: null,
    doubtful: "",
    ticks: 0,
    tail: "",
    blanks: "said",
    said: "nothing",
    thought: "nothing",
  };
  let held = "";

  function taken(): TextPiece[] {
    const { pieces } = state;
    state.pieces = [];
    return pieces;
  }

  return {
    push(text) {
      let rest = held + text;
      for (let length = 1; length > 0 && rest !== ""; rest = rest.slice(length)) {
        length = state.open ? takeThought(rest, state) : takeSaid(rest, state);
      }
      held = rest;
      return taken();
    },
    flush() {
      const { open, doubtful } = state;
      if (open?.begins === "inside of one") say(open.tag + doubtful + held, state);
      else if (open) add("thought", held, state);
      else say(held, state);
      held = state.doubtful = "";
      return taken();
    },
  };
}

/** Takes from the text outside of thoughts, and tells how many characters; 0 where more has to come first. */
function takeSaid(rest: string, state: State): number {
  const at = rest.search(/[<[◁`\n]/);
  if (at !== 0) return say(at < 0 ? rest : rest.slice(0, at), state);
  if (rest.startsWith("`")) return takeTicks(rest, state);
  if (rest.startsWith("\n")) {
    // Code in one or two backticks ends with its line, for a backtick may be a mere character.
    if (state.ticks < 3) state.ticks = 0;
    return say("\n", state);
  }
  const tag = state.ticks > 0 ? null : readThinkingTag(rest);
  if (tag === null) return say(rest.slice(0, 1), state);
  if (tag === "undecided") return 0;
  const { name, length } = tag;
  if (tag.type === "opening") {
    const begins = beginsSentence(state) ? "a sentence" : "inside of one";
    state.open = { name, tag: rest.slice(0, length), begins };
    state.thought = "something";
  } else if (state.said === "something" && state.thought === "nothing" && beginsSentence(state)) {
    state.pieces.push({ type: "all thought" });
    Object.assign(state, { said: "nothing", thought: "something", blanks: "dropped", tail: "" });
  }
  return length;
}

/** Takes from a thought, to its closing tag. */
function takeThought(rest: string, state: State): number {
  const at = rest.search(/[<[◁]/);
  if (at !== 0) return think(at < 0 ? rest : rest.slice(0, at), state);
  const tag = readThinkingTag(rest);
  if (tag === "undecided") return 0;
  if (tag?.type !== "closing" || tag.name !== state.open?.name) return think(rest.slice(0, 1), state);
  add("thought", state.doubtful, state);
  state.doubtful = "";
  state.open = null;
  if (state.said === "nothing") state.blanks = "dropped";
  return tag.length;
}

/** A run of backticks begins code, or ends what a run as long began; a fence may be ended by a longer one. */
function takeTicks(rest: string, state: State): number {
  const run = /^`+/.exec(rest)?.[0] ?? "";
  if (run.length === rest.length) return 0;
  const { ticks } = state;
  if (ticks === 0) state.ticks = run.length;
  else if (run.length === ticks || (ticks >= 3 && run.length > ticks)) state.ticks = 0;
  return say(run, state);
}

function think(thought: string, state: State): number {
  if (state.open?.begins === "inside of one") state.doubtful += thought;
  else add("thought", thought, state);
  return thought.length;
}

function say(text: string, state: State): number {
  const shown = state.blanks === "dropped" ? text.trimStart() : text;
  if (shown.trim() !== "") Object.assign(state, { said: "something", blanks: "said" });
  state.tail = shown.endsWith("\n") ? "" : (state.tail + shown).slice(-TAIL);
  add("said", shown, state);
  return text.length;
}

function add(type: "said" | "thought", text: string, { pieces }: State): void {
  const last = pieces.at(-1);
  if (last && last.type !== "all thought" && last.type === type) last.text += text;
  else if (text !== "") pieces.push({ type, text });
}

const TAIL = 32;

/** At the beginning of a line, or after the end of a sentence. */
function beginsSentence({ tail }: State): boolean {
  return /(?:^|[.!?…。！？]["'”’)*_]*)\s*$/.test(tail);
}
