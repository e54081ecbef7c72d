import assert from "node:assert/strict";
import { Hono } from "hono";
import { RunEvent } from "../../shared/contracts/events.ts";
import { createChannel } from "../../shared/http/channel.ts";
import { streamEvents } from "../../shared/http/sse.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";

async function open() {
  const clock = fakeClock();
  const channel = createChannel<RunEvent>();
  const app = new Hono().get(
    "/",
    (context) => streamEvents(context, channel, { clock, log: { error() {} } }),
  );
  const response = await app.request("/");
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  return { clock, channel, response, reader };
}

const event = RunEvent.parse({
  type: "text",
  seq: 7,
  run_id: crypto.randomUUID(),
  at: "2026-11-22T12:00:00.000Z",
  part: 1,
  message_id: crypto.randomUUID(),
  delta: "one\r\n\ndata: two\nid: 9\nevent: done",
});

Deno.test("an event is one frame, whatever its text holds", async () => {
  const { channel, reader, response } = await open();
  channel.push(event);
  const { value } = await reader.read();
  assert.equal(value, `event: text\ndata: ${JSON.stringify(event)}\nid: 7\n\n`);
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  channel.close();
  assert.equal((await reader.read()).done, true);
});

Deno.test("a silent stream is kept open by a comment every 15 seconds", async () => {
  const { clock, channel, reader } = await open();
  const first = reader.read();
  clock.advance(14_999);
  clock.advance(1);
  assert.equal((await first).value, ": ping\n\n");
  const second = reader.read();
  clock.advance(15_000);
  assert.equal((await second).value, ": ping\n\n");
  channel.close();
  assert.equal((await reader.read()).done, true);
  assert.equal(clock.timers, 0, "a closed stream leaves no timer");
});
