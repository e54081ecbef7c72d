// Whatever is called at once, on connections of its own, by owners and workers old and new: nobody waits for another
// for ever, every refusal is one of those that callers know, and every run can still be brought to its one end.
import assert from "node:assert/strict";
import postgres from "postgres";
import { testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs, addUser, refusalOf, type User } from "./agents_calls.ts";
import { log } from "./agents_rows.ts";
import { ending, event, lease, Owned, planRow, reservation, startArguments } from "./agents_runs.ts";
import {
  advance,
  answer,
  ask,
  Claimed,
  executor,
  finishStep,
  planner,
  progress,
  worker,
} from "./agents_steps.ts";
import { assertSound } from "./race.ts";
import { newSeed, type Random, seeded } from "../support/seeded.ts";

const CALLERS = 8;
const CALLS_EACH = 100;
const KNOWN = new Set(["PT404", "PT409", "PT412"]);

/** What the callers know of each other's work. */
interface Shared {
  user: User;
  sessions: string[];
  owned: Owned[];
  planned: Set<string>;
  plans: { owned: Owned; plan_id: string }[];
  claimed: Claimed[];
}

type Act = (shared: Shared, me: User, random: Random) => Promise<void>;

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  // The newest are the most interesting.
  return items[Math.max(0, items.length - 1 - Math.floor(random() * 4))];
}

/** Mostly longer than this test, or else hardly any time. */
function leaseSeconds(random: Random): number {
  return random() < 0.6 ? 60 : [0.000001, 0.002, 0.02][Math.floor(random() * 3)] ?? 60;
}

const onRun =
  (act: (me: User, owned: Owned, random: Random) => Promise<unknown>): Act => async (shared, me, random) => {
    const owned = pick(shared.owned, random);
    if (owned) await act(me, owned, random);
  };
const onStep =
  (act: (me: User, claimed: Claimed, random: Random) => Promise<unknown>): Act =>
  async (shared, me, random) => {
    const claimed = pick(shared.claimed, random);
    if (claimed) await act(me, claimed, random);
  };

const ACTS = {
  async start(shared, me, random) {
    const request = shared.sessions.length < 2 ? {} : { session_id: pick(shared.sessions, random) };
    const owned = Owned.parse(await me.call("start_run", startArguments(request, leaseSeconds(random))));
    shared.sessions.push(owned.session_id);
    shared.owned.push(owned);
  },
  async claim(shared, me, random) {
    const owned = pick(shared.owned, random);
    const data = owned && await me.call("claim_run", [owned.run_id, leaseSeconds(random)]);
    if (data) shared.owned.push(Owned.parse(data));
  },
  async plan(shared, me, random) {
    const owned = pick(shared.owned, random);
    if (!owned || shared.planned.has(owned.run_id)) return;
    // A run's plan has one revision of each number.
    shared.planned.add(owned.run_id);
    const plan_id = crypto.randomUUID();
    const steps = [1, 2, 3].map((step_number) => ({ step_number, executor_required: step_number < 3 }));
    await me.call("record_progress", [...lease(owned), { plans: [planRow(owned, steps, { id: plan_id })] }]);
    shared.plans.push({ owned, plan_id });
  },
  async claimStep(shared, me, random) {
    const plan = pick(shared.plans, random);
    if (!plan) return;
    const step_number = 1 + Math.floor(random() * 3);
    const owned = shared.owned.findLast(({ run_id }) => run_id === plan.owned.run_id) ?? plan.owned;
    const agent = step_number === 3 ? planner(owned) : executor();
    const args = [plan.plan_id, step_number, { ...agent, lease_seconds: leaseSeconds(random) }];
    shared.claimed.push(Claimed.parse(await me.call("claim_step", args)));
  },
  async answerStep(shared, me, random) {
    const plan = pick(shared.plans, random);
    if (plan) await me.call("answer_step", [plan.plan_id, 1, plan.owned.generation, answer(plan.owned)]);
  },
  record: onRun((me, owned, random) =>
    me.call("record_progress", [...lease(owned), { events: [event(2 + Math.floor(random() * 3))] }])
  ),
  heartbeat: onRun((me, owned) => me.call("heartbeat_run", lease(owned))),
  park: onRun((me, owned) => me.call("park_run", [...lease(owned), {}, null])),
  release: onRun((me, owned) => me.call("release_run", [...lease(owned), null])),
  finish: onRun((me, owned, random) => {
    const end = ending("completed", { answer: "Hi" });
    return me.call("finish_run", [...lease(owned), end, {
      events: [event(2 + Math.floor(random() * 3), "done")],
    }]);
  }),
  fail: onRun((me, owned) =>
    me.call("fail_run", [...lease(owned), { kind: "internal", message: "No.", retryable: true }])
  ),
  cancel: onRun((me, { run_id }) => me.call("cancel_run", [run_id])),
  follow: onRun((me, { run_id }) => me.call("follow_run", [run_id, 0, 100])),
  reserve: onRun((me, { run_id }) => me.call("reserve_usage", [run_id, reservation(), null, {}])),
  advance: onStep((me, claimed, random) =>
    me.call("advance_step", advance(claimed, Math.floor(random() * 3)))
  ),
  recordStep: onStep((me, claimed) => me.call("record_step", [...worker(claimed), progress(1)])),
  heartbeatStep: onStep((me, claimed) => me.call("heartbeat_step", worker(claimed))),
  releaseStep: onStep((me, claimed, random) =>
    me.call("release_step", [...worker(claimed), random() < 0.5 ? progress(1) : null, null])
  ),
  finishStep: onStep((me, claimed, random) =>
    random() < 0.5 ? finishStep(me, claimed, "completed") : ask(me, claimed)
  ),
} satisfies Record<string, Act>;

/** How often an act is called, where that is not as often as the others. */
const SHARES: Record<string, number> = {
  claimStep: 5,
  advance: 3,
  finish: 0.1,
  fail: 0.1,
  cancel: 0.1,
  release: 0.3,
  park: 0.3,
};

function pickAct(random: Random): [string, Act] {
  const acts = Object.entries(ACTS);
  const total = acts.reduce((sum, [name]) => sum + (SHARES[name] ?? 1), 0);
  let at = random() * total;
  return acts.find(([name]) => (at -= SHARES[name] ?? 1) < 0) ?? ["start", ACTS.start];
}

test("whatever is called at once, nobody waits for ever and nothing is torn", async () => {
  const seed = newSeed();
  const sql = postgres(testStack().database_url, { max: CALLERS, onnotice: () => {} });
  try {
    const user = await addUser(sql);
    const shared: Shared = { user, sessions: [], owned: [], planned: new Set(), plans: [], claimed: [] };
    const answers: Record<string, number> = {};
    const caller = async (random: Random) => {
      const me = actingAs(sql, user.id);
      for (let n = 0; n < CALLS_EACH; n += 1) {
        const [name, act] = pickAct(random);
        try {
          await act(shared, me, random);
          answers.ok = (answers.ok ?? 0) + 1;
        } catch (error) {
          const { code, message, detail } = refusalOf(error);
          assert.ok(KNOWN.has(code), `${name}: ${code} ${message} ${detail} (seed ${seed})`);
          answers[message] = (answers[message] ?? 0) + 1;
        }
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, n) => caller(seeded(seed + n))));

    await sql`update agent_runs set released = true, lease_expires_at = now()
      where user_id = ${user.id} and status = 'running'`;
    const runs = await sql<{ id: string }[]>`select id from agent_runs where user_id = ${user.id}`;
    for (const { id } of runs) {
      const data = await user.call("claim_run", [id, 60]);
      if (data !== null) {
        const last = (await log(sql, id)).length;
        const end = [...lease(Owned.parse(data)), ending("cancelled"), { events: [event(last + 1, "done")] }];
        await user.call("finish_run", end);
      }
      await assertSound(sql, id);
    }
    // Which of them meet is a matter of chance; that they meet is not.
    const met = [
      "lease_lost",
      "plan_not_executing",
      "run_unfinished",
      "run_not_running",
      "step_already_claimed",
    ];
    assert.ok(answers.ok && met.filter((answer) => answers[answer]).length >= 2, `too calm (seed ${seed})`);
  } finally {
    await sql.end();
  }
});
