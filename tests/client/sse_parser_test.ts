import assert from "node:assert/strict";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { createFrameParser, type Piece } from "../../client/sse_parser.ts";

type Read = { at: number; event: string; data: string } | { comment: string };

/** What a parser of others makes of the same text. */
function expected(text: string): Read[] {
  const pieces: Read[] = [];
  const parser = createParser({
    onEvent: ({ id = "", event = "message", data }) => {
      const [, seq, sub] = /^(0|[1-9]\d*)(?:\.([1-9]\d*))?$/.exec(id) ?? [];
      const at = sub ? Number(seq) * 1e6 - 1e6 + Number(sub) : Number(seq) * 1e6;
      if (seq !== undefined) pieces.push({ at, event, data });
    },
    onComment: (comment) => void pieces.push({ comment }),
  });
  parser.feed(text);
  return pieces;
}

function parsed(chunks: string[]): Piece[] {
  const parse = createFrameParser();
  return chunks.flatMap((chunk) => parse(chunk));
}

const framesOf = (read: Read[]) => read.filter((one) => "at" in one);

/** What stands between empty lines, in the text that came, without frames that have no place. */
function blocksOf(text: string): string[] {
  const end = /\r/.test(text) ? /\r\n/.test(text) ? "\r\n" : "\r" : "\n";
  const blocks = text.split(end + end).slice(0, -1);
  return blocks.filter((block) => {
    const has_data = block.split(end).some((line) => /^data(:|$)/.test(line));
    return !has_data || framesOf(expected(`${block}\n\n`)).length > 0;
  });
}

const Line = fc.oneof(
  fc.constantFrom(
    "",
    ":",
    ": ping",
    "data",
    "data:",
    "data: {}",
    "event: text",
    "id: 7",
    "id: 7.2",
    "id: 0",
    "id: 7.",
    "id: x",
    "id",
    "retry: 9",
  ),
  fc.stringMatching(/^(data|event|id|: ?)?:? ?[\w :ü👋]*$/),
);
const Stream = fc.tuple(fc.array(Line, { maxLength: 20 }), fc.constantFrom("\n", "\r\n", "\r"))
  .map(([lines, end]) =>
    `${lines.join(end)}${end}${end}data: the last${end}id: 1${end}${end}: end${end}${end}the rest`
  );

Deno.test("a stream is read as another parser reads it, in whatever pieces it comes", () => {
  fc.assert(
    fc.property(Stream, fc.array(fc.nat(200), { maxLength: 12 }), (text, cuts) => {
      const places = [0, ...cuts.map((at) => at % text.length).toSorted((a, b) => a - b), text.length];
      const chunks = places.slice(1).map((end, i) => text.slice(places[i], end));
      const pieces = parsed(chunks);
      const frames = pieces.flatMap(({ text: _, ...frame }) => Number.isNaN(frame.at) ? [] : [frame]);
      assert.deepEqual(frames, framesOf(expected(text)));
      for (const { text, ...frame } of pieces) {
        const again = expected(`${text}\n\n`);
        assert.deepEqual(framesOf(again), Number.isNaN(frame.at) ? [] : [frame], "its text is the piece");
      }
      assert.deepEqual(pieces.map(({ text }) => text), blocksOf(text));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a frame that is not complete is not read", () => {
  assert.deepEqual(parsed(["event: text\ndata: {}\nid: 1\n"]), []);
  assert.deepEqual(parsed(["event: text\ndata: {}\nid: 1\n", "\n"]), [
    { text: "event: text\ndata: {}\nid: 1", at: 1e6, event: "text", data: "{}" },
  ]);
});
