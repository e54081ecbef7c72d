// Arguments of tool calls, read once at the end.
import assert from "node:assert/strict";
import { readArguments } from "../../shared/llm/tool_arguments.ts";

Deno.test("an object is passed on for the tool's schema to judge", () => {
  assert.deepEqual(readArguments(' {"a":[1,null]} '), { ok: true, value: { a: [1, null] } });
});

Deno.test("what is no object is told to the model in a sentence", () => {
  const kinds = { "[1]": "list", '[{"n":1}]': "list", "1": "number", "true": "boolean", '"to do"': "text" };
  for (const [raw, kind] of Object.entries(kinds)) {
    const problem = `The arguments are a ${kind} and not one JSON object.`;
    assert.deepEqual(readArguments(raw), { ok: false, raw, problem });
  }
});

Deno.test("no arguments are an empty object", () => {
  for (const raw of ["", "  \n", "null"]) assert.deepEqual(readArguments(raw), { ok: true, value: {} });
});

Deno.test("a key that would reach into a prototype is a key like any other", () => {
  const read = readArguments('{"__proto__":{"admin":true}}');
  assert.ok(read.ok);
  assert.equal(Object.getPrototypeOf(read.value), Object.prototype);
});

Deno.test("numbers that JSON can't hold are broken arguments", () => {
  const read = readArguments('{"n":1e999}');
  assert.ok(!read.ok);
  assert.match(read.problem, /a value that JSON does not have/);
});

Deno.test("broken arguments are kept as they came, less what a database refuses", () => {
  assert.deepEqual(readArguments('{"a":"\u0000\ud83d').ok, false);
  const read = readArguments('{"a":"\u0000\ud83d');
  assert.equal(!read.ok && read.raw, '{"a":"\ufffd');
});

Deno.test("arguments are read to 64 levels, and deeper ones are broken, however deep the stack is", () => {
  const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
  assert.ok(readArguments(nested(64)).ok);
  for (const levels of [65, 1_000, 2_000, 10_000, 120_000]) {
    const read = readArguments(nested(levels));
    assert.match(read.ok ? "" : read.problem, /nested more than 64 deep/);
  }
});
