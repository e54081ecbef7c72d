// How a run ends in the database: answered, failed or cancelled, once, with what it has cost.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { NO_USAGE } from "../../shared/contracts/usage.ts";
import { refused, testAsUser as test } from "./agents_calls.ts";
import { everything, log, loseWorker, open, runRow } from "./agents_rows.ts";
import { ending, event, finishRun, lease, message, startPlan, startRun, usage } from "./agents_runs.ts";
import { advance, claimStep, finishStep, outcome, progress, worker } from "./agents_steps.ts";

const Told = z.looseObject({ message_id: z.uuid() });

test(
  "the end of a run closes everything that was open, with the answer and the terminal event",
  async (user, sql) => {
    const { owned, plan_id } = await startPlan(user);
    await claimStep(user, plan_id);
    await user.call("record_progress", [...lease(owned), {
      messages: [message(owned.thread_id, 1), message(owned.thread_id, 2)],
    }]);
    await user.call("finish_run", [
      ...lease(owned),
      ending("completed", { strategy: "complex", answer: "All done." }),
      { events: [event(2), event(3, "done")] },
    ]);

    assert.deepEqual(await open(sql, owned.run_id), []);
    const [thread] = await sql`select message_count from agent_chat_sessions where id = ${owned.thread_id}`;
    assert.equal(thread?.message_count, 2);
    const columns = "status, strategy, finished_reason, usage, error, finished_at is not null as ended";
    assert.deepEqual(await runRow(sql, owned.run_id, columns), {
      status: "completed",
      strategy: "complex",
      finished_reason: "answered",
      usage: usage(1),
      error: null,
      ended: true,
    });
    const { data } = (await storedEvents(sql, owned.run_id)).at(-1) ?? assert.fail("there is no event");
    const { message_id } = Told.parse(data);
    const [answer] = await sql`select role, content, seq from chat_messages where id = ${message_id}`;
    assert.deepEqual({ ...answer }, { role: "assistant", content: "All done.", seq: 2 });
    assert.equal((await log(sql, owned.run_id)).at(-1)?.[1], "done");
    const [step] = await sql`select status, error from agent_executions where plan_id = ${plan_id}`;
    assert.deepEqual({ ...step }, { status: "failed", error: "the run ended first" });
  },
);

test(
  "an end whose answer was lost may be told again: the same usage, and nothing changes",
  async (user, sql) => {
    const owned = await startRun(user);
    const end = [
      ...lease(owned),
      ending("completed", { answer: "Hi" }),
      { messages: [message(owned.thread_id)], events: [event(2, "done")] },
    ];
    const first = await user.call("finish_run", end);
    assert.deepEqual(
      first,
      (await storedEvents(sql, owned.run_id)).slice(-1),
      "its terminal event, as it is stored",
    );
    const before = await everything(sql, user.id);

    assert.deepEqual(await user.call("finish_run", end), first);
    assert.deepEqual(await everything(sql, user.id), before);
    for (const status of ["failed", "cancelled"]) {
      const other = [...lease(owned), ending(status), { events: [event(3, "error")] }];
      assert.equal(await refused(user, "finish_run", other), "PT409 run_not_running");
    }
    assert.deepEqual(await everything(sql, user.id), before);
  },
);

test(
  "a run has cost what its planner and every attempt at a step have cost, lost ones too",
  async (user, sql) => {
    const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
    const lost = await claimStep(user, plan_id, 1);
    await user.call("advance_step", advance(lost, 1));
    await loseWorker(sql, lost.execution_id);
    const again = await claimStep(user, plan_id, 1);
    await user.call("finish_step", [...worker(again), outcome("completed"), progress(2)]);
    await user.call("advance_step", advance(await claimStep(user, plan_id, 2), 4));

    const done = event(2, "done", { status: "completed", usage: usage(8) });
    const end = ending("completed", { usage: usage(8) });
    await user.call("finish_run", [...lease(owned), end, { events: [done] }]);
    assert.deepEqual((await runRow(sql, owned.run_id, "usage")).usage, usage(15));
    const stored = (await storedEvents(sql, owned.run_id)).at(-1);
    assert.deepEqual(stored?.data.usage, usage(15), "so does its last event");
  },
);

test("the terminal event says how the run's last plan ended, however the run did", async (user, sql) => {
  const ends = [
    ["completed", "done", "failed"],
    ["cancelled", "done", "cancelled"],
    ["failed", "error", "failed"],
  ] as const;
  for (const [status, type, plan_status] of ends) {
    const { owned } = await startPlan(user);
    if (status === "cancelled") await user.call("cancel_run", [owned.run_id]);
    await user.call("finish_run", [...lease(owned), ending(status), { events: [event(2, type)] }]);
    assert.deepEqual((await storedEvents(sql, owned.run_id)).at(-1)?.data.plan_status, plan_status, status);
  }
  const { owned, plan_id } = await startPlan(user);
  const plan_updates = [{ id: plan_id, status: "completed" }];
  const failing = [...lease(owned), ending("failed"), { plan_updates, events: [event(2, "error")] }];
  const [told] = z.array(z.object({ data: z.object({ plan_status: z.string() }) })).parse(
    await user.call("finish_run", failing),
  );
  assert.equal(told?.data.plan_status, "completed", "of a run that failed after its plan");
});

test("what a cancelled run leaves open is cancelled, what had ended stays as it ended", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
  await finishStep(user, await claimStep(user, plan_id, 1), "completed");
  await claimStep(user, plan_id, 2);
  await user.call("cancel_run", [owned.run_id]);
  await user.call("finish_run", [...lease(owned), ending("cancelled"), { events: [event(2, "done")] }]);

  const statuses = await sql`
    select 'agent ' || type || ' ' || status as row from agents where run_id = ${owned.run_id}
    union all select 'thread ' || coalesce(step_number, 0) || ' ' || status from agent_chat_sessions
      where run_id = ${owned.run_id}
    union all select 'step ' || step_number || ' ' || status from agent_executions where run_id = ${owned.run_id}
    union all select 'plan ' || status from agent_plans where run_id = ${owned.run_id}
    order by row`;
  assert.deepEqual(statuses.map(({ row }) => row), [
    "agent executor cancelled",
    "agent executor completed",
    "agent planner cancelled",
    "plan cancelled",
    "step 1 completed",
    "step 2 cancelled",
    "thread 0 cancelled",
    "thread 1 completed",
    "thread 2 cancelled",
  ]);
});

test("where no host has named a price, a run has none", async (user, sql) => {
  const owned = await startRun(user);
  const free = { ...usage(1), cost_usd: null };
  const end = ending("completed", { usage: free });
  await user.call("finish_run", [...lease(owned), end, { events: [event(2, "done")] }]);
  assert.deepEqual((await runRow(sql, owned.run_id, "usage")).usage, free);
});

test("an end that can't be recorded leaves the run as it was", async (user, sql) => {
  const owned = await startRun(user);
  const before = await everything(sql, user.id);
  const end = ending("completed", { answer: "Hi" });
  const answer = await refused(user, "finish_run", [...lease(owned), end, { events: [event(9)] }]);
  assert.equal(answer, "PT409 events_out_of_order");
  assert.deepEqual(await everything(sql, user.id), before);
});

test(
  "an answer that comes after the user has cancelled is refused; the run ends as cancelled",
  async (user, sql) => {
    const owned = await startRun(user);
    await user.call("cancel_run", [owned.run_id]);
    const before = await everything(sql, user.id);
    const answered = ending("completed", { answer: "Hi" });
    const batch = { events: [event(2, "done")] };
    assert.equal(
      await refused(user, "finish_run", [...lease(owned), answered, batch]),
      "PT409 cancel_requested",
    );
    assert.deepEqual(await everything(sql, user.id), before);

    await user.call("finish_run", [...lease(owned), ending("cancelled"), batch]);
    assert.equal((await runRow(sql, owned.run_id, "status")).status, "cancelled");
  },
);

test(
  "a run is cancelled by asking its owner, once; one that has ended stays as it ended",
  async (user, sql) => {
    const owned = await startRun(user);
    assert.deepEqual(await user.call("cancel_run", [owned.run_id]), {
      status: "running",
      lease_expired: false,
    });
    const first = await runRow(sql, owned.run_id, "cancel_requested_at::text");
    assert.notEqual(first.cancel_requested_at, null);
    await user.call("cancel_run", [owned.run_id]);
    assert.deepEqual(await runRow(sql, owned.run_id, "cancel_requested_at::text"), first);
    assert.equal(await user.call("heartbeat_run", lease(owned)), true, "its owner hears of it");
    const events = [event(2)];
    assert.deepEqual(await user.call("record_progress", [...lease(owned), { events }]), { cancelled: true });

    const ended = await startRun(user);
    await finishRun(user, ended);
    assert.deepEqual(await user.call("cancel_run", [ended.run_id]), {
      status: "completed",
      lease_expired: false,
    });
    const row = await runRow(sql, ended.run_id, "status, cancel_requested_at");
    assert.deepEqual(row, { status: "completed", cancel_requested_at: null });
  },
);

test("who cancels is told when there is nobody to hear it", async (user, sql) => {
  const { run_id } = await startRun(user, {}, 0.000001);
  assert.deepEqual(await user.call("cancel_run", [run_id]), { status: "running", lease_expired: true });
  assert.equal((await runRow(sql, run_id, "status")).status, "running");
});

const ERROR = { kind: "internal", message: "It could not be stored.", retryable: true };

test("a run of which nothing better can be stored fails, with what it has cost so far", async (user, sql) => {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
  const batch = { messages: [message(owned.thread_id)], usage: usage(1) };
  await user.call("record_progress", [...lease(owned), batch]);
  const step = await claimStep(user, plan_id, 1);
  await user.call("advance_step", advance(step, 2));

  const told = await user.call("fail_run", [...lease(owned), ERROR]);
  assert.deepEqual(await open(sql, owned.run_id), []);
  assert.deepEqual(
    await runRow(sql, owned.run_id, "status, error, usage, finished_at is not null as ended"),
    {
      ...{ status: "failed", error: ERROR, usage: usage(3), ended: true },
    },
  );
  const last = (await storedEvents(sql, owned.run_id)).at(-1);
  assert.deepEqual(told, last);
  const { seq, type, data } = last ?? assert.fail("there is no event");
  const { message_id } = Told.parse(data);
  const error = { ...ERROR, plan_status: "failed", message_id };
  assert.deepEqual({ seq, type, data }, { seq: 3, type: "error", data: error });
});

test(
  "a run that has ended is not failed: its terminal event is told, and nothing changes",
  async (user, sql) => {
    const failed = await startRun(user);
    await user.call("fail_run", [...lease(failed), ERROR]);
    const answered = await startRun(user);
    await finishRun(user, answered);
    const before = await everything(sql, user.id);
    for (const owned of [failed, answered]) {
      const terminal = (await storedEvents(sql, owned.run_id)).at(-1);
      assert.deepEqual(await user.call("fail_run", [...lease(owned), ERROR]), terminal);
    }
    assert.deepEqual(await everything(sql, user.id), before);
  },
);

test(
  "a run that fails before anything is known has cost nothing, and keeps its strategy",
  async (user, sql) => {
    const owned = await startRun(user);
    const strategies = ["simple", "tool_use"].map((strategy, i) => event(i + 2, "analysis", { strategy }));
    await user.call("record_progress", [...lease(owned), { events: strategies }]);
    await user.call("fail_run", [...lease(owned), ERROR]);
    const row = await runRow(sql, owned.run_id, "usage, strategy");
    assert.deepEqual(row, { usage: NO_USAGE, strategy: "tool_use" });
  },
);

test("a run is read whole", async (user) => {
  const { owned, plan_id } = await startPlan(user);
  await finishStep(user, await claimStep(user, plan_id), "completed");
  const whole = Whole.parse(await user.call("get_run", [owned.run_id]));

  assert.equal(whole.id, owned.run_id);
  const { messages, agents, plans, executions, threads } = whole;
  const counts = [messages, agents, plans, executions, threads].map((rows) => rows.length);
  assert.deepEqual(counts, [1, 2, 1, 1, 2]);
  assert.ok(!JSON.stringify(whole).includes(user.id), "whose run it is need not be said");
});

const StoredEvent = z.looseObject({
  seq: z.int(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
});

async function storedEvents(sql: Sql, run_id: string) {
  const rows = await sql`select to_jsonb(e) - 'user_id' as event from agent_run_events e
    where run_id = ${run_id} order by seq`;
  return rows.map(({ event }) => StoredEvent.parse(event));
}

const Rows = z.array(z.looseObject({}));
const Whole = z.looseObject({
  id: z.string(),
  messages: Rows,
  agents: Rows,
  plans: Rows,
  executions: Rows,
  threads: Rows,
  tool_calls: Rows,
});
