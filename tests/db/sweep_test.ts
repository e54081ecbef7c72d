// Runs that nobody came back to are ended by the owner of the tables, each as its own user.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { actingAs, addUser, testAsUser as test, type User } from "./agents_calls.ts";
import { claimStep } from "./agents_steps.ts";
import { endless, everything, log, open, runRow } from "./agents_rows.ts";
import { claimRun, lease, type Owned, startPlan, startRun } from "./agents_runs.ts";
import { type Call, said, testRace } from "./race.ts";
import { ask, decision, park } from "./approvals.ts";
import { database } from "../support/stack/stack.ts";

/** Runs of other tests are younger than this. */
const LONG_AGO = "30 days";

/** The run's owner is gone, since so long ago that no other test's run is meant. */
async function abandon(sql: Sql, run_id: string, days = 40): Promise<void> {
  await sql`update agent_runs set lease_expires_at = now() - make_interval(days => ${days}) where id = ${run_id}`;
}

async function sweep(sql: Sql, batch = 100): Promise<number> {
  const [row] = await sql`select private.sweep_runs(${LONG_AGO}::interval, ${batch}) as ended`;
  return Number(row?.ended);
}

/** An abandoned run with a plan of which a step was under way. */
async function abandoned(user: User, sql: Sql): Promise<Owned> {
  const { owned, plan_id } = await startPlan(user);
  await claimStep(user, plan_id);
  await abandon(sql, owned.run_id);
  return owned;
}

test(
  "a run that nobody came back to ends as failed: rows closed, its terminal event says abandoned",
  async (user, sql) => {
    const owned = await abandoned(user, sql);
    assert.ok(await sweep(sql) >= 1);
    const row = await runRow(sql, owned.run_id, "status, error, finished_at is not null as ended");
    const error = {
      kind: "abandoned",
      message: "The run was interrupted, and nobody came back to it. Please send the message again.",
      retryable: true,
    };
    assert.deepEqual(row, { status: "failed", error, ended: true });
    assert.deepEqual(await open(sql, owned.run_id), []);
    assert.deepEqual((await log(sql, owned.run_id)).at(-1), [3, "error"]);
    const [last] =
      await sql`select data, user_id from agent_run_events where run_id = ${owned.run_id} and seq = 3`;
    const [told] = await sql`select id, content from chat_messages
      where run_id = ${owned.run_id} and role = 'assistant'`;
    assert.equal(told?.content, "This was abandoned before it was finished. Nothing was changed.");
    const data = { ...error, plan_status: "failed", message_id: told?.id };
    assert.deepEqual({ ...last }, { data, user_id: user.id });
    const next = await startRun(user, { session_id: owned.session_id });
    assert.equal(next.session_id, owned.session_id, "the session goes on");
  },
);

test(
  "each run is ended as its own user, and one whose user had asked for that ends as cancelled",
  async (user, sql) => {
    const other = await addUser(sql);
    const [mine, theirs] = [await abandoned(user, sql), await abandoned(other, sql)];
    await other.call("cancel_run", [theirs.run_id]);
    assert.ok(await sweep(sql) >= 2);
    for (
      const [owner, { run_id }, status, type] of [
        [user, mine, "failed", "error"],
        [other, theirs, "cancelled", "done"],
      ] as const
    ) {
      assert.equal((await runRow(sql, run_id, "status")).status, status);
      assert.deepEqual(await open(sql, run_id), []);
      const [last] = await sql`select user_id, type, data from agent_run_events where run_id = ${run_id}
      order by seq desc limit 1`;
      assert.deepEqual([last?.user_id, last?.type, last?.data.plan_status], [owner.id, type, status]);
    }
    assert.equal((await runRow(sql, theirs.run_id, "finished_reason")).finished_reason, "cancelled");
  },
);

test("an owner that only stood still is fenced out", async (user, sql) => {
  const owned = await abandoned(user, sql);
  await sweep(sql);
  const { code, message } = await user.refusal("record_progress", [...lease(owned), {}]);
  assert.equal(`${code} ${message}`, "PT412 lease_lost");
  assert.equal(await user.call("claim_run", [owned.run_id, 60]), null);
});

test(
  "runs with an owner, of a lease that expired lately, and those that await approval are left",
  async (user, sql) => {
    const owner = await startRun(user);
    const lately = await startRun(user, {}, 0.000001);
    const waiting = await startRun(user);
    await ask(user, sql, waiting);
    await park(user, waiting);
    await abandon(sql, waiting.run_id);
    const before = await everything(sql, user.id);
    await sweep(sql);
    assert.deepEqual(await everything(sql, user.id), before);
    assert.ok(owner && lately);
  },
);

test(
  "a run whose owner died before it let the run wait is left while a person can decide",
  async (user, sql) => {
    const { run_id, ...owned } = await startRun(user);
    const call = await ask(user, sql, { run_id, ...owned });
    await abandon(sql, run_id);
    await sweep(sql);
    assert.equal((await runRow(sql, run_id, "status")).status, "running");
    await user.call("decide_tool_calls", [run_id, [decision(call, { approved: false })]]);
    await sweep(sql);
    assert.equal((await runRow(sql, run_id, "status")).status, "running", "somebody has just decided");
  },
);

test("the log of a run that ends without an owner tells of every decision", async (user, sql) => {
  const owned = await startRun(user);
  const call = await ask(user, sql, owned);
  await park(user, owned);
  await user.call("decide_tool_calls", [owned.run_id, [decision(call, { approved: false })]]);
  await sql`update agent_runs set takeovers = 5, released = false where id = ${owned.run_id}`;
  assert.equal(await user.call("claim_run", [owned.run_id, 60]), null);
  const types = (await log(sql, owned.run_id)).map(([, type]) => type);
  assert.deepEqual(types.slice(-2), ["approval_decided", "error"]);
});

test("a sweep goes by batches, those that were left longest first", async (user, sql) => {
  const [older, newer] = [await startRun(user), await startRun(user)];
  await abandon(sql, older.run_id, 20_000);
  await abandon(sql, newer.run_id, 10_000);
  const unfinished = async () =>
    (await sql`select id from agent_runs where user_id = ${user.id} and finished_at is null`).map(({ id }) =>
      id
    );
  assert.equal(await sweep(sql, 1), 1);
  assert.deepEqual(await unfinished(), [newer.run_id]);
  assert.equal(await sweep(sql, 1), 1);
  assert.deepEqual(await unfinished(), []);
});

test(
  "claims that the session carries are neither used nor lost, and neither is its role",
  async (user, sql) => {
    const other = await addUser(sql);
    const { run_id } = await abandoned(other, sql);
    const forged = JSON.stringify({ sub: user.id, role: "authenticated" });
    await sql.begin(async (transaction) => {
      await transaction`select set_config('request.jwt.claims', ${forged}, true),
      set_config('request.jwt.claim.sub', ${user.id}, true)`;
      const [before] = await transaction`select current_user as role, auth.uid() as uid`;
      await transaction`select private.sweep_runs(${LONG_AGO}::interval)`;
      const [after] = await transaction`select current_user as role, auth.uid() as uid,
      current_setting('request.jwt.claims') as claims`;
      assert.deepEqual({ ...after }, { ...before, claims: forged });
      assert.equal(after?.uid, user.id);
    });
    assert.equal((await runRow(sql, run_id, "status")).status, "failed");
    const [{ own } = {}] =
      await sql`select count(*)::int as own from agent_run_events where user_id = ${user.id}`;
    assert.equal(own, 0, "nothing was written as the forged one");
  },
);

test("a run that can't be ended is left, and does not keep the others", async (user, sql) => {
  const broken = await startRun(user);
  await endless(sql, broken.run_id);
  await abandon(sql, broken.run_id, 20_000);
  const { run_id } = await abandoned(user, sql);
  await sweep(sql);
  assert.equal((await runRow(sql, broken.run_id, "status")).status, "running");
  assert.equal((await runRow(sql, run_id, "status")).status, "failed");
  await sql`delete from auth.users where id = ${user.id}`;
});

test("what is no batch and no age is refused in a sentence", async (_user, sql) => {
  for (const batch of [null, 0, -1]) {
    await assert.rejects(async () => await sql`select private.sweep_runs('1 hour', ${batch})`, {
      message: "Cannot sweep runs: a batch has at least one",
    });
  }
  for (const age of [null, "-1 hour"]) {
    await assert.rejects(async () => await sql`select private.sweep_runs(${age}::interval)`, {
      message: "Cannot sweep runs: an age is not negative",
    });
  }
});

for (const role of ["anon", "authenticated", "service_role"]) {
  test(`${role} may not sweep`, async (_user, sql) => {
    for (
      const call of ["private.sweep_runs()", "private.sweep_run(gen_random_uuid(), gen_random_uuid(), now())"]
    ) {
      const attempt = sql.begin(async (transaction) => {
        await transaction`select set_config('role', ${role}, true)`;
        await transaction.unsafe(`select ${call}`);
      });
      await assert.rejects(attempt, { code: "42501" }, call);
    }
  });
}

testRace(
  "a run that is just being taken over is left by a sweep, and goes on",
  async ({ user, sql, hold }) => {
    const owned = await startRun(user);
    await abandon(sql, owned.run_id);
    const claiming = await hold(["claim_run", [owned.run_id, 60]]);
    await sweep(sql);
    await claiming.release();
    const row = await runRow(sql, owned.run_id, "status, lease_generation");
    assert.deepEqual(row, { status: "running", lease_generation: 2 });
  },
);

testRace(
  "a claim that meets a sweep waits for it, and finds that the run has ended",
  async ({ user, sql, rival }) => {
    const owned = await startRun(user);
    await abandon(sql, owned.run_id);
    const claim: Call = ["claim_run", [owned.run_id, 60]];
    const connection = database();
    const outcome = await connection.begin(async (transaction) => {
      await transaction`select private.sweep_runs(${LONG_AGO}::interval)`;
      return { waiting: await rival(claim) };
    });
    await connection.end();
    const claimed = await outcome.waiting.outcome;
    assert.deepEqual([said(claimed), claimed.ok && claimed.answer], ["ok", null]);
    assert.equal((await runRow(sql, owned.run_id, "status")).status, "failed");
  },
);

testRace("two sweeps at once end each run once", async ({ user, sql }) => {
  const { run_id } = await startRun(user);
  await abandon(sql, run_id);
  const connection = database();
  await connection.begin(async (transaction) => {
    await transaction`select private.sweep_runs(${LONG_AGO}::interval)`;
    await sweep(sql);
  });
  await connection.end();
  assert.deepEqual(await log(sql, run_id), [[1, "session"], [2, "error"]]);
});

test(
  "a list tells a run that is left from one that is worked on, and from one that is being handed off",
  async (user, sql) => {
    const [left, worked_on, handed_off] = [await startRun(user), await startRun(user), await startRun(user)];
    await abandon(sql, left.run_id);
    await user.call("release_run", [...lease(handed_off), null]);
    const rows = await sql`select id, abandoned from agent_run_list where user_id = ${user.id}`;
    const told = new Map(rows.map(({ id, abandoned }) => [id, abandoned]));
    assert.deepEqual([left, worked_on, handed_off].map(({ run_id }) => told.get(run_id)), [
      true,
      false,
      false,
    ]);
    const shown = await actingAs(sql, user.id).call("get_run", [left.run_id]);
    assert.equal(shown && typeof shown === "object" && "abandoned" in shown && shown.abandoned, true);
    await claimRun(user, left.run_id);
    const [again] = await sql`select abandoned from agent_run_list where id = ${left.run_id}`;
    assert.equal(again?.abandoned, false);
  },
);
