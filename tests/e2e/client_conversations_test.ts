// A user's sessions and messages through the client, over HTTP: their own, and nobody else's.
import assert from "node:assert/strict";
import { AgentClientError } from "../../client/mod.ts";
import { chat } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { clientOf } from "../support/stack/reading.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const clientFor = (user: TestUser) => clientOf(user, testStack().url);

/** A session in which the user has said these words, one after the other, each of them answered. */
async function conversation(user: TestUser, ...words: string[]): Promise<string> {
  await using _ = await scriptModel(user.id, words.map((word) => ({ text: `You said ${word}.` })));
  let session_id: string | undefined;
  for (const message of words) {
    const { state } = await chat(user, { message, ...(session_id && { session_id }) });
    session_id = state.session_id ?? assert.fail("no session");
  }
  return session_id ?? assert.fail("no words");
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(() => null, (error: unknown) => error);
  assert.ok(thrown instanceof AgentClientError, String(thrown));
  return thrown.kind;
}

test("sessions come page by page, the one last used first, each of them once", async () => {
  const user = await newUser();
  const client = clientFor(user);
  const [one, two, three] = [
    await conversation(user, "one"),
    await conversation(user, "two"),
    await conversation(user, "three"),
  ];
  await using _ = await scriptModel(user.id, [{ text: "Again." }]);
  await chat(user, { message: "one again", session_id: one });

  const first = await client.listSessions({ limit: 2 });
  assert.deepEqual(first.sessions.map(({ id }) => id), [one, three]);
  const second = await client.listSessions({ limit: 2, cursor: first.next_cursor ?? "" });
  assert.deepEqual(second, { sessions: [await client.getSession(two)], next_cursor: null });
  assert.equal((await client.listSessions({ limit: 3 })).next_cursor, null, "three are all");
});

test("sessions that were last used at the same moment are told apart by a page's cursor", async () => {
  const user = await newUser();
  const titles = Array.from({ length: 5 }, (_, i) => `Session ${i}`);
  const sql = database();
  await sql`insert into chat_sessions (user_id, title, updated_at)
    select ${user.id}, title, '2026-11-22T12:00:00.123456Z' from unnest(${titles}::text[]) title`;
  await sql.end();
  const client = clientFor(user);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listSessions({ limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.sessions.map(({ title }) => title));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.deepEqual(seen.toSorted(), titles);
});

test("messages come in the order in which they were said, the latest page first", async () => {
  const user = await newUser();
  const client = clientFor(user);
  const session_id = await conversation(user, "one", "two", "three");

  const latest = await client.listMessages(session_id, { limit: 4 });
  const earlier = await client.listMessages(session_id, { limit: 4, cursor: latest.next_cursor ?? "" });

  assert.deepEqual([...earlier.messages, ...latest.messages].map(({ role, content }) => [role, content]), [
    ["user", "one"],
    ["assistant", "You said one."],
    ["user", "two"],
    ["assistant", "You said two."],
    ["user", "three"],
    ["assistant", "You said three."],
  ]);
  assert.deepEqual([latest.messages.length, earlier.next_cursor], [4, null]);
});

test("a session is renamed, put into the archive, and taken out of it", async () => {
  const user = await newUser();
  const client = clientFor(user);
  const id = await conversation(user, "one");

  assert.equal((await client.updateSession(id, { title: "Grüße 👋" })).title, "Grüße 👋");
  assert.equal((await client.updateSession(id, { status: "archived" })).title, "Grüße 👋");
  assert.deepEqual((await client.listSessions({ status: "active" })).sessions, []);
  assert.deepEqual((await client.listSessions({ status: "archived" })).sessions, [
    await client.getSession(id),
  ]);
  assert.equal((await client.updateSession(id, { status: "active" })).status, "active");
  assert.equal(await kindOf(client.updateSession(id, { title: "" })), "bad_request");
});

test("what PostgREST refuses is told in its own words, and nothing to change changes nothing", async () => {
  const user = await newUser();
  const client = clientFor(user);
  const id = await conversation(user, "one");
  const refusals: [() => Promise<unknown>, RegExp][] = [
    [() => client.updateSession(id, { title: "" }), /violates check constraint "chat_sessions_title_check"/],
    [() => client.updateSession(id, JSON.parse('{"colour":"red"}')), /'colour' column/],
    [() => client.updateSession(id, JSON.parse('{"title":"New","user_id":"x"}')), /permission denied|uuid/],
    [() => client.listMessages(id, { cursor: "zzz" }), /invalid input syntax for type integer/],
    [() => client.listSessions({ cursor: "zzz" }), /invalid input syntax for type/],
  ];
  for (const [work, said] of refusals) {
    const thrown = await work().then(() => null, (error: unknown) => error);
    assert.ok(thrown instanceof AgentClientError, String(said));
    assert.match(thrown.message, said);
    assert.ok(["bad_request", "forbidden"].includes(thrown.kind), thrown.kind);
  }
  assert.equal((await client.updateSession(id, JSON.parse("{}"))).title, "one");
  assert.equal((await client.getSession(id)).title, "one");
});

test("what is no id is no session, in plain words", async () => {
  const client = clientFor(await newUser());
  for (const session_id of ["", "nope", "../x", `${crypto.randomUUID()}0`]) {
    const works = [
      ...[client.getSession(session_id), client.updateSession(session_id, { title: "New" })],
      ...[client.listMessages(session_id), client.deleteSession(session_id)],
    ];
    for (const result of await Promise.allSettled(works)) {
      assert.ok(result.status === "rejected" && result.reason instanceof AgentClientError);
      assert.deepEqual([result.reason.kind, result.reason.message], [
        "not_found",
        "There is no such session.",
      ]);
    }
  }
});

test("nobody sees, renames or reads another user's sessions, and is told what is told of one that isn't there", async () => {
  const [owner, other] = [await newUser(), await newUser()];
  const id = await conversation(owner, "secret");
  const client = clientFor(other);

  assert.deepEqual(await client.listSessions(), { sessions: [], next_cursor: null });
  assert.deepEqual(await client.listMessages(id), { messages: [], next_cursor: null });
  for (const session_id of [id, crypto.randomUUID()]) {
    assert.equal(await kindOf(client.getSession(session_id)), "not_found");
    assert.equal(await kindOf(client.updateSession(session_id, { title: "Mine" })), "not_found");
  }
  assert.equal((await clientFor(owner).getSession(id)).title, "secret");
  assert.equal(await kindOf(clientFor({ ...owner, token: "garbage" }).listSessions()), "unauthenticated");
});

test("a session is deleted: it is in no list, its messages are empty, and no run starts in it", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Hello." }]);
  const agent = clientOf(user, testStack().url);
  const { session_id } = await agent.run({ message: "Hello" });
  assert.ok(session_id);
  await agent.deleteSession(session_id);
  await agent.deleteSession(session_id);
  assert.deepEqual((await agent.listSessions()).sessions, []);
  assert.equal(await kindOf(agent.getSession(session_id)), "not_found");
  assert.equal(await kindOf(agent.updateSession(session_id, { title: "Back" })), "not_found");
  assert.deepEqual(
    (await agent.listMessages(session_id)).messages.filter(({ content }) => content !== ""),
    [],
  );
  const failure = await agent.startRun({ session_id, message: "Again" }).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof AgentClientError && failure.status >= 404, String(failure));
  const other = await agent.deleteSession(crypto.randomUUID()).then(() => null, (error: unknown) => error);
  assert.ok(other instanceof AgentClientError && other.kind === "not_found", String(other));
});

test("the tools that agents have come with words for people and schemas for forms", async () => {
  const tools = await clientOf(await newUser(), testStack().url).tools();
  const cancel = tools.find(({ name }) => name === "cancel_loan");
  assert.deepEqual([cancel?.title, cancel?.access], ["Cancel loan", "write"]);
  assert.ok(Object.hasOwn(Object(cancel?.parameters), "properties"));
});
