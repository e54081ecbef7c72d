// The database is away for a while that is shorter than a lease, beginning at any kind of call that a planner or an
// executor makes to it: nobody has to hear of it.
import assert from "node:assert/strict";
import { beginnings, endOf, OUTAGE_SCRIPTS, play } from "./outage.ts";

/**
 * Made once, not retried: when their answers are lost, nobody knows of the claim, and its lease has to expire.
 */
const CLAIMS = new Set(["planner: startRun", "planner: claimRun", "executor: claimStep"]);

const LONG_ENOUGH_MS = 110_000;

for (const [name, script] of Object.entries(OUTAGE_SCRIPTS)) {
  for (const ms of [1_000, 3_000, 10_000]) {
    Deno.test(`${name}: a database that is away for ${ms / 1_000} s changes nothing, whichever call meets it`, async () => {
      const undisturbed = await play(script, LONG_ENOUGH_MS);
      const end = endOf(undisturbed.world);
      for (const { kind, from } of beginnings(undisturbed.calls)) {
        for (const first of ["request lost", "answer lost"] as const) {
          for (const only of [undefined, kind]) {
            const { world, answer } = await play(script, LONG_ENOUGH_MS, { from, first, ms, only });
            const where = `${kind}, ${first}${only ? ", that call only" : ""}`;
            assert.equal(answer, undisturbed.answer, where);
            if (first === "answer lost" && CLAIMS.has(kind)) continue;
            assert.deepEqual(endOf(world), end, where);
          }
        }
      }
    });
  }
}

Deno.test("the turns above call every method of the store that may be called when all goes well", async () => {
  const called = new Set<string>();
  for (const script of Object.values(OUTAGE_SCRIPTS)) {
    for (const deadline_ms of [0, LONG_ENOUGH_MS]) {
      for (const kind of (await play(script, deadline_ms)).calls.keys()) called.add(kind);
    }
  }
  assert.deepEqual([...called].toSorted(), [
    "executor: advanceStep",
    "executor: claimStep",
    "executor: finishStep",
    "executor: heartbeatStep",
    "executor: releaseStep",
    "planner: advanceStep",
    "planner: answerStep",
    "planner: claimRun",
    "planner: claimStep",
    "planner: finishRun",
    "planner: finishStep",
    "planner: heartbeatRun",
    "planner: recordProgress",
    "planner: releaseRun",
    "planner: reserveUsage",
    "planner: settleUsage",
    "planner: startRun",
    "planner: viewStep",
  ]);
});
