// What a session is told of a run's end is made of rows alone, and bounded, whatever they hold.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { testAsUser as test } from "./agents_calls.ts";
import { event, lease, type Owned, recordCalls, startRun } from "./agents_runs.ts";
import { newTool, propose } from "./policies.ts";

const ERROR = { kind: "model_failed", message: "No.", retryable: true };

async function told(sql: Sql, { run_id }: Owned): Promise<string> {
  const rows = await sql`select content from chat_messages where run_id = ${run_id} and role = 'assistant'`;
  assert.equal(rows.length, 1);
  return rows[0]?.content;
}

function write({ thread_id, agent_id }: Owned, message: string, more: object = {}) {
  return {
    ...{ id: crypto.randomUUID(), agent_id, agent_session_id: thread_id, tool_call_id: "c", duration_ms: 1 },
    ...{ tool_name: "create_book", access: "write", arguments: {}, status: "succeeded" },
    result: { ok: true, data: null, message },
    ...more,
  };
}

test(
  "a write that left a receipt and no result was carried out; one without a receipt was not",
  async (user, sql) => {
    const owned = await startRun(user);
    const failed = { status: "failed", result: { ok: false, error: "failed", message: "It broke." } };
    const [made, lost] = [write(owned, "", failed), write(owned, "", failed)];
    await recordCalls(user, owned, [made, lost]);
    await sql`insert into tool_receipts (user_id, call_id, attempt, relation, row_key)
    values (${user.id}, ${made.id}, ${crypto.randomUUID()}, 'public.books', '{"id": "1"}')`;
    await user.call("fail_run", [...lease(owned), ERROR]);
    const effects = "Done before: create_book was carried out.";
    assert.equal(await told(sql, owned), `This failed before it was finished. ${effects}`);
  },
);

test("however long the texts, what is told is short", async (user, sql) => {
  const owned = await startRun(user);
  const events = [
    event(2, "text", { part: 1, message_id: crypto.randomUUID(), delta: "word ".repeat(40_000) }),
  ];
  const tool_calls = Array.from({ length: 40 }, () => write(owned, `Created ${"x".repeat(5_000)}.`));
  await user.call("record_progress", [...lease(owned), { events }]);
  await recordCalls(user, owned, tool_calls);
  await user.call("fail_run", [...lease(owned), ERROR]);
  const content = await told(sql, owned);
  assert.ok(content.length < 5_500, `${content.length} characters`);
  assert.match(
    content,
    /…\n\nThis failed before it was finished\. Done before: created x+…; .*; and 34 more\.$/,
  );
});

test("events that nobody of ours wrote do not keep a run from ending", async (user, sql) => {
  const owned = await startRun(user);
  const events = [
    event(2, "text", {}),
    event(3, "text", { part: "x", delta: { a: 1 } }),
    event(4, "text_withdrawn", {}),
  ];
  await user.call("record_progress", [...lease(owned), { events }]);
  await user.call("fail_run", [...lease(owned), ERROR]);
  assert.match(await told(sql, owned), /This failed before it was finished\. Nothing was changed\.$/);
});

test("a run that is abandoned tells so", async (user, sql) => {
  const owned = await startRun(user);
  await user.call("fail_run", [...lease(owned), { ...ERROR, kind: "abandoned" }]);
  assert.equal(await told(sql, owned), "This was abandoned before it was finished. Nothing was changed.");
});

test("what was approved and not made is told as not done", async (user, sql) => {
  const owned = await startRun(user);
  const name = await newTool(sql);
  await propose(user, owned, name, { n: 1 });
  await user.call("fail_run", [...lease(owned), ERROR]);
  const told_so = `This failed before it was finished. Nothing was changed. Not done: ${name} {"n": 1}.`;
  assert.equal(await told(sql, owned), told_so);
});

test("what its user has undone is not told as done", async (user, sql) => {
  const owned = await startRun(user);
  const [kept, undone] = [write(owned, "Created A."), write(owned, "Created B.")];
  await recordCalls(user, owned, [kept, undone]);
  for (const [{ id }, undone_at] of [[kept, null], [undone, new Date()]] as const) {
    await sql`insert into tool_effects (user_id, call_id, relation, op, row_key, after, undone_at)
      values (${user.id}, ${id}, 'public.books', 'insert', '{"id": "1"}', '{"id": "1"}', ${undone_at})`;
  }
  await user.call("fail_run", [...lease(owned), ERROR]);
  assert.equal(await told(sql, owned), "This failed before it was finished. Done before: created A.");
});
