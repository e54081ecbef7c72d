import assert from "node:assert/strict";
import fc from "fast-check";
import { shorten, shortenText } from "../../../shared/agents/loop/shorten.ts";
import { JsonSchema } from "../../../shared/contracts/text.ts";

const within = (chars: number) => (value: unknown) => JSON.stringify(value).length <= chars;

Deno.test("a value that fits stays as it is", () => {
  const value = { tasks: [1, 2, 3], title: "x".repeat(100) };
  assert.deepEqual(shorten(value, within(1_000)), value);
});

Deno.test("a list that is too long loses items from its end and says how many", () => {
  const tasks = Array.from({ length: 40 }, (_, i) => ({ id: i, title: `Task ${i}` }));
  const shorter = JSON.stringify(shorten({ total: 40, tasks }, within(300)));
  assert.match(shorter, /"total":40/);
  assert.match(shorter, /Task 0/);
  assert.match(shorter, /cut to fit: \d+ more/);
  assert.ok(shorter.length <= 300);
});

Deno.test("any JSON value gets as short as asked, and stays JSON", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.integer({ min: 20, max: 500 }), (value, chars) => {
    const json = JsonSchema.parse(JSON.parse(JSON.stringify(value)));
    const shorter = shorten(json, within(chars));
    assert.ok(within(chars)(shorter));
  }));
});

Deno.test("a text that fits is never cut, however short it is", () => {
  for (const text of ["", "FORGED", "x".repeat(40), "x".repeat(41), "x".repeat(5_000)]) {
    assert.equal(shortenText(text, within(text.length + 2)), text);
  }
  assert.equal(shortenText("x".repeat(41), within(42)), `${"x".repeat(39)}…`);
  assert.equal(shortenText("x".repeat(20), within(15)), "cut to fit");
});
