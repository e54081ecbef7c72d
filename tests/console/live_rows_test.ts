import assert from "node:assert/strict";
import type { ReadEvent } from "../../client/mod.ts";
import { addEvent, liveRows } from "../../console/parts/live_rows.ts";
import { spansOf } from "../../console/parts/spans.ts";
import { RunEvent } from "../../shared/contracts/events.ts";
import { type GoldenLog, readGoldenLogs } from "../golden/golden_log.ts";
import { runRow } from "./trace_support.ts";

const events = ({ lines }: GoldenLog): ReadEvent[] => lines.map((line) => RunEvent.parse(JSON.parse(line)));

const unfinished = (first: ReadEvent | undefined) =>
  runRow({
    ...{ id: first?.run_id ?? "", status: "running", strategy: null, finished_at: null },
    created_at: first?.at ?? "",
  });

for (const log of await readGoldenLogs()) {
  Deno.test(`the log ${log.name}: every call and every attempt is a row, under way until its event says otherwise`, () => {
    const all = events(log);
    const live = liveRows(unfinished(all[0]));
    for (const event of all) {
      addEvent(live, event);
      const spans = spansOf(live.rows);
      assert.equal(new Set(spans.map(({ id }) => id)).size, spans.length, "every row has an id of its own");
      // Of a thread at most one model call is under way, and none while its tools work.
      for (const [id, { call, tools }] of live.threads) {
        const open = spans.filter((span) => span.thread === id && span.kind === "model" && span.end === null);
        assert.equal(open.length, call && live.rows.run.finished_at === null ? 1 : 0);
        assert(tools.size === 0 || open.length === 0, "the model waits for its tools");
      }
    }
    const count = (type: ReadEvent["type"]) => all.filter((event) => event.type === type).length;
    assert.equal(live.rows.tool_calls.length, count("tool_call"));
    assert.equal(live.rows.plans.length, count("plan_created"));
    const begun = all.flatMap((one) =>
      one.type === "step_start" ? [`${one.step_number}:${one.attempt}`] : []
    );
    const rows = live.rows.steps.map((step) => `${step.step_number}:${step.attempt}`);
    assert.deepEqual(rows.filter((row) => begun.includes(row)).sort(), begun.sort());
    const last = all.at(-1);
    if (last?.type === "done" || last?.type === "error") {
      assert.deepEqual(spansOf(live.rows).filter((span) => span.end === null), [], "nothing is under way");
    }
  });
}

Deno.test("two executors at work at once are two model calls at once", async () => {
  const log = (await readGoldenLogs()).find(({ name }) => name === "plan");
  assert(log);
  const all = events(log);
  const live = liveRows(unfinished(all[0]));
  for (const event of all.slice(0, 10)) addEvent(live, event);
  const open = spansOf(live.rows).filter((span) => span.kind === "model" && span.end === null);
  assert.deepEqual(open.map(({ place }) => place), ["step 1", "step 2"]);
});
