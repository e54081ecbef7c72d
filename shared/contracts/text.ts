// Text that Postgres and JSON can always hold. Everything that comes from outside, from a user or from a
// model, passes here once: Postgres refuses U+0000 in text (22021) and in jsonb (22P05), and a lone
// surrogate in jsonb (22P02).
import { z } from "zod";

// deno-lint-ignore no-control-regex -- these characters are what this is for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Drops NUL and the other control characters (tab, newline and return stay) and mends half surrogate pairs. */
export function cleanText(text: string): string {
  return text.replace(CONTROLS, "").toWellFormed();
}

/** True for a text in which there is nothing to see. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Z}\p{Cf}]/u.test(text);
}

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const JsonSchema: z.ZodType<Json> = z.json();

export const JsonObject = z.record(z.string(), JsonSchema);
export type JsonObject = z.infer<typeof JsonObject>;

/** The same value with every string in it cleaned, keys included. */
export function cleanJson(value: Json): Json {
  if (typeof value === "string") return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanJson(item)]));
  }
  return value;
}

/**
 * The same value with the keys of every object in the order in which Postgres's jsonb keeps them: by their length in
 * UTF-8, then by their bytes. What was put in this order is, as text, what is read again.
 */
export function inStoredOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inStoredOrder);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => ({ key, bytes: utf8.encode(key), item }));
  entries.sort((a, b) => a.bytes.length - b.bytes.length || compareBytes(a.bytes, b.bytes));
  return Object.fromEntries(entries.map(({ key, item }) => [key, inStoredOrder(item)]));
}

const utf8 = new TextEncoder();

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The first `length` characters, with an ellipsis where something was cut; never half a surrogate pair. */
export function preview(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length - 1).toWellFormed().replace(/\ufffd$/, "") + "…";
}
