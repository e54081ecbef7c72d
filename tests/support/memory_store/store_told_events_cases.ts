// What every store tells in a run's log by itself: who goes on with the run, and how steps ended with it.
import assert from "node:assert/strict";
import type { RunOutcome } from "../../../shared/agents/store/records.ts";
import {
  answered,
  batch,
  type Case,
  claim,
  claimAgain,
  DONE,
  end,
  ended,
  LEASE_SECONDS,
  plan,
  progress,
  start,
} from "./store_fixture.ts";
import { firstReservation } from "../ports/meter_port.ts";

export const TOLD_EVENT_CASES: Case[] = [
  {
    name: "another owner is told of once, by its claim: which one it is, and why it goes on",
    async run(fixture) {
      const { store } = fixture;
      const run = await start(fixture);
      await store.releaseRun(run, null);
      const second = await claimAgain(fixture, run.run_id) ?? assert.fail("it has ended");
      assert.deepEqual([second.last_seq, second.events.at(-1)?.type], [2, "taken_over"]);
      await fixture.lapse(run.run_id);
      const { row: reservation } = await firstReservation("planner");
      const order = { reservation, lease_seconds: LEASE_SECONDS };
      for (let n = 0; n < 2; n++) assert.equal((await store.claimRun(run.run_id, order))?.last_seq, 3);
      const told = (await fixture.log(run.run_id)).flatMap((event) =>
        event.type === "taken_over" ? [[event.seq, event.generation, event.why]] : []
      );
      assert.deepEqual(told, [[2, 2, "handed_over"], [3, 3, "lease_expired"]]);
    },
  },
  {
    name: "steps that end with their run are told of before its end, as their rows say; others are not",
    async run(fixture) {
      const run = await start(fixture);
      const step = await plan(fixture, run);
      const done = await claim(fixture, step(1));
      await fixture.store.finishStep(done, ended(DONE), progress());
      await claim(fixture, step(2));
      await fixture.cancel(run.run_id);
      const { strategy, usage, settlement } = answered(2)[0];
      const cancelled: RunOutcome = { status: "cancelled", strategy, usage, settlement };
      const order = [run, cancelled, batch({ events: [end(2, "cancelled")] })] as const;
      const last = await fixture.store.finishRun(...order);
      assert.deepEqual(last, (await fixture.log(run.run_id)).slice(1));
      assert.deepEqual(await fixture.store.finishRun(...order), last, "also where the answer was lost");
      assert.deepEqual(
        last.map((event) =>
          event.type === "step_complete" ? [event.step_number, event.attempt, event.status] : event.type
        ),
        [[1, 1, "completed"], [2, 1, "cancelled"], "done"],
      );
    },
  },
];
