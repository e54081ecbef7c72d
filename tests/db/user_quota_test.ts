// What a user may spend: tokens and runs, of the last hour and of the last day. Each of the four holds by itself, and
// whoever is refused is told when it is free again.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { testAsUser as test, type User } from "./agents_calls.ts";
import { reservation, startArguments, startRun } from "./agents_runs.ts";

/** How long ago a user spent, and what counts then. A run of these tests reserves 20 tokens. */
const AGES = { "30 minutes": ["hour", "day"], "2 hours": ["day"], "25 hours": [] } as const;
const ALLOWED = { broken_budget: null, allowed: true };
const Refused = z.object({ broken_budget: z.string(), allowed: z.boolean() });
const SPENT = { tokens: 20, runs: 1 } as const;

/** A user who has started one run so long ago. */
async function spentBefore(user: User, sql: Sql, age: string): Promise<void> {
  const { run_id } = await startRun(user);
  await sql`update usage_reservations set reserved_at = now() - ${age}::interval where run_id = ${run_id}`;
}

/** The seconds that the user has to wait before a call of 20 tokens. */
const wait = (user: User, limits: object) => user.call("usage_wait", [20, limits]);

for (const [age, windows] of Object.entries(AGES)) {
  for (const kind of ["tokens", "runs"] as const) {
    for (const span of ["hour", "day"] as const) {
      const counts = windows.some((window) => window === span);
      const title = `${kind} of ${age} ago ${counts ? "count" : "do not count"} towards those of the ${span}`;
      test(title, async (user, sql) => {
        await spentBefore(user, sql, age);
        const next = kind === "tokens" ? 20 : 1;
        const waitUnder = async (limit: number) =>
          Number(await wait(user, { [`${kind}_per_${span}`]: limit }));
        assert.equal(await waitUnder(SPENT[kind] + next), 0);
        const seconds = await waitUnder(SPENT[kind] + next - 1);
        if (counts) assert.ok(seconds > 0, `${seconds} s`);
        else assert.equal(seconds, 0);
      });
    }
  }
}

test("who has spent a quota is told when enough of it is free again", async (user, sql) => {
  await spentBefore(user, sql, "45 minutes");
  await spentBefore(user, sql, "30 minutes");
  const seconds = async (limits: object) => Number(await wait(user, limits));
  const about = (minutes: number, told: number) =>
    assert.ok(told > (minutes - 1) * 60 && told <= minutes * 60, `${told} s`);
  // Room for two calls: the older one has to leave; for one: both.
  about(15, await seconds({ tokens_per_hour: 40 }));
  about(30, await seconds({ tokens_per_hour: 20 }));
  about(15, await seconds({ runs_per_hour: 2 }));
  about(24 * 60 - 30, await seconds({ runs_per_hour: 2, runs_per_day: 1 }));
});

test("over any quota no run starts, and its user is told for how long", async (user, sql) => {
  await spentBefore(user, sql, "30 minutes");
  for (const limit of ["tokens_per_hour", "tokens_per_day", "runs_per_hour", "runs_per_day"]) {
    const [request, agent, lease] = startArguments();
    const limits = { [limit]: limit.startsWith("runs") ? 1 : 39 };
    const refusal = await user.refusal("start_run", [request!, { ...Object(agent), limits }, lease!]);
    assert.deepEqual([refusal.code, refusal.message], ["PT429", "user_quota"], limit);
    assert.ok(Number(JSON.parse(refusal.detail ?? "{}").retry_after) > 0, limit);
  }
});

test("a run under way is not stopped by the quota of runs, but by that of tokens", async (user) => {
  const { run_id } = await startRun(user);
  const over = (limits: object) => user.call("reserve_usage", [run_id, reservation(), null, limits]);
  assert.deepEqual(await over({ runs_per_hour: 1, runs_per_day: 1 }), { ...ALLOWED, tool_calls: 0 });
  const refused = await over({ tokens_per_day: 59 });
  assert.deepEqual(Refused.parse(refused), { broken_budget: "user quota", allowed: false });
});
