// One JSON object laid over another.
import type { Json, JsonObject } from "../../contracts/text.ts";

/** `over` laid over `under`, objects in objects too; everything else of `over` stands in place of what was there. */
export function mergeJson(under: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key);
    merged.set(key, isObject(before) && isObject(value) ? mergeJson(before, value) : value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
