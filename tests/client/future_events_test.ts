// A server that is newer than its client: types of events, members of enums and fields that this version doesn't know.
import assert from "node:assert/strict";
import fc from "fast-check";
import { createAgentClient, initialRunState, reduceRun } from "../../client/mod.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { readGoldenLogs } from "../golden/golden_log.ts";
import {
  type Connection,
  hurriedClock,
  type LoggedEvent,
  RUN_ID,
  scriptedPlanner,
} from "./scripted_planner.ts";

const LOGS = (await readGoldenLogs()).map(({ name, lines }) => ({
  name,
  log: lines.map((line): LoggedEvent => JSON.parse(line)),
}));

/** The members of enums, by the events and fields that they stand in. */
const ENUMS: [string, string[]][] = [
  ["analysis", ["strategy"]],
  ["step_complete", ["status"]],
  ["executor_result", ["result", "status"]],
  ["tool_call", ["access"]],
  ["taken_over", ["why"]],
  ["done", ["finished_reason"]],
  ["done", ["plan_status"]],
  ["tool_call", ["agent", "type"]],
  ["error", ["kind"]],
];

async function read(log: LoggedEvent[], connections: Connection[] = []): Promise<ReadEvent[]> {
  const client = createAgentClient({
    ...{ url: "http://planner.test", publishable_key: "key", token: () => "t" },
    ...{ fetch: scriptedPlanner(connections, log).fetch, clock: hurriedClock, random: () => 0 },
  });
  return await Array.fromAsync(client.events(RUN_ID));
}

const stateOf = (events: ReadEvent[]) => events.reduce(reduceRun, initialRunState(RUN_ID));
const numbered = (log: LoggedEvent[]) => log.map((event, i) => ({ ...event, seq: i + 1 }));
const inserted = (log: LoggedEvent[], at: number, event: LoggedEvent) =>
  log.toSpliced(at % log.length, 0, event);

/** The log with another word in one of its enums. */
function withMember(log: LoggedEvent[], [type, path]: [string, string[]], word: string): LoggedEvent[] {
  return structuredClone(log).map((event) => {
    if (event.type !== type) return event;
    const [last = "", ...above] = path.toReversed();
    const owner = above.toReversed().reduce((value: object, key) => Object(Reflect.get(value, key)), event);
    Reflect.set(owner, last, word);
    return event;
  });
}

const Word = fc.string({ minLength: 1 }).map((text) => `new_${text}`);
/** A key that names a prototype is left out wherever it stands; that is another test's. */
const Fields = fc.dictionary(Word, fc.jsonValue()).filter((fields) =>
  !JSON.stringify(fields).includes("__proto__")
);
const Future = fc.record({
  type: fc.stringMatching(/^new_\w{1,9}$/),
  fields: fc.dictionary(fc.string(), fc.jsonValue()),
})
  .map(({ type, fields }): LoggedEvent => ({ ...fields, type, seq: 0 }));

Deno.test("events of types from the future change nothing: the state ends as it would without them", async () => {
  const scenario = fc.tuple(
    fc.constantFrom(...LOGS),
    fc.array(fc.tuple(fc.nat(), Future), { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat(3_000), { maxLength: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(scenario, async ([{ log }, futures, breaks]) => {
      const future = numbered(futures.reduce((events, [at, event]) => inserted(events, at, event), log));
      const events = await read(future, breaks.map((bytes) => ({ kind: "stream", bytes, then: "break" })));
      assert.deepEqual(stateOf(events), stateOf(await read(log)));
      assert.equal(events.length, log.length);
    }),
    { numRuns: 150 },
  );
});

Deno.test("members of enums from the future arrive as they were sent, and the state says them", async () => {
  const scenario = fc.tuple(fc.constantFrom(...LOGS), fc.constantFrom(...ENUMS), Word);
  await fc.assert(
    fc.asyncProperty(scenario, async ([{ log }, place, word]) => {
      const future = withMember(log, place, word);
      const events = await read(future);
      assert.deepEqual(events, future);
      const [state, known] = [stateOf(events), stateOf(await read(log))];
      assert.deepEqual(JSON.parse(JSON.stringify(state).replaceAll(JSON.stringify(word), '"new"')), {
        ...JSON.parse(JSON.stringify(stateOf(await read(withMember(log, place, "new"))))),
      });
      assert.equal(state.status, known.status);
      assert.deepEqual(state.parts, known.parts);
    }),
    { numRuns: 100 },
  );
});

Deno.test("fields from the future are passed on and change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...LOGS), Fields, async ({ log }, fields) => {
      const future = log.map((event) => ({ ...fields, ...event }));
      const events = await read(future);
      assert.deepEqual(events, JSON.parse(JSON.stringify(future)));
      assert.deepEqual(stateOf(events), stateOf(await read(log)));
    }),
    { numRuns: 60 },
  );
});

Deno.test("a run that ends in a new way is done with a new status: its stream ends, and so does its state", async () => {
  for (const { log } of LOGS) {
    if (log.at(-1)?.type !== "done") continue;
    const state = stateOf(await read(withMember(log, ["done", ["status"]], "handed_over")));
    assert.equal(state.status, "handed_over");
    assert.notEqual(state.usage, null);
  }
});

Deno.test("the reducer takes whatever a reader of its own hands it: a type it doesn't know never throws", () => {
  fc.assert(fc.property(Future, (event) => {
    const state = initialRunState(RUN_ID);
    const next: unknown = Reflect.apply(reduceRun, null, [state, { ...event, run_id: RUN_ID }]);
    assert.ok(typeof next === "object" && next !== null && "status" in next && next.status === "running");
  }));
});

Deno.test("a server whose event protocol is a later one is not read at all: its reader is told to update", async () => {
  const answers = (spoken: string) =>
    createAgentClient({
      ...{
        url: "http://planner.test",
        publishable_key: "key",
        token: "t",
        clock: hurriedClock,
        random: () => 0,
      },
      fetch: () => Promise.resolve(new Response("", { headers: { "x-event-protocol": spoken } })),
    });
  await assert.rejects(() => Array.fromAsync(answers("2").events(RUN_ID)), {
    name: "AgentClientError",
    retryable: false,
    message:
      "The server sent version 2 of the event protocol that this client can't read. A newer client may.",
  });
  await assert.rejects(() => answers("2").cancel(RUN_ID), /version 2 of the event protocol/);
  await assert.rejects(() => answers("1").cancel(RUN_ID), /an answer from/);
});
