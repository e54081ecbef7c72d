// Makes a JSON value small enough for a prompt without breaking it, and never in silence: lists say which of their items
// are left out, long texts how much of them is there, and the value itself how the rest is to be had. Half a JSON text
// would teach a model wrong facts; a shorter one that admits it does not.
import type { Json } from "../../contracts/text.ts";
import { preview } from "../../contracts/text.ts";

/** What is left of what does not fit at all. */
const CUT_NOTE = "cut to fit";
const SHORTEST_TEXT = 40;

/** Texts above so many characters say how long they were; shorter ones end with an ellipsis. */
const TOLD_LENGTH = 200;

/**
 * The value itself when `fits` takes it, else nearly the largest shorter form that it takes: long texts are cut first,
 * then lists from their end, then both further. `rest` tells how what is missing is to be had. What is left at the end is
 * a note.
 */
export function shorten(value: Json, fits: (value: Json) => boolean, rest: string): Json {
  if (fits(value)) return value;
  const form = (bounds: Bounds) => {
    const shorter = told(cut(value, bounds), rest);
    return fits(shorter) ? shorter : null;
  };
  for (const { least, most } of STAGES) {
    const worst = form(least);
    if (worst !== null) return largest(least, most(value), form) ?? worst;
  }
  return CUT_NOTE;
}

/** A text, or as much of its beginning as `fits` takes, roughly, with a note. */
export function shortenText(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  for (let length = text.length; length > SHORTEST_TEXT;) {
    length = Math.max(SHORTEST_TEXT, Math.floor(length * 0.8));
    const shorter = `${preview(text, length)} (${CUT_NOTE})`;
    if (fits(shorter)) return shorter;
  }
  return CUT_NOTE;
}

/** The most items of a list, and the most characters of a text. */
interface Bounds {
  items: number;
  chars: number;
}

/** One bound at a time gets tighter, each stage from where the one before it ends. */
const STAGES: { least: Bounds; most(value: Json): Bounds }[] = [
  { least: { items: Infinity, chars: 300 }, most: (value) => ({ items: Infinity, chars: longestIn(value) }) },
  { least: { items: 10, chars: 300 }, most: (value) => ({ items: longestListIn(value), chars: 300 }) },
  { least: { items: 10, chars: 80 }, most: () => ({ items: 10, chars: 300 }) },
  { least: { items: 0, chars: SHORTEST_TEXT }, most: () => ({ items: 10, chars: SHORTEST_TEXT }) },
];

/** The largest form between two bounds, the first of which fits. */
function largest(least: Bounds, most: Bounds, form: (bounds: Bounds) => Json | null): Json | null {
  let low = least;
  let high = most;
  let best: Json | null = null;
  for (let tries = 0; tries < 12; tries += 1) {
    const middle = { items: between(low.items, high.items), chars: between(low.chars, high.chars) };
    if (middle.items === low.items && middle.chars === low.chars) break;
    const shorter = form(middle);
    if (shorter === null) high = middle;
    else [low, best] = [middle, shorter];
  }
  return best;
}

function between(low: number, high: number): number {
  return low === high ? low : Math.floor((low + high) / 2);
}

function longestIn(value: Json): number {
  return largestOf(value, (one) => typeof one === "string" ? one.length : 0);
}

function longestListIn(value: Json): number {
  return largestOf(value, (one) => Array.isArray(one) ? one.length : 0);
}

function largestOf(value: Json, size: (value: Json) => number): number {
  const inner = value !== null && typeof value === "object" ? Object.values(value) : [];
  return inner.reduce<number>((most, one) => Math.max(most, largestOf(one, size)), size(value));
}

function cut(value: Json, bounds: Bounds): Json {
  if (typeof value === "string") return cutText(value, bounds.chars);
  if (Array.isArray(value)) {
    const kept = value.slice(0, bounds.items).map((item) => cut(item, bounds));
    return kept.length === value.length ? kept : [...kept, leftOut(kept.length, value.length)];
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item, bounds)]));
  }
  return value;
}

function cutText(text: string, chars: number): string {
  const shorter = preview(text, chars);
  return shorter === text || chars < TOLD_LENGTH
    ? shorter
    : `${shorter} (${shorter.length - 1} of ${text.length} characters)`;
}

function leftOut(kept: number, length: number): string {
  return kept + 1 === length ? `item ${length} is left out` : `items ${kept + 1} to ${length} are left out`;
}

/** How the rest is to be had stands beside what is there. */
function told(value: Json, rest: string): Json {
  if (Array.isArray(value)) return [...value, rest];
  return value !== null && typeof value === "object" ? { ...value, cut: rest } : value;
}
