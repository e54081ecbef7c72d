// What there was no room for in a prompt, in words.
import { fields, isNumber, isText, listOf, optional } from "../data/guards.ts";

export interface CutNote {
  words: string;
  /** In characters; 0 where nothing of it was sent. */
  from: number;
  to: number;
}

interface Cut {
  what: string;
  seq?: number;
  from: number;
  to: number;
}

const isCuts = listOf(fields<Cut>({ what: isText, seq: optional(isNumber), from: isNumber, to: isNumber }));

const WHAT: Readonly<Record<string, string>> = {
  history: "The conversation's oldest part",
  summary: "The conversation's summary",
  overview: "The overview",
  earlier_results: "Results of earlier steps",
};

/** The cuts of a model call's row; none where it has none. */
export function cutNotes(cuts: unknown): CutNote[] {
  if (!isCuts(cuts)) return [];
  return cuts.map(({ what, seq, from, to }) => ({
    words: seq === undefined
      ? WHAT[what] ?? what.replaceAll("_", " ")
      : `Message ${seq}, its ${what.replaceAll("_", " ")}`,
    from,
    to,
  }));
}
