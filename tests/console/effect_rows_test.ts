import assert from "node:assert/strict";
import { effectRows, valueWords } from "../../console/parts/effect_rows.ts";

const EVENT = "00000000-0000-4000-8000-000000000001";

Deno.test("an update shows the columns that change, before and after, and the row's name", () => {
  const [row] = effectRows([{
    ...{ table: "public.calendar_events", key: { id: EVENT, user_id: "u" }, op: "update", title: "Review" },
    changes: { status: ["confirmed", "cancelled"], starts_at: ["2026-11-27T16:00:00Z", null] },
  }], "UTC");
  assert.deepEqual(row, {
    badge: { word: "changes", tone: "warn" },
    ...{ table: "calendar_events", name: "Review", rest: "All other columns stay as they are." },
    columns: [
      { column: "status", before: "confirmed", after: "cancelled", made: false },
      { column: "starts_at", before: "Fri, 27 Nov 2026, 16:00:00 UTC", after: "nothing", made: false },
    ],
  });
});

Deno.test("a new row shows what is in it, not whose it is, and says what the database makes anew", () => {
  const [row] = effectRows([{
    ...{ table: "public.tasks", key: { id: 7 }, op: "insert", made: ["id"] },
    row: { id: 7, user_id: "u", title: "Paint", note: null, done: false, event_id: EVENT },
  }]);
  assert.deepEqual(row?.columns.map(({ column, before, after, made }) => [column, before, after, made]), [
    ["id", null, "7", true],
    ["title", null, "Paint", false],
    ["done", null, "no", false],
    ["event_id", null, EVENT, false],
  ]);
});

Deno.test("an id of a row that is shown is called by that row's name", () => {
  const rows = effectRows([
    {
      table: "public.calendar_events",
      key: { id: EVENT },
      op: "delete",
      row: { id: EVENT, title: "Review" },
    },
    { table: "public.tasks", key: { id: "t" }, op: "update", changes: { event_id: [EVENT, null] } },
  ]);
  assert.equal(rows[1]?.columns[0]?.before, "“Review”");
  assert.equal(rows[1]?.name, "t", "a row without a name is called by its key");
});

Deno.test("what is cut or not shown says so", () => {
  assert.equal(
    valueWords({ cut: "Once upon", length: 2_300, sha256: "x" }, new Map()),
    "Once upon… (2300 characters in all)",
  );
  const [row] = effectRows([{
    ...{ table: "public.tasks", key: {}, op: "unshown" },
    row: { number: 12, sha256: "x" },
  }]);
  assert.equal(row?.rest, "12 further changes are not shown. Allowing it allows them, too.");
});

Deno.test("a change of a kind that this version does not know is shown by its word, and breaks nothing", () => {
  const [row] = effectRows([JSON.parse('{"table":"x","key":{"id":1},"op":"merge"}')]);
  assert.deepEqual([row?.badge.word, row?.columns], ["merge", []]);
});
