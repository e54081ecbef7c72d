import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { shorten, shortenText } from "../../../shared/agents/loop/shorten.ts";
import { type Json, JsonSchema } from "../../../shared/contracts/text.ts";

const REST = "Ask again.";
const Cut = z.object({
  total: z.number(),
  tasks: z.array(z.union([z.string(), z.object({ id: z.number(), title: z.string() })])),
  cut: z.string(),
});

const shorter_of = (value: Json, chars: number) => shorten(value, within(chars), REST);

const within = (chars: number) => (value: unknown) => JSON.stringify(value).length <= chars;

Deno.test("a value that fits stays as it is", () => {
  const value = { tasks: [1, 2, 3], title: "x".repeat(100) };
  assert.deepEqual(shorten(value, within(1_000), REST), value);
});

Deno.test("a list that is too long loses items from its end and says which, and how to get them", () => {
  const tasks = Array.from({ length: 40 }, (_, i) => ({ id: i, title: `Task ${i}` }));
  const shorter = shorten({ total: 40, tasks }, within(300), REST);
  const kept = Cut.parse(shorter);
  assert.equal(kept.total, 40);
  assert.equal(kept.cut, REST);
  assert.deepEqual(kept.tasks.slice(0, -1), tasks.slice(0, kept.tasks.length - 1));
  assert.equal(kept.tasks.at(-1), `items ${kept.tasks.length} to 40 are left out`);
  assert.ok(JSON.stringify(shorter).length > 250, "the room is used");
});

Deno.test("a long text is cut before any list is, no more than it has to be, and says how much of it is there", () => {
  const text = "word ".repeat(2_000);
  const value = { text, tasks: Array.from({ length: 40 }, (_, id) => ({ id })) };
  const shorter = JSON.stringify(shorter_of(value, 5_000));
  assert.ok(shorter.includes('{"id":39}'));
  const [, kept] = /… \((\d+) of 10000 characters\)/.exec(shorter) ?? [];
  assert.ok(Number(kept) > 4_000, `${kept} characters`);
});

Deno.test("whatever is cut says so: no form that is shorter is without a note", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.integer({ min: 20, max: 500 }), (value, chars) => {
    const json = JsonSchema.parse(JSON.parse(JSON.stringify(value)));
    const shorter = shorter_of(json, chars);
    assert.ok(within(chars)(shorter));
    if (JSON.stringify(shorter) === JSON.stringify(json)) return;
    assert.match(JSON.stringify(shorter), /…|left out|cut to fit/);
    if (shorter !== "cut to fit" && typeof shorter === "object") {
      assert.ok(JSON.stringify(shorter).includes(REST));
    }
  }));
});

Deno.test("a text that fits is never cut, however short it is", () => {
  for (const text of ["", "FORGED", "x".repeat(40), "x".repeat(41), "x".repeat(5_000)]) {
    assert.equal(shortenText(text, within(text.length + 2)), text);
  }
  assert.equal(shortenText("x".repeat(80), within(70)), `${"x".repeat(50)}… (cut to fit)`);
  assert.equal(shortenText("x".repeat(20), within(15)), "cut to fit");
});
