// The key that a request without one is given: the same message again is the same run until its answer was delivered.
import assert from "node:assert/strict";
import { addUser, refused, testAsUser as test, type User } from "./agents_calls.ts";
import { endedAt, loseOwner } from "./agents_rows.ts";
import { ending, event, finishRun, lease, Owned, startArguments, startRun } from "./agents_runs.ts";

const unkeyed = { request_key: null };
const again = (user: User, request: object = {}) =>
  user.call("start_run", startArguments({ ...unkeyed, ...request }));
const found = ({ run_id, session_id }: Owned) => ({ existing: true, run_id, session_id });

test(
  "the same message again is the same run, while it is unfinished and until its answer was delivered",
  async (user, sql) => {
    const first = await startRun(user, unkeyed);
    assert.deepEqual(await again(user), found(first), "while it works");
    await loseOwner(sql, first.run_id);
    assert.deepEqual(await again(user), found(first), "while it waits for takeover");
    await user.call("mark_delivered", [first.run_id]);
    assert.deepEqual(await again(user), found(first), "what has not ended can't have been delivered");
    await finishRun(user, first);
    assert.deepEqual(await again(user), found(first), "nobody has its answer");
    await user.call("mark_delivered", [first.run_id]);
    const second = await startRun(user, unkeyed);
    assert.notEqual(second.run_id, first.run_id);
    assert.deepEqual(await again(user), found(second), "from now on it stands for the second");
  },
);

test(
  "a message is another one once its user has stopped the first: it waits for the end of that one, and starts anew",
  async (user) => {
    const before = await startRun(user, { request_key: "before" });
    await finishRun(user, before);
    const yes = { ...unkeyed, session_id: before.session_id };
    const first = await startRun(user, yes);
    await user.call("cancel_run", [first.run_id]);
    assert.equal(await refused(user, "start_run", startArguments(yes)), "PT409 run_unfinished");
    const stopped = ending("cancelled", { finished_reason: "cancelled" });
    await user.call("finish_run", [...lease(first), stopped, { events: [event(2, "done")] }]);
    const second = await startRun(user, yes);
    assert.notEqual(second.run_id, first.run_id);
    assert.deepEqual(await again(user, yes), found(second));
  },
);

test("a message is another one once something else was said after it", async (user) => {
  const first = await startRun(user, unkeyed);
  await finishRun(user, first);
  await finishRun(user, await startRun(user, { session_id: first.session_id, message: "And?" }));
  assert.notEqual((await startRun(user, unkeyed)).run_id, first.run_id);
});

test(
  "a message is another one ten minutes after the first has ended, however long that one took",
  async (user, sql) => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const first = await startRun(user, unkeyed);
    await finishRun(user, first);
    await endedAt(sql, first.run_id, ago(9));
    assert.deepEqual(await again(user), found(first));
    await endedAt(sql, first.run_id, ago(11));
    assert.notEqual((await startRun(user, unkeyed)).run_id, first.run_id);
  },
);

test(
  "a message is another one in another conversation, about something else, elsewhere, or for another user",
  async (user, sql) => {
    const first = await startRun(user, unkeyed);
    await finishRun(user, first);
    const runs = new Set([first.run_id]);
    for (
      const request of [
        { session_id: first.session_id },
        { context_type: "general" },
        { time_zone: "Europe/Berlin" },
        { message: "Hello!" },
      ]
    ) {
      const other = await startRun(user, { ...unkeyed, ...request });
      await finishRun(user, other);
      runs.add(other.run_id);
    }
    runs.add((await startRun(await addUser(sql), unkeyed)).run_id);
    assert.equal(runs.size, 6);
  },
);

test("a key of the caller's own holds for ever, and stands for nothing without it", async (user) => {
  const keyed = await startRun(user, { request_key: "k" });
  await finishRun(user, keyed);
  await user.call("mark_delivered", [keyed.run_id]);
  assert.deepEqual(await again(user, { request_key: "k" }), found(keyed));
  assert.notEqual((await startRun(user, unkeyed)).run_id, keyed.run_id);
});

test("a delivery is noted by its user, for a run of one's own", async (user, sql) => {
  const first = await startRun(user, unkeyed);
  await finishRun(user, first);
  const other = await addUser(sql);
  assert.equal(await refused(other, "mark_delivered", [first.run_id]), "PT404 run");
  assert.deepEqual(await again(user), found(first));
});

test(
  "a run whose texts are purged answers nobody: the same message again is another run",
  async (user, sql) => {
    const first = await startRun(user, unkeyed);
    await finishRun(user, first);
    await sql`select private.purge_runs(now() + interval '1 day', 1000)`;
    assert.notEqual((await startRun(user, unkeyed)).run_id, first.run_id);
  },
);

test("the keys of a user go with the account", async (user, sql) => {
  await startRun(user, unkeyed);
  await sql`delete from auth.users where id = ${user.id}`;
  const [{ n } = {}] = await sql`select count(*)::int as n from request_keys where user_id = ${user.id}`;
  assert.equal(n, 0);
});
