import assert from "node:assert/strict";
import { assertContract, callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { startedRun } from "../support/stack/runs.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("the same request_key again gives the same run and the same events, not a second run", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Only once." }]);
  const body = { message: "Do it once", request_key: "key-1" };

  const first = await chat(user, body);
  const second = await chat(user, body);

  assert.deepEqual(second.events, first.events);
  assert.equal((await script.requests()).length, 1);
});

test("a repeated request joins the run that is under way", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Shared.", hold: "answer" }]);
  const body = { message: "Do it once", request_key: "key-2" };
  const turns = Array.from({ length: 4 }, () => callFunction(user, "agent-planner", { body }));
  await script.reached("answer");
  await script.release("answer");

  const streams = await Promise.all(turns.map(async (turn) => (await readTurn(await turn)).events));
  for (const events of streams) assert.deepEqual(events, streams[0]);
  const runs = await user.client.from("agent_runs").select("id");
  assert.equal(runs.data?.length, 1);
});

test("the same request_key with another message is 409", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "First." }]);
  const first = await chat(user, { message: "One", request_key: "key-3" });

  const response = await callFunction(user, "agent-planner", {
    body: { message: "Two", request_key: "key-3" },
  });

  assert.equal(response.status, 409);
  assert.equal((await response.json()).error.run_id, first.state.run_id);
});

test("request keys of two users have nothing to do with each other", async () => {
  const [a, b] = [await newUser(), await newUser()];
  await using _a = await scriptModel(a.id, [{ text: "For A." }]);
  await using _b = await scriptModel(b.id, [{ text: "For B." }]);
  const first = await chat(a, { message: "Hi", request_key: "same" });
  const second = await chat(b, { message: "Hi", request_key: "same" });
  assert.notEqual(first.state.run_id, second.state.run_id);
});

test("a repeated request resumes the run when its owner has died", async () => {
  const user = await newUser();
  const { run_id } = await startedRun(user, { request: { request_key: "dead" }, lease_seconds: 0.001 });
  await using _ = await scriptModel(user.id, [{ text: "Here." }]);

  const { events, state } = await chat(user, { message: "Hi", request_key: "dead" });

  assertContract(events);
  assert.deepEqual([state.run_id, state.status, state.parts], [run_id, "completed", ["Here."]]);
});

/** One turn of the model for each run, and the books that they write. */
const writing = (runs: number) =>
  Array.from({ length: runs }, () => [
    { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }], when: { last: "user" as const } },
    { text: "Written down.", when: { last: "tool" as const } },
  ]).flat();

const books = async (user: TestUser) => (await user.client.from("books").select("title")).data?.length;
const whatRuns = async (user: TestUser) =>
  await (await callFunction(user, "agent-planner/runs", { method: "GET" })).json();
const runsOf = async (user: TestUser) => (await user.client.from("agent_runs").select("id")).data?.length;

for (const stream of [true, false]) {
  test(`two honest "yes" are two runs: a message is another one once its answer was read (stream: ${stream})`, async () => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, writing(3));
    for (let said = 0; said < 3; said++) {
      const response = await callFunction(user, "agent-planner", { body: { message: "Yes", stream } });
      if (stream) await readTurn(response);
      else assert.equal((await response.json()).answer, "Written down.");
    }
    assert.deepEqual([await books(user), await runsOf(user)], [3, 3]);
  });

  test(`a message whose answer nobody has read is the same run when it comes again (stream: ${stream})`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [
      { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] },
      { text: "Written down.", hold: "answer" },
    ]);
    const body = { message: "Write Milk down", stream };
    const gone = new AbortController();
    const first = callFunction(user, "agent-planner", { body, signal: gone.signal })
      .then((response) => response.text());
    await script.reached("answer");
    gone.abort();
    await assert.rejects(first);
    // Their going takes the way of every request: what is asked after it is answered after the planner knows of it.
    for (let asked = 0; asked < 3; asked++) await whatRuns(user);
    await script.release("answer");

    const { state } = await chat(user, { ...body, stream: true });
    assert.deepEqual([state.status, state.parts], ["completed", ["Written down."]]);
    assert.deepEqual([await books(user), await runsOf(user)], [1, 1]);
  });
}

test("a message that its user has stopped, sent again, is a new order", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Too late.", hold: "thinking" }, ...writing(1)]);
  const body = { message: "Write Milk down" };
  const stopped = await callFunction(user, "agent-planner", { body });
  const run_id = stopped.headers.get("x-run-id") ?? "";
  await script.reached("thinking");
  await stopped.body?.cancel();
  await callFunction(user, `agent-planner/runs/${run_id}/cancel`, { body: {} });
  for (let status: string | undefined = "running"; status === "running";) {
    const { data } = await user.client.from("agent_runs").select("status").eq("id", run_id).single();
    status = data?.status;
  }

  const { state } = await chat(user, body);
  assert.notEqual(state.run_id, run_id);
  assert.deepEqual([state.status, state.parts, await books(user)], ["completed", ["Written down."], 1]);
});

test("the same message twice at the same moment is one run, in a conversation as well as without one", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Here." }, { text: "Shared.", hold: "answer" }]);
  const { state } = await chat(user, { message: "Begin" });
  const body = { message: "Go on", session_id: state.session_id };
  const turns = Array.from({ length: 4 }, () => callFunction(user, "agent-planner", { body }));
  await script.reached("answer");
  await script.release("answer");
  const streams = await Promise.all(turns.map(async (turn) => (await readTurn(await turn)).events));
  for (const events of streams) assert.deepEqual(events, streams[0]);
  assert.equal(await runsOf(user), 2);
});

test("an answer that was read later, as events or as a run whole, is delivered, too", async () => {
  for (const path of ["/events", ""]) {
    const user = await newUser();
    await using script = await scriptModel(user.id, [{ text: "Here.", hold: "answer" }, { text: "Again." }]);
    const response = await callFunction(user, "agent-planner", { body: { message: "Hi" } });
    const run_id = response.headers.get("x-run-id") ?? "";
    await script.reached("answer");
    await response.body?.cancel();
    const follower = await callFunction(user, `agent-planner/runs/${run_id}/events`, { method: "GET" });
    await script.release("answer");
    if (path === "/events") {
      await follower.text();
    } else {
      await follower.body?.cancel();
      for (let status = "running"; status === "running";) {
        const whole = await callFunction(user, `agent-planner/runs/${run_id}`, { method: "GET" });
        ({ status } = await whole.json());
      }
    }
    assert.deepEqual((await chat(user, { message: "Hi" })).state.parts, ["Again."], path);
  }
});

test("a run that has written something and then fails tells nobody to send its message again", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] },
    { error: { status: 500, body: "boom" }, times: "any" },
  ]);
  const response = await callFunction(user, "agent-planner", {
    body: { message: "Write Milk down", stream: false },
  });
  const { error } = await response.json();
  assert.deepEqual([error.status, error.retryable], ["failed", false]);
  assert.match(error.message, /Something had been changed by then/);
  assert.equal(await books(user), 1);
});
