// Server-sent events out of a stream of text, as the HTML standard writes them.
import { connectionError } from "./client_error.ts";
import { positionOf } from "./position.ts";

export interface Frame {
  type: "frame";
  /** Its place in the run's stream. */
  at: number;
  event: string;
  data: string;
}
export type Piece = Frame | { type: "comment"; text: string };

/**
 * Gives the pieces that are complete with this text; a frame whose id is no position is left out. No text is the end,
 * and throws in the middle of a frame.
 */
export type FrameParser = (text?: string) => Piece[];

export function createFrameParser(): FrameParser {
  let rest = "";
  return (text) => {
    if (text === undefined && rest) throw connectionError("The stream was cut off.");
    const pieces: Piece[] = [];
    // A return at the end may have its newline still to come.
    rest = `${rest}${text ?? ""}`.replace(/([^]*?)(?:\r\n|\n|\r(?=[^\n])){2}/gy, (_all, block: string) => {
      pieces.push(...piecesIn(block));
      return "";
    });
    return pieces;
  };
}

function piecesIn(block: string): Piece[] {
  const pieces: Piece[] = [];
  const data: string[] = [];
  let at = NaN;
  let event = "";
  for (const line of block.split(/\r\n|\r|\n/)) {
    const [, name = line, value = ""] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
    if (line && !name) pieces.push({ type: "comment", text: value });
    if (name === "data") data.push(value);
    if (name === "id") at = positionOf(value);
    if (name === "event") event = value;
  }
  if (at >= 0 && data.length > 0) {
    pieces.push({ type: "frame", at, event: event || "message", data: data.join("\n") });
  }
  return pieces;
}
