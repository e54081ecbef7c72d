// Where things stand in the text of a TOML file, so that it can be edited and keep its comments, its order and its line
// ends. Only for texts that a parser has taken: what no parser takes is not looked for.

export interface Statement {
  kind: "table" | "array_of_tables" | "pair";
  /** The whole path, that of the table included. */
  path: string[];
  start: number;
  end: number;
  /** Of a pair, where its value begins. */
  value: number;
}

/** Every header and every pair of a text, in its order. */
export function statements(text: string): Statement[] {
  const found: Statement[] = [];
  let table: string[] = [];
  for (let at = skipBlank(text, 0); at < text.length; at = skipBlank(text, at)) {
    const start = at;
    const brackets = /^\[{0,2}/.exec(text.slice(at, at + 2))?.[0].length ?? 0;
    const key = readKey(text, at + brackets);
    if (brackets > 0) {
      table = key.path;
      at = key.end + brackets;
      found.push({
        kind: brackets === 1 ? "table" : "array_of_tables",
        ...{ path: table, start, end: at, value: at },
      });
    } else {
      const value = skipSpace(text, key.end + 1);
      at = endOfValue(text, value);
      found.push({ kind: "pair", path: [...table, ...key.path], start, end: at, value });
    }
  }
  return found;
}

export interface Element {
  start: number;
  end: number;
  /** Where the comma after it stands, if there is one. */
  comma: number | null;
}

/** The elements of the array whose value begins at `start`. */
export function elements(text: string, start: number): Element[] {
  const found: Element[] = [];
  let at = skipBlank(text, start + 1);
  while (text[at] !== "]") {
    const end = endOfValue(text, at);
    const next = skipBlank(text, end);
    const comma = text[next] === "," ? next : null;
    found.push({ start: at, end, comma });
    at = comma === null ? next : skipBlank(text, comma + 1);
  }
  return found;
}

/** The place after blanks, line ends and comments. */
export function skipBlank(text: string, at: number): number {
  return at + (/^(?:\s|#[^\n]*)*/.exec(text.slice(at))?.[0].length ?? 0);
}

function skipSpace(text: string, at: number): number {
  return at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
}

/** A key of one part or more; `end` is after the blanks that follow it. */
function readKey(text: string, start: number): { path: string[]; end: number } {
  const path: string[] = [];
  let at = skipSpace(text, start);
  for (;;) {
    const [part = ""] = /^(?:[\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')/.exec(text.slice(at)) ?? [];
    if (part === "") throw new Error(`Cannot scan the text: there is no key at ${at}`);
    path.push(plainKey(part));
    at = skipSpace(text, at + part.length);
    if (text[at] !== ".") return { path, end: at };
    at = skipSpace(text, at + 1);
  }
}

function plainKey(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  if (!part.startsWith('"')) return part;
  // Keys of TOML escape as JSON does, but for code points of eight digits.
  return JSON.parse(
    part.replaceAll(/\\U([0-9a-fA-F]{8})/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16))),
  );
}

const STRING = /^(?:"""(?:\\[^]|[^\\])*?"{3,5}(?!")|'''[^]*?'{3,5}(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*')/;

function endOfValue(text: string, start: number): number {
  const string = STRING.exec(text.slice(start));
  if (string) return start + string[0].length;
  if (text[start] !== "[" && text[start] !== "{") {
    return start + (/^[^,=#"'[\]{}\n]*[^,=#"'[\]{}\s]/.exec(text.slice(start))?.[0].length ?? 0);
  }
  let at = start + 1;
  while (at < text.length && text[at] !== "]" && text[at] !== "}") {
    const next = skipBlank(text, at);
    if (next > at) at = next;
    else if (/[,=.]/.test(text[at] ?? "")) at += 1;
    else at = Math.max(at + 1, endOfValue(text, at));
  }
  return at + 1;
}
