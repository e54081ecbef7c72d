// What a call costs does not grow with what its user has spent: a start, a claim and a reservation read as many pages of
// an account with a long day behind it as of a new one, within a tenth, and those of the few calls that no sum holds and
// of the sums that its windows begin with.
import assert from "node:assert/strict";
import type { Sql, TransactionSql } from "postgres";
import { Budget } from "../../shared/contracts/budget.ts";
import { addUser, type Argument, become, testAsUser as test, type User } from "./agents_calls.ts";
import { type Owned, reservation, startArguments, startPlan } from "./agents_runs.ts";
import { advance, type Claimed, claimStep, executor } from "./agents_steps.ts";
import { longDay, UNSUMMED } from "./ledgers.ts";

const RUNS = 2_000;
/** Of each call that no sum holds yet, with its settlement. */
const PAGES_EACH = 4;
/** Of the sums from before each window, which nobody looks up for who has spent less than one holds. */
const PAGES_OF_WINDOWS = 4 * 3;
const CALLS = 10_000;
const limits = Budget.parse({ runs_per_day: 5_000 });

interface Account {
  user: User;
  owned: Owned;
  plan_id: string;
  claimed: Claimed;
}

const CALLED: Record<string, (account: Account) => [string, readonly Argument[]]> = {
  start_run() {
    const [request, agent, lease] = startArguments();
    return ["start_run", [request!, { ...Object(agent), limits }, lease!]];
  },
  claim_run: ({ owned }) => ["claim_run", [owned.run_id, 60, reservation(), limits]],
  claim_step: ({ plan_id }) => ["claim_step", [plan_id, 2, { ...executor(), limits }]],
  advance_step: ({ claimed }) => ["advance_step", [...advance(claimed, 1).slice(0, -1), limits]],
  reserve_usage: ({ owned }) => ["reserve_usage", [owned.run_id, reservation(), null, limits]],
};

async function account(user: User): Promise<Account> {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }]);
  return { user, owned, plan_id, claimed: await claimStep(user, plan_id) };
}

/** The pages that a call reads or finds in memory, once its connection knows the tables; nothing of it stays. */
async function pages(sql: TransactionSql, [name, args]: [string, readonly Argument[]]): Promise<number> {
  const places = args.map((arg, i) => typeof arg === "object" ? `$${i + 1}::text::jsonb` : `$${i + 1}`);
  const [row] = await sql.unsafe(
    `explain (analyze, buffers, format json) select public.${name}(${places.join(", ")})`,
    args.map((arg) => typeof arg === "object" && arg !== null ? JSON.stringify(arg) : arg),
  );
  const { Plan } = Object(row)["QUERY PLAN"][0];
  return Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
}

async function counted(sql: Sql, { user, owned }: Account, call: () => [string, readonly Argument[]]) {
  const counts: number[] = [];
  for (let n = 0; n < 8; n += 1) {
    const undone = new Error("undone");
    await sql.begin(async (own) => {
      await own`update agent_runs set lease_expires_at = now() where id = ${owned.run_id} and ${
        call()[0] === "claim_run"
      }`;
      await become(own, user.id);
      counts.push(await pages(own, call()));
      throw undone;
    }).catch((error) => assert.equal(error, undone));
  }
  return Math.min(...counts);
}

test(
  "no call reads more pages after 10,000 calls of today, of 2,000 runs, than before the first",
  async (busy, sql) => {
    await longDay(sql, busy, { runs: RUNS, calls: CALLS });
    await sql`analyze usage_reservations, usage_settlements, usage_sums, agent_runs`;
    const accounts = { empty: await account(await addUser(sql)), busy: await account(busy) };
    for (const [name, call] of Object.entries(CALLED)) {
      const [empty, full] = [
        await counted(sql, accounts.empty, () => call(accounts.empty)),
        await counted(sql, accounts.busy, () => call(accounts.busy)),
      ];
      const told = `${name}: ${empty} pages of an empty account, ${full} of a busy one`;
      assert.ok(full <= 1.1 * empty + PAGES_OF_WINDOWS + UNSUMMED * PAGES_EACH, told);
    }
  },
);
