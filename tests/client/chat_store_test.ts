// A chat without a server: when it is painted, and what becomes of what fails.
import assert from "node:assert/strict";
import { EMPTY_CHAT, shownChat, withOwnMessages } from "../../client/chat_state.ts";
import { type ChatClient, createChatStore } from "../../client/chat_store.ts";
import { AgentClientError, type ChatSession, createAgentClient } from "../../client/mod.ts";
import type { RunRow } from "../../shared/contracts/run_view.ts";
import { hurriedClock, LOG, type LoggedEvent, RUN_ID, scriptedPlanner } from "./scripted_planner.ts";

const SESSION: ChatSession = {
  ...{ id: "", title: "", status: "active", context_type: "general", entity_id: null, client_id: null },
  ...{ preferences: {}, created_at: "", updated_at: "" },
};

const UNFINISHED: RunRow = {
  ...{
    id: RUN_ID,
    session_id: RUN_ID,
    request_key: null,
    status: "running",
    abandoned: false,
    strategy: null,
  },
  ...{
    usage: null,
    finished_reason: null,
    error: null,
    created_at: "2026-11-22T12:00:00Z",
    finished_at: null,
  },
};

/** A chat whose frames come when the test says so. */
function chatOf(log: LoggedEvent[], changes: Partial<ChatClient> = {}) {
  const { fetch } = scriptedPlanner([], log);
  const client = createAgentClient({
    ...{ url: "http://planner.test", publishable_key: "key", token: "t", fetch },
    ...{ clock: hurriedClock, random: () => 0 },
  });
  const frames: (() => void)[] = [];
  const ended = Promise.withResolvers<void>();
  const store = createChatStore({
    ...client,
    getSession: (id) => Promise.resolve({ ...SESSION, id }),
    listRuns: () => Promise.resolve({ runs: [], next_cursor: null }),
    listMessages() {
      ended.resolve();
      return Promise.resolve({ messages: [], next_cursor: null });
    },
    ...changes,
  }, {
    new_key: () => "made-up",
    frame(paint) {
      frames.push(paint);
      return () => void frames.splice(frames.indexOf(paint), 1);
    },
  });
  let painted = 0;
  store.subscribe(() => void painted++);
  return { store, frames, ended: ended.promise, painted: () => painted };
}

Deno.test("however many events come between two frames, they are painted once", async () => {
  const words = Array.from(
    { length: 500 },
    (_, i) => ({ ...LOG[3], type: "text", seq: i + 2, delta: "word " }),
  );
  const log = [LOG[0], ...words, { ...LOG[5], type: "done", seq: 502 }].map((event) => ({
    ...{ type: "", seq: 0 },
    ...event,
  }));
  const { store, frames, ended, painted } = chatOf(log);
  const detach = store.attach();
  await store.send("Hi");
  const before = painted();
  await ended;
  assert.equal(painted(), before);
  assert.equal(frames.length, 1);
  frames.shift()?.();
  assert.equal(painted(), before + 1);
  assert.deepEqual(store.state().messages.map(({ role, content }) => [role, content.length]), [["user", 2], [
    "assistant",
    2_500,
  ]]);
  detach();
});

Deno.test("a state stays the same object until it changes", () => {
  const { store, painted } = chatOf(LOG);
  const state = store.state();
  assert.equal(store.state(), state);
  store.open(null);
  assert.equal(store.state(), state);
  assert.equal(painted(), 0);
});

Deno.test("while a message is being answered another one is refused, and nothing of the run is lost", async () => {
  const pending = Promise.withResolvers<never>();
  const { store } = chatOf(LOG, { startRun: () => pending.promise });
  const detach = store.attach();
  void store.send("Hi");
  await store.send("And");
  const { messages, error, status } = store.state();
  assert.deepEqual(messages.map(({ content }) => content), ["Hi"]);
  assert.deepEqual([status, error?.message], [
    "sending",
    "A message is being answered. Wait for it, or stop it.",
  ]);
  detach();
});

Deno.test("to stop before the server has answered cancels the run once its id is known", async () => {
  const started = Promise.withResolvers<Awaited<ReturnType<ChatClient["startRun"]>>>();
  const cancelled: string[] = [];
  const { store, ended } = chatOf(LOG, {
    startRun: () => started.promise,
    cancel(run_id) {
      cancelled.push(run_id);
      return Promise.resolve({ run_id, status: "running" });
    },
  });
  const detach = store.attach();
  const sending = store.send("Hi");
  await store.stop();
  assert.deepEqual([store.state().status, cancelled], ["stopping", []]);
  const { fetch } = scriptedPlanner([]);
  const client = createAgentClient({ url: "http://planner.test", publishable_key: "key", token: "t", fetch });
  started.resolve(await client.startRun({ message: "Hi" }));
  await sending;
  assert.deepEqual(cancelled, [RUN_ID]);
  await ended;
  detach();
});

const refusal = (kind: string, status: number, retryable: boolean) =>
  new AgentClientError(`It is ${kind}.`, { kind, status, retryable });

Deno.test("a message that was not taken stays, as failed and with its text, where it was sent", async () => {
  const { fetch } = scriptedPlanner([], LOG);
  const client = createAgentClient({ url: "http://planner.test", publishable_key: "key", token: "t", fetch });
  let refused = 2;
  const { store, frames, ended } = chatOf(LOG, {
    startRun: (body) =>
      refused-- > 0 ? Promise.reject(refusal("rate_limited", 429, true)) : client.startRun(body),
  });
  const detach = store.attach();
  const said = () => store.state().messages.map(({ role, content, state }) => `${role} ${content}: ${state}`);
  await store.send("One");
  await store.send("Two");
  assert.deepEqual(said(), ["user One: failed", "user Two: failed"]);
  await store.send("Three");
  await ended;
  for (const paint of frames.splice(0)) paint();
  assert.deepEqual(said().slice(0, 3), ["user One: failed", "user Two: failed", "user Three: stored"]);
  assert.equal(store.state().error, null);
  store.open(crypto.randomUUID());
  assert.deepEqual(said(), []);
  detach();
});

Deno.test("one that was not taken stays between what was said before and after it", () => {
  const message = (seq: number, role: "user" | "assistant", content: string) => ({
    ...{ id: `m${seq}`, session_id: "s", run_id: null, role, content, seq, created_at: "" },
  });
  const held = {
    ...EMPTY_CHAT,
    ...{ session_id: "s", stored: [message(1, "user", "A"), message(2, "assistant", "B")] },
    outgoing: { id: "k", content: "Lost", failed: true },
  };
  const kept = { ...held, ...withOwnMessages(held) };
  const later = { ...kept, stored: [...kept.stored, message(3, "user", "C"), message(4, "assistant", "D")] };
  const shown = shownChat(later).messages;
  assert.deepEqual(shown.map(({ content }) => content), ["A", "B", "Lost", "C", "D"]);
  assert.deepEqual(shown.map(({ state }) => state), ["stored", "stored", "failed", "stored", "stored"]);
});

for (
  const [kind, status, retryable] of [
    ["bad_request", 400, false],
    ["unauthenticated", 401, false],
    ["not_found", 404, false],
    ["internal", 500, true],
    ["connection", 0, true],
  ] as const
) {
  Deno.test(`what failed as ${kind} is ${retryable ? "" : "not "}sent again by retry, and the page can read why`, async () => {
    let sent = 0;
    const { store } = chatOf(LOG, {
      startRun() {
        sent++;
        return Promise.reject(refusal(kind, status, retryable));
      },
    });
    const detach = store.attach();
    await store.send("Hi");
    const { error, can_retry } = store.state();
    assert.deepEqual([error?.kind, error?.retryable, can_retry], [kind, retryable, retryable]);
    await store.retry();
    assert.equal(sent, retryable ? 2 : 1);
    detach();
  });
}

Deno.test("what a page's own token or fetch throws is a client's error, too", async () => {
  const { store } = chatOf(LOG, { startRun: () => Promise.reject("no token") });
  const detach = store.attach();
  await store.send("Hi");
  const { error } = store.state();
  assert.ok(error instanceof AgentClientError);
  assert.deepEqual([error.kind, error.message], ["internal", "no token"]);
  detach();
});

Deno.test("an empty text is no message", async () => {
  const { store } = chatOf(LOG, { startRun: () => Promise.reject(new Error("It was sent.")) });
  const detach = store.attach();
  const before = store.state();
  for (const text of ["", "  ", "\n\t"]) await store.send(text);
  assert.equal(store.state(), before);
  detach();
});

Deno.test("what comes of a conversation that is no longer shown changes nothing of the one that is", async () => {
  const OTHER = "0e1b1c5e-5a3d-4a52-9d5c-9a0b3a6f1c22";
  const run = await createAgentClient({
    ...{ url: "http://planner.test", publishable_key: "key", token: "t", fetch: scriptedPlanner([]).fetch },
  }).startRun({ message: "Hi" });
  const refused = new AgentClientError("No.", { kind: "conflict", retryable: false, status: 409 });
  for (const settle of ["taken", "refused"] as const) {
    const started = Promise.withResolvers<typeof run>();
    const { store } = chatOf(LOG, { startRun: () => started.promise });
    const detach = store.attach();
    const sending = store.send("Hi");
    store.open(OTHER);
    if (settle === "taken") started.resolve(run);
    else started.reject(refused);
    await sending;
    await store.loadEarlier();
    const { session_id, messages, run: shown, error } = store.state();
    assert.deepEqual({ session_id, messages, shown, error }, {
      ...{ session_id: OTHER, messages: [], shown: null, error: null },
    });
    await store.retry();
    assert.deepEqual(store.state().messages, []);
    detach();
  }
});

Deno.test("a message that is sent while the history is loading is under way until its run is, which is read once", async () => {
  const listed = Promise.withResolvers<Awaited<ReturnType<ChatClient["listRuns"]>>>();
  const { fetch } = scriptedPlanner([]);
  const client = createAgentClient({ url: "http://planner.test", publishable_key: "key", token: "t", fetch });
  const run = await client.startRun({ message: "Hi" });
  const started = Promise.withResolvers<typeof run>();
  const read: string[] = [];
  const { store, frames } = chatOf(LOG, {
    startRun: () => started.promise,
    listRuns: () => listed.promise,
    events(run_id) {
      read.push(run_id);
      return client.events(run_id);
    },
  });
  store.open(RUN_ID);
  const detach = store.attach();
  const sending = store.send("Hi");
  listed.resolve({ runs: [UNFINISHED], next_cursor: null });
  while (frames.length === 0) await Promise.resolve();
  frames.shift()?.();
  assert.deepEqual([store.state().status, read], ["sending", []]);
  started.resolve(run);
  await sending;
  detach();
});
