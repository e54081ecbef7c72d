// Arguments while they come: appended, repeated, longer with every piece, as objects.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { createArgumentPieces } from "../../../shared/llm/calls/argument_pieces.ts";
import { LIMITS } from "../../../shared/llm/wire/wire_limits.ts";
import { collectPieces, piece, TASKS } from "./call_support.ts";

function read(pieces: Json[]) {
  const collected = createArgumentPieces();
  for (const one of pieces) assert.ok(collected.push(one), "within the limits");
  return collected.read();
}

const TWO_OBJECTS =
  "The arguments are two different objects, one after the other. Make one call for each of them.";

const READ: [policy: string, pieces: Json[], value: Json][] = [
  ["pieces are appended", ['{"n"', ":", "1", "}"], { n: 1 }],
  ["the whole once more at the end is the same (vllm-project/vllm#51697)", ['{"n"', ":1}", '{"n":1}'], {
    n: 1,
  }],
  ["three times the whole is once", ['{"n":1}', '{"n":1}', '{"n": 1}'], { n: 1 }],
  ["every piece may be all so far (hermes-agent#35718)", ['{"n', '{"n":', '{"n":1', '{"n":1}'], { n: 1 }],
  ["and the last of those may come again and again", ["{", '{"n":1}', '{"n":1}', '{"n":1}'], { n: 1 }],
  ["a beginning may be followed by the whole", ["{", '{"n":1}'], { n: 1 }],
  ["or a longer one", ['{"text":"a', " b", '{"text":"a b","n":1}'], { text: "a b", n: 1 }],
  ["the whole may then come in pieces", ['{"n', '{"n":1,', '"m":2}'], { n: 1, m: 2 }],
  ["`{}` ahead of the arguments is none (openai/openai-agents-js#712)", ["{}", '{"n"', ":1}"], { n: 1 }],
  ["nor is null, as a word or not", [null, "null", '{"n":1}'], { n: 1 }],
  ["nor an empty text that was encoded", ['""', '{"n":1}'], { n: 1 }],
  ["nor `{}` behind them", ['{"n":1}', "{}"], { n: 1 }],
  ["an object is the arguments", [{ n: [1] }], { n: [1] }],
  ["an empty object may be followed by text (unslothai/unsloth#10275)", [{}, '{"n"', ":1}"], { n: 1 }],
  ["an object may be followed by the same in pieces", [{ n: 1 }, '{"n"', ":1}"], { n: 1 }],
  ["pieces may be followed by an object that is all of them", ['{"n": ', "1}", { n: 1 }], { n: 1 }],
  ["also where the pieces are no more than its beginning", ['{ "n"', { n: 1 }], { n: 1 }],
  ["an object may come again", [{ n: 1 }, { n: 1 }, { n: 1 }], { n: 1 }],
  ["and grow (MiniMax)", [{}, { city: "Par" }, { city: "Paris" }, { city: "Paris", n: 1 }], {
    city: "Paris",
    n: 1,
  }],
  ["and come in parts (can1357/oh-my-pi#2617)", [{ n: 1 }, { m: [2] }], { n: 1, m: [2] }],
  ["what is encoded as a text may come in pieces", ['"{\\"n', '\\":1}"'], { n: 1 }],
  ["and be repeated", ['"{\\"n\\":1}"', '"{\\"n\\":1}"'], { n: 1 }],
  ["an object inside may look like the whole", ['{"a":', '{"a":1}}'], { a: { a: 1 } }],
  ["a text inside may look like a repetition", ['{"a":"x', "x", "x", "xxxx", '"}'], { a: "xxxxxxx" }],
  ["braces in texts are no braces", ['{"a":"}{', '","b":"{}{"}'], { a: "}{", b: "{}{" }],
  ["blanks around are nothing", [" ", "\n{", '"n":1}', " ", "\n"], { n: 1 }],
  ["no piece at all is no arguments", [], {}],
  ["nor are blanks and nulls", ["", null, " "], {}],
];

for (const [policy, pieces, value] of READ) {
  Deno.test(`arguments: ${policy}`, () => assert.deepEqual(read(pieces), { ok: true, value }));
}

Deno.test("two different objects are told to the model, however they come", () => {
  const both: Json[][] = [['{"n":1}{"n":2}'], ['{"n":1}', '{"n":2}'], [{ n: 1 }, { n: 2 }], [
    "{}",
    '{"n":1}',
    { n: 2 },
  ]];
  for (const pieces of both) {
    const result = read(pieces);
    assert.equal(result.ok ? "" : result.problem, TWO_OBJECTS);
  }
});

Deno.test("what is broken stays as it came, in full", () => {
  const result = read(['{"n":', '{"n":oops']);
  assert.equal(result.ok ? "" : result.raw, '{"n":{"n":oops');
});

Deno.test("a host that sends everything with every piece may send as much as any", () => {
  const text = JSON.stringify({ text: "x".repeat(5_000) });
  const snapshots = Array.from({ length: 500 }, (_, at) => text.slice(0, (at + 1) * 10)).concat(text);
  assert.deepEqual(read(snapshots), { ok: true, value: { text: "x".repeat(5_000) } });
  const objects = Array.from({ length: 300 }, (_, at) => ({ text: "y".repeat((at + 1) * 10) }));
  assert.deepEqual(read(objects), { ok: true, value: { text: "y".repeat(3_000) } });
});

Deno.test("arguments have a limit, in pieces, in one, as an object and as many", () => {
  const half = LIMITS.arguments / 2;
  const over: Json[][] = [
    ["x".repeat(LIMITS.arguments + 1)],
    [`"${"x".repeat(half)}`, "y".repeat(half)],
    [{ text: "x".repeat(LIMITS.arguments) }],
    [{ a: "x".repeat(half) }, { b: "y".repeat(half) }],
  ];
  for (const pieces of over) {
    const collected = createArgumentPieces();
    assert.equal(pieces.map((one) => collected.push(one)).at(-1), false);
  }
});

Deno.test("an object that is nested beyond all sense is told to the model, however deep the stack is", () => {
  for (const levels of [65, 1_000, 20_000]) {
    let nested: Json = 1;
    for (let level = 0; level < levels; level++) nested = { nested };
    const result = read([nested]);
    assert.match(result.ok ? "" : result.problem, /^The arguments cannot be read as JSON: /);
  }
});

Deno.test("arguments that come one character at a time are looked at once each", () => {
  // One pass over all of it with every piece would be 20 thousand million characters.
  const text = `{"text":"${"}".repeat(200_000)}"}`;
  const collected = createArgumentPieces();
  for (const character of text) collected.push(character);
  assert.ok(collected.whole);
  assert.ok(collected.read().ok);
});

Deno.test("what Gemini attaches to a call stays with it, whenever it comes", () => {
  const signature = { google: { thought_signature: "s1" } };
  const collected = collectPieces([
    piece(0, "a", TASKS, "{}", signature),
    piece(1, "b", TASKS, '{"n"'),
    piece(1, null, null, ":2}", { google: { other: 1 } }),
    piece(1, null, null, undefined, { google: { thought_signature: "s2" } }),
    piece(2, "c", TASKS, '{"n":3}'),
  ]);
  assert.deepEqual(collected.extras, [signature, { google: { other: 1, thought_signature: "s2" } }, null]);
});

Deno.test("what is attached to a repetition, or to a first piece that was a call of its own, is kept", () => {
  const extra = { google: { thought_signature: "s" } };
  const again = collectPieces([piece(0, "a", TASKS, '{"n":1}'), piece(0, "a", TASKS, '{"n":1}', extra)]);
  assert.deepEqual(again.extras, [extra]);
  const head = collectPieces([piece(0, "a", TASKS, "", extra), piece(0, "b", TASKS, '{"n":1}')]);
  assert.deepEqual([head.calls, head.extras], [[[TASKS, { n: 1 }]], [extra]]);
});

Deno.test("a call inside of a call's arguments is that call", () => {
  const inside = { name: TASKS, arguments: { n: 1 } };
  assert.deepEqual(collectPieces([piece(0, "a", TASKS, inside)]).calls, [[TASKS, { n: 1 }]]);
});
