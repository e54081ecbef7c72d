// What must hold of every text, not only of those that somebody thought of: where it is cut makes no difference, what
// has no marker in it is said as it is and at once, and whatever stands in front of a reader holds no marker.
import assert from "node:assert/strict";
import fc from "fast-check";
import { LITERALS, PIPED, TAGS } from "../../../shared/llm/speech/markers.ts";
import { createSpeechFilter } from "../../../shared/llm/speech/speech_filter.ts";
import { OFFERED, tell } from "./told.ts";

const Piece = fc.oneof(
  fc.constantFrom(
    ...[...PIPED.keys()].map((name) => `<|${name}|>`),
    ...[...TAGS.keys()].map((name) => `<${name}>`),
  ),
  fc.constantFrom(
    ...LITERALS.map(([literal]) => literal),
    "[TOOL_CALLS]",
    "<|channel|>",
    "<|start|>",
    "<|im_start|>",
  ),
  fc.constantFrom(
    "<think>",
    "</think>",
    "<think>",
    "</think>",
    "</thinking>",
    "<thinking>",
    "<|message|>",
    "</s>",
  ),
  fc.constantFrom(
    "analysis",
    "final",
    "commentary",
    "assistant",
    "to=functions.",
    "user",
    "The user",
    "json",
  ),
  fc.constantFrom(
    '{"name": "',
    "get_tasks",
    '", "arguments": ',
    "{",
    "}",
    "[",
    "]",
    "(",
    ":",
    '"type": "function", ',
  ),
  fc.constantFrom(
    "<",
    "</",
    "<|",
    "|>",
    ">",
    "|",
    "｜",
    "thi",
    "nk>",
    "tool_",
    "call>",
    "◁",
    "✿",
    "=x>",
    " name=",
  ),
  fc.constantFrom(
    "`",
    "```",
    "```json\n",
    "```tool_code\n",
    "\n",
    " ",
    ". ",
    "a",
    "A.",
    ", ",
    "1. ",
    "- ",
    '"',
  ),
);

/** A text of such pieces, and the deltas that it comes in. */
const Cut = fc.tuple(fc.array(Piece, { maxLength: 14 }), fc.array(fc.nat(400), { maxLength: 12 }))
  .map(([pieces, cuts]) => {
    const text = pieces.join("");
    const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
    return { text, deltas: places.slice(1).map((end, at) => text.slice(places[at], end)) };
  });

Deno.test("however a text is cut, the same of it is said, thought and leaked", () => {
  fc.assert(
    fc.property(Cut, ({ text, deltas }) => {
      const { ever_said: _, ...whole } = tell([text]);
      const { ever_said: _said, ...cut } = tell(deltas);
      const { ever_said: _all, ...characters } = tell([...text]);
      assert.deepEqual(cut, whole);
      assert.deepEqual(characters, whole);
    }),
    { numRuns: 4_000 },
  );
});

Deno.test("nothing is said or thought that was not written", () => {
  fc.assert(
    fc.property(Cut, ({ text, deltas }) => {
      const { said, thought } = tell(deltas);
      let at = 0;
      // Behind another message of gpt-oss, an answer begins a paragraph of its own.
      for (const character of said.replaceAll("\n", "")) {
        at = text.indexOf(character, at) + 1;
        assert.notEqual(at, 0, `${JSON.stringify(said)} of ${JSON.stringify(text)}`);
      }
      assert.ok(said.replaceAll("\n", "").length + thought.length <= text.length);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a text without markers is said as it is, and each delta of it at once", () => {
  const Words = fc.string({ unit: "grapheme", maxLength: 12 })
    .map((word) => word.replaceAll(/[<[\]◁✿`{]/g, "").replace(/^[acft>]/, "x"));
  fc.assert(
    fc.property(fc.array(Words, { minLength: 1, maxLength: 12 }), (deltas) => {
      const filter = createSpeechFilter(OFFERED.filter((name) => name !== "search"));
      for (const delta of ["So: ", ...deltas]) {
        assert.deepEqual(filter.push(delta), delta === "" ? [] : [{ type: "said", text: delta }]);
      }
      assert.deepEqual(filter.flush(), []);
    }),
  );
});

Deno.test("what may begin a marker waits until it is clear, and no longer", () => {
  const filter = createSpeechFilter(OFFERED);
  const said = (delta: string) =>
    filter.push(delta).map((piece) => piece.type === "said" ? piece.text : "").join("");
  assert.equal(said("one two"), "one two");
  assert.equal(said(" a <"), " a ");
  assert.equal(said("q"), "<q");
  assert.equal(said(" [1"), " [1");
  assert.equal(said(" [TOOL"), " ");
  assert.equal(said("BOX"), "[TOOLBOX");
  assert.equal(said(" `<thi"), " `<thi".slice(0, 2));
  assert.equal(said("s>"), "<this>");
  assert.equal(said("` <tool_call>"), "` ");
  assert.equal(said(" is a"), "<tool_call> is a");
});

Deno.test("a tag waits for a call no longer than one could follow", () => {
  const filter = createSpeechFilter();
  filter.push("So");
  assert.deepEqual(filter.push("<tool_call>" + " ".repeat(52)), []);
  assert.deepEqual(filter.push(" "), [{ type: "said", text: "<tool_call>" + " ".repeat(53) }]);
});

Deno.test("nor for the end of a word that is too long for a name", () => {
  const filter = createSpeechFilter();
  filter.push("So");
  assert.deepEqual(filter.push("<tool_call>" + "a".repeat(62)), []);
  assert.deepEqual(filter.push("a"), [{ type: "said", text: "<tool_call>" + "a".repeat(63) }]);
});

Deno.test("an answer in JSON waits for its first key, or for the name of what it tells", () => {
  const filter = createSpeechFilter(OFFERED);
  assert.deepEqual(filter.push('{"ti'), []);
  assert.deepEqual(filter.push('tle": "A'), [{ type: "said", text: '{"title": "A' }]);
  const other = createSpeechFilter(OFFERED);
  assert.deepEqual(other.push('{"name": "Web'), []);
  assert.deepEqual(other.push('site",'), [{ type: "said", text: '{"name": "Website",' }]);
});

Deno.test("a beginning like that of gpt-oss waits for its next word", () => {
  const filter = createSpeechFilter();
  assert.deepEqual(filter.push("analysis"), []);
  assert.deepEqual(filter.push(" of"), [{ type: "said", text: "analysis of" }]);
});

Deno.test("without the names of tools, JSON is an answer", () => {
  assert.equal(tell(['functools[{"a": 1}]'], []).leaked, false);
  const text = '{"name": "get_tasks", "arguments": {}}';
  assert.deepEqual(tell([text], []), { said: text, thought: "", ever_said: text, leaked: false });
});

Deno.test("of a thought between tags nothing is ever said", () => {
  const Thought = fc.array(
    fc.constantFrom("Secret. ", "<b>", "\n", "[T", "`", "```", "{", "a < b", "</thinker>"),
  );
  fc.assert(
    fc.property(Thought, fc.array(fc.nat(200), { maxLength: 8 }), (words, cuts) => {
      const text = `<think>${words.join("")}</think>Good.`;
      const places = [0, ...cuts.map((cut) => cut % text.length), text.length].toSorted((a, b) => a - b);
      const { ever_said, thought } = tell(places.slice(1).map((end, at) => text.slice(places[at], end)));
      assert.equal(ever_said, "Good.");
      assert.equal(thought, words.join(""));
    }),
  );
});
