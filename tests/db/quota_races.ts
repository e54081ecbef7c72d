// Calls of one user at the same time, far from the limits and at them.
import assert from "node:assert/strict";
import postgres from "postgres";
import { type Random, seeded } from "../support/seeded.ts";
import { testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs, addUser } from "./agents_calls.ts";
import { reservation, startRun } from "./agents_runs.ts";

/** As many as a run may have, and twice as many as of its user share their lock. */
const CALLERS = 10;
/** What a reservation of these tests comes to. */
export const TOKENS = 20;

/** How many calls more a limit lets through, of a user whose runs have reserved so many. */
type Limit = (calls: number, runs: number) => { limits: object; room: number };

/** Each with as much room as leads from far from the limit to it. */
const LIMITS: Record<string, (more: number) => Limit> = {
  "tokens of the hour": (more) => (_calls, runs) => ({
    limits: { running_runs: 1, tokens_per_hour: TOKENS * (runs + more) },
    room: more,
  }),
  "tokens of the day": (more) => (_calls, runs) => ({
    limits: { running_runs: 1, tokens_per_day: TOKENS * (runs + more) + 1 },
    room: more,
  }),
  "model calls of a run": (more) => () => ({ limits: { model_calls: 1 + more }, room: more }),
  "input tokens of a run": (more) => () => ({ limits: { input_tokens: 10 * (1 + more) }, room: more }),
  "output tokens of a run": (more) => () => ({ limits: { output_tokens: 10 * (1 + more) + 9 }, room: more }),
  "dollars of a run": (more) => () => ({ limits: { cost_usd: more / 4 + 0.1 }, room: more }),
};

async function tryOnce(name: string, random: Random): Promise<void> {
  const sql = postgres(testStack().database_url, { max: CALLERS, onnotice: () => {} });
  try {
    const user = await addUser(sql);
    const runs = [await startRun(user), await startRun(user), await startRun(user)];
    const ofRun = name.endsWith("of a run");
    const { limits, room } = LIMITS[name]!(1 + Math.floor(random() * 40))(0, runs.length);
    let allowed = 0;
    const caller = async () => {
      const me = actingAs(sql, user.id);
      for (let n = 0; n < 5; n += 1) {
        const run = runs[ofRun ? 0 : Math.floor(random() * runs.length)]!;
        const next = { ...reservation(), cost_usd: 0.25 };
        const answer = await me.call("reserve_usage", [run.run_id, next, null, limits]);
        if (Object(answer).allowed) allowed += 1;
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    assert.equal(allowed, Math.min(room, 5 * CALLERS), JSON.stringify(limits));
  } finally {
    await sql.end();
  }
}

/** So many tries of each limit. */
export function testParallel(tries: number, seed: number): void {
  const random = seeded(seed);
  for (const name of Object.keys(LIMITS)) {
    test(`parallel reservations come up to the limit of ${name}, and never go over it (seed ${seed})`, async () => {
      for (let n = 0; n < tries; n += 1) await tryOnce(name, random);
    });
  }
}
