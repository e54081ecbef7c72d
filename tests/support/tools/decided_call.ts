// A call that waits for a person is shown to them, and they decide: by the same doors as the planner and the client.
import assert from "node:assert/strict";
import type { Effect } from "../../../shared/contracts/approval.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { createEngineClient, createPersonClient } from "../../../shared/db/clients.ts";
import { testStack } from "../stack/stack.ts";

interface Person {
  token: string;
}

/** Keeps what the person is shown: what the call would change, or why nobody knows. */
export async function show(
  user: Person,
  call_id: string,
  shown: { effects: Effect[] } | { problem: string },
): Promise<void> {
  const db = createEngineClient(testStack(), user.token, fetch);
  const { error } = await db.from("agent_tool_calls").update(shown).eq("id", call_id);
  assert.equal(error, null);
}

/** Approves the call as it is shown, or with other arguments and what those would change. */
export async function approve(
  user: Person,
  call_id: string,
  edited: { arguments?: Json; effects?: Effect[] } = {},
): Promise<void> {
  const person = createPersonClient(testStack(), user.token, fetch);
  const call = await person.from("agent_tool_calls").select("run_id, arguments_sha256").eq("id", call_id)
    .single();
  assert.equal(call.error, null);
  const { run_id, arguments_sha256 } = call.data;
  const decision = { tool_call_id: call_id, approved: true, arguments_sha256, ...edited };
  const decided = await person.rpc("decide_tool_calls", { p_run_id: run_id, p_decisions: [decision] });
  assert.equal(decided.error, null);
}
