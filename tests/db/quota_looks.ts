// The quick look at a user's quota beside the exact one.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { newSeed, type Random, seeded } from "../support/seeded.ts";
import { test } from "../support/test.ts";
import { database } from "../support/stack/stack.ts";
import { addUser, asUser, type User } from "./agents_calls.ts";
import { age, type LedgerCall, randomLedger } from "./ledgers.ts";

const Looks = z.object({ holds: z.boolean(), wait: z.int(), told: z.int() });
const QUOTAS = ["tokens_per_hour", "tokens_per_day", "runs_per_hour", "runs_per_day"] as const;

/** Both looks at one moment, for so many tokens, for a run that has begun or for a new one. */
async function look(sql: Sql, user: User, run_id: string | null, tokens: number, limits: object) {
  return await asUser(sql, user.id, async (own) => {
    const [row] = await own.unsafe(
      `select private.quota_holds(private.usage_look($1::uuid), $2::bigint, $3::text::jsonb) as holds,
        private.quota_wait($1::uuid, $2::bigint, $3::text::jsonb) as wait,
        public.usage_wait($2::bigint, $3::text::jsonb) as told`,
      [run_id, tokens, JSON.stringify(limits)],
    );
    return Looks.parse(row);
  });
}

/** What counts towards each quota, by the exact look. */
async function used(user: User): Promise<Map<string, number>> {
  const wide = Object.fromEntries(QUOTAS.map((name) => [name, 1_000_000_000]));
  const told = z.object({ windows: z.array(z.object({ name: z.string(), used: z.int() })) }).parse(
    await user.call("usage_limits", [1, wide]),
  );
  return new Map(told.windows.map(({ name, used }) => [name, used]));
}

/** A limit below, at, just over or far over what was used. */
function limitNear(count: number, next: number, random: Random): number {
  const at = count + next;
  return Math.max(0, at + [-1, 0, 1, -Math.ceil(at / 3), 3 * at][Math.floor(random() * 5)]!);
}

/** What the two say at one moment, of limits around what was used by then. */
async function verdicts(
  sql: Sql,
  user: User,
  made: readonly LedgerCall[],
  random: Random,
): Promise<string[]> {
  const counts = await used(user);
  const tokens = 1 + Math.floor(random() * 50);
  const nextOf = (name: string) => name.startsWith("tokens") ? tokens : 1;
  const justOver = QUOTAS.map((name) => ({ [name]: (counts.get(name) ?? 0) + nextOf(name) - 1 }));
  const anyhow = Array.from({ length: 5 }, () =>
    Object.fromEntries(
      QUOTAS.filter(() => random() < 0.4)
        .map((name) => [name, limitNear(counts.get(name) ?? 0, nextOf(name), random)]),
    ));
  const said = [];
  for (const limits of [...justOver, ...anyhow]) {
    for (const run_id of [null, made[Math.floor(random() * made.length)]?.run_id ?? null]) {
      const { holds, wait, told } = await look(sql, user, run_id, tokens, limits);
      const where = JSON.stringify({ run_id, tokens, limits, counts: [...counts], holds, wait, told });
      if (holds) assert.equal(wait, 0, where);
      if (run_id === null) assert.equal(told, wait, where);
      said.push(`${holds ? "sure" : "unsure"} ${wait === 0 ? "free" : "over"}`);
    }
  }
  return said;
}

async function compare(sql: Sql, user: User, random: Random): Promise<string> {
  const made = await randomLedger(sql, user, random);
  const said = [];
  for (let n = 0; n < 8; n += 1) {
    said.push(...await verdicts(sql, user, made, random));
    await age(sql, user, random() * 1_200);
  }
  const total = made.reduce((sum, { tokens }) => sum + 2 * tokens, 1);
  const wide = { tokens_per_hour: total, tokens_per_day: total, runs_per_hour: 100, runs_per_day: 100 };
  assert.ok((await look(sql, user, null, 1, wide)).holds, "far from the limits the quick look is enough");
  return said.join();
}

/** Compares the two on so many random ledgers. */
export function testLooks(ledgers: number): void {
  test("what the quick look lets through the exact one does, and whoever it is unsure of is told exactly", async () => {
    const seed = newSeed();
    const random = seeded(seed);
    const sql = database();
    try {
      const said = [];
      for (let n = 0; n < ledgers; n += 1) said.push(await compare(sql, await addUser(sql), random));
      for (const kind of ["sure free", "unsure free", "unsure over"]) {
        assert.ok(said.join().includes(kind), `no ${kind} came up`);
      }
    } catch (error) {
      throw new Error(`With seed ${seed}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    } finally {
      await sql.end();
    }
  });
}
