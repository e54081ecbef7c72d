// What comes in parts and is passed on unread: objects are joined at every level, and of everything else the
// later one stands.
import type { Json } from "../../contracts/text.ts";
import { isFields } from "../wire/json_frame.ts";

/** Both of them as one. */
export function joinedJson(before: Json, after: Json): Json {
  if (after === null) return before;
  if (!isFields(before) || !isFields(after)) return after;
  const joined = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(after)) {
    joined.set(key, joinedJson(joined.get(key) ?? null, value));
  }
  return Object.fromEntries(joined);
}
