// Text that Postgres and JSON can always hold. Everything that comes from outside, from a user or from a
// model, passes here once: Postgres refuses U+0000 in text (22021) and in jsonb (22P05), and a lone
// surrogate in jsonb (22P02).
import { z } from "zod";

// deno-lint-ignore no-control-regex -- these characters are what this is for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
// deno-lint-ignore no-control-regex -- the same, and halves of pairs: in most texts there is nothing to mend
const SUSPECT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff]/;

/** Drops NUL and the other control characters (tab, newline and return stay) and mends half surrogate pairs. */
export function cleanText(text: string): string {
  return SUSPECT.test(text) ? text.replace(CONTROLS, "").toWellFormed() : text;
}

/** True for a text in which there is nothing to see. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Z}\p{Cf}]/u.test(text);
}

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Plain values are looked at and taken as they are; what is odd, and z.json() may take with changes, is left to that. */
export const JsonSchema: z.ZodType<Json> = z.unknown().transform((value, { issues }) => {
  if (isPlainJson(value, PLAIN_LEVELS)) return value;
  const read = z.json().safeParse(value);
  if (read.success) return read.data;
  issues.push({ code: "invalid_union", input: value, errors: [read.error.issues] });
  return z.NEVER;
});

/** So deep the stack is for everybody. */
const PLAIN_LEVELS = 100;

/** JSON as it comes out of a parser, of at most so many levels. */
function isPlainJson(value: unknown, levels: number): value is Json {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || levels === 0) return false;
  // Not `every`, which passes over holes.
  if (Array.isArray(value)) return value.findIndex((item) => !isPlainJson(item, levels - 1)) < 0;
  return Object.getPrototypeOf(value) === Object.prototype &&
    Object.entries(value).every(([key, item]) => key !== "__proto__" && isPlainJson(item, levels - 1));
}

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
  const keys = Object.keys(value);
  const stored = keys.every((key) => ASCII.test(key)) ? keys.sort(compareAscii) : keys.sort(compareUtf8);
  return Object.fromEntries(stored.map((key) => [key, inStoredOrder(value[key] ?? null)]));
}

const utf8 = new TextEncoder();

// deno-lint-ignore no-control-regex -- of these each is a byte
const ASCII = /^[\u0000-\u007f]*$/;

function compareAscii(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function compareUtf8(a: string, b: string): number {
  return compareBytes(utf8.encode(a), utf8.encode(b));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The first `length` characters, with an ellipsis where something was cut; never half a surrogate pair. */
export function preview(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length - 1).toWellFormed().replace(/\ufffd$/, "") + "…";
}
