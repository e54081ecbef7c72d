// What a user writes over REST into a run of their own keeps it from no end: it can be taken over, superseded, failed and
// swept, and it stops the sweep of nobody else's.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { restCall } from "../support/stack/rest.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs } from "./agents_calls.ts";
import { endless, loseOwner, open, runRow } from "./agents_rows.ts";
import { startRun } from "./agents_runs.ts";
import { addWorld, type Row } from "./agents_world.ts";

function testOver(name: string, body: (user: TestUser, sql: Sql) => Promise<void>): void {
  test(name, async () => {
    const sql = database();
    try {
      await body(await newUser(), sql);
    } finally {
      await sql.end();
    }
  });
}

const patch = (user: TestUser, run_id: string, row: Row) =>
  restCall(user, "PATCH", `agent_runs?id=eq.${run_id}`, row);

/** What no function writes into a run, and what an executor's attempt has of it. */
const ABSURD_RUN: Row[] = [
  ...[{ lease_generation: 2147483647 }, { lease_generation: 0 }, { takeovers: 2147483647 }, {
    takeovers: -1,
  }],
  ...[{ worked_ms: 9007199254740991 }, { lease_seconds: 1e300 }, { lease_seconds: "NaN" }],
  ...[{ leased_at: "-infinity" }, { leased_at: "infinity" }, { lease_expires_at: "-infinity" }],
  ...[{ lease_expires_at: "infinity" }, { lease_expires_at: "9999-01-01" }, { finished_at: "2020-01-01" }],
  ...[{ cancel_requested_at: "infinity" }, { usage: [1] }, { usage: { input_tokens: "x" } }],
  ...[{ usage: { cost_usd: [] } }, { usage: { output_tokens: 1.5 } }, { usage: { model_calls: 1e300 } }],
  ...[{ usage: { input_tokens: -1 } }, { usage: { estimated: "maybe" } }, { usage: "x" }],
];
const ABSURD_STEP: Row[] = [
  ...[{ lease_generation: 2147483647 }, { lease_expires_at: "infinity" }, { lease_expires_at: "-infinity" }],
  ...[{ lease_expires_at: "9999-01-01" }, { usage: { input_tokens: "x" } }, { usage: [] }],
];

testOver("values of a run that no function writes are refused, over REST and by the owner's door", async (
  user,
  sql,
) => {
  const { agent_runs, agent_executions } = await addWorld(sql, user.id);
  for (
    const [table, id, rows] of [
      ["agent_runs", agent_runs, ABSURD_RUN],
      ["agent_executions", agent_executions, ABSURD_STEP],
    ] as const
  ) {
    for (const row of rows) {
      const { status, code } = await restCall(user, "PATCH", `${table}?id=eq.${id}`, row);
      assert.deepEqual([status, code], [400, "23514"], `${table} ${JSON.stringify(row)}`);
    }
  }
});

/** The farthest that a user can go. */
const FARTHEST: Row[] = [
  ...[{ lease_generation: 1_000_000 }, { takeovers: 1000 }, { worked_ms: 1_000_000_000_000 }, {
    released: true,
  }],
  ...[{ leased_at: "0001-01-01" }, { leased_at: "9999-01-01" }, { lease_expires_at: "0001-01-01" }],
  ...[{ lease_seconds: 3600 }, { lease_seconds: 1e-300 }, { usage: {} }, { usage: { cost_usd: null } }],
  {
    usage: {
      ...{ input_tokens: 1e9, output_tokens: 1e9, cached_tokens: 1e9, reasoning_tokens: 1e9 },
      ...{ model_calls: 1e9, cost_usd: 1e9, estimated: true, cost_estimated: true },
    },
  },
];

testOver("a run of which a user wrote the farthest can be taken over, failed, superseded and swept", async (
  user,
  sql,
) => {
  const me = actingAs(sql, user.id);
  const poisoned = async (row: Row) => {
    const owned = await startRun(me);
    const { status } = await patch(user, owned.run_id, row);
    assert.equal(status, 204, JSON.stringify(row));
    return owned;
  };
  for (const row of FARTHEST) {
    const claimed = await poisoned(row);
    await loseOwner(sql, claimed.run_id);
    const again = await me.call("claim_run", [claimed.run_id, 60]);
    if (again !== null) {
      const generation = await runRow(sql, claimed.run_id, "lease_generation");
      await me.call("fail_run", [claimed.run_id, Number(generation.lease_generation), {
        ...{ kind: "internal", message: "No.", retryable: true },
      }]);
    }
    const superseded = await poisoned({ ...row, released: false });
    await loseOwner(sql, superseded.run_id);
    await startRun(me, { session_id: superseded.session_id });
    const swept = await poisoned(row);
    await sql`update agent_runs set lease_expires_at = '0001-01-01' where id = ${swept.run_id}`;
    await sql`select private.sweep_runs('30 days')`;
    for (const { run_id } of [claimed, superseded, swept]) {
      assert.deepEqual(await open(sql, run_id), [], JSON.stringify(row));
      assert.equal((await runRow(sql, run_id, "status")).status, "failed", JSON.stringify(row));
    }
  }
});

testOver(
  "runs that can't be ended, more than a batch of them, keep a sweep from no other",
  async (user, sql) => {
    const me = actingAs(sql, user.id);
    const victim = await startRun(actingAs(sql, (await newUser()).id));
    const broken = [await startRun(me), await startRun(me), await startRun(me)];
    for (const { run_id } of broken) await endless(sql, run_id);
    await sql`update agent_runs set lease_expires_at = '0001-01-01' where user_id = ${user.id}`;
    await sql`update agent_runs set lease_expires_at = '0001-01-02' where id = ${victim.run_id}`;
    const [swept] = await sql`select private.sweep_runs('30 days', 1) as ended`;
    assert.equal(swept?.ended, 1);
    assert.equal((await runRow(sql, victim.run_id, "status")).status, "failed");
    await sql`delete from auth.users where id = ${user.id}`;
  },
);
