// Words from anywhere for a terminal: one line, and nothing in it that a terminal obeys.
import { clipped } from "./style.ts";

/** What moves a cursor, colours, rings or turns the direction of writing. */
// deno-lint-ignore no-control-regex -- these characters are what this is for
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text in one line of at most so many columns. */
export function plainWords(text: string, width: number): string {
  return clipped(text.replace(/[\s\u2028\u2029]+/g, " ").replace(OBEYED, "").toWellFormed().trim(), width);
}
