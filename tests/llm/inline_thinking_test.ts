// Thinking inside of what a model says is told apart from it, however it is cut, and what only looks like it is said.
import assert from "node:assert/strict";
import fc from "fast-check";
import { createThinkingFilter } from "../../shared/llm/inline_thinking.ts";

function told(deltas: string[]): { said: string; thought: string } {
  const filter = createThinkingFilter();
  const all = { said: "", thought: "" };
  for (const piece of [...deltas.flatMap((delta) => filter.push(delta)), ...filter.flush()]) {
    if (piece.type !== "all thought") all[piece.type] += piece.text;
    else Object.assign(all, { said: "", thought: all.thought + all.said });
  }
  return all;
}

const CASES: [policy: string, text: string, said: string, thought: string][] = [
  ["a thought before the answer", "<think>They want tasks.</think>\n\nHere.", "Here.", "They want tasks."],
  ["another name, in capitals", "<Thinking>\nHm.\n</THINKING>Yes.", "Yes.", "\nHm.\n"],
  ["attributes and blanks", '< think time="3">Hm.</ think >Yes.', "Yes.", "Hm."],
  ["Mistral's tags", "[THINK]Hm.[/THINK]Yes.", "Yes.", "Hm."],
  ["Kimi's tags", "◁think▷Hm.◁/think▷Yes.", "Yes.", "Hm."],
  ["thought tokens", "<|begin_of_thought|>Hm.<|end_of_thought|>Yes.", "Yes.", "Hm."],
  ["a prefix", "<seed:think>Hm.</seed:think>Yes.", "Yes.", "Hm."],
  ["an empty thought", "<think>\n\n</think>\n\nYes.", "Yes.", "\n\n"],
  ["a thought between two lines", "Let me see.\n<think>Hm.</think>\nYes.", "Let me see.\n\nYes.", "Hm."],
  ["a thought between two sentences", "Let me see.<think>Hm.</think> Yes.", "Let me see. Yes.", "Hm."],
  [
    "a thought in the middle of a sentence",
    "I look <think>where?</think>around.",
    "I look around.",
    "where?",
  ],
  ["several thoughts", "<think>a</think>b\n<thought>c</thought>d", "b\nd", "ac"],
  [
    "another tag inside of a thought",
    "<think>is <b> or </thinking> it</think>Yes.",
    "Yes.",
    "is <b> or </thinking> it",
  ],
  ["a thought that is never closed", "<think>They want", "", "They want"],
  ["one that begins a line", "Let me see.\n<think>They want", "Let me see.\n", "They want"],
  ["one whose closing tag is cut", "<think>They want</thi", "", "They want</thi"],
  ["half an opening tag at the end", "Use <thi", "Use <thi", ""],
  ["a mention in the middle of a sentence", "Use the <think> tag, then.", "Use the <think> tag, then.", ""],
  [
    "a mention in code",
    "Write `<think>` and `</think>` around it.",
    "Write `<think>` and `</think>` around it.",
    "",
  ],
  ["a fence", "```\n<think>\nx\n</think>\n```\nSo.", "```\n<think>\nx\n</think>\n```\nSo.", ""],
  ["a backtick that is none", "It's a ` here.\n<think>Hm.</think>Yes.", "It's a ` here.\nYes.", "Hm."],
  ["a closing tag at the beginning", "</think>\nYes.", "\nYes.", ""],
  [
    "a closing tag alone on its line",
    "They want tasks,\nso\n</think>\n\nYes.",
    "Yes.",
    "They want tasks,\nso\n",
  ],
  ["a closing tag behind a sentence", "They want tasks.</think>Yes. No.", "Yes. No.", "They want tasks."],
  ["a closing tag in the middle of a sentence", "Here </think> it is.", "Here  it is.", ""],
  ["a second closing tag", "<think>a</think>Yes.</think>No.", "Yes.No.", "a"],
  [
    "what looks like a tag",
    "a < b, <thin>, <thinker>, [T], [x](y), ◁",
    "a < b, <thin>, <thinker>, [T], [x](y), ◁",
    "",
  ],
];

for (const [policy, text, said, thought] of CASES) {
  Deno.test(`${policy}: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(told([text]), { said, thought });
    assert.deepEqual(told([...text]), { said, thought }, "character by character");
  });
}

Deno.test("however a text is cut, the same of it is said and thought", () => {
  const Part = fc.constantFrom(
    ...[
      "<",
      "<think>",
      "</think>",
      "<thinking>",
      "</",
      "thi",
      "nk>",
      "[THINK]",
      "[/THINK]",
      "[",
      "◁think▷",
      "◁",
    ],
    ...["`", "```", "\n", " ", ". ", "a", "<b>", "think", "|begin_of_thought|>"],
  );
  fc.assert(
    fc.property(fc.array(Part, { maxLength: 30 }), fc.array(fc.nat(100)), (parts, cuts) => {
      const text = parts.join("");
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) =>
        a - b
      );
      const deltas = places.slice(1).map((end, at) => text.slice(places[at], end));
      assert.deepEqual(told(deltas), told([text]));
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("ordinary text is passed on at once, up to what may be a tag", () => {
  const filter = createThinkingFilter();
  assert.deepEqual(filter.push("one two <"), [{ type: "said", text: "one two " }]);
  assert.deepEqual(filter.push("b"), [{ type: "said", text: "<b" }]);
});
