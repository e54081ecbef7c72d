// Reading a run's events from any point on: each once, in order, and whether there are more to come.
import assert from "node:assert/strict";
import { z } from "zod";
import { addUser, testAsUser as test, type User } from "./agents_calls.ts";
import { everything, loseOwner } from "./agents_rows.ts";
import { event, finishRun, lease, type Owned, startRun } from "./agents_runs.ts";
import { messageId } from "../support/agents/stored_thread.ts";

const Page = z.object({
  events: z.array(z.looseObject({ seq: z.int(), type: z.string() })),
  ended: z.boolean(),
  lease_expired: z.boolean(),
});

async function follow(user: User, { run_id }: Owned, after: number, limit = 100) {
  return Page.parse(await user.call("follow_run", [run_id, after, limit]));
}

async function startWithEvents(user: User, last: number): Promise<Owned> {
  const owned = await startRun(user);
  const events = Array.from({ length: last - 1 }, (_, i) => event(i + 2));
  await user.call("record_progress", [...lease(owned), { events }]);
  return owned;
}

for (const limit of [1, 2, 3, 7, 100]) {
  test(`pages of ${limit} give every event once, in order`, async (user) => {
    const owned = await startWithEvents(user, 7);
    const seqs: number[] = [];
    for (;;) {
      const { events } = await follow(user, owned, seqs.at(-1) ?? 0, limit);
      if (events.length === 0) break;
      seqs.push(...events.map(({ seq }) => seq));
    }
    assert.deepEqual(seqs, [1, 2, 3, 4, 5, 6, 7]);
  });
}

test("an event is read as it was recorded, without saying whose it is", async (user) => {
  const owned = await startRun(user);
  const recorded = {
    ...event(2, "text", { part: 1, message_id: messageId(1), delta: "Hi" }),
    agent: { id: owned.agent_id, type: "planner" },
  };
  await user.call("record_progress", [...lease(owned), { events: [recorded] }]);
  const { events: [read] } = await follow(user, owned, 1);
  assert.deepEqual({ ...read, at: new Date(String(read?.at)).toISOString() }, {
    ...recorded,
    run_id: owned.run_id,
    at: "2026-11-22T12:00:00.000Z",
    tainted: null,
  });
});

test("past the last event there is nothing, and as long as the run goes on there is more to come", async (user) => {
  const owned = await startWithEvents(user, 3);
  assert.deepEqual(await follow(user, owned, 3), { events: [], ended: false, lease_expired: false });
});

test("what comes after an event that is not there is refused, with the number of the last one", async (user) => {
  const owned = await startWithEvents(user, 3);
  for (const after of [4, 1_000]) {
    await assert.rejects(follow(user, owned, after), { code: "PT400", message: "beyond_the_log" });
  }
  await finishRun(user, owned, 4);
  await assert.rejects(follow(user, owned, 5), { code: "PT400", detail: '{"last": "4", "field": "after"}' });
  assert.deepEqual(await follow(user, owned, 4), { events: [], ended: true, lease_expired: false });
});

test("a run that has ended says so on every page, and its terminal event is the last", async (user, sql) => {
  const owned = await startWithEvents(user, 3);
  await finishRun(user, owned, 4);
  await loseOwner(sql, owned.run_id);
  const { events, ...state } = await follow(user, owned, 2, 1);
  assert.deepEqual([events.map(({ seq }) => seq), state], [[3], { ended: true, lease_expired: false }]);
  const { events: [last] } = await follow(user, owned, 3, 1);
  assert.equal(last?.type, "done");
});

test(
  "who reads learns that nobody makes events any more: the owner is lost, or has given the run up",
  async (user, sql) => {
    const lost = await startWithEvents(user, 2);
    await loseOwner(sql, lost.run_id);
    assert.equal((await follow(user, lost, 0)).lease_expired, true);
    const released = await startWithEvents(user, 2);
    await user.call("release_run", [...lease(released), null]);
    assert.equal((await follow(user, released, 0)).lease_expired, true);
  },
);

test("reading changes nothing, and a run of another is none", async (user, sql) => {
  const owned = await startWithEvents(user, 2);
  const before = await everything(sql, user.id);
  await follow(user, owned, 0);
  assert.deepEqual(await everything(sql, user.id), before);
  const other = await addUser(sql);
  assert.equal(await other.call("follow_run", [owned.run_id, 0, 100]), null);
  assert.equal(await user.call("follow_run", [crypto.randomUUID(), 0, 100]), null);
});
