// How far a user is from their limits is told by what enforces them: where room is told there is some, and where none is
// told the user is refused until the moment that is told.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { Budget } from "../../shared/contracts/budget.ts";
import { testAsUser as test, type User } from "./agents_calls.ts";
import { finishRun, startArguments, startRun } from "./agents_runs.ts";

/** A run of these tests reserves 20 tokens. */
const TOKENS = 20;
const WIDE = Budget.parse({});

const Told = z.object({
  windows: z.array(z.object({
    name: z.string(),
    limit: z.int(),
    used: z.int(),
    free_at: z.iso.datetime({ offset: true }).nullable(),
  })),
  running_runs: z.object({ limit: z.int(), used: z.int() }),
});

async function told(user: User, limits: Partial<Budget> = {}) {
  return Told.parse(await user.call("usage_limits", [TOKENS, { ...WIDE, ...limits }]));
}

const used = ({ windows }: z.infer<typeof Told>) =>
  Object.fromEntries(windows.map(({ name, used, free_at }) => [name, [used, free_at === null]]));

async function spentBefore(user: User, sql: Sql, age: string): Promise<void> {
  const { run_id } = await startRun(user);
  await sql`update usage_reservations set reserved_at = now() - ${age}::interval where run_id = ${run_id}`;
}

test("each window tells its limit and what counts in it", async (user, sql) => {
  assert.deepEqual((await told(user)).windows.map(({ limit, used, free_at }) => [limit, used, free_at]), [
    [WIDE.runs_per_hour, 0, null],
    [WIDE.runs_per_day, 0, null],
    [WIDE.tokens_per_hour, 0, null],
    [WIDE.tokens_per_day, 0, null],
  ]);
  for (const age of ["30 minutes", "2 hours", "25 hours"]) await spentBefore(user, sql, age);
  assert.deepEqual(used(await told(user)), {
    runs_per_hour: [1, true],
    runs_per_day: [2, true],
    tokens_per_hour: [20, true],
    tokens_per_day: [40, true],
  });
});

for (
  const [name, limit] of [["runs_per_hour", 2], ["runs_per_day", 2], ["tokens_per_hour", 40], [
    "tokens_per_day",
    40,
  ]] as const
) {
  test(
    `at the limit of ${name} the user is told when there is room, and there is none before`,
    async (user, sql) => {
      const start = async () => {
        const [request, agent, lease] = startArguments();
        return await user.call("start_run", [request!, {
          ...Object(agent),
          limits: { ...WIDE, [name]: limit },
        }, lease!]);
      };
      await spentBefore(user, sql, "20 minutes");
      await spentBefore(user, sql, "10 minutes");
      const { windows } = await told(user, { [name]: limit });
      const free_at = windows.find((one) => one.name === name)?.free_at;
      assert.ok(free_at && windows.every((one) => (one.free_at === null) === (one.name !== name)));
      await assert.rejects(start(), /user_quota/);

      const later = async (at: string) =>
        await sql`update usage_reservations set reserved_at = reserved_at - (${at}::timestamptz - now())
        where user_id = ${user.id}`;
      await later(new Date(Date.parse(free_at) - 60_000).toISOString());
      await assert.rejects(start(), /user_quota/, "a minute before");
      // The rows were moved by all of it but a minute, which they are moved by here.
      await sql`update usage_reservations set reserved_at = reserved_at - interval '1 minute' where user_id = ${user.id}`;
      assert.deepEqual((await told(user, { [name]: limit })).windows.map((one) => one.free_at), [
        null,
        null,
        null,
        null,
      ]);
      await start();
    },
  );
}

test(
  "more runs than may be under way are refused, and those that ended, wait or have lost their owner are not",
  async (user, sql) => {
    const start = async () => {
      const [request, agent, lease] = startArguments();
      return await user.refusal("start_run", [
        request!,
        { ...Object(agent), limits: { running_runs: 3 } },
        lease!,
      ]);
    };
    const [first, second, third] = [await startRun(user), await startRun(user), await startRun(user)];
    assert.deepEqual((await told(user, { running_runs: 3 })).running_runs, { limit: 3, used: 3 });
    const { code, message, detail } = await start();
    assert.deepEqual([code, message, JSON.parse(detail ?? "")], ["PT429", "too_many_runs", {
      limit: "3",
      retry_after: "5",
    }]);
    await finishRun(user, first);
    await sql`update agent_runs set lease_expires_at = now() where id = ${second.run_id}`;
    await sql`update agent_runs set status = 'awaiting_approval' where id = ${third.run_id}`;
    assert.deepEqual((await told(user, { running_runs: 3 })).running_runs, { limit: 3, used: 0 });
  },
);

test("parallel starts of one user keep to the runs that may be under way", async (user) => {
  const starts = await Promise.allSettled(Array.from({ length: 6 }, async () => {
    const [request, agent, lease] = startArguments();
    await user.call("start_run", [request!, { ...Object(agent), limits: { running_runs: 2 } }, lease!]);
  }));
  assert.equal(starts.filter(({ status }) => status === "fulfilled").length, 2);
});
