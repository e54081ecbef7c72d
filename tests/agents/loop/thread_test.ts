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

for (const [type, peer] of [["planner", "executor"], ["executor", "planner"]] as const) {
  Deno.test(`in the thread of ${type}s an agent's messages name it, and no others name anybody`, () => {
    const senders = ["system", "user", type, peer, "tool"] as const;
    const named = (agent: ThreadAgent) => {
      const rows = rowsOf(agent, senders.map(said));
      return rows.map(({ sender_type, sender_agent_id }) => [sender_type, sender_agent_id]);
    };
    const others = { system: null, user: null, tool: null };
    const rows = (names: Record<string, string | null>) => senders.map((sender) => [sender, names[sender]]);
    assert.deepEqual(named({ id: "a", type, peer_id: "b" }), rows({ ...others, [type]: "a", [peer]: "b" }));
    assert.deepEqual(named({ id: "a", type }), rows({ ...others, [type]: "a", [peer]: null }));
  });
}

Deno.test("messages are numbered on from those that are there, without a gap", () => {
  const agent = { id: "a", type: "planner" as const };
  assert.deepEqual(rowsOf(agent, [said("user"), said("tool")]).map(({ seq }) => seq), [1, 2]);
  assert.deepEqual(rowsOf(agent, [said("user"), said("tool")], 3).map(({ seq }) => seq), [4, 5]);
});
