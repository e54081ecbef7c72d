// A chat without a server: when it is painted, and what becomes of what fails.
import assert from "node:assert/strict";
import { type ChatClient, createChatStore } from "../../client/chat_store.ts";
import { createAgentClient } from "../../client/mod.ts";
import { hurriedClock, LOG, type LoggedEvent, RUN_ID, scriptedPlanner } from "./scripted_planner.ts";

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
