import assert from "node:assert/strict";
import { spansOf } from "../../console/parts/spans.ts";
import { spanTitle } from "../../console/parts/span.ts";
import { at, modelRow, planRow, runRow, stepRow, toolRow, traceRows } from "./trace_support.ts";

const lines = (rows: Parameters<typeof spansOf>[0]) =>
  spansOf(rows).map((span) => `${"  ".repeat(span.depth)}${span.kind} ${span.name}`);

Deno.test("spansOf() draws run, plan, step and call as a tree, each row once", () => {
  const rows = traceRows({
    threads: [
      { id: "own", plan_id: null, step_number: null },
      { id: "t1", plan_id: "plan", step_number: 1 },
      { id: "t2", plan_id: "plan", step_number: 2 },
    ],
    plans: [planRow()],
    steps: [
      stepRow({ id: "s2", step_number: 2, agent_session_id: "t2", created_at: at(1_050) }),
      stepRow({ id: "s1", agent_session_id: "t1" }),
    ],
    model_calls: [
      modelRow({ id: "m1" }),
      modelRow({ id: "m2", started_at: at(8_000), ended_at: at(9_900), message_seq: 5 }),
      modelRow({ id: "m3", agent_session_id: "t1", started_at: at(1_200), ended_at: at(2_000) }),
    ],
    tool_calls: [
      toolRow({ id: "c1", tool_name: "create_plan", access: null, finished_at: at(8_000) }),
      toolRow({ id: "c2", agent_session_id: "t1", created_at: at(2_010), finished_at: at(2_060) }),
      toolRow({
        ...{ id: "c3", agent_session_id: "t2", tool_name: "update_project", access: "write" },
        ...{ created_at: at(2_010), finished_at: at(2_060) },
      }),
    ],
  });
  assert.deepEqual(lines(rows), [
    "run Update the Website project",
    "  model model call 1",
    "  hand_in create_plan",
    "  plan plan: Update Website",
    "    step 1 Step number 1",
    "      model model call 1",
    "      read list_tasks",
    "    step 2 Step number 2",
    "      write update_project",
    "  model model call 2",
  ]);
});

Deno.test("a call of a thread that two attempts share belongs to the one that had begun", () => {
  const rows = traceRows({
    plans: [planRow()],
    steps: [
      stepRow({ id: "first", status: "failed", finished_at: at(3_000) }),
      stepRow({ id: "second", attempt: 2, created_at: at(3_100), finished_at: at(6_000) }),
    ],
    tool_calls: [
      toolRow({ id: "c1", agent_session_id: "thread", created_at: at(2_000), finished_at: at(2_100) }),
      toolRow({ id: "c2", agent_session_id: "thread", created_at: at(4_000), finished_at: at(4_100) }),
    ],
  });
  const parents = spansOf(rows).filter((span) => span.kind === "read").map((span) => span.parent);
  assert.deepEqual(parents, ["first", "second"]);
});

Deno.test("an attempt at a model call that failed is a row of its own, and counts with the one that answered", () => {
  const rows = traceRows({
    model_calls: [
      modelRow({ id: "a", message_seq: null, failure: "overloaded", ended_at: at(300) }),
      modelRow({ id: "b", attempt: 2, started_at: at(400), ended_at: at(900), model_answered: "b" }),
      modelRow({ id: "c", started_at: at(1_000), ended_at: at(1_500), message_seq: 5 }),
    ],
  });
  const calls = spansOf(rows).filter((span) => span.kind === "model");
  assert.deepEqual(
    calls.map(({ name, state }) => [name, state]),
    [["model call 1, attempt 1", "failed"], ["model call 1, attempt 2", "completed"], [
      "model call 2",
      "completed",
    ]],
  );
});

Deno.test("the model call of a summary, which has no thread, stands under the run", () => {
  const [, call] = spansOf(
    traceRows({ model_calls: [modelRow({ agent_session_id: null, message_seq: null })] }),
  );
  assert.deepEqual([call?.name, call?.depth, call?.parent], ["model call for the summary", 1, "run"]);
});

Deno.test("a call that nobody told the end of is under way in a run that works, and was lost in one that ended", () => {
  const model_calls = [modelRow({ ended_at: null, message_seq: null })];
  const [, open] = spansOf(traceRows({ run: runRow({ status: "running", finished_at: null }), model_calls }));
  assert.deepEqual([open?.end, open?.state], [null, "running"]);
  const [, lost] = spansOf(traceRows({ model_calls }));
  assert.deepEqual([lost?.end, lost?.state], [lost?.start, "cancelled"]);
});

Deno.test("nothing ends before it began, whatever two machines' clocks say", () => {
  const [, call] = spansOf(
    traceRows({ tool_calls: [toolRow({ created_at: at(1_000), finished_at: at(990) })] }),
  );
  assert.equal(call?.end, call?.start);
});

Deno.test("a heading says what a row belongs to", () => {
  const rows = traceRows({
    plans: [planRow()],
    steps: [stepRow()],
    model_calls: [modelRow({ agent_session_id: "thread", started_at: at(1_200), ended_at: at(1_300) })],
  });
  const call = spansOf(rows).find((span) => span.kind === "model");
  assert(call);
  assert.equal(spanTitle(call), "Model call 1 of step 1");
});

Deno.test("no two rows have the same name, though the first model call's has the run's id", () => {
  const spans = spansOf(traceRows({ run: runRow({ id: "same" }), model_calls: [modelRow({ id: "same" })] }));
  assert.deepEqual(spans.map(({ id, parent }) => [id, parent]), [["run", null], ["same", "run"]]);
});
