import assert from "node:assert/strict";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { approvalViolations } from "../invariants/approvals.ts";
import { memoryStoredRun } from "../memory_store/memory_stored_run.ts";
import { open } from "../agents/planner_world.ts";
import { RUN_ID } from "../agents/owned_run.ts";
import { messageId } from "../agents/stored_thread.ts";

type Told = RunEvent extends infer Event
  ? Event extends RunEvent ? Omit<Event, "seq" | "run_id" | "at"> : never
  : never;

const [ONE, TWO] = [messageId(1), messageId(2)];
const expires_at = "2026-11-23T12:00:00.000Z";
const announced = (tool_call_id: string): Told => ({
  type: "tool_call",
  tool_call_id,
  name: "n",
  arguments: {},
});
const asks = (...ids: string[]): Told => ({
  type: "approval_required",
  approvals: ids.map((tool_call_id) => ({
    ...{ tool_call_id, name: "n", arguments: {}, arguments_sha256: "0", why: [], effects: null, expires_at },
  })),
});
const pauses = (...open: string[]): Told => ({ type: "run_paused", open, expires_at });
const decided = (tool_call_id: string): Told => ({
  ...{ type: "approval_decided", tool_call_id, approved: true, edited: false, by: "user" },
});
const result = (tool_call_id: string): Told => ({
  ...{ type: "tool_result", tool_call_id, ok: true, result: "", duration_ms: 1 },
});

const GOOD: Told[] = [
  ...[announced(ONE), announced(TWO), asks(ONE, TWO), pauses(ONE, TWO)],
  ...[decided(ONE), decided(TWO), result(ONE), result(TWO)],
];

async function problemsOf(told: Told[], status = "completed"): Promise<string[]> {
  const { memory, first } = await open();
  const { run } = memoryStoredRun(memory.tables, first.owned.run_id);
  const events = told.map((event, i): RunEvent => ({ ...event, seq: i + 1, run_id: RUN_ID, at: expires_at }));
  return [...approvalViolations({ run: { ...run, status }, events })].map(({ problem }) => problem);
}

Deno.test("a log in which two calls are asked about together, and decided, is in order", async () => {
  assert.deepEqual(await problemsOf(GOOD), []);
});

Deno.test("whatever is asked or decided out of order is found", async () => {
  const faults: [RegExp, Told[]][] = [
    [/asks about call .*1, which was not announced/, GOOD.slice(1)],
    [/asks about call .*2 once more/, GOOD.toSpliced(3, 0, asks(TWO))],
    [/decides on call .*1 once more/, GOOD.toSpliced(5, 0, decided(ONE))],
    [/decides on call .*2, which has its result/, [...GOOD.toSpliced(5, 1), decided(TWO)]],
    [/pauses the run, and nothing was decided since event 4/, GOOD.toSpliced(4, 0, pauses(ONE, TWO))],
    [/waits for call .*1, which is not open/, [...GOOD, pauses(ONE)]],
    [/waits for call .*2, which is not open/, GOOD.toSpliced(2, 1, asks(ONE))],
    [/waits for nothing/, GOOD.toSpliced(3, 1, pauses())],
    [/call .*2 was asked about, and nothing was decided/, GOOD.toSpliced(5, 1)],
  ];
  for (const [says, told] of faults) assert.match((await problemsOf(told)).join("\n"), says);
});

Deno.test("a run that broke off may leave questions open", async () => {
  assert.deepEqual(await problemsOf(GOOD.slice(0, 4), "cancelled"), []);
});
