// Reads JSON out of prose, and what is left of JSON that was cut to fit a budget.
import type { Json } from "../../../shared/contracts/text.ts";

/** Every JSON object and array that stands in a text, outermost first, and the text without them. */
export function splitJson(text: string): { values: Json[]; prose: string } {
  const values: Json[] = [];
  let prose = "";
  let at = 0;
  while (at < text.length) {
    const start = text.slice(at).search(/\{\s*"|\{\s*\}|\[\s*[{["\]\d]/);
    if (start < 0) break;
    prose += text.slice(at, at + start);
    const reader = new LenientReader(text, at + start);
    values.push(reader.value() ?? null);
    at = reader.position;
  }
  return { values, prose: prose + text.slice(at) };
}

const LITERALS: Record<string, Json> = { true: true, false: false, null: null };

/** A JSON reader that closes whatever the end of the text, or a cut inside it, left open. */
class LenientReader {
  constructor(private readonly text: string, public position: number) {}

  /** The value that starts here; undefined where none does. */
  value(): Json | undefined {
    this.#space();
    const first = this.text[this.position];
    if (first === "{") return this.#object();
    if (first === "[") return this.#array();
    if (first === '"') return this.#string();
    const literal = /^(-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false|null)/.exec(
      this.text.slice(this.position, this.position + 40),
    )?.[0];
    if (literal === undefined) return undefined;
    this.position += literal.length;
    return LITERALS[literal] === undefined ? Number(literal) : LITERALS[literal];
  }

  #object(): Json {
    const entries: [string, Json][] = [];
    this.position++;
    for (;;) {
      this.#space();
      if (this.text[this.position] !== '"') break;
      const key = this.#string();
      this.#space();
      if (this.text[this.position] !== ":") break;
      this.position++;
      const value = this.value();
      if (value === undefined) break;
      entries.push([key, value]);
      this.#space();
      if (this.text[this.position] !== ",") break;
      this.position++;
    }
    this.#close("}");
    return Object.fromEntries(entries);
  }

  #array(): Json {
    const items: Json[] = [];
    this.position++;
    for (;;) {
      const value = this.value();
      if (value === undefined) break;
      items.push(value);
      this.#space();
      if (this.text[this.position] !== ",") break;
      this.position++;
    }
    this.#close("]");
    return items;
  }

  #string(): string {
    let end = this.position + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === "\\" ? 2 : 1;
    const raw = this.text.slice(this.position + 1, end);
    this.position = Math.min(end + 1, this.text.length);
    try {
      return String(JSON.parse(`"${raw}"`));
    } catch {
      return raw;
    }
  }

  #close(bracket: string): void {
    this.#space();
    if (this.text[this.position] === bracket) this.position++;
  }

  #space(): void {
    while (/\s/.test(this.text[this.position] ?? "")) this.position++;
  }
}
