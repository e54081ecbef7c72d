import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { cleanJson, cleanText, inStoredOrder, JsonSchema, preview } from "../../shared/contracts/text.ts";

const anyText = fc.string({ unit: "binary" }).map((text) => text + "\u0000\ud83d".slice(0, text.length % 3));

Deno.test("clean text has no NUL, no control character but tab and line ends, no half surrogate", () => {
  fc.assert(fc.property(anyText, (text) => {
    const clean = cleanText(text);
    assert.ok(clean.isWellFormed());
    // deno-lint-ignore no-control-regex -- these characters are what the test is about
    assert.doesNotMatch(clean, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
    assert.equal(cleanText(clean), clean);
  }));
});

Deno.test("text that is clean stays as it is, emoji and line ends included", () => {
  for (const text of ["", "plain", "a\tb\nc\r\n", "👩‍👩‍👧 naïve 漢字", "\u202eright to left"]) {
    assert.equal(cleanText(text), text);
  }
});

Deno.test("JSON is cleaned in depth, keys included, and keeps its shape", () => {
  assert.deepEqual(cleanJson({ "a\u0000": ["x\ud83d", 1, null, { b: true }] }), {
    a: ["x\ufffd", 1, null, { b: true }],
  });
});

Deno.test("__proto__ as a key stays a key and changes no prototype", () => {
  const clean = cleanJson(JsonSchema.parse(JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')));
  assert.equal(Reflect.get(Object.prototype, "polluted"), undefined);
  assert.ok(typeof clean === "object" && clean !== null);
  assert.equal(Reflect.get(clean, "polluted"), undefined);
});

Deno.test("the stored order of keys is by length in UTF-8, then by bytes, at every depth", () => {
  const value = { title: 1, "ä": { bb: 1, a: 2 }, id: [{ z: 1, b: 2 }], zz: 3 };
  assert.equal(
    JSON.stringify(inStoredOrder(value)),
    '{"id":[{"b":2,"z":1}],"zz":3,"ä":{"a":2,"bb":1},"title":1}',
  );
});

Deno.test("a preview says that it was cut, and never ends in half a character", () => {
  assert.equal(preview("short", 10), "short");
  assert.equal(preview("0123456789", 5), "0123…");
  assert.ok(preview("👩👩👩👩", 4).isWellFormed());
});

const deep = (levels: number): unknown => levels === 0 ? "x" : { in: [deep(levels - 1)] };

Deno.test("a JSON value is what z.json() takes, in the form in which that gives it", () => {
  const values: unknown[] = [
    ...["", "ä", 0, -1.5, true, null, [], {}, [1, [null]], { a: { b: ["c"] } }, deep(200)],
    ...[JSON.parse('{"a":{"__proto__":1},"b":2}'), Object.assign(Object.create(null), { a: 1 })],
    ...[undefined, NaN, Infinity, 1n, () => 1, Symbol("a"), new Date(0), new Map(), { a: undefined }],
    ...[[undefined], [1, , 2], { a: [NaN] }, { a: new Uint8Array() }, new (class A {})()],
  ];
  for (const value of values) {
    const [own, plain] = [JsonSchema.safeParse(value), z.json().safeParse(value)];
    assert.equal(own.success, plain.success, String(typeof value));
    assert.deepEqual(own.data, plain.data);
  }
});
