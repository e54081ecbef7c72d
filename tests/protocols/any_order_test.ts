// Whatever a log holds that the contract of events allows, the clients can read what becomes of it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { isTerminal, RunEvent } from "../../shared/contracts/events.ts";
import { parseCursor } from "../../shared/protocols/cursor.ts";
import { isKnownEvent } from "../../shared/protocols/known_event.ts";
import { uiMessageOf } from "../../shared/protocols/ai_sdk/ui_history.ts";
import { randomLog, UNKNOWN_TYPE } from "./random_log.ts";
import { PROJECTIONS } from "./recording.ts";
import { assertAgUiRules, assertAiSdkRules } from "./stream_rules.ts";

const RUNS = { numRuns: 80 };

Deno.test("the random logs have every type of event, and one that is not known", () => {
  const types = new Set(fc.sample(randomLog, 300).flat().map(({ type }) => type as string));
  assert.equal(types.size, RunEvent.options.length + 1);
  assert.ok(types.has(UNKNOWN_TYPE));
});

for (const { name, frames } of PROJECTIONS) {
  Deno.test(`${name}: the stream of any log keeps the protocol's rules, and each event is seen in it`, () => {
    fc.assert(
      fc.property(randomLog, (events) => {
        const all = frames(events);
        const data = all.map((frame) => frame.data);
        name === "ag_ui" ? assertAgUiRules(data) : assertAiSdkRules(data);
        const seen = all.filter(({ id }) => !id.includes("."));
        assert.deepEqual(
          seen.map(({ id, event }) => [id, event]),
          events.map(({ seq, type }) => [`${seq}`, type]),
        );
      }),
      RUNS,
    );
  });

  Deno.test(`${name}: the stream of any log, cut anywhere, goes on where it was`, () => {
    fc.assert(
      fc.property(randomLog, fc.nat(), (events, cut) => {
        const whole = frames(events);
        const last = whole[cut % whole.length];
        const after = parseCursor(last?.id ?? "");
        assert.ok(after);
        assert.deepEqual(frames(events, after), whole.slice(cut % whole.length + 1));
      }),
      RUNS,
    );
  });

  Deno.test(`${name}: an event of an unknown type changes nothing of what is said of the others`, () => {
    fc.assert(
      fc.property(randomLog, (events) => {
        // One that comes first behind a pause begins a segment, as any event does.
        const known = events.filter((event, i) =>
          isKnownEvent(event) || events[i - 1]?.type === "run_paused"
        );
        const said = frames(events).filter(({ id }) => known.some(({ seq }) => seq === parseCursor(id)?.seq));
        assert.deepEqual(frames(known), said);
      }),
      RUNS,
    );
  });
}

Deno.test("the message of any log that has ended waits for nothing", () => {
  const waits = (events: readonly RunEvent[]) =>
    uiMessageOf(events, "6").parts.filter((part) =>
      part.type === "dynamic-tool" && /^(input-available|approval-requested)$/.test(part.state) ||
      part.type === "text" && part.state === "streaming" || part.type === "data-approval" && part.data.open
    );
  fc.assert(
    fc.property(randomLog, (events) => {
      const last = events.at(-1);
      assert.ok(last && isTerminal(last));
      assert.deepEqual(waits(events), []);
    }),
    RUNS,
  );
});
