import assert from "node:assert/strict";
import fc from "fast-check";
import { type AgentClient, AgentClientError, createAgentClient } from "../../client/mod.ts";
import {
  type Asked,
  type Connection,
  hurriedClock,
  LOG,
  READABLE,
  RUN_ID,
  scriptedPlanner,
  streamAfter,
} from "./scripted_planner.ts";

function clientOf(connections: Connection[], tokens = ["t"]): { client: AgentClient; asked: Asked[] } {
  const { fetch, asked } = scriptedPlanner(connections);
  let taken = 0;
  const client = createAgentClient({
    url: "http://planner.test/",
    publishable_key: "key",
    token: () => tokens[Math.min(taken++, tokens.length - 1)] ?? "",
    fetch,
    clock: hurriedClock,
    random: () => 0,
    new_key: () => "made-up",
  });
  return { client, asked };
}

const all = <T>(items: AsyncIterable<T>) => Array.fromAsync(items);

async function failureOf(work: Promise<unknown>): Promise<AgentClientError> {
  const thrown = await work.then(() => null, (error: unknown) => error);
  assert.ok(thrown instanceof AgentClientError, String(thrown));
  return thrown;
}

Deno.test("a stream that breaks after any byte is read to its end, each event once", async () => {
  const { length } = streamAfter(0);
  for (let bytes = 0; bytes <= length; bytes++) {
    for (const then of ["break", "end"] as const) {
      const { client } = clientOf([{ kind: "stream", bytes, then }]);
      assert.deepEqual(await all(client.events(RUN_ID)), READABLE, `${then} after ${bytes} bytes`);
    }
  }
});

const Trouble: fc.Arbitrary<Connection> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("stream" as const),
      bytes: fc.nat(streamAfter(0).length),
      then: fc.constantFrom("break" as const, "end" as const),
      chunk: fc.integer({ min: 1, max: 200 }),
    }),
  },
  fc.record({ kind: fc.constant("answer" as const), status: fc.constantFrom(500, 502, 503, 504, 546) }),
  fc.constant({ kind: "unreachable" as const }),
);

Deno.test("a reader who reconnects k times anywhere gets the stream of one who never did", async () => {
  const scenario = fc.tuple(fc.array(Trouble, { maxLength: 9 }), fc.nat(LOG.length), fc.boolean());
  await fc.assert(
    fc.asyncProperty(scenario, async ([troubles, after, starts]) => {
      const { client } = clientOf(troubles);
      const events = starts ? (await client.startRun({ message: "Hi" })).events({ after }) : client.events(
        RUN_ID,
        { after },
      );
      assert.deepEqual(await all(events), READABLE.filter((event) => event.seq > after));
    }),
    { numRuns: 300 },
  );
});

Deno.test("an empty stream to a reader who has it all is no failure, however many there were before", async () => {
  for (const then of ["break", "end"] as const) {
    const broken: Connection = { kind: "stream", bytes: 0, then };
    const { client } = clientOf([
      broken,
      ...Array.from({ length: 8 }, (): Connection => ({ kind: "unreachable" })),
    ]);
    assert.deepEqual(await all(client.events(RUN_ID, { after: LOG.length })), []);
  }
});

Deno.test("a gap, and an event that was sent before, are mended by asking again", async () => {
  const without_two = LOG.filter((event) => event.seq !== 2);
  const twice = LOG.flatMap((event) => [event, event]);
  const { client, asked } = clientOf([{ kind: "stream", log: without_two }, { kind: "stream", log: twice }]);
  assert.deepEqual(await all(client.events(RUN_ID)), READABLE);
  assert.deepEqual(asked.map((one) => one.after), ["0", "1"]);
});

Deno.test("a reader who has the whole stream already gets an empty one that ends", async () => {
  const { client, asked } = clientOf([]);
  assert.deepEqual(await all(client.events(RUN_ID, { after: LOG.length })), []);
  assert.equal(asked.length, 2);
});

Deno.test("a reader gives up after ten failures without an event, and the error names the run", async () => {
  const { client, asked } = clientOf(Array.from({ length: 30 }, () => ({ kind: "unreachable" })));
  const failure = await failureOf(all(client.events(RUN_ID)));
  assert.equal(asked.length, 10);
  const { kind, status, retryable, run_id } = failure;
  assert.deepEqual({ kind, status, retryable, run_id }, {
    kind: "connection",
    status: 0,
    retryable: true,
    run_id: RUN_ID,
  });
});

Deno.test("events between failures count as progress: one event a connection is enough", async () => {
  const words = Array.from({ length: 40 }, (_, i) => ({ ...LOG[3], type: "text", seq: i + 1 }));
  const log = [...words, { ...LOG[5], type: "done", seq: 41 }];
  const one_each = Array.from({ length: 40 }, (_, i): Connection => ({
    kind: "stream",
    log: log.slice(0, i + 1),
  }));
  const { client, asked } = clientOf([...one_each, { kind: "stream", log }]);
  const events = await all(client.events(RUN_ID));
  assert.deepEqual(events.map((event) => event.seq), log.map((event) => event.seq));
  assert.equal(asked.length, 41);
});

Deno.test("a refused token is asked for once more, and a second refusal is the caller's", async () => {
  const refused: Connection = {
    kind: "answer",
    status: 401,
    body: { error: { kind: "unauthenticated", message: "Sign in.", retryable: false } },
  };
  const renewed = clientOf([refused], ["old", "new"]);
  assert.deepEqual(await all(renewed.client.events(RUN_ID)), READABLE);
  assert.deepEqual(renewed.asked.map((one) => one.authorization), ["Bearer old", "Bearer new"]);

  const out = clientOf([refused, refused]);
  const failure = await failureOf(all(out.client.events(RUN_ID)));
  assert.deepEqual([failure.kind, failure.status, failure.message], ["unauthenticated", 401, "Sign in."]);
  assert.equal(out.asked.length, 2);
});

Deno.test("a token that can't be had is told at once, whatever is asked for, and a text is a token", async () => {
  const cause = new Error("signed out");
  const { fetch, asked } = scriptedPlanner([]);
  const options = { url: "http://planner.test", publishable_key: "key", fetch, clock: hurriedClock };
  const client = createAgentClient({ ...options, token: () => Promise.reject(cause) });
  const works = [
    () => client.startRun({ message: "Hi" }),
    () => all(client.events(RUN_ID)),
    () => client.getRun(RUN_ID),
    () => client.listSessions(),
  ];
  for (const work of works) {
    const failure = await failureOf(work());
    assert.deepEqual([failure.kind, failure.status, failure.retryable], ["unauthenticated", 0, false]);
    assert.equal(failure.cause, cause);
  }
  assert.equal(asked.length, 0);
  await createAgentClient({ ...options, token: "mine" }).startRun({ message: "Hi" });
  assert.equal(asked[0]?.authorization, "Bearer mine");
});

Deno.test("an id that is none, and a limit out of bounds, are refused before they are sent", async () => {
  const { client, asked } = clientOf([]);
  for (const run_id of ["", "..", "/"]) {
    for (const work of [client.getRun, client.cancel, client.resume]) {
      const failure = await failureOf(work(run_id));
      assert.deepEqual([failure.kind, failure.message], ["bad_request", `"${run_id}" is no run_id.`]);
    }
    assert.match((await failureOf(all(client.events(run_id)))).message, /is no run_id/);
  }
  for (const limit of [0, -1, 101, NaN]) {
    for (const work of [client.listSessions({ limit }), client.listMessages(RUN_ID, { limit })]) {
      assert.match((await failureOf(work)).message, /limit must be from 1 to 100/);
    }
  }
  assert.equal(asked.length, 0);
});

Deno.test("a start that must be repeated is repeated with the same key", async () => {
  const { client, asked } = clientOf([{ kind: "unreachable" }, { kind: "answer", status: 503 }]);
  const run = await client.startRun({ message: "Hi" });
  assert.equal(run.run_id, RUN_ID);
  assert.deepEqual(await all(run.events()), READABLE);
  const body = { message: "Hi", request_key: "made-up", stream: true };
  assert.deepEqual(asked.map((one) => [one.method, one.path, one.body]), Array(3).fill(["POST", "", body]));

  const own = clientOf([]);
  await own.client.startRun({ message: "Hi", request_key: "mine" });
  assert.deepEqual(own.asked[0]?.body, { ...body, request_key: "mine" });
});

Deno.test("a run's own stream is read first, and goes on from the events route", async () => {
  const { client, asked } = clientOf([{
    kind: "stream",
    bytes: streamAfter(0).length - streamAfter(2).length + 20,
  }]);
  const run = await client.startRun({ message: "Hi" });
  assert.deepEqual(await all(run.events()), READABLE);
  assert.deepEqual(await all(run.events()), READABLE);
  const events = `/runs/${RUN_ID}/events`;
  assert.deepEqual(asked.map((one) => [one.path, one.after]), [["", null], [events, "2"], [events, "0"]]);
});

Deno.test("an error answer becomes an AgentClientError with all that it says", async () => {
  const refuse = async (status: number, body: unknown, headers = {}) => {
    const { client, asked } = clientOf([{ kind: "answer", status, body, headers }]);
    const { kind, message, retryable, retry_after_s, run_id, ...rest } = await failureOf(
      client.startRun({ message: "Hi" }),
    );
    assert.equal(asked.length, 1);
    return { kind, message, status: rest.status, retryable, retry_after_s, run_id };
  };
  const conflict = { kind: "conflict", message: "Unfinished.", retryable: true };
  assert.deepEqual(await refuse(409, { error: { ...conflict, run_id: RUN_ID, request_id: "x" } }), {
    ...conflict,
    status: 409,
    retry_after_s: undefined,
    run_id: RUN_ID,
  });
  const limited = { kind: "rate_limited", message: "Used up.", retryable: true };
  assert.deepEqual(await refuse(429, { error: limited }, { "retry-after": "90" }), {
    ...limited,
    status: 429,
    retry_after_s: 90,
    run_id: undefined,
  });
  assert.deepEqual(await refuse(404, { msg: "no such function" }), {
    kind: "not_found",
    message: "The server answered 404.",
    status: 404,
    retryable: false,
    retry_after_s: undefined,
    run_id: undefined,
  });
  const fault = { kind: "model_misconfigured", message: "No such model.", retryable: false };
  assert.equal((await refuse(502, { error: fault })).kind, "model_misconfigured");
});

Deno.test("a known event of an unknown shape is an error, not a hole in the stream", async () => {
  const log = LOG.map((event) => event.seq === 4 ? { ...event, part: "one" } : event);
  const { client } = clientOf([{ kind: "stream", log }]);
  const failure = await failureOf(all(client.events(RUN_ID)));
  assert.match(failure.message, /event 4 \(text\) that this client can't read/);
  assert.equal(failure.run_id, RUN_ID);
  const rest = await all(client.events(RUN_ID, { after: failure.seq }));
  assert.deepEqual(rest.map((event) => event.seq), [5, 6], "what stands behind it can be read");
});
