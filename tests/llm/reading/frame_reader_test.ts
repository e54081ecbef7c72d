// However a text is cut, its frames are the same, and they come as soon as they are whole.
import assert from "node:assert/strict";
import fc from "fast-check";
import { createFrameReader } from "../../../shared/llm/reading/frame_reader.ts";

interface Reading {
  frames: unknown[];
  end: string;
}

/** Reads the pieces as they come, and the end of the text. */
function read(pieces: readonly string[]): Reading {
  const reader = createFrameReader();
  const frames: unknown[] = [];
  for (const piece of pieces) {
    const came = reader.feed(piece);
    frames.push(...came.frames);
    if (came.end !== "open") return { frames, end: came.end };
  }
  const last = reader.finish();
  return { frames: [...frames, ...last.frames], end: last.end };
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [...places, text.length].map((end, at) => text.slice(places[at - 1] ?? 0, end));
}

const Value = fc.dictionary(
  fc.constantFrom("a", "choices", "data", "event"),
  fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom("}\n", "data: {", "[DONE]", "}data: {"),
    fc.json({ maxDepth: 2 }),
    fc.jsonValue({ maxDepth: 3 }),
  ),
  { minKeys: 1, maxKeys: 3 },
);

type Style = "data" | "bare" | "spread" | "glued" | "listed";

function written(value: unknown, style: Style, between: string): string {
  const json = JSON.stringify(value);
  const lines = JSON.stringify(value, null, 1).split("\n");
  switch (style) {
    case "data":
      return `data: ${json}${between}`;
    case "bare":
      return `${json}${between}`;
    case "spread":
      return lines.map((line) => `data: ${line}\n`).join("") + "\n";
    case "glued":
      return `data: ${json}data:${json}${between}`;
    case "listed":
      return `data: [${json}]${between}`;
  }
}

/** A text of frames in several styles, with what may stand between them. */
const Text = fc.array(
  fc.record({
    value: Value,
    style: fc.constantFrom<Style>("data", "data", "bare", "spread", "glued", "listed"),
    between: fc.constantFrom(
      "\n\n",
      "\n\n",
      "\n",
      "\r",
      "\r\r",
      "\r\n",
      "\r\n\r\n",
      "\n: comment\n",
      "\n\n: x\n\ndata:\n\n",
    ),
  }),
  { minLength: 1, maxLength: 6 },
).chain((parts) => {
  const text = ": start\n" +
    parts.map(({ value, style, between }) => written(value, style, between)).join("");
  return fc.constantFrom(
    "",
    "data: [DONE]\n\n",
    "data: {]\n\n",
    'data: {"cut',
    "\n\n",
    "event: ping\ndata: x\n\n",
  )
    .map((end) => `${text}\n\n${end}`);
});

Deno.test("a text gives the same frames and the same end however it is cut", () => {
  fc.assert(
    fc.property(Text, fc.array(fc.nat(10_000), { maxLength: 30 }), (text, cuts) => {
      assert.deepEqual(read(cutAt(text, cuts)), read([text]));
    }),
    { numRuns: 600 },
  );
});

Deno.test("a text gives the same frames and the same end when every character comes alone", () => {
  fc.assert(fc.property(Text, (text) => assert.deepEqual(read([...text]), read([text]))), { numRuns: 200 });
});

Deno.test("every frame that was written is read, in its order", () => {
  fc.assert(
    fc.property(
      fc.array(Value, { maxLength: 8 }),
      fc.constantFrom("\n", "\n\n", "\r\n", "\r\n\r\n", "\r"),
      (values, newline) => {
        const text = ":\n\n" + values.map((value) => `data: ${JSON.stringify(value)}${newline}`).join("");
        assert.deepEqual(read([text]), { frames: JSON.parse(JSON.stringify(values)), end: "open" });
      },
    ),
  );
});

Deno.test("a frame is there as soon as its line is", () => {
  for (const newline of ["\n", "\r\n", "\n\n", "\r\n\r\n"]) {
    for (const prefix of ["data: ", "data:", ""]) {
      const reader = createFrameReader();
      reader.feed(": start\n\n");
      for (const at of [1, 2, 3]) {
        const came = reader.feed(
          `${prefix}{"number":${at},"padding":"so that it is no heartbeat"}${newline}`,
        );
        assert.equal(came.frames.length, 1, JSON.stringify({ newline, prefix, at }));
      }
    }
  }
});

Deno.test("an empty line ends data that is not whole, also where it comes alone", () => {
  const [begun, rest] = [': start\ndata: {"a": [1]\n', "\ndata: }\n\n"];
  assert.deepEqual(read([begun + rest]), { frames: [], end: "unreadable" });
  assert.deepEqual(read([begun, rest]), { frames: [], end: "unreadable" });
});

Deno.test("a line end of two characters may be cut between them", () => {
  const value = { choices: [{ delta: { content: "Go" } }], after: "so much that it is no heartbeat" };
  const lines = JSON.stringify(value, null, 1).split("\n").map((line) => `data: ${line}\r\n`);
  const text = `: start\r\n${lines.join("")}\r\n`;
  assert.deepEqual(read([...text]), { frames: [value], end: "open" });
});

Deno.test("the end of the stream doesn't make a frame of what is none", () => {
  assert.deepEqual(read([": start\ndata: {]\ndata: [DONE]\n\n"]), { frames: [], end: "unreadable" });
});

Deno.test("data of many lines that never gets whole is given up", () => {
  const reader = createFrameReader();
  reader.feed(": start\n\n");
  let end = "open";
  for (let line = 0; end === "open" && line < 10_000; line += 1) {
    end = reader.feed(`data: {"some": "line", "with": "a bracket at its end" }}\n`).end;
  }
  assert.equal(end, "unreadable");
});

Deno.test("a large document in small pieces is read once, at its end", () => {
  const document = JSON.stringify({ text: "word ".repeat(100_000) }, null, 1);
  const pieces = document.match(/[^]{1,500}/g) ?? [];
  assert.deepEqual(read(pieces), { frames: [JSON.parse(document)], end: "done" });
});
