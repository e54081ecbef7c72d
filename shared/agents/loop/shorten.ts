// Makes a JSON value small enough for a prompt without breaking it: lists lose items from their end and say so,
// long texts are cut. Half a JSON text would teach a model wrong facts; a shorter one that admits it does not.
import type { Json } from "../../contracts/text.ts";
import { preview } from "../../contracts/text.ts";

const SHORTEST_TEXT = 40;
const CUT_NOTE = "cut to fit";

/**
 * The value itself when `fits` takes it, else the largest shorter form that it takes: texts are cut to ever
 * fewer characters and lists to ever fewer items. What is left at the end is a note.
 */
export function shorten(value: Json, fits: (value: Json) => boolean): Json {
  if (fits(value)) return value;
  for (const { items, chars } of STEPS) {
    const shorter = cut(value, items, chars);
    if (fits(shorter)) return shorter;
  }
  return CUT_NOTE;
}

/** A text, or as much of its beginning as `fits` takes, roughly, with an ellipsis. */
export function shortenText(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  for (let length = text.length; length > SHORTEST_TEXT;) {
    length = Math.max(SHORTEST_TEXT, Math.floor(length * 0.8));
    const shorter = preview(text, length);
    if (fits(shorter)) return shorter;
  }
  return CUT_NOTE;
}

const STEPS = [
  { items: 50, chars: 300 },
  { items: 20, chars: 120 },
  { items: 12, chars: 80 },
  { items: 8, chars: 80 },
  { items: 5, chars: 80 },
  { items: 3, chars: SHORTEST_TEXT },
  { items: 1, chars: SHORTEST_TEXT },
  { items: 0, chars: SHORTEST_TEXT },
];

function cut(value: Json, items: number, chars: number): Json {
  if (typeof value === "string") return preview(value, chars);
  if (Array.isArray(value)) {
    const kept = value.slice(0, items).map((item) => cut(item, items, chars));
    return kept.length === value.length ? kept : [...kept, `${CUT_NOTE}: ${value.length - kept.length} more`];
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item, items, chars)]));
  }
  return value;
}
