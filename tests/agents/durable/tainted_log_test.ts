// Events are sent as they are stored: by which of them the run had read text from outside is for the database to say.
import assert from "node:assert/strict";
import { knownEvents } from "../../../shared/agents/durable/event_dedup.ts";
import { createRunLog } from "../../../shared/agents/durable/run_log.ts";
import type { EventRow } from "../../../shared/agents/store/rows.ts";
import { RunEvent } from "../../../shared/contracts/events.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { ownedRun, RUN_ID } from "../../support/agents/owned_run.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";

/** A log over a store that says this of each batch and of the end. */
function open(said: { tainted_from?: number; tainted?: true }) {
  const owned = ownedRun();
  const sent: RunEvent[] = [];
  const last = (events: EventRow[]) => {
    const { data, agent, ...head } = events.at(-1) ?? assert.fail("there is no event");
    const { tainted } = said;
    return RunEvent.parse({ ...head, ...data, ...(agent && { agent }), run_id: RUN_ID, tainted });
  };
  const run = createRunLog({
    owned,
    known_events: knownEvents(owned.events),
    store: {
      recordProgress: () => Promise.resolve({ verdicts: {}, tainted_from: said.tainted_from }),
      parkRun: (_lease, { events }) => Promise.resolve(last(events)),
      finishRun: (_lease, _outcome, { events }) => Promise.resolve([last(events)]),
      failRun: () => Promise.reject(new Error("it has not failed")),
    },
    clock: fakeClock(),
    log: { error() {} },
    deliver: (event) => sent.push(event),
    handOff: { due: false, progress() {} },
  });
  return { run, tainted: () => sent.map(({ tainted }) => tainted) };
}

const ENDED = {
  status: "completed",
  strategy: "simple",
  usage: NO_USAGE,
  finished_reason: "answered",
} as const;

Deno.test("of a batch, the events from that one on are tainted", async () => {
  const { run, tainted } = open({ tainted_from: 3 });
  run.emit({ type: "analysis", strategy: "simple" });
  run.emit({ type: "analysis", strategy: "tool_use" });
  await run.flush();
  assert.deepEqual(tainted(), [undefined, true]);
});

for (const end of ["finish", "park"] as const) {
  Deno.test(`the events that come with the last one are tainted if that is: ${end}`, async () => {
    const { run, tainted } = open({ tainted: true });
    run.emit({ type: "analysis", strategy: "simple" });
    await (end === "park" ? run.park(null) : run.finish({ ...ENDED, settlement: null }));
    assert.deepEqual(tainted(), [true, true]);
  });
}
