import assert from "node:assert/strict";
import { overviewLanes } from "../../console/parts/overview_lanes.ts";
import type { CallKind } from "../../console/parts/span.ts";
import { spansOf } from "../../console/parts/spans.ts";
import { timeAxis } from "../../console/parts/time_axis.ts";
import { topFor, virtualRange } from "../../console/parts/virtual_range.ts";
import { visibleSpans } from "../../console/parts/visible_spans.ts";
import { at, modelRow, planRow, stepRow, toolRow, traceRows } from "./trace_support.ts";

const SPANS = spansOf(traceRows({
  plans: [planRow()],
  steps: [stepRow({ id: "s1" }), stepRow({ id: "s2", step_number: 2, agent_session_id: "other" })],
  model_calls: [
    modelRow(),
    modelRow({
      id: "m2",
      agent_session_id: "thread",
      model_answered: "gpt-x",
      started_at: at(1_200),
      ended_at: at(1_400),
    }),
  ],
  tool_calls: [
    toolRow({ id: "plan_call", tool_name: "create_plan", access: null }),
    toolRow({
      id: "read",
      agent_session_id: "thread",
      tool_name: "get_project_details",
      created_at: at(1_500),
    }),
    toolRow({
      ...{ id: "write", agent_session_id: "other", tool_name: "update_project", access: "write" },
      ...{ status: "failed", error: "The project is archived.", created_at: at(1_500) },
    }),
  ],
}));

const NOTHING = { hidden: new Set<CallKind>(), folded: new Set<string>(), find: "" };
const ids = (selection: Partial<typeof NOTHING>) =>
  visibleSpans(SPANS, { ...NOTHING, ...selection }).spans.map(({ id }) => id);

Deno.test("a kind that is left out is not shown, and containers always are", () => {
  assert.deepEqual(ids({ hidden: new Set(["model", "hand_in", "read"]) }), [
    "run",
    "plan",
    "s1",
    "s2",
    "write",
  ]);
});

Deno.test("what is folded hides what stands under it, and nothing else", () => {
  assert.deepEqual(ids({ folded: new Set(["s1"]) }), [
    "run",
    "model",
    "plan_call",
    "plan",
    "s1",
    "s2",
    "write",
  ]);
  assert.deepEqual(ids({ folded: new Set(["plan", "s1"]) }), ["run", "model", "plan_call", "plan"]);
});

Deno.test("finding shows what has the words and what leads to it, folded or not, and counts the former", () => {
  const folded = new Set(["plan"]);
  assert.deepEqual(ids({ find: "Update_Project", folded }), ["run", "plan", "s2", "write"]);
  assert.equal(visibleSpans(SPANS, { ...NOTHING, find: "update_project" }).found, 1);
  assert.deepEqual(ids({ find: "archived" }), ["run", "plan", "s2", "write"]);
  assert.deepEqual(ids({ find: "gpt-x" }), ["run", "plan", "s1", "m2"]);
  assert.deepEqual(ids({ find: "no such thing" }), []);
});

Deno.test("finding does not look at what is left out", () => {
  assert.deepEqual(ids({ find: "archived", hidden: new Set(["write"]) }), []);
});

Deno.test("a long list stands in the page only where it is in view; a short one whole", () => {
  const view = { row_px: 26, height: 600, top: 0 };
  assert.deepEqual(virtualRange({ ...view, count: 199 }), { from: 0, to: 199 });
  for (const top of [0, 13, 2_600, 129_400, 1e9]) {
    const { from, to } = virtualRange({ ...view, count: 5_000, top });
    assert(to - from <= 60, `${to - from} rows at ${top}`);
    assert(from <= Math.max(0, Math.floor(Math.min(top, 5_000 * 26) / 26)) && to <= 5_000 && from >= 0);
  }
});

Deno.test("a row in view needs no scrolling; one above or below comes just into it", () => {
  const view = { count: 1_000, row_px: 26, height: 260, top: 260 };
  for (const coming of ["nearest", "middle"] as const) assert.equal(topFor(12, view, coming), null);
  assert.equal(topFor(9, view, "nearest"), 9 * 26);
  assert.equal(topFor(20, view, "nearest"), 21 * 26 - 260);
  assert.equal(topFor(100, view, "middle"), 100 * 26 - 117);
});

Deno.test("the overview has a lane for each thread, as it began, with writes drawn last", () => {
  const lanes = overviewLanes(
    SPANS,
    timeAxis({ start: Date.parse(at(0)), end: Date.parse(at(10_000)) }, [], 400),
  );
  assert.deepEqual(lanes.map(({ thread }) => thread), ["own", "thread", "other"]);
  assert.deepEqual(lanes[1]?.pieces.map(({ kind }) => kind), ["model", "read"]);
  assert.deepEqual(lanes[2]?.pieces.map(({ kind }) => kind), ["failed"]);
});
