// Server-sent events out of a stream of text, as the HTML standard writes them.
import { connectionError } from "./client_error.ts";
import { positionOf } from "./position.ts";

/** A frame, or what says nothing of the run, such as a comment that keeps the connection open. */
export interface Piece {
  /** As it was sent, without the empty line behind it. */
  text: string;
  /** A frame's place in the run's stream; NaN where it is none, and then there are no event and data. */
  at: number;
  event: string;
  data: string;
}

/**
 * Gives the pieces that are complete with this text; a frame whose id is no position is left out. No text is the end,
 * and throws in the middle of a frame.
 */
export type FrameParser = (text?: string) => Piece[];

export function createFrameParser(): FrameParser {
  let rest = "";
  return (text) => {
    if (text === undefined && rest) throw connectionError("The stream was cut off.");
    // A return at the end may have its newline still to come.
    const blocks = `${rest}${text ?? ""}`.split(/(?:\r\n|\n|\r(?=[^\n])){2}/);
    rest = blocks.pop() ?? "";
    return blocks.flatMap(pieceOf);
  };
}

function pieceOf(text: string): Piece[] {
  const data: string[] = [];
  let at = NaN;
  let event = "";
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [name = ""] = line.split(":", 1);
    const value = line.slice(name.length).replace(/^: ?/, "");
    if (name === "data") data.push(value);
    if (name === "id") at = positionOf(value);
    if (name === "event") event = value;
  }
  if (data.length === 0) return [{ text, at: NaN, event: "", data: "" }];
  return at >= 0 ? [{ text, at, event: event || "message", data: data.join("\n") }] : [];
}
