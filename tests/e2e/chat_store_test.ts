// A chat as the hook shows it, on the real stack.
import assert from "node:assert/strict";
import type { ChatState } from "../../client/chat_state.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, lend } from "../support/stack/asking.ts";
import { countedClient, openChat } from "../support/stack/chatting.ts";
import { startCuttingProxy } from "../support/stack/cutting_proxy.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const ready = ({ status }: ChatState) => status === "ready";
const said = ({ messages }: ChatState) => messages.map(({ role, content, state }) => [role, content, state]);

test("a message is shown at once, its answer as it comes, and both as they are stored", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ hold: "a", text: "Hello to you." }]);
  const { client } = countedClient(user);
  const { store, detach, until } = openChat(client);
  const sending = store.send("Hello");
  assert.deepEqual(said(store.state()), [["user", "Hello", "sending"]]);
  await sending;
  await until(({ status }) => status === "running");
  await script.release("a");
  const state = await until((one) =>
    ready(one) && one.messages.every((message) => message.state === "stored")
  );
  assert.deepEqual(said(state), [["user", "Hello", "stored"], ["assistant", "Hello to you.", "stored"]]);
  const { messages } = await client.listMessages(state.session_id ?? "");
  await until(({ messages: [first] }) => first?.id === messages[0]?.id);
  assert.deepEqual(store.state().messages.map(({ id }) => id), messages.map(({ id }) => id));
  detach();
});

test("a page that is opened anew picks up the run that is at work; leaving cancels nothing and leaves no request", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ hold: "a", text: "The answer." }]);
  const first = countedClient(user);
  const page = openChat(first.client);
  await page.store.send("Hello");
  await script.reached("a");
  const { session_id } = await page.until((state) => state.session_id !== null);
  page.detach();
  await first.counted.quiet();

  const second = countedClient(user);
  const again = openChat(second.client, session_id);
  const picked_up = await again.until(({ status }) => status === "running");
  assert.deepEqual(picked_up.messages.map(({ content }) => content), ["Hello"]);
  await script.release("a");
  const state = await again.until((one) => ready(one) && one.messages.length === 2);
  assert.deepEqual(state.messages.map(({ content }) => content), ["Hello", "The answer."]);
  assert.equal(state.run?.status, "completed");
  again.detach();
  await second.counted.quiet();
});

test("stop cancels on the server, once", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ hold: "a", text: "Never." }]);
  const { client, counted } = countedClient(user);
  const { store, detach, until } = openChat(client);
  await store.send("Hello");
  await script.reached("a");
  await until(({ status }) => status === "running");
  await Promise.all([store.stop(), store.stop()]);
  const { run } = await until((state) => ready(state) && state.run?.status === "cancelled");
  assert.equal((await client.getRun(run?.run_id ?? "")).status, "cancelled");
  assert.equal(counted.posts.filter(({ path }) => path.endsWith("/cancel")).length, 1);
  await script.release("a");
  detach();
});

test("a message that found no way is sent again under its key, and carried out once", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);
  const { client, counted } = countedClient({ token: user.token });
  const { store, detach, until } = openChat(client);
  // A refused token is no connection that comes back by itself.
  const away = openChat(countedClient({ token: "none" }).client);
  await away.store.send("Hello");
  assert.deepEqual(said(away.store.state()), [["user", "Hello", "failed"]]);
  assert.equal(away.store.state().status, "failed");
  away.detach();

  counted.lose(1);
  await store.send("Hello");
  await until((state) => ready(state) && state.messages.length === 2);
  const starts = counted.posts.filter(({ path }) => path === "");
  assert.equal(starts.length, 2);
  assert.equal(starts[0]?.body, starts[1]?.body);
  detach();
});

test("what failed is done again by retry, under the same key", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);
  const { client, counted } = countedClient(user);
  let refuse = true;
  const { store, detach, until } = openChat({
    ...client,
    startRun: (body, options) => {
      if (!refuse) return client.startRun(body, options);
      refuse = false;
      return client.startRun(body, options).then(() => Promise.reject(new Error("The answer was lost.")));
    },
  });
  await store.send("Hello");
  assert.deepEqual([store.state().status, store.state().error?.message], ["failed", "The answer was lost."]);
  await store.retry();
  const state = await until((one) => ready(one) && one.messages.length === 2);
  assert.deepEqual(state.messages.map(({ content }) => content), ["Hello", "Here."]);
  const keys = counted.posts.filter(({ path }) => path === "").map(({ body }) =>
    JSON.parse(body).request_key
  );
  assert.deepEqual([keys.length, new Set(keys).size], [2, 1]);
  assert.equal((await client.listRuns()).runs.length, 1);
  detach();
});

test("a call that waits is shown, decided, and the answer goes on in the same conversation", async () => {
  const user = await newUser();
  const [ann, bob] = await lend(user, "Ann", "Bob");
  await using _ = await scriptModel(user.id, [cancelTurn(ann, bob), { text: "Done." }]);
  const { client } = countedClient(user);
  const { store, detach, until } = openChat(client);
  await store.send("Cancel them");
  const { approvals } = await until(({ status }) => status === "awaiting_approval");
  assert.equal(approvals.length, 2);
  const [one, other] = approvals.map(({ tool_call_id }) => tool_call_id);
  await store.decide({ tool_call_id: one ?? "", approved: true });
  assert.deepEqual(store.state().approvals.map(({ tool_call_id }) => tool_call_id), [other]);
  await store.decide({ tool_call_id: other ?? "", approved: false, reason: "Not he." });
  const state = await until((shown) => ready(shown) && shown.messages.length === 2);
  assert.equal(state.messages.at(-1)?.content, "Done.");
  assert.deepEqual(await borrowers(user), ["Bob"]);
  const undone = await store.undo(one);
  assert.deepEqual(undone?.undone, [one]);
  assert.deepEqual((await borrowers(user)).toSorted(), ["Ann", "Bob"]);
  detach();
});

test("lines that are cut change nothing of what is shown, and older messages come page by page", async () => {
  const user = await newUser();
  const turns = ["One.", "Two.", "Three."];
  await using _ = await scriptModel(user.id, turns.map((text) => ({ text })));
  await using proxy = startCuttingProxy([900, 1_400, 2_000]);
  const { client } = countedClient(user, proxy.url);
  const { store, detach, until } = openChat(client);
  for (const [i, turn] of turns.entries()) {
    await store.send(`Say ${turn}`);
    await until((state) => ready(state) && state.messages.length === 2 * i + 2);
  }
  const expected = turns.flatMap((turn) => [`Say ${turn}`, turn]);
  assert.deepEqual(store.state().messages.map(({ content }) => content), expected);
  const { session_id } = store.state();
  detach();

  const later = openChat(client, session_id);
  const { messages } = await later.until((state) => ready(state) && state.messages.length === 6);
  assert.deepEqual(messages.map(({ content }) => content), expected);
  later.detach();
});

test("a conversation that is not there, or was deleted, is told when it is opened", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);
  const { client } = countedClient(user);
  const deleted = (await client.run({ message: "Hello" })).session_id;
  assert.ok(deleted);
  await client.deleteSession(deleted);
  for (const session_id of [deleted, crypto.randomUUID(), "../x"]) {
    const { store, detach, until } = openChat(client, session_id);
    const { status, error, can_retry, messages } = await until((state) => state.status === "failed");
    assert.deepEqual([status, error?.kind, error?.message, can_retry, messages], [
      ...["failed", "not_found", "There is no such session.", false],
      [],
    ]);
    await store.send("Hello?");
    assert.deepEqual(said(store.state()), [["user", "Hello?", "failed"]]);
    detach();
  }
});
