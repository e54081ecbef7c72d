// What the text of a frame may hold, as JSON values that are told apart by hand: a schema costs more than the
// whole rest of reading a frame does, and there is one for every token.
import type { Json } from "../../contracts/text.ts";

export type Fields = { readonly [key: string]: Json };

/** The JSON value that a text is. Errors: SyntaxError, where it is none. */
export function parseFrame(text: string): Json {
  return JSON.parse(text);
}

export function isFields(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text that a field holds; empty for everything else. */
export function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Whether a value nests deeper than so many levels: what calls itself for every level may not come upon it. */
export function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
