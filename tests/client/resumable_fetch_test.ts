import assert from "node:assert/strict";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { AgentClientError, resumableFetch } from "../../client/mod.ts";
import {
  type Connection,
  hurriedClock,
  LOG,
  RUN_ID,
  scriptedPlanner,
  streamAfter,
} from "./scripted_planner.ts";

const PLANNER = "http://planner.test/functions/v1/agent-planner";

function wrapped(connections: Connection[], token?: () => string) {
  const { fetch, asked } = scriptedPlanner(connections);
  return { fetch: resumableFetch(fetch, { clock: hurriedClock, random: () => 0, token }), asked };
}

async function readWith(response: Response): Promise<unknown[]> {
  assert.ok(response.body);
  const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(
    new EventSourceParserStream(),
  );
  return (await Array.fromAsync(frames)).map(({ id, event, data }) => ({
    id,
    event,
    data: JSON.parse(data),
  }));
}

/** Under any reader nothing is left out: types that are not known yet are the reader's to judge. */
const FRAMES = LOG.map((event) => ({ id: String(event.seq), event: event.type, data: event }));

const post = { method: "POST", body: "{}", headers: { authorization: "Bearer a", apikey: "key" } };

Deno.test("any reader of a POST gets the whole stream, wherever it breaks", async () => {
  for (let bytes = 0; bytes <= streamAfter(0).length; bytes += 7) {
    const { fetch } = wrapped([{ kind: "stream", bytes, then: "break" }]);
    assert.deepEqual(await readWith(await fetch(PLANNER, post)), FRAMES, `after ${bytes} bytes`);
  }
});

Deno.test("a stream that never breaks arrives byte for byte, pings included", async () => {
  const { fetch, asked } = wrapped([]);
  const response = await fetch(new Request(PLANNER, post));
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), streamAfter(0));
  assert.equal(asked.length, 1);
});

Deno.test("it goes on from the run's events route, with the headers of the first request", async () => {
  const bytes = streamAfter(0).length - streamAfter(3).length;
  const { fetch, asked } = wrapped([{ kind: "stream", bytes }]);
  await readWith(await fetch(new URL(PLANNER), post));
  assert.deepEqual(asked[1], {
    method: "GET",
    path: `/runs/${RUN_ID}/events`,
    after: "3",
    authorization: "Bearer a",
    body: null,
  });
});

Deno.test("a stream that was asked for from an event on goes on with the one after it", async () => {
  const { fetch } = wrapped([{ kind: "stream", bytes: 10 }]);
  const init = { headers: { "last-event-id": "2" } };
  assert.deepEqual(await readWith(await fetch(`${PLANNER}/runs/${RUN_ID}/events`, init)), FRAMES.slice(2));
});

Deno.test("a token is asked for before each further request, and once more where it was refused", async () => {
  const { fetch, asked } = wrapped(
    [{ kind: "stream", bytes: 9 }, { kind: "answer", status: 401 }],
    () => "b",
  );
  assert.deepEqual(await readWith(await fetch(PLANNER, post)), FRAMES);
  assert.deepEqual(asked.map((one) => one.authorization), ["Bearer a", "Bearer b", "Bearer b"]);
});

Deno.test("a token that can't be had ends the body at once, with what was thrown", async () => {
  const cause = new Error("signed out");
  const { fetch, asked } = wrapped([{ kind: "stream", bytes: 9 }], () => {
    throw cause;
  });
  const thrown = await (await fetch(PLANNER, post)).text().catch((error: unknown) => error);
  assert.ok(thrown instanceof AgentClientError);
  assert.deepEqual([thrown.kind, thrown.cause, asked.length], ["unauthenticated", cause, 1]);
});

Deno.test("a body that can't go on fails with the server's error", async () => {
  const { fetch } = wrapped([{ kind: "stream", bytes: 9 }, { kind: "answer", status: 401 }]);
  const response = await fetch(PLANNER, post);
  await assert.rejects(
    readWith(response),
    (error) => error instanceof AgentClientError && error.status === 401,
  );
});

Deno.test("other answers pass as they are, and a reader who leaves stops the reconnecting", async () => {
  const { fetch, asked } = wrapped([
    { kind: "answer", status: 503, body: { busy: true } },
    { kind: "stream", bytes: 60, then: "silence" },
  ]);
  const refused = await fetch(PLANNER, post);
  assert.equal(refused.status, 503);
  assert.deepEqual(await refused.json(), { busy: true });
  const response = await fetch(PLANNER, post);
  await response.body?.cancel();
  assert.equal(asked.length, 2);
});

Deno.test("a run that is over and has no more to tell ends the body, in a way that nobody knows yet", async () => {
  const ended = LOG.map((event) => event.type === "done" ? { ...event, type: "new_end" } : event);
  const log: Connection = { kind: "stream", log: ended };
  const row: Connection = { kind: "answer", status: 200, body: { status: "handed_over" } };
  const { fetch, asked } = wrapped([log, log, log, row, log]);
  const frames = await readWith(await fetch(PLANNER, post));
  assert.deepEqual(frames.map((frame) => Reflect.get(Object(frame), "event")), ended.map(({ type }) => type));
  assert.deepEqual(asked.map((one) => one.path), [
    "",
    ...Array(2).fill(`/runs/${RUN_ID}/events`),
    `/runs/${RUN_ID}`,
    `/runs/${RUN_ID}/events`,
  ]);
});
