// Server-sent events out of a stream of text, as the HTML standard writes them.

export interface Frame {
  type: "frame";
  /** The event's seq. */
  id: number;
  event: string;
  data: string;
}
export type Piece = Frame | { type: "comment"; text: string };

/** Gives the pieces that are complete with this text. A frame whose id is no number is left out. */
export type FrameParser = (text: string) => Piece[];

export function createFrameParser(): FrameParser {
  let rest = "";
  let lines: string[] = [];

  return (text) => {
    rest += text;
    const pieces: Piece[] = [];
    for (;;) {
      // A return at the end may have its newline still to come.
      const end = /\r\n|\n|\r(?=[^])/.exec(rest);
      if (!end) return pieces;
      const line = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      if (line.startsWith(":")) pieces.push({ type: "comment", text: withoutSpace(line.slice(1)) });
      else if (line !== "") lines.push(line);
      else {
        const frame = frameOf(lines);
        if (frame) pieces.push(frame);
        lines = [];
      }
    }
  };
}

function frameOf(lines: readonly string[]): Frame | null {
  const found = { id: "", event: "message" };
  const data: string[] = [];
  for (const line of lines) {
    const [, name = line, value = ""] = /^([^:]*):(.*)$/s.exec(line) ?? [];
    if (name === "data") data.push(withoutSpace(value));
    if (name === "id" || name === "event") found[name] = withoutSpace(value);
  }
  if (data.length === 0 || !/^[1-9]\d*$/.test(found.id)) return null;
  return { type: "frame", id: Number(found.id), event: found.event || "message", data: data.join("\n") };
}

function withoutSpace(value: string): string {
  return value.startsWith(" ") ? value.slice(1) : value;
}
