// Golden logs: what real runs once sent must add up to the same states for ever, and reach a client whole.
//
// To record one: add its scenario to scenarios.ts, run `deno task golden <name>`, read both files that it wrote in
// logs/, commit them. A log that is there is history: it is never recorded again, code has to go on reading it.
import assert from "node:assert/strict";
import { createAgentClient } from "../../client/mod.ts";
import { endsSegment, RunEvent } from "../../shared/contracts/events.ts";
import { initialRunState, reduceRun, type RunState } from "../../shared/contracts/run_state.ts";
import { type Connection, hurriedClock, scriptedPlanner, streamAfter } from "../client/scripted_planner.ts";
import { assertContract } from "../support/stack/calling.ts";
import { type GoldenLog, readGoldenLogs } from "./golden_log.ts";

const LOGS = await readGoldenLogs();

const eventsOf = ({ lines }: GoldenLog): RunEvent[] => lines.map((line) => RunEvent.parse(JSON.parse(line)));

/** The state in which JSON would give it back. */
const plain = (state: RunState): unknown => JSON.parse(JSON.stringify(state));

Deno.test("there are golden logs of every kind of event and of every way in which a run ends", () => {
  assert.ok(LOGS.length >= 12);
  const events = LOGS.flatMap(eventsOf);
  const seen = new Set(events.map((event) => event.type));
  const missing = RunEvent.options.map((option) => option.shape.type.value).filter((type) => !seen.has(type));
  assert.deepEqual(missing, []);
  const ends = new Set(LOGS.map((log) => {
    const end = eventsOf(log).at(-1);
    return end?.type === "done" ? end.status : end?.type;
  }));
  assert.deepEqual([...ends].toSorted(), ["cancelled", "completed", "error"]);
});

for (const log of LOGS) {
  Deno.test(`golden log ${log.name}: it is read as it was written, and adds up to what it once did`, () => {
    const events = eventsOf(log);
    assert.deepEqual(events.map((event) => JSON.stringify(event)), log.lines);
    assertContract(events);
    const state = events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? ""));
    // A state may get new fields, but what it once said it says for ever.
    assert.partialDeepStrictEqual(plain(state), log.state);
  });

  Deno.test(`golden log ${log.name}: after every event the state is one that a client can show`, () => {
    let state = initialRunState(eventsOf(log)[0]?.run_id ?? "");
    for (const event of eventsOf(log)) {
      assert.ok(state.status === "running" || state.status === "awaiting_approval");
      const before = JSON.stringify(state);
      const next = reduceRun(state, event);
      assert.equal(JSON.stringify(state), before, "the old state stays as it was");
      assert.ok(
        next.parts.every((part) => typeof part === "string") && !JSON.stringify(next.parts).includes("null"),
      );
      assert.equal(next.status === "awaiting_approval", event.type === "run_paused");
      assert.equal(next.status === "running", !endsSegment(event));
      state = next;
    }
  });

  Deno.test(`golden log ${log.name}: a client gets it whole over connections that break anywhere`, async () => {
    const events = eventsOf(log);
    const { length } = streamAfter(0, events);
    const step = Math.max(1, Math.floor(length / 97));
    for (let bytes = 0; bytes <= length; bytes += step) {
      // Twice in a row at this place, once in pieces of a few bytes, once as an end that looks orderly.
      const connections: Connection[] = [
        { kind: "stream", bytes, then: "break", chunk: 7 },
        { kind: "stream", bytes: Math.min(bytes, 1_500), then: "end" },
      ];
      const client = createAgentClient({
        url: "http://planner.test",
        publishable_key: "key",
        token: () => "t",
        fetch: scriptedPlanner(connections, events).fetch,
        clock: hurriedClock,
        random: () => 0,
      });
      const got = await Array.fromAsync(client.events(events[0]?.run_id ?? ""));
      assert.deepEqual(got.map((event) => JSON.stringify(event)), log.lines, `after ${bytes} bytes`);
    }
  });
}
