import assert from "node:assert/strict";
import { createStepWrites } from "../../../shared/agents/executor/step_writes.ts";
import type { StepProgress } from "../../../shared/agents/store/records.ts";
import type { MessageRow, ProposedCall } from "../../../shared/agents/store/rows.ts";
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

/** The writes of a worker whose checkpoint takes until `answered`, and what was stored by then. */
async function open() {
  const answered = Promise.withResolvers<void>();
  const stored: StepProgress["rows"][] = [];
  const { reserved, row } = await firstReservation();
  const writes = createStepWrites({
    lease: { execution_id: "e", generation: 1 },
    store: {
      async advanceStep(_lease, { rows }) {
        await answered.promise;
        stored.push(rows);
        return reserved;
      },
      recordStep(_lease, { rows }) {
        stored.push(rows);
        return Promise.resolve(
          verdictsOn({ ...emptyTables(), tool_calls: [{ ...CALL, run_id: "r" }] }, rows.tool_calls),
        );
      },
    },
    onProgress: () => {},
  });
  const progress = () => ({ rows: writes.take(), usage: NO_USAGE, tool_calls_made: 0 });
  writes.write.message(MESSAGE);
  const checkpoint = writes.store.advanceStep({ execution_id: "e", generation: 1 }, progress(), row, null);
  return { answered, checkpoint, stored, propose: () => writes.propose([CALL], progress) };
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
