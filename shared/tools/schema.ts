// A tool's zod schema as what a model is sent. Bounds, defaults and the formats that names and the system prompt
// give away (`…_id`, times) stay in zod: an argument that does not fit is answered with a sentence that says
// what is right, and the prompt does not pay for it on every turn.
import type { z } from "zod";
import { modelSchema } from "../contracts/json_schema.ts";
import type { ToolSchema } from "../contracts/model.ts";
import type { Json } from "../contracts/text.ts";

export function toolSchema(name: string, description: string, args: z.ZodType): ToolSchema {
  const parameters = brief(modelSchema(args));
  return { name, description, parameters };
}

const DROPPED = new Set(["minimum", "maximum", "default"]);
const PLAIN_FORMATS: Json[] = ["uuid", "date-time"];

function brief(schema: Record<string, Json>): Record<string, Json> {
  const kept = Object.entries(schema).filter(([key, value]) =>
    !DROPPED.has(key) && !(key === "format" && PLAIN_FORMATS.includes(value))
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === "properties" ? each(value) : inner(value)]),
  );
}

/** The properties of an object: their names are the tool's own, whatever they are called. */
function each(properties: Json): Json {
  if (!isObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, inner(value)]));
}

function inner(value: Json): Json {
  return isObject(value) ? brief(value) : value;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
