// A zod schema as the JSON Schema that a model reads. Only what helps a model is kept, because every prompt
// pays for it: bounds, defaults and formats that a name gives away stay in zod, which answers an argument that
// does not fit with a sentence that says what is right.
import { z } from "zod";
import type { Json } from "./text.ts";

type JsonObject = { [key: string]: Json };

const Schema = z.record(z.string(), z.json());

/** The JSON Schema of what may go into `schema`, without the parts that only a validator needs. */
export function modelSchema(schema: z.ZodType): Record<string, Json> {
  return brief(Schema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })));
}

const DROPPED = new Set([
  "$schema",
  // Only recursive schemas have these, and the one there is, any JSON value, needs no words.
  "$defs",
  "$ref",
  "additionalProperties",
  "default",
  "exclusiveMinimum",
  "maximum",
  "maxItems",
  "maxLength",
  "minimum",
  "minItems",
  "minLength",
  "minProperties",
  "pattern",
]);

const PLAIN_FORMATS: Json[] = ["uuid", "date-time", "cursor", "digits"];

function brief(schema: JsonObject): JsonObject {
  const cleared = orNull(schema);
  if (cleared) return brief(cleared);
  const kept = Object.entries(schema).filter(([key, value]) =>
    !DROPPED.has(key) && !(key === "format" && PLAIN_FORMATS.includes(value))
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === "properties" ? named(value) : inner(value)]),
  );
}

/** "This or null" in as few words as there are: a second type, and no choice between two schemas. */
function orNull({ anyOf, ...rest }: JsonObject): JsonObject | undefined {
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return undefined;
  const [field, nothing] = anyOf;
  if (!field || !isObject(field) || !nothing || !isObject(nothing) || nothing.type !== "null") {
    return undefined;
  }
  const { type, enum: values } = field;
  if (typeof type !== "string") return undefined;
  return {
    ...rest,
    ...field,
    type: [type, "null"],
    ...(Array.isArray(values) && { enum: [...values, null] }),
  };
}

/** The properties of an object: their names are the tool's own, whatever they are called. */
function named(properties: Json): Json {
  if (!isObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, inner(value)]));
}

function inner(value: Json): Json {
  if (Array.isArray(value)) return value.map(inner);
  return isObject(value) ? brief(value) : value;
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
