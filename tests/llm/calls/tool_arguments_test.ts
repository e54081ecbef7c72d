// Arguments of tool calls, read once at the end.
import assert from "node:assert/strict";
import { argumentsOfCall, readArguments } from "../../../shared/llm/calls/tool_arguments.ts";

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

/** `{"n":1}`, as hosts and models wrap it. */
const WRAPPED: [what: string, raw: string][] = [
  ["a mark of byte order", '\ufeff{"n":1}'],
  ["characters of no width", '\u200b{"n":1}\u200d\u2060'],
  ["control characters", '\u0000{"n":1}\u0007'],
  ["a fence", '```json\n{"n":1}\n```'],
  ["a fence without a language", '```\n{"n":1}```'],
  ["a fence with a mark of byte order in it", '\ufeff```json\n\ufeff{"n":1}\n```\n'],
  ["a fence that never ends", '```json\n{"n":1}'],
  ["the end of Hermes's calls", '{"n":1}\n</tool_call>'],
  ["the end of gpt-oss's calls", '{"n":1}<|call|>'],
  ["several ends", '{"n":1}</parameters></function>\n</tool_call><|im_end|>'],
  ["the end of DeepSeek's calls", '{"n":1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>'],
  ["the end of Mistral's turn", '{"n":1}</s>'],
  ["what gpt-oss writes before them", '<|constrain|>json<|message|>{"n":1}'],
  ["the same where its marks are gone", 'json{"n":1}'],
  ["Mistral's mark before them", '[ARGS]{"n":1}'],
  ["pieces that each begin with a mark of byte order", '\ufeff{"n"\ufeff:1\ufeff}'],
  ["the end of a fence, and of a call", '{"n":1}\n```<|call|>'],
  ["one encoding too many", JSON.stringify('{"n":1}')],
  ["two encodings too many", JSON.stringify(JSON.stringify('{"n":1}'))],
  ["three encodings too many", JSON.stringify(JSON.stringify(JSON.stringify('{"n":1}')))],
  ["an encoding with blanks and a fence in it", JSON.stringify(' ```json\n{"n":1}\n``` ')],
  ["an encoding of it and its repetition", JSON.stringify('{"n":1}{"n":1}')],
  ["itself, in another order of nothing", '{"n":1} {"n":1.0}'],
];

for (const [what, raw] of WRAPPED) {
  Deno.test(`arguments are read out of ${what}`, () => {
    assert.deepEqual(readArguments(raw), { ok: true, value: { n: 1 } });
  });
}

Deno.test("no arguments are an empty object, however they are written", () => {
  const none = [
    '"{}"',
    '"\\"{}\\""',
    '""',
    '"null"',
    "[]",
    "{}{}",
    "null{}",
    "```json\n```",
    "\ufeff",
    "{ }",
    '" "',
  ];
  for (const raw of none) assert.deepEqual(readArguments(raw), { ok: true, value: {} }, raw);
});

Deno.test("only the top level is unwrapped", () => {
  const inside = [
    { text: '{"n":1}' },
    { text: '"{}"', list: ['["a"]', "null"] },
    { text: "```json\n{}\n```" },
    { text: "\ufeffa\u200bb" },
    { text: '{"n":1}{"n":1}' },
    { text: "</tool_call>" },
    { text: "ends with <|call|>" },
    { "{}": "{}" },
  ];
  for (const value of inside) {
    assert.deepEqual(readArguments(JSON.stringify(value)), { ok: true, value });
    assert.deepEqual(readArguments(JSON.stringify(JSON.stringify(value))), { ok: true, value });
  }
});

Deno.test("arguments that talk about calls, or quote one, are values like any other", () => {
  const said = [
    '<tool_call>{"name":"get_tasks","arguments":{}}</tool_call>',
    "<function=get_tasks><parameter=n>1</parameter></function>",
    "<|tool_call_begin|>functions.get_tasks:0",
    "a < b and b > c",
  ];
  for (const text of said) {
    assert.deepEqual(readArguments(JSON.stringify({ text })), { ok: true, value: { text } });
  }
});

function encoded(text: string, times: number): string {
  return times === 0 ? text : encoded(JSON.stringify(text), times - 1);
}

const BROKEN: [what: string, raw: string, problem: RegExp][] = [
  ["a trailing comma", '{"n":1,}', /cannot be read as JSON: .+\.$/],
  ["a comment", '{"n":1 /* one */}', /cannot be read as JSON: .+\.$/],
  ["single quotes", "{'n':1}", /cannot be read as JSON: .+\.$/],
  ["a missing end", '{"n":{"m":1}', /cannot be read as JSON: .+\.$/],
  ["text behind them", '{"n":1} I will look now.', /cannot be read as JSON: .+\.$/],
  ["text ahead of them", 'Sure: {"n":1}', /cannot be read as JSON: .+\.$/],
  ["a text in place of them", '"show me"', /are a text and not one JSON object\.$/],
  ["a text without quotes", "todo", /cannot be read as JSON: .+\.$/],
  ["an encoded list", '"[1]"', /are a list and not one JSON object\.$/],
  ["a list of objects", '[{"n":1},{"n":2}]', /are a list and not one JSON object\.$/],
  ["broken JSON that is encoded", '"{\\"n\\":1"', /cannot be read as JSON: .+\.$/],
  ["more encodings than anybody makes", encoded('{"n":1}', 6), /are a text and not one JSON object\.$/],
  ["two objects", '{"n":1}\n{"m":2}', /^The arguments are two different objects, one after the other\./],
  ["an object and a list", '{"n":1}[1]', /are a list and not one JSON object\.$/],
  ["a call's markup", '<tool_call>{"name":"get_tasks"}</tool_call>', /hold tool-call markup/],
];

for (const [what, raw, problem] of BROKEN) {
  Deno.test(`arguments with ${what} are told to the model, not mended`, () => {
    const read = readArguments(raw);
    assert.ok(!read.ok);
    assert.equal(read.raw, raw);
    assert.match(read.problem, problem);
  });
}

Deno.test("long arguments of any shape are read in one go", () => {
  const long = 250_000;
  const shapes = [
    " ".repeat(long),
    `{"a":"${" ".repeat(long)}"}`,
    "{}".repeat(long / 2),
    '""'.repeat(long / 2),
    "`".repeat(long),
    "</tool_call>".repeat(long / 12),
    `{"n":1}${"\u200b".repeat(long)}`,
    "null".repeat(long / 4),
    "[".repeat(long),
  ];
  for (const shape of shapes) assert.equal(typeof readArguments(shape).ok, "boolean");
});

Deno.test("arguments that are the whole call once more are those inside of it", () => {
  const inside = { ok: true, value: { n: 1 } };
  const calls = [
    '{"name":"get_tasks","arguments":{"n":1}}',
    '{"arguments":{"n":1},"name":"get_tasks"}',
    '{"name":"get_tasks","parameters":"{\\"n\\":1}"}',
  ];
  for (const raw of calls) assert.deepEqual(argumentsOfCall("get_tasks", readArguments(raw)), inside);
});

Deno.test("what only looks like a call is arguments", () => {
  const values = [
    { name: "get_tasks" },
    { name: "get_notes", arguments: { n: 1 } },
    { name: "get_tasks", arguments: { n: 1 }, note: 1 },
    { name: "get_tasks", arguments: 1 },
    { arguments: { n: 1 } },
    { name: "get_tasks", text: "a" },
  ];
  for (const value of values) {
    const read = readArguments(JSON.stringify(value));
    assert.deepEqual(argumentsOfCall("get_tasks", read), { ok: true, value });
  }
});
