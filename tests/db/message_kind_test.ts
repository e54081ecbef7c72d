// What a message of a thread is there for is a column: one list of kinds, the contract's, and a limit says which one.
import assert from "node:assert/strict";
import { MessageKind, MetLimit } from "../../shared/contracts/message_kind.ts";
import { parseOwned } from "../../shared/db/parsed_rows.ts";
import { testAsUser as test } from "./agents_calls.ts";
import { loseOwner } from "./agents_rows.ts";
import { lease, message, startRun } from "./agents_runs.ts";

const detail: MetLimit = { reason: "budget", name: "60 seconds" };

test("every kind of message is stored and read again, a limit with which one it is", async (user, sql) => {
  const owned = await startRun(user);
  const messages = MessageKind.options.map((kind, i) =>
    message(owned.thread_id, i + 1, { kind, ...(kind === "limit" && { detail }) })
  );
  await user.call("record_progress", [...lease(owned), { messages }]);
  await loseOwner(sql, owned.run_id);
  const next = parseOwned(await user.call("claim_run", [owned.run_id, 60]));
  assert.deepEqual(next.messages.map(({ kind }) => kind), MessageKind.options);
  assert.deepEqual(next.messages.flatMap((entry) => entry.kind === "limit" ? [entry.limit] : []), [detail]);
  const [known] = await sql`select enum_range(null::public.message_kind)::text[] as kinds`;
  assert.deepEqual(known?.kinds, MessageKind.options);
});

for (
  const [what, change] of Object.entries({
    "a limit that does not say which one": { kind: "limit" as const },
    "a detail of what is no limit": { kind: "nudge" as const, detail },
    "a message without a kind": { kind: null },
    "a system prompt that says it is a task": { kind: "task" as const, role: "system" },
    "a model's turn that says it is a result": { kind: "result" as const, role: "assistant" },
  })
) {
  test(`${what} is refused`, async (user) => {
    const owned = await startRun(user);
    const messages = [message(owned.thread_id, 1, change)];
    await assert.rejects(user.call("record_progress", [...lease(owned), { messages }]), /constraint/);
  });
}
