// Two who want something of one step at the same moment, or of a step and its run, on a real Postgres.
import assert from "node:assert/strict";
import { loseOwner, loseWorker, runRow } from "./agents_rows.ts";
import {
  ending,
  event,
  lease,
  message,
  type Owned,
  planRow,
  reservation,
  startPlan,
  usage,
} from "./agents_runs.ts";
import {
  advance,
  answer,
  ask,
  type Claimed,
  claimStep,
  executor,
  finishStep,
  outcome,
  planner,
  progress,
  worker,
} from "./agents_steps.ts";
import { assertSound, type Call, type Race, said, testRace } from "./race.ts";

interface Ground {
  owned: Owned;
  plan_id: string;
  /** The first step's latest attempt. */
  claimed: Claimed;
}

async function running({ user }: Race): Promise<Ground> {
  const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2, depends_on: [1] }]);
  return { owned, plan_id, claimed: await claimStep(user, plan_id) };
}

async function asked(race: Race): Promise<Ground> {
  const ground = await running(race);
  await ask(race.user, ground.claimed);
  return ground;
}

/** How the step stands when the two meet. */
const GROUNDS = {
  running,
  async lost(race) {
    const ground = await running(race);
    await loseWorker(race.sql, ground.claimed.execution_id);
    return ground;
  },
  async "released"(race) {
    const ground = await running(race);
    await race.user.call("release_step", [...worker(ground.claimed), progress(1), null]);
    return ground;
  },
  asked,
  async answered(race) {
    const ground = await asked(race);
    const { owned, plan_id } = ground;
    await race.user.call("answer_step", [plan_id, 1, owned.generation, answer(owned)]);
    return ground;
  },
  /** It is the planner's own, and the planner is lost. */
  async "the planner's"({ user, sql }) {
    const { owned, plan_id } = await startPlan(user, [{ step_number: 1, executor_required: false }]);
    const claimed = await claimStep(user, plan_id, 1, planner(owned));
    await loseOwner(sql, owned.run_id);
    return { owned, plan_id, claimed };
  },
} satisfies Record<string, (race: Race) => Promise<Ground>>;

const CALLS = {
  claim: ({ plan_id }) => ["claim_step", [plan_id, 1, executor()]],
  "claim next step": ({ plan_id }) => ["claim_step", [plan_id, 2, executor()]],
  heartbeat: ({ claimed }) => ["heartbeat_step", worker(claimed)],
  advance: ({ claimed }) => ["advance_step", advance(claimed, 3)],
  record: ({ claimed }) => ["record_step", [...worker(claimed), progress(3)]],
  release: ({ claimed }) => ["release_step", [...worker(claimed), progress(3), null]],
  "break off": ({ claimed }) => ["release_step", [...worker(claimed), null, null]],
  finish: ({ claimed }) => ["finish_step", [...worker(claimed), outcome("completed"), progress(3)]],
  answer: ({ plan_id, owned }) => ["answer_step", [plan_id, 1, owned.generation, answer(owned)]],
  "end run": (
    { owned },
  ) => ["finish_run", [...lease(owned), ending("completed"), { events: [event(2, "done")] }]],
  "claim run": ({ owned }) => ["claim_run", [owned.run_id, 60]],
  cancel: ({ owned }) => ["cancel_run", [owned.run_id]],
  replan: ({ owned, plan_id }) => ["record_progress", [...lease(owned), {
    plan_updates: [{ id: plan_id, status: "failed" }],
    plans: [
      planRow(owned, [{ step_number: 1 }], { id: crypto.randomUUID(), revision: 2, supersedes: plan_id }),
    ],
  }]],
  "claim as planner": ({ plan_id, owned }) => ["claim_step", [plan_id, 1, planner(owned)]],
} satisfies Record<string, (ground: Ground) => Call>;

type Name = keyof typeof CALLS;

/** How the step stands, who comes first, who comes second, and what the second is told. */
const RACES: Record<string, [keyof typeof GROUNDS, Name, Name, string]> = {
  "an expired attempt is replaced by one of two": ["lost", "claim", "claim", "PT409 step_already_claimed"],
  "a step that was released is claimed by one of two": [
    "released",
    "claim",
    "claim",
    "PT409 step_already_claimed",
  ],
  "an answered step is claimed by one of two": ["answered", "claim", "claim", "PT409 step_already_claimed"],
  "a late result waits behind the next attempt, and is refused": [
    "lost",
    "claim",
    "finish",
    "PT412 lease_lost",
  ],
  "a result in time leaves nothing to claim": ["lost", "finish", "claim", "PT409 step_already_claimed"],
  "late progress is refused": ["lost", "claim", "advance", "PT412 lease_lost"],
  "progress in time keeps the step": ["lost", "advance", "claim", "PT409 step_already_claimed"],
  "a late proposal is refused": ["lost", "claim", "record", "PT412 lease_lost"],
  "a proposal in time keeps the step": ["lost", "record", "claim", "PT409 step_already_claimed"],
  "a proposal after the end of the run is refused": ["running", "end run", "record", "PT412 lease_lost"],
  "a late heartbeat is refused": ["lost", "claim", "heartbeat", "PT412 lease_lost"],
  "a heartbeat in time keeps the step": ["lost", "heartbeat", "claim", "PT409 step_already_claimed"],
  "a late hand-off is refused": ["lost", "claim", "release", "PT412 lease_lost"],
  "a step is claimed as soon as it is released": ["running", "release", "claim", "ok"],
  "a heartbeat does not take a hand-off back": ["running", "release", "heartbeat", "PT412 lease_lost"],
  "a step is claimed as soon as its worker breaks off": ["running", "break off", "claim", "ok"],
  "a heartbeat does not keep an attempt that broke off": [
    "running",
    "break off",
    "heartbeat",
    "PT412 lease_lost",
  ],
  "the same result at once counts once": ["running", "finish", "finish", "ok"],
  "an answer is there for the worker that claims the step": ["asked", "answer", "claim", "ok"],
  "two answers at once count once": ["asked", "answer", "answer", "ok"],
  "a result before the end of the run is kept": ["running", "finish", "end run", "ok"],
  "a result after the end of the run is refused": ["running", "end run", "finish", "PT412 lease_lost"],
  "progress before the end of the run counts": ["running", "advance", "end run", "ok"],
  "progress after the end of the run is refused": ["running", "end run", "advance", "PT412 lease_lost"],
  "no step is claimed of a run that ends": ["lost", "end run", "claim", "PT409 plan_not_executing"],
  "a step that is claimed as the run ends is closed with it": ["lost", "claim", "end run", "ok"],
  "no step is claimed of a run that is cancelled": ["lost", "cancel", "claim", "PT409 plan_not_executing"],
  "no step is claimed of a plan that is replaced": ["lost", "replan", "claim", "PT409 plan_not_executing"],
  "the owner before can't get on with its own step": [
    "the planner's",
    "claim run",
    "advance",
    "PT412 lease_lost",
  ],
  "the owner before can't end its own step": ["the planner's", "claim run", "finish", "PT412 lease_lost"],
  "the owner before can't claim its own step": [
    "the planner's",
    "claim run",
    "claim as planner",
    "PT412 lease_lost",
  ],
  "who takes the run over waits for the planner's own step": ["the planner's", "advance", "claim run", "ok"],
};

for (const [policy, [ground, first, second, says]] of Object.entries(RACES)) {
  testRace(policy, async (race) => {
    const met = await GROUNDS[ground](race);
    assert.equal(said(await race.inOrder(CALLS[first](met), CALLS[second](met))), says);
    await assertSound(race.sql, met.owned.run_id);
  });
}

testRace("a step that nobody has claimed is claimed by one of two", async ({ user, sql, inOrder }) => {
  const { owned, plan_id } = await startPlan(user);
  const claim = (): Call => ["claim_step", [plan_id, 1, executor()]];
  assert.equal(said(await inOrder(claim(), claim())), "PT409 step_already_claimed");
  const [made] =
    await sql`select (select count(*)::int from agent_executions where run_id = ${owned.run_id}) as executions,
    (select count(*)::int from agents where run_id = ${owned.run_id}) as agents,
    (select count(*)::int from agent_chat_sessions where run_id = ${owned.run_id}) as threads`;
  assert.deepEqual({ ...made }, { executions: 1, agents: 2, threads: 2 });
});

testRace(
  "nobody waits for a result that is not stored yet: until then the next step is not ready",
  async (race) => {
    const ground = await GROUNDS.running(race);
    const result = await race.hold(CALLS.finish(ground));
    const early = await race.start(CALLS["claim next step"](ground));
    assert.equal(said(await early.outcome), "PT409 step_not_ready");
    await result.release();
    const next = await claimStep(race.user, ground.plan_id, 2);
    assert.deepEqual(next.earlier_results, [{ step_number: 1, result: outcome("completed").result }]);
    await assertSound(race.sql, ground.owned.run_id);
  },
);

testRace("a result waits for no other step's, and for no planner that stores what it did", async (race) => {
  const { owned, plan_id } = await startPlan(race.user, [{ step_number: 1 }, { step_number: 2 }]);
  const claimed = [await claimStep(race.user, plan_id, 1), await claimStep(race.user, plan_id, 2)];
  const begins = { plan_updates: [{ id: plan_id, status: "executing" }], events: [event(2)] };
  const held = [await race.hold(["record_progress", [...lease(owned), begins]])];
  for (const step of claimed) {
    held.push(await race.holdBeside(["finish_step", [...worker(step), outcome("completed"), progress(1)]]));
  }
  for (const { release } of held) await release();
  await assertSound(race.sql, owned.run_id);
});

for (const name of ["heartbeat", "advance", "record", "release", "finish"] as const) {
  testRace(`who waits for the run holds no step of it: ${name}`, async (race) => {
    const { sql } = race;
    const ground = await GROUNDS.running(race);
    const { owned, claimed } = ground;
    const held = await race.gate((own) => own`select from agent_runs where id = ${owned.run_id} for update`);
    const waits = await race.rival(CALLS[name](ground));
    await sql`select from agent_executions where id = ${claimed.execution_id} for update nowait`;
    await held.open();
    assert.equal(said(await waits.outcome), "ok");
  });
}

for (const [ground, attempts] of [["lost", 2], ["released", 1], ["answered", 2]] as const) {
  testRace(`ten claims of a step that is ${ground}: one has it`, async (race) => {
    const { owned, plan_id } = await GROUNDS[ground](race);
    const claim = (): Call => ["claim_step", [plan_id, 1, executor()]];
    const held = await race.hold(claim());
    const rivals = [];
    for (let n = 0; n < 9; n += 1) rivals.push(await race.rival(claim()));
    await held.release();
    for (const { outcome } of rivals) assert.equal(said(await outcome), "PT409 step_already_claimed");
    const [{ n } = {}] = await race
      .sql`select count(*)::int as n from agent_executions where plan_id = ${plan_id}`;
    assert.equal(n, attempts);
    await assertSound(race.sql, owned.run_id);
  });
}

for (const name of ["advance", "finish"] as const) {
  testRace(`what a step has cost by the end of its run is in the run's usage: ${name}`, async (race) => {
    const ground = await GROUNDS.running(race);
    const outcome = await race.inOrder(CALLS[name](ground), CALLS["end run"](ground));
    assert.equal(said(outcome), "ok");
    assert.deepEqual((await runRow(race.sql, ground.owned.run_id, "usage")).usage, usage(4));
  });
}

testRace(
  "two steps of one plan get on at once, and neither waits for the other for ever",
  async ({ user, hold, rival, start }) => {
    const { owned, plan_id } = await startPlan(user, [{ step_number: 1 }, { step_number: 2 }, {
      step_number: 3,
    }]);
    const first = await claimStep(user, plan_id, 1);
    const second = await claimStep(user, plan_id, 2);
    const held = await hold(["advance_step", advance(first, 1, [message(first.thread_id)])]);
    const advanced: Call = ["advance_step", advance(second, 1, [message(second.thread_id)])];
    assert.equal(said(await (await start(advanced)).outcome), "ok", "far from the limits");
    const reserved: Call = ["reserve_usage", [owned.run_id, reservation(), null, {}]];
    assert.equal(said(await (await start(reserved)).outcome), "ok", "far from the limits");
    const claim = await rival(["claim_step", [plan_id, 3, executor()]]);
    await held.release();
    assert.equal(said(await claim.outcome), "ok");
    await finishStep(user, first, "completed");
  },
);

testRace(
  "who comes second to a step waits for the user's ledger with nothing that its holder needs",
  async ({ user, hold, queue, rival }) => {
    const { owned, plan_id } = await startPlan(user);
    const claim = (): Call => ["claim_step", [plan_id, 1, executor()]];
    const first = await hold(claim());
    const ledger = await queue(["reserve_usage", [owned.run_id, reservation(), null, {}]]);
    const second = await rival(claim());
    await first.release();
    assert.equal(said(await ledger.outcome), "ok");
    await ledger.release();
    assert.equal(said(await second.outcome), "PT409 step_already_claimed");
  },
);

testRace("what a worker was storing when its run ended is counted with its thread", async (race) => {
  const ground = await running(race);
  const { claimed } = ground;
  const storing: Call = ["advance_step", advance(claimed, 1, [message(claimed.thread_id)])];
  await race.inOrder(storing, CALLS["end run"](ground));
  const [thread] = await race
    .sql`select message_count from agent_chat_sessions where id = ${claimed.thread_id}`;
  assert.equal(thread?.message_count, 1);
});
