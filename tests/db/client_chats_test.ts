// Conversations by the ids that clients choose for them: who finds which, and what is shown of it.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { addUser, refused, testAsUser, type User } from "./agents_calls.ts";
import { ending, event, finishRun, lease, type Owned, startArguments, startRun } from "./agents_runs.ts";
import { firstPosts } from "./client_id_races.ts";
import { testRace } from "./race.ts";

async function end(user: User, owned: Owned): Promise<void> {
  await finishRun(user, owned);
}

const clientIds = async (sql: Sql, user: User) =>
  (await sql`select client_id from chat_sessions where user_id = ${user.id} order by created_at`)
    .map((row) => row.client_id);

testAsUser(
  "a client's id is a new session's at first, and names it from then on, as its own id does",
  async (user, sql) => {
    const first = await startRun(user, { client_id: "chat-1" });
    await end(user, first);
    for (const client_id of ["chat-1", first.session_id, first.session_id.toUpperCase()]) {
      const next = await startRun(user, { client_id });
      assert.equal(next.session_id, first.session_id, client_id);
      await end(user, next);
    }
    assert.deepEqual(await clientIds(sql, user), ["chat-1"]);
    const native = await startRun(user, { session_id: first.session_id });
    assert.equal(native.session_id, first.session_id);
  },
);

testAsUser(
  "an id that looks like a session's and names none of the user's is their client's",
  async (user, sql) => {
    const other = await addUser(sql);
    const theirs = await startRun(other, { client_id: "chat-1" });
    const own = await startRun(user, { client_id: theirs.session_id });
    assert.notEqual(own.session_id, theirs.session_id);
    assert.deepEqual(await clientIds(sql, user), [theirs.session_id]);
  },
);

testAsUser("the same id of two users has nothing to do with each other", async (user, sql) => {
  const other = await addUser(sql);
  const theirs = await startRun(other, { client_id: "chat-1" });
  const own = await startRun(user, { client_id: "chat-1" });
  assert.notEqual(own.session_id, theirs.session_id);
  assert.equal(await user.call("client_chat_run", ["chat-1"]), own.run_id);
  assert.equal(await other.call("client_chat_run", ["chat-1"]), theirs.run_id);
  assert.equal(await user.call("client_run", [theirs.run_id]), null);
});

testAsUser("a first message that is sent again is its run; another one has to wait for it", async (user) => {
  const request = { client_id: "chat-1", request_key: "ai:m1:abc" };
  const first = await startRun(user, request);
  assert.partialDeepStrictEqual(await user.call("start_run", startArguments(request)), {
    ...{ existing: true, run_id: first.run_id },
  });
  const another = startArguments({ client_id: "chat-1" });
  assert.equal(await refused(user, "start_run", another), "PT409 run_unfinished");
});

testAsUser(
  "the unfinished run of a chat is the one that there is, and none once it has ended",
  async (user) => {
    assert.equal(await user.call("client_chat_run", ["chat-1"]), null);
    const owned = await startRun(user, { client_id: "chat-1" });
    assert.equal(await user.call("client_chat_run", ["chat-1"]), owned.run_id);
    await end(user, owned);
    assert.equal(await user.call("client_chat_run", ["chat-1"]), null);
  },
);

testAsUser("a run as its client knows it: the ids, the last event, and each pause", async (user) => {
  const owned = await startRun(user, { client_id: "chat-1", request_key: "agui:run-1" });
  const pause = { open: [], expires_at: "2026-11-22T12:00:00Z" };
  await user.call("record_progress", [...lease(owned), {
    events: [event(2, "run_paused", pause), event(3)],
  }]);
  assert.deepEqual(await user.call("client_run", [owned.run_id]), {
    ...{ run_id: owned.run_id, session_id: owned.session_id, client_id: "chat-1", request_key: "agui:run-1" },
    ...{ message: "Hello", open: [], last: 3, pauses: [{ seq: 2, open: [] }] },
  });
});

testAsUser(
  "the history is the newest messages with the logs of their runs, within both bounds",
  async (user) => {
    assert.deepEqual(await user.call("client_chat_history", ["chat-1", 10, 100]), { messages: [], logs: {} });
    const runs: string[] = [];
    for (let n = 1; n <= 3; n++) {
      const owned = await startRun(user, { client_id: "chat-1", message: `Message ${n}` });
      const batch = { events: [event(2, "done")] };
      await user.call("finish_run", [...lease(owned), ending("completed", { answer: `Answer ${n}` }), batch]);
      runs.push(owned.run_id);
    }
    const history = async (messages: number, events: number) => {
      const answer = await user.call("client_chat_history", ["chat-1", messages, events]);
      assert.ok(isHistory(answer));
      return {
        said: answer.messages.map(({ content }) => content),
        runs: Object.keys(answer.logs),
        ...answer,
      };
    };
    const [first = "", second = "", third = ""] = runs;
    const whole = await history(10, 100);
    assert.deepEqual(whole.said, [1, 2, 3].flatMap((n) => [`Message ${n}`, `Answer ${n}`]));
    assert.deepEqual(whole.runs.toSorted(), [first, second, third].toSorted());
    assert.deepEqual(whole.logs[first]?.map(({ seq }) => seq), [1, 2]);
    const newest = await history(3, 100);
    assert.deepEqual([newest.said, newest.runs.toSorted()], [
      ["Answer 2", "Message 3", "Answer 3"],
      [second, third].toSorted(),
    ]);
    const few = await history(10, 3);
    assert.deepEqual([few.said.length, few.runs], [6, [third]], "older runs have their messages only");
  },
);

interface History {
  messages: { content: string }[];
  logs: Record<string, { seq: number }[]>;
}

function isHistory(answer: unknown): answer is History {
  return typeof answer === "object" && answer !== null && "messages" in answer && "logs" in answer;
}

testRace("two first messages of one chat: one session, one run, and the other hears which", async (race) => {
  const start = () =>
    ["start_run", startArguments({ client_id: "chat-1" })] as [string, ReturnType<typeof startArguments>];
  const outcome = await race.inOrder(start(), start());
  assert.ok(!outcome.ok && outcome.message === "run_unfinished");
  assert.deepEqual(await clientIds(race.sql, race.user), ["chat-1"]);
});

testAsUser(
  "first messages of one chat at the same moment are one session and one run",
  (_user, sql) => firstPosts(sql, 3),
);
