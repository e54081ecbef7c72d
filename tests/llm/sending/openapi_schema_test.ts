// A tool's schema for Gemini: no list of types, no null among values, no format that it does not know.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../shared/contracts/text.ts";
import { openapiSchema } from "../../../shared/llm/sending/openapi_schema.ts";

const CASES: [policy: string, from: JsonObject, to: JsonObject][] = [
  ["a plain type stays", { type: "string", description: "a" }, { type: "string", description: "a" }],
  ["a type or null is nullable", { type: ["string", "null"] }, { type: "string", nullable: true }],
  [
    "null is no value of an enum",
    { type: ["string", "null"], enum: ["a", "b", null] },
    { type: "string", enum: ["a", "b"], nullable: true },
  ],
  [
    "items of a list are looked into",
    { type: ["array", "null"], items: { type: ["integer", "null"] } },
    { type: "array", items: { type: "integer", nullable: true }, nullable: true },
  ],
  [
    "a property may have any name",
    {
      type: "object",
      properties: { type: { type: ["string", "null"] }, enum: { type: "string" } },
      required: ["type"],
    },
    {
      type: "object",
      properties: { type: { type: "string", nullable: true }, enum: { type: "string" } },
      required: ["type"],
    },
  ],
  [
    "a choice of which one is null is nullable",
    { anyOf: [{ type: "string" }, { type: "object", properties: {} }, { type: "null" }] },
    { anyOf: [{ type: "string" }, { type: "object", properties: {} }], nullable: true },
  ],
  ["types side by side are a choice", { type: ["string", "integer"] }, {
    anyOf: [{ type: "string" }, { type: "integer" }],
  }],
  ["a format that it does not know goes", { type: "string", format: "date" }, { type: "string" }],
  ["one that it knows stays", { type: "string", format: "date-time" }, {
    type: "string",
    format: "date-time",
  }],
];

for (const [policy, from, to] of CASES) {
  Deno.test(policy, () => {
    assert.deepEqual(openapiSchema(from), to);
    assert.deepEqual(openapiSchema(to), to, "once is enough");
  });
}

const Schema: fc.Arbitrary<JsonObject> = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<JsonObject>(
      { type: "string" },
      { type: ["string", "null"], enum: ["a", null] },
      { type: "string", format: "date" },
    ),
    tie("schema").map((items): JsonObject => ({ type: ["array", "null"], items })),
    fc.dictionary(fc.constantFrom("type", "enum", "items", "name"), tie("schema"))
      .map((properties): JsonObject => ({ type: "object", properties })),
  ),
})).schema;

Deno.test("whatever a schema holds, every type in it is one word", () => {
  fc.assert(fc.property(Schema, (schema) => assertOpenapi(openapiSchema(schema))));
});

function assertOpenapi({ type, enum: values, properties, items, format }: JsonObject): void {
  assert.ok(type === undefined || typeof type === "string");
  assert.ok(!Array.isArray(values) || !values.includes(null));
  assert.notEqual(format, "date");
  for (const inner of [items, ...Object.values(properties ?? {})]) assertWhereSchema(inner);
}

function assertWhereSchema(value: Json | undefined): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) assertOpenapi(value);
}
