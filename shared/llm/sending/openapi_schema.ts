// The JSON Schema of a tool in the words of OpenAPI 3.0, which Gemini's own API takes: it refuses a list of types
// (symfony/ai#1330, tuxevil/tuxevil-rotator#10), null among the values of an enum, and formats that it does not know
// (google-gemini/gemini-cli#3178; CherryHQ/cherry-studio#4153 has those that it knows).
import type { Json, JsonObject } from "../../contracts/text.ts";

const FORMATS: Json[] = ["date-time", "enum", "float", "double", "int32", "int64"];

/** The same schema with `nullable: true` in place of the type null. */
export function openapiSchema(schema: JsonObject): JsonObject {
  const { type, enum: values, anyOf, format, ...rest } = schema;
  const choices = Array.isArray(anyOf) ? anyOf.filter((choice) => !isNull(choice)) : [];
  const types = Array.isArray(type) ? type.filter((one) => one !== "null") : [];
  const nullable = (Array.isArray(type) && types.length < type.length) ||
    (Array.isArray(anyOf) && choices.length < anyOf.length);
  return {
    ...(types.length > 1 ? { anyOf: types.map((one) => ({ type: one })) } : {}),
    ...(typeof type === "string" ? { type } : types.length === 1 ? { type: types[0] ?? "string" } : {}),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, inner(name, value)])),
    ...(Array.isArray(values) && { enum: values.filter((value) => value !== null) }),
    ...(choices.length > 0 &&
      { anyOf: choices.map((choice) => isObject(choice) ? openapiSchema(choice) : choice) }),
    ...(format !== undefined && FORMATS.includes(format) && { format }),
    ...(nullable && { nullable }),
  };
}

/** What stands under a keyword: a schema, schemas by the names of properties, or something that is none. */
function inner(keyword: string, value: Json): Json {
  if (!isObject(value)) return value;
  if (keyword !== "properties") return keyword === "items" ? openapiSchema(value) : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, schema]) => [name, isObject(schema) ? openapiSchema(schema) : schema]),
  );
}

function isNull(schema: Json): boolean {
  return isObject(schema) && schema.type === "null";
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
