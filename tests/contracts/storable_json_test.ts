import assert from "node:assert/strict";
import fc from "fast-check";
import { storableJson } from "../../shared/contracts/storable_json.ts";
import { cleanJson } from "../../shared/contracts/text.ts";

Deno.test("what can be stored is what JSON would write and read again, cleaned", () => {
  const anything = fc.jsonValue({ stringUnit: "binary", maxDepth: 4 });
  const rewritten = (value: unknown) => JSON.stringify(cleanJson(JSON.parse(JSON.stringify(value))));
  fc.assert(
    fc.property(anything, (value) => assert.equal(JSON.stringify(storableJson(value)), rewritten(value))),
    { examples: [[JSON.parse('{"__proto__":0}')]] },
  );
});

Deno.test("what is undefined is left out of objects and null in lists, as JSON has it", () => {
  assert.deepEqual(storableJson({ a: undefined, b: [1, undefined], c: NaN }), { b: [1, null], c: null });
});

Deno.test("__proto__ as a key stays a key and changes no prototype", () => {
  const value = storableJson(JSON.parse('{"__proto__":{"polluted":true}}'));
  assert.equal(JSON.stringify(value), '{"__proto__":{"polluted":true}}');
  assert.equal(Reflect.get(Object(value), "polluted"), undefined);
});

Deno.test("what JSON does not have is refused, not stored as something else", () => {
  for (const value of [() => 1, 1n, Symbol("s"), undefined, { at: new Date(0) }, [new Map()]]) {
    assert.throws(() => storableJson(value), /Cannot store a value: JSON has no/);
  }
});
