import assert from "node:assert/strict";
import fc from "fast-check";
import { argumentsIn, argumentsOf, fieldsOf } from "../../console/parts/argument_fields.ts";

Deno.test("a form that nobody touches says the arguments that it was made of", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
    const args = JSON.parse(JSON.stringify(values));
    assert.deepEqual(argumentsOf(fieldsOf(args)), { ok: true, arguments: args });
    assert.deepEqual(argumentsIn(JSON.stringify(args)), { ok: true, arguments: args });
  }));
});

Deno.test("what is no number, or no JSON, is told of its field", () => {
  const number = { name: "loan_id", kind: "number" as const, text: "seven" };
  assert.deepEqual(argumentsOf([number]), {
    ok: false,
    field: "loan_id",
    problem: "loan_id must be a number.",
  });
  assert.equal(argumentsOf([{ ...number, text: " " }]).ok, false);
  const list = { name: "tags", kind: "json" as const, text: "[1," };
  assert.deepEqual(argumentsOf([list]), { ok: false, field: "tags", problem: "tags must be JSON." });
  for (const text of ["[]", "7", "{", ""]) assert.equal(argumentsIn(text).ok, false);
});

Deno.test("what the tool knows besides can be added, with its kind, its choices and what it says of them", () => {
  const schema = {
    properties: {
      title: { type: "string", description: "One line." },
      days: { type: ["integer", "null"] },
      status: { type: "string", enum: ["open", "done"] },
      tags: { type: "array" },
    },
  };
  const fields = fieldsOf({ status: "open" }, schema);
  assert.deepEqual(fields, [
    { name: "status", kind: "text", text: "open", options: ["open", "done"] },
    { name: "title", kind: "text", text: null, about: "One line." },
    { name: "days", kind: "number", text: null },
    { name: "tags", kind: "json", text: null },
  ]);
  assert.deepEqual(argumentsOf(fields), { ok: true, arguments: { status: "open" } });
});
