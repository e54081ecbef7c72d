// Values as PostgREST writes them, where lite's own settings differ.
import { serializeJson } from "./json_arguments.ts";

/** `2026-11-22 13:11:24.09+00`, as Postgres writes it, becomes `2026-11-22T13:11:24.09+00:00`. */
export function isoTimestamp(text: string): string {
  return text.replace(/^(\d{4,}-\d\d-\d\d) /, "$1T").replace(/([+-]\d\d)$/, "$1:00");
}

const asIs = (value: unknown): unknown => value;
const timestamp = { serialize: asIs, parse: isoTimestamp };
const json = { serialize: serializeJson, parse: (text: string): unknown => JSON.parse(text) };

/** For the driver; the numbers are the types' object ids. */
export const TYPES = {
  json: { to: 114, from: [114], ...json },
  jsonb: { to: 3802, from: [3802], ...json },
  timestamp: { to: 1114, from: [1114], ...timestamp },
  timestamptz: { to: 1184, from: [1184], ...timestamp },
  // A JSON number, whatever its zeros; NaN and infinities, which JSON has not, stay text.
  numeric: {
    to: 1700,
    from: [1700],
    serialize: String,
    parse: (text: string): number | string => Number.isFinite(Number(text)) ? Number(text) : text,
  },
};
