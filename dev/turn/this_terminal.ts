// The terminal that a command was started in.
import { createAskLine } from "../terminal/ask_line.ts";
import { COLOURS, PLAIN, type Style } from "../terminal/style.ts";
import type { Ask } from "./decide.ts";
import type { Terminal } from "./screen.ts";

/** Where the output is no terminal. */
const PLAIN_COLUMNS = 160;
/** Some terminals do not tell their size. */
const COLUMNS = 100;
const ROWS = 40;

/** One of the two ways out, as something to draw on. */
export function terminalOn(stream: typeof Deno.stdout | typeof Deno.stderr): Terminal {
  const text = new TextEncoder();
  const size = () => stream.isTerminal() ? Deno.consoleSize() : { columns: PLAIN_COLUMNS, rows: ROWS };
  return {
    columns: () => size().columns || COLUMNS,
    rows: () => size().rows || ROWS,
    write: (words) => void stream.writeSync(text.encode(words)),
  };
}

/** With colours where they are seen. */
export function styleFor(stream: typeof Deno.stdout | typeof Deno.stderr): Style {
  return stream.isTerminal() && (Deno.env.get("NO_COLOR") ?? "") === "" ? COLOURS : PLAIN;
}

/** Whoever types, spoken to by `stream`; nobody, where what is typed or shown goes through no terminal. */
export function personAt(stream: typeof Deno.stdout | typeof Deno.stderr, signal: AbortSignal): Ask {
  if (!stream.isTerminal() || !Deno.stdin.isTerminal()) return () => Promise.resolve(null);
  let ask: Ask | undefined;
  // What is typed can be read by one alone: by whoever is the first to ask.
  return (question) =>
    (ask ??= createAskLine(Deno.stdin.readable, terminalOn(stream).write, signal))(question);
}
