import assert from "node:assert/strict";
import { type Allowance, cuttingProxy } from "./cutting_proxy.ts";

const STREAM = "id: 1\ndata: one\n\nid: 2\ndata: two\n\n: ping\n\n";

/** What comes through of a stream that is sent in pieces of this size, and whether it ended well. */
async function readCut(allowance: Allowance | null, piece: number) {
  const pieces = STREAM.match(new RegExp(`[^]{1,${piece}}`, "g")) ?? [];
  await using host = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      new Response(ReadableStream.from(pieces).pipeThrough(new TextEncoderStream()), {
        headers: { "content-type": "text/event-stream" },
      }),
  );
  await using proxy = await cuttingProxy(`http://127.0.0.1:${host.addr.port}`, () => allowance);
  let text = "";
  let end = "whole";
  try {
    const response = await fetch(`${proxy.url}/a?b=c`);
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += part;
  } catch {
    end = "broken";
  }
  assert.deepEqual(proxy.streams, ["/a?b=c"]);
  return { text, end, cuts: proxy.cuts };
}

Deno.test("a stream is cut behind the frames and bytes that may pass, however it comes in pieces", async () => {
  for (const piece of [1, 3, 17, 100]) {
    for (
      const [allowance, length] of [[{ frames: 1 }, 17], [{ frames: 1, bytes: 3 }, 20], [
        { frames: 2 },
        34,
      ]] as const
    ) {
      const { text, end, cuts } = await readCut(allowance, piece);
      // What was sent right before the break may be lost with it.
      assert.deepEqual({ text, end, cuts }, { text: STREAM.slice(0, length), end: "broken", cuts: 1 });
    }
  }
});

Deno.test("a stream that may pass comes whole", async () => {
  assert.deepEqual(await readCut(null, 3), { text: STREAM, end: "whole", cuts: 0 });
});
