// An executor's call that a person is asked about: its step is let go, nobody claims it until it is decided, and then the
// same attempt goes on with what was decided.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { refused, testAsUser as test, type User } from "./agents_calls.ts";
import { loseWorker } from "./agents_rows.ts";
import { lease, type Owned, startPlan } from "./agents_runs.ts";
import { type Claimed, claimStep, executor, progress, worker } from "./agents_steps.ts";
import { type Asked, asked, callRow, deciding, decision, expire } from "./approvals.ts";

const Why = z.array(z.looseObject({ by: z.string() }));
const Verdict = z.looseObject({ status: z.string(), why: Why.nullable() });
const Answer = z.object({ verdicts: z.record(z.string(), Verdict) });

interface Ground {
  owned: Owned;
  plan_id: string;
  claimed: Claimed;
  row: Record<string, unknown>;
}

/** An executor at work on a step, and a call that it is about to propose. */
async function working(user: User, tool_name = "get_borrower"): Promise<Ground> {
  const { owned, plan_id } = await startPlan(user);
  const claimed = await claimStep(user, plan_id);
  const row = {
    ...{ id: crypto.randomUUID(), agent_id: claimed.agent_id, agent_session_id: claimed.thread_id },
    ...{
      tool_call_id: "call_1",
      tool_name,
      access: "read",
      status: "proposed",
      arguments: { borrower: "Ann" },
    },
  };
  return { owned, plan_id, claimed, row };
}

const propose = (user: User, { claimed, row }: Ground) =>
  user.call("record_step", [...worker(claimed), withCall(row)]);
const withCall = (row: object) => ({ ...progress(1), rows: { tool_calls: [row] } });

/** The same, and the executor has let its step go. */
async function asking(user: User, sql: Sql): Promise<Ground & { call: Asked }> {
  const ground = await working(user);
  await propose(user, ground);
  await user.call("release_step", [...worker(ground.claimed), progress(1), null]);
  return { ...ground, call: await asked(sql, String(ground.row.id)) };
}

const Told = z.looseObject({ status: z.string(), decision: z.unknown() });
const View = z.object({
  released: z.boolean(),
  awaiting: z.boolean(),
  open_calls: z.array(Told),
  tool_calls: z.array(Told),
});

const look = async (user: User, { plan_id }: Ground) => View.parse(await user.call("get_step", [plan_id, 1]));
const said = (approved: boolean, by: string, reason: string | null = null) => ({
  approved,
  edited: false,
  reason,
  by,
});

test(
  "a read that asks waits for a person, proposed with the progress of its step; the same again changes nothing",
  async (user, sql) => {
    const ground = await working(user);
    const first = await propose(user, ground);
    const verdict = Answer.parse(first).verdicts[String(ground.row.id)];
    assert.equal(verdict?.status, "awaiting_approval");
    assert.deepEqual(verdict?.why?.map(({ by }) => by), ["default"]);
    assert.deepEqual(await propose(user, ground), first);
    const [{ n } = {}] =
      await sql`select count(*)::int as n from agent_tool_calls where run_id = ${ground.owned.run_id}`;
    assert.equal(n, 1);
    assert.equal((await look(user, ground)).awaiting, false, "its worker still has it");
  },
);

test("a read that asks nobody is approved, and guarded reads are told with the claim", async (user) => {
  const ground = await working(user, "list_books");
  const { verdicts } = Answer.parse(await propose(user, ground));
  assert.equal(verdicts[String(ground.row.id)]?.status, "approved");
  // Other tests may have tools of their own.
  const guarded = ground.claimed.guarded_reads.filter((name) => !name.startsWith("tool_"));
  assert.deepEqual(guarded, ["get_borrower"]);
});

test("nobody claims a step that waits for a person; its planner sees what is asked", async (user, sql) => {
  const ground = await asking(user, sql);
  assert.equal(
    await refused(user, "claim_step", [ground.plan_id, 1, executor()]),
    "PT409 step_awaits_approval",
  );
  const { released, awaiting, open_calls, tool_calls } = await look(user, ground);
  assert.deepEqual([released, awaiting, tool_calls], [true, true, []]);
  assert.deepEqual(open_calls.map(({ status, decision }) => [status, decision]), [[
    "awaiting_approval",
    null,
  ]]);
});

test("once it is approved the same attempt goes on, and makes the call", async (user, sql) => {
  const ground = await asking(user, sql);
  await user.call("decide_tool_calls", deciding(ground.owned.run_id, decision(ground.call)));
  const { awaiting, open_calls } = await look(user, ground);
  assert.deepEqual([awaiting, open_calls.map(({ status }) => status)], [false, ["approved"]]);
  const next = await claimStep(user, ground.plan_id);
  assert.deepEqual([next.execution_id, next.attempt], [ground.claimed.execution_id, 1]);
  assert.deepEqual(next.open_calls.map(({ decision }) => decision), [said(true, "user")]);
});

test("a call that was declined has its outcome for the next worker", async (user, sql) => {
  const ground = await asking(user, sql);
  const no = decision(ground.call, { approved: false, reason: "No." });
  await user.call("decide_tool_calls", deciding(ground.owned.run_id, no));
  const { awaiting, open_calls, tool_calls } = await look(user, ground);
  assert.deepEqual([awaiting, open_calls], [false, []]);
  assert.deepEqual(tool_calls.map(({ status, decision }) => [status, decision]), [[
    "rejected",
    said(false, "user", "No."),
  ]]);
  assert.equal((await claimStep(user, ground.plan_id)).execution_id, ground.claimed.execution_id);
});

test(
  "what nobody decides in time is closed by the next claim, also while the run works on",
  async (user, sql) => {
    const ground = await asking(user, sql);
    await expire(sql, ground.call);
    assert.equal((await look(user, ground)).awaiting, false);
    const { tool_calls } = await claimStep(user, ground.plan_id);
    assert.deepEqual(tool_calls.map(({ id }) => id), [ground.call.id]);
    const { status, error } = await callRow(sql, ground.call);
    assert.deepEqual([status, error], ["rejected", "expired"]);
  },
);

test("a worker that dies while it asks leaves the question to the next attempt", async (user, sql) => {
  const ground = await working(user);
  await propose(user, ground);
  await loseWorker(sql, ground.claimed.execution_id);
  const next = await claimStep(user, ground.plan_id);
  assert.deepEqual([next.attempt, next.thread_id], [2, ground.claimed.thread_id]);
  assert.deepEqual(next.open_calls.map(({ status }) => status), ["awaiting_approval"]);
});

test("a step that waits ends with its cancelled run, and so does its call", async (user, sql) => {
  const ground = await asking(user, sql);
  await user.call("cancel_run", [ground.owned.run_id]);
  assert.equal(
    await refused(user, "claim_step", [ground.plan_id, 1, executor()]),
    "PT409 plan_not_executing",
  );
});

test("a call of a step that has failed is ended by the run's owner, by its id alone", async (user, sql) => {
  const ground = await working(user);
  await propose(user, ground);
  const call = await asked(sql, String(ground.row.id));
  const result = { ok: false, error: "rejected", message: "Its step ended before this was done." };
  const ended = { id: call.id, status: "rejected", result, error: "step_ended", duration_ms: 0 };
  await user.call("record_progress", [...lease(ground.owned), { tool_calls: [ended] }]);
  assert.partialDeepStrictEqual(await callRow(sql, call), {
    status: "rejected",
    error: "step_ended",
    result,
  });
  const { open_calls, tool_calls } = await look(user, ground);
  assert.deepEqual([open_calls, tool_calls.map(({ decision }) => decision)], [[], [
    said(false, "step_ended"),
  ]]);
});
