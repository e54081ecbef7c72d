// Colours and marks for terminals, and plain text for everything else.

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const same = (text: string): string => text;

export const PLAIN: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

export const COLOURS: Style = {
  bold: ansi(1, 22),
  dim: ansi(2, 22),
  red: ansi(31, 39),
  green: ansi(32, 39),
  yellow: ansi(33, 39),
  cyan: ansi(36, 39),
};

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;

/** The spinner's sign at a moment, in milliseconds since the epoch. */
export function spinner(now: number): string {
  return SPINNER[Math.floor(now / FRAME_MS) % SPINNER.length] ?? "⠋";
}

/** The text without colours. */
export function stripped(text: string): string {
  // deno-lint-ignore no-control-regex -- the escape character is what colours begin with
  return text.replace(/\u001b\[\d+m/g, "");
}

/** How many columns a text takes, colours not counted. */
export function widthOf(text: string): number {
  return [...stripped(text)].length;
}

/** The text, padded with spaces to a width. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** The text cut to a width; colours are closed where they were cut open. */
export function clipped(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let left = width - 1;
  let out = "";
  // deno-lint-ignore no-control-regex -- as above
  for (const [piece] of text.matchAll(/\u001b\[\d+m|./gsu)) {
    const colour = piece.startsWith("\u001b");
    if (!colour && left === 0) continue;
    out += !colour && --left === 0 ? `${piece}…` : piece;
  }
  return out;
}

/** The words of a text in lines of at most this width; line breaks stay. */
export function wrapped(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    let current = "";
    for (const word of line.split(/(?<= )/)) {
      if (current !== "" && widthOf(current) + widthOf(word.trimEnd()) > width) {
        lines.push(current.trimEnd());
        current = "";
      }
      current += word;
    }
    return [...lines, current];
  });
}

function ansi(on: number, off: number): (text: string) => string {
  return (text) => text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;
}
