// The rows of a thread's messages: numbered without a gap, each with who sent it.
import assert from "node:assert/strict";
import { createThread, type NewMessage, type ThreadAgent } from "../../../shared/agents/loop/thread.ts";
import type { MessageRow, Sender } from "../../../shared/agents/store/rows.ts";
import { storedThread } from "../../support/agents/stored_thread.ts";
import { fakeClock } from "../../support/ports/fake_clock.ts";
import { immediateIds } from "../../support/ports/immediate_ids.ts";

const said = (sender: Sender): NewMessage => ({
  kind: "task",
  sender,
  message: { role: "user", content: "Go" },
});

/** The rows of these messages, in a thread that has so many already. */
function rowsOf(agent: ThreadAgent, messages: NewMessage[], before = 0): MessageRow[] {
  const rows: MessageRow[] = [];
  const thread = createThread({
    id: "t",
    agent,
    messages: storedThread(Array.from({ length: before }, () => ["task", { role: "user", content: "Go" }])),
    write: (row) => rows.push(row),
    clock: fakeClock(),
    ids: immediateIds(),
  });
  messages.forEach(thread.append);
  return rows;
}

for (const type of ["planner", "executor"] as const) {
  Deno.test(`in the thread of ${type}s their own messages name the agent, and no others do`, () => {
    const senders = ["system", "user", "planner", "executor", "tool"] as const;
    const rows = rowsOf({ id: "a", type }, senders.map(said));
    assert.deepEqual(
      rows.map(({ sender_type, sender_agent_id }) => [sender_type, sender_agent_id]),
      senders.map((sender) => [sender, sender === type ? "a" : null]),
    );
  });
}

Deno.test("messages are numbered on from those that are there, without a gap", () => {
  const agent = { id: "a", type: "planner" as const };
  assert.deepEqual(rowsOf(agent, [said("user"), said("tool")]).map(({ seq }) => seq), [1, 2]);
  assert.deepEqual(rowsOf(agent, [said("user"), said("tool")], 3).map(({ seq }) => seq), [4, 5]);
});
