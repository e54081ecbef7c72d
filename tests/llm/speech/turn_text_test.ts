// What a turn says and thinks, as deltas: what a reader sees is the text of the turn, and a thought is told once.
import assert from "node:assert/strict";
import fc from "fast-check";
import { createSpoken, createThought, type Delta } from "../../../shared/llm/speech/turn_text.ts";
import { LIMITS } from "../../../shared/llm/wire/wire_limits.ts";

/** Pieces of reasoning that the host tells apart, and pieces of text. */
type Piece = { apart: string } | { text: string };

function turn(pieces: Piece[], offered: readonly string[] = []) {
  const thought = createThought();
  const spoken = createSpoken(thought, offered);
  const deltas: Delta[] = [];
  for (const piece of pieces) {
    deltas.push(...("apart" in piece ? thought.push(piece.apart) : spoken.push(piece.text)) ?? []);
  }
  deltas.push(...spoken.flush(), ...thought.flush());
  return { deltas, text: spoken.text, reasoning: thought.text, leaked: spoken.leaked };
}

Deno.test("text that turns out to be a thought is withdrawn, and told as one", () => {
  assert.deepEqual(
    turn([{ text: "\nHm. " }, { text: "So.\n" }, { text: "</think>" }, { text: "\n\nGood." }]),
    {
      deltas: [
        { type: "text_delta", text: "\nHm. " },
        { type: "text_delta", text: "So.\n" },
        { type: "text_withdrawn" },
        { type: "reasoning_delta", text: "\nHm. So.\n" },
        { type: "text_delta", text: "Good." },
      ],
      text: "Good.",
      reasoning: "\nHm. So.\n",
      leaked: false,
    },
  );
});

Deno.test("blanks alone are no text, and are not withdrawn", () => {
  assert.deepEqual(
    turn([{ text: "\n \u200b" }, { text: "</think>" }]).deltas.filter(({ type }) =>
      type !== "reasoning_delta"
    ),
    [],
  );
  assert.deepEqual(turn([{ text: " " }, { text: "\n" }]), {
    deltas: [],
    text: "",
    reasoning: "",
    leaked: false,
  });
});

Deno.test("blanks before a thought that begins the text are no beginning of the answer", () => {
  for (const blanks of ["\n", "\ufeff", " \n\u200b"]) {
    assert.equal(turn([{ text: blanks }, { text: "<think>Hm.</think>\n\nGood." }]).text, "Good.");
  }
});

Deno.test("a thought that the host tells apart and leaves in the text is told once", () => {
  const inline = [{ text: "<think>\nHm. " }, { text: "So.\n</think>" }, { text: "Good." }];
  const apart = [{ apart: "Hm. " }, { apart: "So." }];
  for (
    const pieces of [[...apart, ...inline], [...inline, ...apart], [
      apart[0]!,
      inline[0]!,
      apart[1]!,
      ...inline.slice(1),
    ]]
  ) {
    const { text, reasoning } = turn(pieces);
    assert.equal(text, "Good.");
    assert.equal(reasoning.trim(), "Hm. So.");
  }
});

Deno.test("another thought in the text is told as well", () => {
  const { reasoning } = turn([{ apart: "They want tasks." }, { text: "<think> So I look.</think>Good." }]);
  assert.equal(reasoning, "They want tasks. So I look.");
});

Deno.test("half a character is put together before it is looked at, in text and in thoughts", () => {
  const { text, reasoning } = turn([{ text: "<think>\ud83d" }, { text: "\ude00</think>\ud83d" }, {
    text: "\ude00\u0000",
  }]);
  assert.deepEqual({ text, reasoning }, { text: "😀", reasoning: "😀" });
});

Deno.test("half a character that stays alone stands where it came", () => {
  assert.equal(turn([{ text: "So" }, { text: " \ud83d" }, { text: "a" }]).text, "So \ufffda");
  assert.equal(turn([{ text: "So" }, { text: " \ude00" }, { text: "a\u0007" }]).text, "So \ufffda");
});

Deno.test("what a piece needs a second look for may stand in the one before it", () => {
  assert.equal(turn([{ text: "Good." }, { text: "<|im_end|>" }, { text: "Human: Hi" }]).text, "Good.");
  assert.equal(
    turn([{ text: "a" }, { text: " `b" }, { text: "c\nd" }, { text: "<think>e</think>f" }]).text,
    "a `bc\ndf",
  );
  assert.equal(turn([{ text: "a" }, { text: "<think>" }, { text: "b" }, { text: "</think>" }]).text, "a");
  assert.equal(turn([{ text: "a" }, { text: "<tool_call>{" }, { text: "b" }]).text, "a");
  assert.equal(
    turn([{ text: "analysisWe b.assistantfinalC." }, { text: "assistantfinal" }, { text: "D." }]).text,
    "C.\n\nD.",
  );
});

Deno.test("a turn may say and think only so much", () => {
  const thought = createThought();
  const spoken = createSpoken(thought);
  const half = "x".repeat(LIMITS.text / 2);
  assert.notEqual(spoken.push(half), null);
  assert.notEqual(spoken.push(half), null);
  assert.equal(spoken.push("x"), null);
  assert.notEqual(thought.push("x".repeat(LIMITS.reasoning)), null);
  assert.equal(thought.push("x"), null);
  assert.equal(thought.pushInline("x"), null);
  assert.equal(createSpoken(thought).push("<think>x"), null);
});

Deno.test("the deltas that stand are the text of the turn", () => {
  const Word = fc.constantFrom(
    "a",
    ". ",
    "\n",
    "<think>",
    "</think>",
    "<|im_end|>",
    "`",
    '{"name": "get_tasks"}',
    "😀",
    " ",
  );
  const Pieces = fc.array(fc.oneof(Word.map((text) => ({ text })), Word.map((apart) => ({ apart }))), {
    maxLength: 20,
  });
  fc.assert(fc.property(Pieces, (pieces) => {
    const { deltas, text, reasoning } = turn(pieces, ["get_tasks"]);
    const stands = deltas.slice(deltas.findLastIndex(({ type }) => type === "text_withdrawn") + 1);
    const told = (of: Delta[], type: Delta["type"]) =>
      of.map((delta) => delta.type === type && "text" in delta ? delta.text : "").join("");
    assert.equal(told(stands, "text_delta"), text);
    assert.equal(told(deltas, "reasoning_delta"), reasoning);
    assert.ok(text === "" || text.trim() !== "");
  }));
});

Deno.test("however a text is cut, even in the middle of a character, it is the same turn", () => {
  const Word = fc.constantFrom(
    "a",
    "A. ",
    "\n",
    "<think>",
    "</think>",
    "<|im_end|>",
    "`",
    "```",
    "<b",
    "😀",
    " ",
    "\u0000",
  );
  fc.assert(
    fc.property(fc.array(Word, { maxLength: 20 }), fc.array(fc.nat(99), { maxLength: 9 }), (words, cuts) => {
      const text = words.join("");
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) =>
        a - b
      );
      const pieces = places.slice(1).map((end, at) => ({ text: text.slice(places[at], end) }));
      const { deltas: _, ...whole } = turn([{ text }]);
      const { deltas: _deltas, ...cut } = turn(pieces);
      assert.deepEqual(cut, whole);
    }),
  );
});

Deno.test("a piece of nothing is no delta", () => {
  assert.deepEqual(turn([{ text: "a" }, { text: "" }, { text: "\u0000" }]).deltas, [{
    type: "text_delta",
    text: "a",
  }]);
});

Deno.test("an ordinary piece is shown as it comes, in code and behind it as well", () => {
  const spoken = createSpoken(createThought());
  for (const piece of ["Well", ", so:\n", "```\n", "x = 1\n", "```", "\nand ", "so on"]) {
    const shown = spoken.push(piece) ?? [];
    if (!piece.includes("`")) {
      assert.equal(shown.at(-1)?.type === "text_delta" && spoken.text.endsWith(piece), true, piece);
    }
  }
});
