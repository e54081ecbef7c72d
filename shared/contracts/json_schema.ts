// A zod schema as the JSON Schema that a model reads. Only what helps a model is kept, because every prompt
// pays for it; zod checks the rest when the arguments arrive.
import { z } from "zod";
import type { Json } from "./text.ts";

const Schema = z.record(z.string(), z.json());

/** The JSON Schema of what may go into `schema`, without the parts that only a validator needs. */
export function modelSchema(schema: z.ZodType): Record<string, Json> {
  return Schema.parse(
    compact(z.json().parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }))),
  );
}

const DROPPED = new Set([
  "$schema",
  "additionalProperties",
  "pattern",
  "maxLength",
  "minLength",
  "maxItems",
  "minItems",
  "minProperties",
  "exclusiveMinimum",
]);

function compact(value: Json): Json {
  if (Array.isArray(value)) return value.map(compact);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key, item]) =>
    !DROPPED.has(key) && !((key === "minimum" || key === "maximum") && Math.abs(Number(item)) > 1_000_000)
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, compact(item)]));
}
