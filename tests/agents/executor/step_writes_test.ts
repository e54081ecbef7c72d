import assert from "node:assert/strict";
import { createStepWrites } from "../../../shared/agents/executor/step_writes.ts";
import { type ToolEvent, toolResultEvent } from "../../../shared/agents/loop/tool_events.ts";
import type { StepProgress } from "../../../shared/agents/store/records.ts";
import type { MessageRow, ProposedCall } from "../../../shared/agents/store/rows.ts";
import { ok } from "../../../shared/contracts/tool_result.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { verdictsOn } from "../../support/memory_store/memory_calls.ts";
import { emptyTables } from "../../support/memory_store/memory_tables.ts";
import { firstReservation } from "../../support/ports/meter_port.ts";

const at = "2026-11-22T12:00:00.000Z";
const MESSAGE: MessageRow = {
  id: "m",
  agent_session_id: "t",
  seq: 1,
  kind: "turn",
  sender_type: "executor",
  sender_agent_id: "a",
  role: "assistant",
  content: "",
  created_at: at,
};
const CALL: ProposedCall = {
  id: "c",
  agent_id: "a",
  agent_session_id: "t",
  tool_call_id: "1",
  tool_name: "look",
  access: "read",
  arguments: {},
  status: "proposed",
  result: null,
  created_at: at,
};

const begins = (id: string): ToolEvent => ({
  type: "tool_call",
  tool_call_id: id,
  name: "look",
  arguments: {},
});
const ends = (id: string) => toolResultEvent(id, ok(null, "Found."), 1);

/** The writes of a worker whose checkpoint takes until `answered`, and what was stored and told by then. */
async function open(events: readonly ToolEvent[] = []) {
  const answered = Promise.withResolvers<void>();
  const stored: StepProgress["rows"][] = [];
  const told: string[] = [];
  const { reserved, row } = await firstReservation();
  const writes = createStepWrites({
    lease: { execution_id: "e", generation: 1 },
    open_calls: [{ id: "open" }],
    store: {
      async advanceStep(_lease, { rows }) {
        await answered.promise;
        stored.push(rows);
        return reserved;
      },
      recordStep(_lease, { rows }) {
        stored.push(rows);
        const tables = { ...emptyTables(), tool_calls: [{ ...CALL, run_id: "r" }] };
        return Promise.resolve({ verdicts: verdictsOn(tables, rows.tool_calls) });
      },
      releaseStep: () => Promise.resolve(),
      finishStep: () => Promise.resolve(),
    },
    deliver: (event) =>
      told.push("tool_call_id" in event ? `${event.type} ${event.tool_call_id}` : event.type),
    onProgress: () => {},
  });
  const progress = () => ({ rows: writes.take(), usage: NO_USAGE, tool_calls_made: 0 });
  writes.write.message(MESSAGE);
  events.forEach(writes.emit);
  const checkpoint = writes.store.advanceStep({ execution_id: "e", generation: 1 }, progress(), row, null);
  return { answered, checkpoint, stored, told, writes, propose: () => writes.propose([CALL], progress) };
}

Deno.test("a call is stored after the message that asks for it, however long that takes", async () => {
  const { answered, checkpoint, stored, propose } = await open();
  const proposed = propose();
  answered.resolve();
  await Promise.all([checkpoint, proposed]);
  assert.deepEqual(stored, [{ messages: [MESSAGE], tool_calls: [] }, { messages: [], tool_calls: [CALL] }]);
});

Deno.test("a call whose message could not be stored is not proposed", async () => {
  const { answered, checkpoint, stored, propose } = await open();
  const proposed = propose();
  answered.reject(new Error("No database."));
  await assert.rejects(checkpoint, /No database/);
  await assert.rejects(proposed, /No database/);
  assert.deepEqual(stored, []);
});

Deno.test("what a call came to whose row stands open is told once the row says so; what comes after it keeps its place", async () => {
  const { answered, checkpoint, told } = await open([
    begins("open"),
    ends("open"),
    begins("next"),
    ends("next"),
  ]);
  assert.deepEqual(told, ["tool_call open"]);
  answered.resolve();
  await checkpoint;
  assert.deepEqual(told, ["tool_call open", "tool_result open", "tool_call next", "tool_result next"]);
});

Deno.test("what a call came to whose row stands open, and could not be stored, is not told", async () => {
  const { answered, checkpoint, told } = await open([begins("open"), ends("open")]);
  answered.reject(new Error("No database."));
  await assert.rejects(checkpoint, /No database/);
  assert.deepEqual(told, ["tool_call open"]);
});

Deno.test("what a call came to that was proposed waits for its row, too; one that has no row is told at once", async () => {
  const { answered, told, propose, writes } = await open([begins("free"), ends("free")]);
  assert.deepEqual(told, ["tool_call free", "tool_result free"]);
  answered.resolve();
  await propose();
  writes.emit(ends(CALL.id));
  assert.deepEqual(told.slice(2), []);
  writes.take();
  await writes.store.releaseStep({ execution_id: "e", generation: 1 }, null, null);
  assert.deepEqual(told.slice(2), [`tool_result ${CALL.id}`]);
});
