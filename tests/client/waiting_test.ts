import assert from "node:assert/strict";
import { createAgentClient } from "../../client/mod.ts";
import { fakeClock } from "../support/ports/fake_clock.ts";
import { type Connection, READABLE, RUN_ID, scriptedPlanner } from "./scripted_planner.ts";

function reading(connections: Connection[], random: number, signal?: AbortSignal) {
  const clock = fakeClock();
  const { fetch, asked } = scriptedPlanner(connections);
  const client = createAgentClient({
    url: "http://planner.test",
    publishable_key: "key",
    token: () => "t",
    fetch,
    clock,
    random: () => random,
  });
  const outcome = Array.fromAsync(client.events(RUN_ID, { signal })).then(
    (events) => ({ events }),
    (error: unknown) => ({ error }),
  );
  return { clock, asked, outcome };
}

/** Lets everything run that waits for no timer. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const down = (times: number, headers = {}): Connection[] =>
  Array.from({ length: times }, () => ({ kind: "answer", status: 503, headers }));

async function pauses(random: number): Promise<number[]> {
  const { clock, asked, outcome } = reading(down(9), random);
  const found: number[] = [];
  let since = clock.now();
  await settle();
  while (asked.length < 10) {
    const before = asked.length;
    clock.advance(25);
    await settle();
    if (asked.length === before) continue;
    found.push(clock.now() - since);
    since = clock.now();
  }
  assert.deepEqual(await outcome, { events: READABLE });
  return found;
}

Deno.test("pauses double from a quarter of a second to ten, and chance takes up to half of each", async () => {
  const longest = [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000];
  assert.deepEqual(await pauses(1), longest);
  assert.deepEqual(await pauses(0), longest.map((ms) => ms / 2));
});

Deno.test("a server that says when to come back is not asked before", async () => {
  const { clock, asked, outcome } = reading(down(1, { "retry-after": "7" }), 0);
  await settle();
  clock.advance(6999);
  await settle();
  assert.equal(asked.length, 1);
  clock.advance(1);
  assert.deepEqual(await outcome, { events: READABLE });
});

Deno.test("a reader for whom there are too many streams waits for one to end", async () => {
  const error = { kind: "rate_limited", message: "20 streams are open.", retryable: true };
  const full: Connection = { kind: "answer", status: 429, headers: { "retry-after": "5" }, body: { error } };
  const { clock, asked, outcome } = reading([full], 0);
  await settle();
  clock.advance(4_999);
  await settle();
  assert.equal(asked.length, 1);
  clock.advance(1);
  assert.deepEqual(await outcome, { events: READABLE });
});

Deno.test("a connection without a byte for 45 seconds is given up, and the stream goes on", async () => {
  const { clock, asked, outcome } = reading([{ kind: "stream", bytes: 40, then: "silence" }], 0);
  await settle();
  clock.advance(44_999);
  await settle();
  clock.advance(1_000);
  await settle();
  clock.advance(1_000);
  assert.deepEqual(await outcome, { events: READABLE });
  assert.equal(asked.length, 2);
  assert.equal(clock.timers, 0);
});

Deno.test("an aborted signal ends a reader at once, in a stream and between two attempts", async () => {
  const troubles: Connection[] = [{ kind: "stream", bytes: 40, then: "silence" }, ...down(1)];
  for (const trouble of troubles) {
    const stopping = new AbortController();
    const { clock, outcome } = reading([trouble], 0, stopping.signal);
    await settle();
    stopping.abort(new Error("enough"));
    assert.deepEqual(await outcome, { error: new Error("enough") });
    assert.equal(clock.timers, 0);
  }
});
