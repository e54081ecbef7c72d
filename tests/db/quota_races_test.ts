// A user's calls take turns near to a limit and not far from it; together they never pass one.
import assert from "node:assert/strict";
import { MAX_PARALLEL_STEPS } from "../../shared/agents/limits.ts";
import { newSeed } from "../support/seeded.ts";
import { testAsUser } from "./agents_calls.ts";
import { reservation, startArguments, startPlan, startRun } from "./agents_runs.ts";
import { executor } from "./agents_steps.ts";
import { addCalls, age, endedRuns, settle } from "./ledgers.ts";
import { testParallel, TOKENS } from "./quota_races.ts";
import { type Call, said, testRace } from "./race.ts";

testParallel(1, newSeed());

const reserve = (run_id: string, limits: object): Call => [
  "reserve_usage",
  [run_id, reservation(), null, limits],
];

testRace(
  "whoever is near to a limit waits for who saw it far, however long that takes: the quota holds",
  async ({ user, sql, hold, rival, start }) => {
    const { run_id } = await startRun(user);
    // Of these calls one is the run's first, and a quarter is what the run's workers may have under way.
    const limits = { running_runs: 1, tokens_per_hour: 21 * TOKENS };
    const slow = await hold(reserve(run_id, limits));
    for (let n = 0; n < 15; n += 1) {
      assert.equal(said(await (await start(reserve(run_id, limits))).outcome), "ok");
    }
    const near = await rival(reserve(run_id, limits));
    await slow.release();
    assert.ok(Object(await near.outcome).answer.allowed);
    for (const allowed of [true, true, true, false]) {
      const answer = await user.call("reserve_usage", [run_id, reservation(), null, limits]);
      assert.equal(Object(answer).allowed, allowed);
    }
    const [spent] = await sql`select sum(input_tokens + output_tokens)::int as tokens from usage_reservations
      where user_id = ${user.id}`;
    assert.equal(spent?.tokens, 21 * TOKENS);
  },
);

testRace(
  "more calls at the same time than a user's runs are reckoned to make take turns: the quota holds",
  async ({ user, hold, rival }) => {
    // Runs that were let go and are taken up again all at once may be more than may be started.
    const runs = [await startRun(user), await startRun(user)];
    const limits = { running_runs: 1, tokens_per_hour: 20 * TOKENS };
    const call = (n: number) => reserve(runs[n % runs.length]!.run_id, limits);
    const slow = [];
    for (let n = 0; n < 5; n += 1) slow.push(await hold(call(n)));
    const more = [];
    for (let n = 0; n < 15; n += 1) more.push(await rival(call(n)));
    for (const { release } of slow) await release();
    const outcomes = await Promise.all(more.map(({ outcome }) => outcome));
    const allowed = outcomes.filter((outcome) => Object(Object(outcome).answer).allowed);
    assert.equal(runs.length + slow.length + allowed.length, 20);
  },
);

testRace(
  "more calls at the same time than a run has workers, and those whose place they took, take turns: its budget holds",
  async ({ user, hold, rival }) => {
    const { run_id } = await startRun(user);
    const limits = { model_calls: 13 };
    const slow = [];
    for (let n = 0; n < 10; n += 1) slow.push(await hold(reserve(run_id, limits)));
    const more = [];
    for (let n = 0; n < 4; n += 1) more.push(await rival(reserve(run_id, limits)));
    for (const { release } of slow) await release();
    const outcomes = await Promise.all(more.map(({ outcome }) => outcome));
    const allowed = outcomes.filter((outcome) => Object(Object(outcome).answer).allowed);
    assert.equal(1 + slow.length + allowed.length, 13);
  },
);

testRace(
  "small calls that come while large ones are under way leave room for them: the quota holds",
  async ({ user, sql, hold, start }) => {
    const [small, large] = [await startRun(user), await startRun(user)];
    const limits = { running_runs: 1, tokens_per_hour: 1_000 };
    const long = { ...reservation(), input_tokens: 30, output_tokens: 20 };
    const slow = [];
    for (let n = 0; n < 4; n += 1) {
      const next = { ...long, id: crypto.randomUUID() };
      slow.push(await hold(["reserve_usage", [large.run_id, next, null, limits]]));
    }
    const more = [];
    for (let n = 0; n < 40; n += 1) more.push(await start(reserve(small.run_id, limits)));
    for (const { release } of slow) await release();
    for (const { outcome } of more) await outcome;
    const [spent] = await sql`select sum(input_tokens + output_tokens)::int as tokens from usage_reservations
      where user_id = ${user.id}`;
    assert.equal(spent?.tokens, limits.tokens_per_hour);
  },
);

testRace(
  "small calls that come while larger ones of their run are under way leave room for them: its budget holds",
  async ({ user, sql, hold, start }) => {
    const { run_id } = await startRun(user);
    const large = { input_tokens: 30, output_tokens: 10 };
    const limits = { input_tokens: 500, largest_call: { ...large, tool_calls: 0, cost_usd: null } };
    const slow = [];
    for (let n = 0; n < 9; n += 1) {
      slow.push(await hold(["reserve_usage", [run_id, { ...reservation(), ...large }, null, limits]]));
    }
    const more = [];
    for (let n = 0; n < 40; n += 1) more.push(await start(reserve(run_id, limits)));
    for (const { release } of slow) await release();
    for (const { outcome } of more) await outcome;
    const [spent] = await sql`select sum(input_tokens)::int as tokens from usage_reservations
      where user_id = ${user.id}`;
    assert.equal(spent?.tokens, limits.input_tokens);
  },
);

testRace(
  "a call that is larger than the largest is said to be takes turns",
  async ({ user, hold, rival }) => {
    const { run_id } = await startRun(user);
    const most = { input_tokens: 30, output_tokens: 30, tool_calls: 5, cost_usd: 0.5 };
    const slow = await hold(reserve(run_id, { largest_call: most }));
    const larger = [];
    for (const [part, size] of Object.entries(most)) {
      const next = { ...reservation(), tool_calls: 0, cost_usd: 0.5, [part]: 2 * size };
      larger.push(await rival(["reserve_usage", [run_id, next, null, { largest_call: most }]]));
    }
    await slow.release();
    for (const { outcome } of larger) assert.equal(said(await outcome), "ok");
  },
);

testRace(
  "a call that is settled late, between two sums at the same moment, leaves no room that is not there",
  async ({ user, sql, holdBeside }) => {
    const { run_id } = await startRun(user);
    const [before = ""] = await endedRuns(sql, user, 1);
    const ofBefore = (tokens: number, settled: number | null) => ({
      ...{ run_id: before, id: crypto.randomUUID(), tokens, settled },
    });
    const late = ofBefore(1_000, null);
    await addCalls(sql, user, [...Array.from({ length: 10 }, () => ofBefore(10, 10)), late]);
    await age(sql, user, 61 * 60);
    const young = ofBefore(50, 50);
    await addCalls(sql, user, [young]);

    const one = await holdBeside(reserve(run_id, {}));
    await settle(sql, user, [{ id: late.id, settled: 0 }]);
    // Too young for the first sum, and old enough for the second.
    await sql.begin(async (own) => {
      await own`set local session_replication_role = replica`;
      await own`update usage_reservations set reserved_at = now() - interval '2 minutes' where id = ${young.id}`;
    });
    const other = await holdBeside(reserve(run_id, {}));
    await one.release();
    await other.release();

    const spent = young.tokens + 2 * TOKENS;
    for (const [room, allowed] of [[TOKENS - 1, false], [TOKENS, true]] as const) {
      const answer = await user.call("reserve_usage", [run_id, reservation(), null, {
        ...{ running_runs: 1, tokens_per_hour: spent + room },
      }]);
      assert.equal(Object(answer).allowed, allowed);
    }
  },
);

testRace("starts and claims wait for every reservation, and reservations for them", async (race) => {
  const { owned, plan_id } = await startPlan(race.user);
  const begin = (): Call => ["start_run", startArguments()];
  for (const call of [begin(), ["claim_step", [plan_id, 1, executor()]] satisfies Call]) {
    const reserved = await race.hold(reserve(owned.run_id, {}));
    const second = await race.rival(call);
    await reserved.release();
    assert.equal(said(await second.outcome), "ok");
  }
  assert.equal(said(await race.inOrder(begin(), reserve(owned.run_id, {}))), "ok");
});

testAsUser("as many workers of a run are reckoned with as there are", async (_user, sql) => {
  const [row] = await sql`select private.run_workers() as workers`;
  assert.equal(row?.workers, MAX_PARALLEL_STEPS + 1);
});
