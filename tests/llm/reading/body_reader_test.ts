// What a body tells of itself while it is read.
import assert from "node:assert/strict";
import {
  type BodyFrames,
  BodyTooLargeError,
  createBodyReader,
} from "../../../shared/llm/reading/body_reader.ts";
import { createWatchdog, type Watchdog } from "../../../shared/llm/reading/watchdog.ts";
import { LIMITS } from "../../../shared/llm/wire/wire_limits.ts";
import { collect } from "../support.ts";
import { manualClock } from "./manual_clock.ts";

function idleWatchdog(): Watchdog {
  return createWatchdog({
    clock: manualClock(),
    signal: new AbortController().signal,
    ...{ first_ms: 1_000, idle_ms: 1_000, deadline_at: 10_000 },
    onStop: () => {},
  });
}

function bodyOf(chunks: (string | Uint8Array)[]): Response {
  const encoder = new TextEncoder();
  return new Response(
    ReadableStream.from(chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk)),
  );
}

/** A body as it comes from a socket: it writes into the buffer that it is given, as much as that holds. */
function filledFrom(bytes: Uint8Array, most: number): Response {
  let sent = 0;
  return new Response(
    new ReadableStream({
      type: "bytes",
      pull(controller) {
        const view = controller.byobRequest?.view;
        assert.ok(view, "the reader gives a buffer");
        const next = bytes.subarray(sent, sent + Math.min(most, view.byteLength));
        if (next.length === 0) controller.close();
        else new Uint8Array(view.buffer, view.byteOffset).set(next);
        sent += next.length;
        controller.byobRequest?.respond(next.length);
      },
    }),
  );
}

async function readAll(
  response: Response,
): Promise<{ frames: unknown[]; end: BodyFrames["end"]; start: string }> {
  const body = createBodyReader(response, idleWatchdog());
  const frames: unknown[] = [];
  for (;;) {
    const came = await body.next();
    assert.ok(came);
    frames.push(...came.frames);
    if (came.end !== "open") return { frames, end: came.end, start: body.start };
  }
}

Deno.test("a character whose bytes come in two chunks is one", async () => {
  const bytes = new TextEncoder().encode(
    `data: ${JSON.stringify({ text: "long enough to be a frame: 🙈é" })}\n\n`,
  );
  const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
  const { frames } = await readAll(bodyOf(chunks));
  assert.deepEqual(frames, [{ text: "long enough to be a frame: 🙈é" }]);
});

Deno.test("what fills the reader's buffer again and again is read whole, however long a frame is", async () => {
  const frames = ["short", "🙈é".repeat(40_000), "the last one"].map((text) => ({ text, choices: [] }));
  const bytes = new TextEncoder().encode(
    frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join(""),
  );
  for (const most of [7, 10_000, bytes.length]) {
    const read = await readAll(filledFrom(bytes, most));
    assert.deepEqual([read.frames, read.end], [frames, "closed"]);
  }
});

Deno.test("bytes that are no characters don't stop the reading", async () => {
  const { end } = await readAll(
    bodyOf(["data: word", Uint8Array.of(0xff, 0xfe), "\n\n", "data: [DONE]\n\n"]),
  );
  assert.equal(end, "unreadable");
});

Deno.test("of a body without a frame the beginning is kept, and no more", async () => {
  const { start } = await readAll(bodyOf(["<html>", "x".repeat(LIMITS.error_bytes)]));
  assert.equal(start.length, LIMITS.error_bytes);
  assert.ok(start.startsWith("<html>xxx"));
});

Deno.test("of a body with frames nothing is kept", async () => {
  const { start } = await readAll(
    bodyOf(['data: {"choices":[],"padding":"long enough to be one"}\n\n', "x\n", "y\n"]),
  );
  assert.equal(start, "");
});

Deno.test("a body that goes on without a frame is given up, comments or not", async () => {
  const megabyte = `: ${"x".repeat(1_000_000)}\n`;
  const body = createBodyReader(bodyOf(Array.from({ length: 9 }, () => megabyte)), idleWatchdog());
  await assert.rejects(async () => {
    while ((await body.next())?.end === "open");
  }, BodyTooLargeError);
});

Deno.test("a body that is none has ended", async () => {
  assert.deepEqual(await readAll(new Response(null)), { frames: [], end: "closed", start: "" });
});

Deno.test("an answer without a content type is read by what it holds", async () => {
  const answers = [
    '{"model":"m","choices":[{"message":{"content":"Good."},"finish_reason":"stop"}]}',
    'data: {"model":"m","choices":[{"delta":{"content":"Good."},"finish_reason":"stop"}]}\n\n',
    "\n\n: hello\n",
  ];
  const kinds: string[] = [];
  for (const answer of answers) {
    const host = () => Promise.resolve(bodyOf([answer]));
    const { terminal } = await collect("http://host/v1", { fetch: host });
    kinds.push(terminal.type === "failed" ? terminal.kind : terminal.type);
  }
  assert.deepEqual(kinds, ["finished", "finished", "malformed_output"]);
});
