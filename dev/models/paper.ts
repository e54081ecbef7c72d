// Where the command writes: lines as wide as the terminal, and tables of them.
import { padded, type Style, widthOf, wrapped } from "../terminal/style.ts";

export interface Paper {
  style: Style;
  width: number;
  /** Writes one line. */
  line(text?: string): void;
}

/** Writes a heading. */
export function heading(paper: Paper, text: string): void {
  paper.line();
  paper.line(paper.style.bold(text));
}

/** Writes rows of cells in columns; the last column is wrapped, not cut: what stands there is to be read whole. */
export function columns(paper: Paper, rows: readonly string[][], indent = "  "): void {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))),
  );
  for (const row of rows) {
    const before = row.slice(0, -1).map((cell, at) => padded(cell, (widths[at] ?? 0) + 2)).join("");
    const room = Math.max(20, paper.width - indent.length - widthOf(before));
    const [first = "", ...rest] = wrapped(row.at(-1) ?? "", room).flatMap((line) => broken(line, room));
    paper.line(`${indent}${before}${first}`);
    for (const line of rest) paper.line(`${indent}${" ".repeat(widthOf(before))}${line}`);
  }
}

/** Writes a paragraph. */
export function paragraph(paper: Paper, text: string, indent = ""): void {
  for (const line of wrapped(text, paper.width - indent.length)) paper.line(`${indent}${line}`);
}

/** A line without spaces to wrap it at, in pieces. */
function broken(line: string, room: number): string[] {
  return line.match(new RegExp(`.{1,${room}}`, "gu")) ?? [""];
}
