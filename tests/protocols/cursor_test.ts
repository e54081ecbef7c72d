import assert from "node:assert/strict";
import { compareCursors, parseCursor, STREAM_START } from "../../shared/protocols/cursor.ts";

Deno.test("an id is a seq, or a seq with a sub-id; everything else is none", () => {
  assert.deepEqual(parseCursor("17"), { seq: 17, sub: Infinity });
  assert.deepEqual(parseCursor("17.2"), { seq: 17, sub: 2 });
  assert.deepEqual(parseCursor("0"), STREAM_START);
  const others = ["", ".", "1.", ".1", "1.0", "0.1", "01", "-1", "1.2.3", "1e3", " 1", "1\n", "9".repeat(16)];
  for (const text of others) assert.equal(parseCursor(text), null, JSON.stringify(text));
});

Deno.test("ids stand in the order of their frames: a bare seq behind its sub-ids", () => {
  const ids = ["0", "1.1", "1.2", "1.10", "1", "2", "10.1", "10"];
  const cursors = ids.map((id) => parseCursor(id) ?? STREAM_START);
  assert.deepEqual(cursors.toReversed().toSorted(compareCursors), cursors);
  assert.equal(compareCursors(STREAM_START, STREAM_START), 0);
});
