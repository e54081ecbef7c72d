// Two who want something of one run at the same moment, on a real Postgres: the first is served, the second is told.
import assert from "node:assert/strict";
import { z } from "zod";
import { log, loseOwner, runRow } from "./agents_rows.ts";
import { ending, event, lease, message, type Owned, startRun } from "./agents_runs.ts";
import { assertSound, type Call, said, testRace } from "./race.ts";

/** What may be called of a run whose owner is lost, but may come back. */
const CALLS = {
  claim: ({ run_id }) => ["claim_run", [run_id, 60]],
  heartbeat: (owned) => ["heartbeat_run", lease(owned)],
  record: (owned) => ["record_progress", [...lease(owned), { events: [event(2)] }]],
  "record next": (owned) => ["record_progress", [...lease(owned), { events: [event(3)] }]],
  release: (owned) => ["release_run", [...lease(owned), null]],
  answer: (owned) => [
    "finish_run",
    [...lease(owned), ending("completed", { answer: "Hi" }), {
      events: [event(2, "done")],
    }],
  ],
  fail: (owned) => ["fail_run", [...lease(owned), { kind: "internal", message: "No.", retryable: true }]],
  cancel: ({ run_id }) => ["cancel_run", [run_id]],
} satisfies Record<string, (owned: Owned) => Call>;
type Name = keyof typeof CALLS;

/** Who comes first, who comes second, and what the second is told. */
const RACES: Record<string, [Name, Name, string]> = {
  "two claims: one has the run, the other hears that it is owned": [
    "claim",
    "claim",
    "PT409 run_has_an_owner",
  ],
  "the late owner's events wait behind the claim, and are refused": ["claim", "record", "PT412 lease_lost"],
  "events of an owner that comes back in time keep the run": ["record", "claim", "PT409 run_has_an_owner"],
  "the late owner's heartbeat is refused": ["claim", "heartbeat", "PT412 lease_lost"],
  "a heartbeat in time keeps the run": ["heartbeat", "claim", "PT409 run_has_an_owner"],
  "the late owner's answer is refused": ["claim", "answer", "PT412 lease_lost"],
  "a run that is answered in time is not claimed any more": ["answer", "claim", "ok"],
  "the late owner's hand-off is refused": ["claim", "release", "PT412 lease_lost"],
  "a run that is handed off is claimed at once": ["release", "claim", "ok"],
  "a heartbeat does not take a hand-off back": ["release", "heartbeat", "PT412 lease_lost"],
  "the late owner can't fail the run": ["claim", "fail", "PT412 lease_lost"],
  "a run that was failed is not claimed any more": ["fail", "claim", "ok"],
  "an answer after the cancel is refused": ["cancel", "answer", "PT409 cancel_requested"],
  "a cancel after the answer finds the run ended": ["answer", "cancel", "ok"],
  "a cancel does not keep the next owner out": ["cancel", "claim", "ok"],
  "a cancel is heard by who has just claimed the run": ["claim", "cancel", "ok"],
  "events after the answer are refused": ["answer", "record", "PT409 run_not_running"],
  "an answer under a number that events have taken is refused": [
    "record",
    "answer",
    "PT409 events_out_of_order",
  ],
  "the same events at once are stored once": ["record", "record", "ok"],
  "events that follow each other are both stored": ["record", "record next", "ok"],
  "an answer after a failure is refused": ["fail", "answer", "PT409 run_not_running"],
  "a failure after the answer comes to nothing": ["answer", "fail", "ok"],
};

for (const [policy, [first, second, says]] of Object.entries(RACES)) {
  testRace(policy, async ({ user, sql, inOrder }) => {
    const owned = await startRun(user);
    await loseOwner(sql, owned.run_id);
    const outcome = await inOrder(CALLS[first](owned), CALLS[second](owned));
    assert.equal(said(outcome), says);
    await assertSound(sql, owned.run_id);
    const { lease_generation } = await runRow(sql, owned.run_id, "lease_generation");
    const claimed = first === "claim" || (second === "claim" && outcome.ok && outcome.answer !== null);
    assert.equal(lease_generation, claimed ? 2 : 1);
  });
}

testRace("who claims a run that ends at that moment is given nothing", async ({ user, sql, inOrder }) => {
  for (const end of ["answer", "fail"] as const) {
    const owned = await startRun(user);
    await loseOwner(sql, owned.run_id);
    assert.deepEqual(await inOrder(CALLS[end](owned), CALLS.claim(owned)), { ok: true, answer: null });
  }
});

testRace("a cancel tells the status as it is when its turn comes", async ({ user, sql, inOrder }) => {
  const answered = await startRun(user);
  assert.deepEqual(await inOrder(CALLS.answer(answered), CALLS.cancel(answered)), {
    ok: true,
    answer: { status: "completed", lease_expired: false },
  });
  const claimed = await startRun(user);
  await loseOwner(sql, claimed.run_id);
  assert.deepEqual(await inOrder(CALLS.claim(claimed), CALLS.cancel(claimed)), {
    ok: true,
    answer: { status: "running", lease_expired: false },
  });
});

const Cancelled = z.looseObject({ cancel_requested: z.boolean() });

testRace("who claims a run that is cancelled at that moment knows it", async ({ user, sql, inOrder }) => {
  const owned = await startRun(user);
  await loseOwner(sql, owned.run_id);
  const outcome = await inOrder(CALLS.cancel(owned), CALLS.claim(owned));
  assert.equal(Cancelled.parse(outcome.ok && outcome.answer).cancel_requested, true);
});

testRace("different events under one number: the first are kept, whole", async ({ user, sql, inOrder }) => {
  const owned = await startRun(user);
  const batches: [object, object] = [
    { events: [event(2), event(3)], messages: [message(owned.thread_id)] },
    { events: [event(2, "analysis", { strategy: "simple" })], messages: [message(owned.thread_id, 2)] },
  ];
  const [first, second] = batches.map((batch): Call => ["record_progress", [...lease(owned), batch]]);
  assert.ok(first && second);
  assert.equal(said(await inOrder(first, second)), "PT409 events_out_of_order");
  assert.deepEqual(await log(sql, owned.run_id), [[1, "session"], [2, "text"], [3, "text"]]);
  const [{ n } = {}] =
    await sql`select count(*)::int as n from agent_chat_messages where run_id = ${owned.run_id}`;
  assert.equal(n, 1);
});

testRace(
  "the same end at once: both hear the same terminal event, and it counts once",
  async ({ user, sql, inOrder }) => {
    const owned = await startRun(user);
    const end = CALLS.answer(owned);
    const outcome = await inOrder(end, end);
    const [{ terminal } = {}] = await sql`select to_jsonb(e) - 'user_id' as terminal from agent_run_events e
      where run_id = ${owned.run_id} order by seq desc limit 1`;
    assert.deepEqual(outcome, { ok: true, answer: [terminal] });
    const [{ n } = {}] =
      await sql`select count(*)::int as n from chat_messages where run_id = ${owned.run_id}`;
    assert.equal(n, 2, "the question and one answer");
  },
);

testRace("ten claims of a run that lost its owner: one has it", async ({ user, sql, hold, rival }) => {
  const { run_id } = await startRun(user);
  await loseOwner(sql, run_id);
  const claim: Call = ["claim_run", [run_id, 60]];
  const held = await hold(claim);
  const rivals = [];
  for (let n = 0; n < 9; n += 1) rivals.push(await rival(claim));
  await held.release();
  for (const { outcome } of rivals) assert.equal(said(await outcome), "PT409 run_has_an_owner");
  assert.equal((await runRow(sql, run_id, "lease_generation")).lease_generation, 2);
});
