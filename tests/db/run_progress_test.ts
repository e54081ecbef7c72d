// What an owner records while its run is running: whole or not at all, and once, however often it is sent.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { addUser, refused, testAsUser as test } from "./agents_calls.ts";
import { everything, log, runRow } from "./agents_rows.ts";
import {
  event,
  finishRun,
  lease,
  message,
  type Owned,
  planRow,
  startPlan,
  startRun,
  usage,
} from "./agents_runs.ts";

for (
  const [what, seqs] of Object.entries({
    "a gap": [3],
    "another event under a number that is taken": [1],
    "a number below": [0],
    "a gap within the batch": [2, 4],
    "a number twice": [2, 2],
  })
) {
  test(`events with ${what} refuse the whole batch`, async (user, sql) => {
    const owned = await startRun(user);
    const before = await everything(sql, user.id);
    const batch = {
      plans: [planRow(owned, [{ step_number: 1 }], { id: crypto.randomUUID() })],
      messages: [message(owned.thread_id)],
      events: seqs.map((seq) => event(seq)),
    };
    const answer = await refused(user, "record_progress", [...lease(owned), batch]);
    assert.equal(answer, "PT409 events_out_of_order");
    assert.deepEqual(await everything(sql, user.id), before);
  });
}

/** Rows of every kind that a batch can hold. */
function batchOf(owned: Owned, plan_id: string) {
  const thread_id = crypto.randomUUID();
  const at = "2026-11-22T12:00:00Z";
  const made = { agent_session_id: thread_id, created_at: at };
  return {
    plans: [planRow(owned, [{ step_number: 1 }], { id: plan_id })],
    threads: [{
      id: thread_id,
      session_type: "planner_thinking",
      parent_session_id: owned.session_id,
      plan_id,
      step_number: 1,
      planner_agent_id: owned.agent_id,
      initial_context: { question: "Which?" },
    }],
    executions: [{
      ...{ id: crypto.randomUUID(), plan_id, step_number: 1, attempt: 0 },
      ...{ status: "skipped", error: "It was not needed." },
    }],
    messages: [message(owned.thread_id), message(thread_id)],
    tool_calls: [{
      ...{ id: crypto.randomUUID(), agent_id: owned.agent_id, ...made, tool_call_id: "call_1" },
      ...{ tool_name: "list_books", access: "read", arguments: {}, status: "succeeded", result: {} },
    }],
    events: [event(3), event(2)],
    usage: usage(2),
  };
}

test("a batch whose answer was lost may be recorded again: it changes nothing", async (user, sql) => {
  const owned = await startRun(user);
  const plan_id = crypto.randomUUID();
  const batch = batchOf(owned, plan_id);
  await user.call("record_progress", [...lease(owned), batch]);
  const end = { plan_updates: [{ id: plan_id, status: "completed" }], events: [event(4)] };
  await user.call("record_progress", [...lease(owned), end]);
  const before = await everything(sql, user.id);
  assert.deepEqual((await log(sql, owned.run_id)).map(([seq]) => seq), [1, 2, 3, 4]);

  await user.call("record_progress", [...lease(owned), batch]);
  await user.call("record_progress", [...lease(owned), end]);
  assert.deepEqual(await everything(sql, user.id), before);
});

test("a batch that begins with what is stored already adds only the rest", async (user, sql) => {
  const owned = await startRun(user);
  const first = { messages: [message(owned.thread_id)], events: [event(2), event(3)] };
  await user.call("record_progress", [...lease(owned), first]);
  const stored = await everything(sql, user.id);
  await user.call("record_progress", [...lease(owned), {
    messages: [...first.messages, message(owned.thread_id, 2)],
    events: [...first.events, event(4)],
  }]);

  const now = await everything(sql, user.id);
  assert.deepEqual(now.agent_run_events?.length, 4);
  assert.deepEqual(now.agent_chat_messages?.length, 2);
  for (const table of ["agent_run_events", "agent_chat_messages"]) {
    const kept = stored[table]?.every((row) =>
      now[table]?.some((one) => JSON.stringify(one) === JSON.stringify(row))
    );
    assert.ok(kept, `what ${table} held before is as it was`);
  }
});

for (
  const [part, other] of Object.entries({
    type: { type: "analysis" },
    data: { data: { n: 7 } },
    agent: { agent: { id: crypto.randomUUID(), type: "planner" } },
    time: { at: "2026-11-22T12:00:01Z" },
  })
) {
  test(`an event that was stored with another ${part} is another event, and refused`, async (user, sql) => {
    const owned = await startRun(user);
    await user.call("record_progress", [...lease(owned), { events: [event(2), event(3)] }]);
    const batch = { events: [{ ...event(2), ...other }, event(3), event(4)] };
    assert.equal(
      await refused(user, "record_progress", [...lease(owned), batch]),
      "PT409 events_out_of_order",
    );
    assert.equal((await log(sql, owned.run_id)).length, 3);
  });
}

test("nothing is recorded of a run that has ended, not even what is there already", async (user, sql) => {
  const owned = await startRun(user);
  await finishRun(user, owned);
  const before = await everything(sql, user.id);
  for (const events of [[event(3)], []]) {
    assert.equal(
      await refused(user, "record_progress", [...lease(owned), { events }]),
      "PT409 run_not_running",
    );
  }
  assert.deepEqual(await everything(sql, user.id), before);
});

test("what the planner has cost is stored with the messages that tell of it", async (user, sql) => {
  const owned = await startRun(user);
  const spent = async (sql: Sql) => (await runRow(sql, owned.run_id, "usage")).usage;
  await user.call("record_progress", [...lease(owned), { events: [event(2)], usage: usage(1) }]);
  assert.equal(await spent(sql), null, "a call that has left no message will be made again");
  await user.call("record_progress", [...lease(owned), {
    messages: [message(owned.thread_id)],
    usage: usage(2),
  }]);
  assert.deepEqual(await spent(sql), usage(2));
});

test("a step or a thread of another run can't be slipped into a batch", async (user, sql) => {
  const { plan_id, owned: other } = await startPlan(user);
  const owned = await startRun(user);
  const [skipped] = batchOf(owned, plan_id).executions;
  const openings = [{ thread_id: other.thread_id, initial_context: { message: "Forged" } }];
  const before = await everything(sql, user.id);
  const { code } = await user.refusal("record_progress", [...lease(owned), { executions: [skipped] }]);
  assert.equal(code, "42501");
  await user.call("record_progress", [...lease(owned), { openings }]);
  assert.deepEqual(await everything(sql, user.id), before);
});

test("rows of another user can't be slipped into a batch", async (user, sql) => {
  const other = await addUser(sql);
  const theirs = await startRun(other);
  const mine = await startRun(user);
  const forged = { ...message(theirs.thread_id), user_id: other.id, run_id: theirs.run_id };
  for (const row of [forged, message(theirs.thread_id)]) {
    const refusal = await user.refusal("record_progress", [...lease(mine), { messages: [row] }]);
    assert.equal(refusal.code, "23503");
  }
});
