// What must hold of every stream, not only of those that somebody thought of: where the bytes are cut makes
// no difference, and no beginning of a stream passes for the whole.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../shared/contracts/text.ts";
import { collect, delta, DONE, finish, piece, text, USAGE, usage } from "./support.ts";

const RUNS = { numRuns: 60 };

/** A host without a network that answers every request with these chunks of bytes. */
function hostOf(chunks: Uint8Array[]): typeof fetch {
  return () => {
    const rest = [...chunks];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = rest.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    });
    return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
  };
}

const Word = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });

const Markupish = fc.constantFrom(
  "<",
  "｜",
  "|",
  "DSML",
  "tool_",
  "/",
  " ",
  "<｜DSML｜",
  "😀",
  "\ud83d",
  "\ude00",
  "a",
);

/** Pieces of one tool call, as a host streams them. */
function callFrames(index: number, value: Record<string, Json>, cuts: number[]): string[] {
  const json = JSON.stringify(value);
  const places = [...new Set(cuts.map((cut) => cut % (json.length + 1)))].toSorted((a, b) => a - b);
  const parts = [...places, json.length].map((end, at) => json.slice(places[at - 1] ?? 0, end));
  return [
    piece({ index, id: `call_${index}`, function: { name: "get_tasks", arguments: "" } }),
    ...parts.map((part) => piece({ index, function: { arguments: part } })),
  ];
}

/** The frames of a valid stream before its finish reason, and that one with what follows it. */
const Stream = fc.record({
  words: fc.array(fc.oneof(Word, Markupish), { minLength: 1, maxLength: 12 }),
  thoughts: fc.array(Word, { maxLength: 4 }),
  calls: fc.array(
    fc.record({
      value: fc.dictionary(Word, Word, { maxKeys: 3 }),
      cuts: fc.array(fc.nat(50), { maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  comments: fc.constantFrom("", ": OPENROUTER PROCESSING\n\n"),
  newline: fc.constantFrom("\n", "\r\n"),
}).map(({ words, thoughts, calls, comments, newline }) => {
  const frames = [
    ...thoughts.map((thought) => delta({ reasoning: thought })),
    // A word that is sure to be shown, so that no failed turn is repeated.
    ...["Well: ", ...words].map(text),
    ...calls.flatMap(({ value, cuts }, index) => callFrames(index, value, cuts)),
  ];
  const end = [finish("tool_calls"), usage(USAGE), DONE];
  const bytes = (parts: string[]) =>
    new TextEncoder().encode(parts.map((part) => part + comments).join("").replaceAll("\n", newline));
  return { open: bytes(frames), whole: bytes([...frames, ...end]) };
});

function cutAt(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].toSorted((a, b) => a - b);
  return [...places, bytes.length].map((end, at) => bytes.subarray(places[at - 1] ?? 0, end))
    .filter((part) => part.length > 0);
}

Deno.test("a stream gives the same result however its bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(Stream, fc.array(fc.nat(100_000), { maxLength: 40 }), async ({ whole }, cuts) => {
      const at_once = await collect("http://host/v1", { fetch: hostOf([whole]) });
      const in_pieces = await collect("http://host/v1", { fetch: hostOf(cutAt(whole, cuts)) });
      assert.equal(at_once.terminal.type, "finished");
      assert.deepEqual(in_pieces.events, at_once.events);
    }),
    RUNS,
  );
});

Deno.test("a stream gives the same result when every byte comes alone", async () => {
  await fc.assert(
    fc.asyncProperty(Stream, async ({ whole }) => {
      const at_once = await collect("http://host/v1", { fetch: hostOf([whole]) });
      const bytewise = await collect("http://host/v1", {
        fetch: hostOf([...whole].map((byte) => Uint8Array.of(byte))),
      });
      assert.deepEqual(bytewise.events, at_once.events);
    }),
    { numRuns: 15 },
  );
});

Deno.test("a stream that ends anywhere before its finish reason is truncated", async () => {
  await fc.assert(
    fc.asyncProperty(Stream, fc.nat(1_000_000), async ({ open }, cut) => {
      const prefix = open.subarray(0, cut % (open.length + 1));
      const { terminal } = await collect("http://host/v1", { fetch: hostOf([prefix]) });
      assert.equal(terminal.type === "failed" && terminal.kind, "truncated_stream");
    }),
    { numRuns: 200 },
  );
});

Deno.test("what is shown is the text of the turn, and can be stored", async () => {
  await fc.assert(
    fc.asyncProperty(Stream, async ({ whole }) => {
      const { terminal, shown } = await collect("http://host/v1", { fetch: hostOf([whole]) });
      assert.ok(terminal.type === "finished");
      assert.equal(shown, terminal.text);
      for (const stored of [terminal.text, terminal.reasoning]) {
        assert.ok(stored.isWellFormed());
        // deno-lint-ignore no-control-regex -- these characters are what must not be there
        assert.doesNotMatch(stored, /[\u0000-\u0008\u000b-\u001f]/);
      }
      assert.doesNotMatch(terminal.text, /<\s*\/?\s*[|｜‖]+\s*DSML/);
    }),
    RUNS,
  );
});
