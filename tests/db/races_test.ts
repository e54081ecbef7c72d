// Two callers at the same moment, on a real Postgres: one wins, the other is told, nothing is lost or doubled.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { test } from "../support/test.ts";
import {
  addUser,
  claimStep,
  event,
  EXECUTOR,
  outcome,
  planRow,
  startArguments,
  startPlan,
  startRun,
} from "./agents_calls.ts";
import { type Outcome, startRace } from "./race.ts";

const COMPLETED = { status: "completed", strategy: "simple" };
const Started = z.object({ run_id: z.string(), existing: z.boolean() });

test("two claims of one step: one has it, the other hears that it is taken", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { started, plan_id } = await startPlan(user, [{ step_number: 1 }]);

  const hold = await race.hold(lockRun(started.run_id));
  const rivals = [
    await race.rival(user, "claim_step", [plan_id, 1, EXECUTOR]),
    await race.rival(user, "claim_step", [plan_id, 1, EXECUTOR]),
  ];
  await hold.release();

  assert.deepEqual(await answers(rivals), ["PT409 step_already_claimed", "ok"]);
  assert.equal(await count(race.sql, "agent_executions"), 1);
  assert.equal(await count(race.sql, "agents"), 2, "the planner and one executor");
  assert.equal(await count(race.sql, "agent_chat_sessions"), 2);
});

test("two claims of a step that was answered: one goes on with it", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { started, plan_id } = await startPlan(user, [{ step_number: 1 }]);
  const { execution_id } = await claimStep(user, plan_id, 1);
  await user.call("finish_step", [execution_id, outcome("needs_input"), {}]);

  const hold = await race.hold(lockRun(started.run_id));
  const rivals = [
    await race.rival(user, "claim_step", [plan_id, 1, EXECUTOR]),
    await race.rival(user, "claim_step", [plan_id, 1, EXECUTOR]),
  ];
  await hold.release();

  assert.deepEqual(await answers(rivals), ["PT409 step_already_claimed", "ok"]);
  assert.equal(await count(race.sql, "agent_executions"), 2, "the one that asked and the one that goes on");
});

test("two messages to one session: one run starts, the other hears which", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const first = await startRun(user);
  await user.call("finish_run", [first.run_id, COMPLETED, {}]);

  const hold = await race.hold(`select from chat_sessions where id = '${first.session_id}' for update`);
  const rivals = [
    await race.rival(user, "start_run", startArguments({ session_id: first.session_id, message: "A" })),
    await race.rival(user, "start_run", startArguments({ session_id: first.session_id, message: "B" })),
  ];
  await hold.release();

  assert.deepEqual(await answers(rivals), ["PT409 run_unfinished", "ok"]);
  const outcomes = await Promise.all(rivals.map((rival) => rival.outcome));
  const winner = outcomes.flatMap((one) => one.ok ? [Started.parse(one.answer).run_id] : []);
  const named = outcomes.flatMap((one) => one.ok ? [] : [JSON.parse(one.detail ?? "").run_id]);
  assert.deepEqual(named, winner);
  assert.equal(await count(race.sql, "agent_runs"), 2);
  assert.equal(await count(race.sql, "chat_messages"), 2);
});

test("ten starts with one request key: one run, and all ten are given it", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);

  // The first of them gets as far as the table, the others queue behind it.
  const hold = await race.hold("lock table agent_runs in access exclusive mode");
  const rivals = [];
  for (let n = 0; n < 10; n += 1) {
    rivals.push(await race.rival(user, "start_run", startArguments({ request_key: "once" })));
  }
  await hold.release();

  const started = (await Promise.all(rivals.map((rival) => rival.outcome)))
    .map((one) => Started.parse(one.ok && one.answer));
  assert.equal(new Set(started.map(({ run_id }) => run_id)).size, 1);
  assert.equal(started.filter(({ existing }) => !existing).length, 1);
  assert.equal(await count(race.sql, "agent_runs"), 1);
  assert.equal(await count(race.sql, "chat_messages"), 1);
});

test("two records with the same number: one is kept, whole", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { run_id } = await startRun(user);

  const hold = await race.hold(lockRun(run_id));
  const rivals = [
    await race.rival(user, "record_progress", [run_id, { events: [event(2, "text"), event(3, "text")] }]),
    await race.rival(user, "record_progress", [run_id, { events: [event(2, "analysis")] }]),
  ];
  await hold.release();

  assert.deepEqual(await answers(rivals), ["PT409 events_out_of_order", "ok"]);
  const log = await race.sql`select seq, type from agent_run_events where run_id = ${run_id} order by seq`;
  const kept = log.slice(1).map(({ seq, type }) => `${seq} ${type}`).join();
  assert.ok(["2 text,3 text", "2 analysis"].includes(kept), kept);
});

test("a run that ends while something is to be recorded: nothing comes after the end", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { run_id } = await startRun(user);

  const hold = await race.hold(lockRun(run_id));
  const end = await race.rival(user, "finish_run", [run_id, COMPLETED, { events: [event(2, "done")] }]);
  const record = await race.rival(user, "record_progress", [run_id, { events: [event(2)] }]);
  await hold.release();

  // Who asks first is served first.
  assert.equal(said(await end.outcome), "ok");
  assert.equal(said(await record.outcome), "PT409 run_not_running");
  const [last] = await race
    .sql`select type from agent_run_events where run_id = ${run_id} order by seq desc limit 1`;
  assert.equal(last?.type, "done");
});

test("a run that ends while a step is claimed: no execution stays open", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { started: { run_id }, plan_id } = await startPlan(user, [{ step_number: 1 }]);

  const hold = await race.hold(lockRun(run_id));
  const end = await race.rival(user, "finish_run", [run_id, COMPLETED, {}]);
  const claim = await race.rival(user, "claim_step", [plan_id, 1, EXECUTOR]);
  await hold.release();

  assert.equal(said(await end.outcome), "ok");
  assert.equal(said(await claim.outcome), "PT409 plan_not_executing");
  assert.equal(await count(race.sql, "agent_executions"), 0);
});

test("a plan that is replaced while a step of it is claimed: the claim is refused", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { started, plan_id } = await startPlan(user, [{ step_number: 1 }]);

  const hold = await race.hold(lockRun(started.run_id));
  const replace = await race.rival(user, "record_progress", [started.run_id, {
    plan_updates: [{ id: plan_id, status: "failed" }],
    plans: [
      planRow(started, [{ step_number: 1 }], { id: crypto.randomUUID(), revision: 2, supersedes: plan_id }),
    ],
  }]);
  const claim = await race.rival(user, "claim_step", [plan_id, 1, EXECUTOR]);
  await hold.release();

  assert.equal(said(await replace.outcome), "ok");
  assert.equal(said(await claim.outcome), "PT409 plan_not_executing");
});

test("two ends of one execution: the outcome counts once", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { started, plan_id } = await startPlan(user, [{ step_number: 1 }]);
  const { execution_id } = await claimStep(user, plan_id, 1);

  const hold = await race.hold(lockRun(started.run_id));
  const rivals = [
    await race.rival(user, "finish_step", [execution_id, outcome("completed"), {}]),
    await race.rival(user, "finish_step", [execution_id, outcome("completed"), {}]),
  ];
  await hold.release();

  assert.deepEqual(await answers(rivals), ["PT409 execution_finished", "ok"]);
});

test("a run and a step of it end at once: neither locks the other out", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { started: { run_id }, plan_id } = await startPlan(user, [{ step_number: 1 }]);
  const { execution_id } = await claimStep(user, plan_id, 1);

  const hold = await race.hold(lockRun(run_id));
  const end = await race.rival(user, "finish_run", [run_id, COMPLETED, {}]);
  const step = await race.rival(user, "finish_step", [execution_id, outcome("completed"), {}]);
  await hold.release();

  assert.equal(said(await end.outcome), "ok");
  assert.equal(said(await step.outcome), "PT409 execution_finished");
});

test("a run that comes back from the dead while its session goes on: neither locks the other out", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { run_id, session_id } = await startRun(user, {}, 0);
  const end = { ...COMPLETED, message_id: crypto.randomUUID(), answer: "Late" };

  const hold = await race.hold(lockRun(run_id));
  const late = await race.rival(user, "finish_run", [run_id, end, { events: [event(2, "done")] }]);
  const next = await race.rival(user, "start_run", startArguments({ session_id }));
  await hold.release();

  assert.equal(said(await late.outcome), "ok");
  assert.equal(said(await next.outcome), "ok");
  const messages = await race
    .sql`select role from chat_messages where session_id = ${session_id} order by seq`;
  assert.deepEqual(messages.map(({ role }) => role), ["user", "assistant", "user"]);
});

test("two messages to a session whose run is dead: it is abandoned once, and one of them starts", async () => {
  await using race = await startRace();
  const user = await addUser(race.sql);
  const { run_id, session_id } = await startRun(user, {}, 0);

  const hold = await race.hold(lockRun(run_id));
  const rivals = [
    await race.rival(user, "start_run", startArguments({ session_id })),
    await race.rival(user, "start_run", startArguments({ session_id })),
  ];
  await hold.release();

  assert.deepEqual(await answers(rivals), ["PT409 run_unfinished", "ok"]);
  const log = await race.sql`select type from agent_run_events where run_id = ${run_id} order by seq`;
  assert.deepEqual(log.map(({ type }) => type), ["session", "error"]);
});

function lockRun(run_id: string): string {
  return `select from agent_runs where id = '${run_id}' for update`;
}

function said(outcome: Outcome): string {
  return outcome.ok ? "ok" : `${outcome.code} ${outcome.message}`;
}

/** What the rivals were told, in the order of the alphabet. */
async function answers(rivals: { outcome: Promise<Outcome> }[]): Promise<string[]> {
  return (await Promise.all(rivals.map((rival) => rival.outcome))).map(said).sort();
}

async function count(sql: Sql, table: string): Promise<number> {
  const [row] = await sql`select count(*)::int as n from ${sql(table)}`;
  return Number(row?.n);
}
