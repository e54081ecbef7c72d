// What the projections make of the golden logs is written down; clients that are there have to go on taking it.
import assert from "node:assert/strict";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { endsSegment, isTerminal, type RunEvent } from "../../shared/contracts/events.ts";
import { compareCursors, parseCursor, type StreamCursor } from "../../shared/protocols/cursor.ts";
import { type ProjectedFrame, sseText } from "../../shared/protocols/frame.ts";
import { readGoldenLogs } from "../golden/golden_log.ts";
import { eventsOfLog, fileOf, PROJECTIONS, recordingOf } from "./recording.ts";
import { newestSegmentOf } from "./log_of.ts";

const LOGS = await readGoldenLogs();

function cursorOf({ id }: ProjectedFrame): StreamCursor {
  const cursor = parseCursor(id);
  assert.ok(cursor, id);
  return cursor;
}

/** What a reader of server-sent events gets of this text. */
function framesIn(text: string): ProjectedFrame[] {
  const frames: ProjectedFrame[] = [];
  const onEvent = ({ id = "", event = "", data }: EventSourceMessage) => frames.push({ id, event, data });
  createParser({ onEvent }).feed(text);
  return frames;
}

for (const projected of PROJECTIONS) {
  const { name, frames } = projected;

  Deno.test(`${name}: the golden logs become the frames that were recorded`, async () => {
    assert.equal(recordingOf(projected, LOGS), await Deno.readTextFile(fileOf(projected)));
  });

  Deno.test(`${name}: every event gives a frame, the last of which has its seq as id, and all have its type`, () => {
    for (const log of LOGS) {
      const events = eventsOfLog(log);
      const all = frames(events);
      for (const { seq, type } of events) {
        const own = all.filter((frame) => cursorOf(frame).seq === seq);
        const ids = own.map((_, i) => i === own.length - 1 ? String(seq) : `${seq}.${i + 1}`);
        assert.ok(own.length > 0, `${log.name} ${seq}`);
        assert.deepEqual(own.map(({ id }) => id), ids);
        assert.deepEqual(new Set(own.map(({ event }) => event)), new Set([type]));
      }
      const cursors = all.map(cursorOf);
      assert.deepEqual(cursors, cursors.toSorted(compareCursors));
    }
  });

  Deno.test(`${name}: a stream that is cut after any frame goes on with the next one`, () => {
    for (const log of LOGS) {
      const events = eventsOfLog(log);
      const whole = frames(events);
      for (const [i, frame] of whole.entries()) {
        assert.deepEqual(
          frames(events, cursorOf(frame)),
          whole.slice(i + 1),
          `${log.name} after ${frame.id}`,
        );
      }
    }
  });

  Deno.test(`${name}: a live fold sends what a fold from the start sends, of a log that grows`, () => {
    for (const log of LOGS) {
      const events = eventsOfLog(log);
      const whole = frames(events);
      for (const n of events.keys()) {
        const grown = frames(events.slice(0, n));
        assert.deepEqual(grown, whole.slice(0, grown.length), `${log.name} up to ${n}`);
      }
    }
  });

  Deno.test(`${name}: as server-sent events a frame is a frame, wherever its text is cut`, () => {
    for (const log of LOGS) {
      const whole = frames(eventsOfLog(log));
      assert.deepEqual(framesIn(whole.map(sseText).join("")), whole, log.name);
      for (const [i, frame] of whole.entries()) {
        const text = sseText(frame);
        const before = i === 0 ? [] : whole.slice(i - 1, i);
        const cut = before.map(sseText).join("") + text.slice(0, text.lastIndexOf("id: ") + 4);
        assert.deepEqual(framesIn(cut), before);
      }
    }
  });
}

Deno.test("only at the end of a segment a frame without a dot says that the stream is over", () => {
  for (const { frames } of PROJECTIONS) {
    for (const log of LOGS) {
      const events = eventsOfLog(log);
      const ends = frames(events).filter(({ id, event }) =>
        /^(done|error|run_paused)$/.test(event) && !id.includes(".")
      );
      assert.deepEqual(ends.map(({ id }) => Number(id)), events.filter(endsSegment).map(({ seq }) => seq));
    }
  }
});

Deno.test("the newest segment of a log begins behind the last pause that something came after", () => {
  const [log] = LOGS.filter(({ name }) => name === "approvals");
  assert.ok(log);
  const events = eventsOfLog(log);
  const pauses = events.filter(({ type }) => type === "run_paused").map(({ seq }) => seq);
  assert.equal(pauses.length, 2);
  const [first = 0, second = 0] = pauses;
  const upTo = (seq: number): RunEvent[] => events.filter((event) => event.seq <= seq);
  assert.equal(newestSegmentOf(upTo(first - 1)).seq, 0);
  assert.equal(newestSegmentOf(upTo(first)).seq, 0);
  assert.equal(newestSegmentOf(upTo(first + 1)).seq, first);
  assert.equal(newestSegmentOf(upTo(second)).seq, first);
  assert.equal(newestSegmentOf(events).seq, second);
  assert.ok(isTerminal(events.at(-1) ?? { type: "text" }));
});
