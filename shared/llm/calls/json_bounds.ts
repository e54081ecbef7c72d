// Where the JSON values in a text end, while the text is still growing. Every character is looked at once
// and nothing is parsed, so that arguments which come one token at a time cost no more than their length.

export interface JsonBounds {
  push(text: string): void;
  /** True where an object, a list or a text has ended and no other is open. */
  readonly whole: boolean;
  /** Where each of them ended: the offset right behind it. */
  readonly ends: readonly number[];
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPENERS, CLOSERS] = [[0x7b, 0x5b], [0x7d, 0x5d]];

/** Bounds of a text of which nothing has come yet. */
export function createJsonBounds(): JsonBounds {
  const ends: number[] = [];
  let offset = 0;
  let depth = 0;
  let place: "between" | "in text" | "after backslash" = "between";

  function take(code: number) {
    if (place === "after backslash") {
      place = "in text";
    } else if (place === "in text") {
      if (code === BACKSLASH) place = "after backslash";
      else if (code === QUOTE) {
        place = "between";
        if (depth === 0) ends.push(offset);
      }
    } else if (code === QUOTE) {
      place = "in text";
    } else if (OPENERS.includes(code)) {
      depth += 1;
    } else if (CLOSERS.includes(code) && depth > 0) {
      depth -= 1;
      if (depth === 0) ends.push(offset);
    }
  }

  return {
    ends,
    get whole() {
      return ends.length > 0 && depth === 0 && place === "between";
    },
    push(text) {
      for (let at = 0; at < text.length; at++) {
        offset += 1;
        take(text.charCodeAt(at));
      }
    },
  };
}

/** The text cut behind each of its JSON values; what follows the last one is a part of its own. */
export function splitJson(text: string): string[] {
  const bounds = createJsonBounds();
  bounds.push(text);
  const parts = bounds.ends.map((end, at) => text.slice(bounds.ends[at - 1] ?? 0, end));
  const rest = text.slice(bounds.ends.at(-1) ?? 0);
  return rest.trim() === "" ? parts : [...parts, rest];
}
