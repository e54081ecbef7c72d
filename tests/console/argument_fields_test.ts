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
