// What goes to the database, as JSON that it takes and gives back as it is.
import { cleanText, type Json } from "./text.ts";

/**
 * The value as JSON would have it, with every string and key cleaned and without what is undefined, in one walk.
 * Throws for what JSON does not have: such a value is a fault of ours.
 */
export function storableJson(value: unknown): Json {
  switch (typeof value) {
    case "string":
      return cleanText(value);
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item) => item === undefined ? null : storableJson(item));
      return storableObject(value);
    default:
      throw new TypeError(`Cannot store a value: JSON has no ${typeof value}`);
  }
}

function storableObject(value: object): { [key: string]: Json } {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`Cannot store a value: JSON has no ${value.constructor.name}`);
  }
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) entries.push([cleanText(key), storableJson(item)]);
  }
  return Object.fromEntries(entries);
}
