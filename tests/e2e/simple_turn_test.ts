import assert from "node:assert/strict";
import { assertContract, callFunction, chat, readTurn, typesOf } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("a simple question is answered without a tool call", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Good morning! How can I help?" }]);

  const { events, state } = await chat(user, { message: "Good morning" });

  assertContract(events);
  assert.deepEqual(typesOf(events), ["session", "analysis", "text", "done"]);
  assert.equal(state.strategy, "simple");
  assert.deepEqual(state.parts, ["Good morning! How can I help?"]);
  assert.equal((await script.requests()).length, 1);
});

test("the answer and the question are messages of the session, in order", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Paris." }]);

  const { state } = await chat(user, { message: "What is the capital of France?" });

  const { data } = await user.client.from("chat_messages").select("id, role, content, seq, run_id").order(
    "seq",
  );
  assert.deepEqual(data, [
    {
      id: state.user_message_id,
      role: "user",
      content: "What is the capital of France?",
      seq: 1,
      run_id: state.run_id,
    },
    { id: state.message_id, role: "assistant", content: "Paris.", seq: 2, run_id: state.run_id },
  ]);
});

test("the next message of a session is answered with the conversation in view", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Hello Ada." }, { text: "You are Ada." }]);

  const first = await chat(user, { message: "I am Ada" });
  const second = await chat(user, { message: "Who am I?", session_id: first.state.session_id });

  assert.equal(second.state.session_id, first.state.session_id);
  const messages = JSON.stringify((await script.requests())[1]?.messages);
  assert.match(messages, /I am Ada.*Hello Ada\..*Who am I\?/);
});

test("the stream's events are the rows of agent_run_events", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "One two three four five six seven" }]);

  const { events } = await chat(user, { message: "Count" });

  const { data } = await user.client.from("agent_run_events").select("seq, type, at, agent, data").order(
    "seq",
  );
  const rows = (data ?? []).map(({ seq, type, at, agent, data }) => ({
    ...(typeof data === "object" ? data : {}),
    seq,
    type,
    agent,
    at: new Date(at).toISOString(),
    run_id: events[0]?.run_id,
  }));
  assert.deepEqual(rows, events.map((event) => ({ ...event })));
});

test("a message may be global, as about everything", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Hello." }]);
  const { state } = await chat(user, { message: "Hi", context_type: "global" });
  assert.equal(state.status, "completed");
  const [{ messages } = { messages: [] }] = await script.requests();
  assert.doesNotMatch(JSON.stringify(messages), /focus/);
});

test("an id that no column can hold is as good as one that is nobody's: 404", async () => {
  const user = await newUser();
  const cases = [["book", crypto.randomUUID()], ["book", "7"], ["loan", "7000000"], ["loan", "no number"]];
  for (const [context_type, entity_id] of cases) {
    const body = { message: "Hi", context_type, entity_id };
    const response = await callFunction(user, "agent-planner", { body });
    assert.equal(response.status, 404, entity_id);
    assert.match(await response.text(), /There is no such entity/);
  }
});

test("a session stays about what it was about when it began, whatever kind of key that has", async () => {
  const user = await newUser();
  const book = await user.client.from("books").insert({ title: "To the Lighthouse" }).select("id").single();
  const loan = await user.client.from("loans").insert({ borrower: "The Lighthouse" }).select("id").single();
  for (const [context_type, entity_id] of [["book", book.data?.id], ["loan", String(loan.data?.id)]]) {
    await using script = await scriptModel(user.id, [{ text: "One." }, { text: "Two." }]);
    const first = await chat(user, { message: "Hi", context_type, entity_id });
    await chat(user, { message: "And?", session_id: first.state.session_id });
    for (const { messages } of await script.requests()) {
      assert.match(JSON.stringify(messages), /focus[^<]*Lighthouse/);
    }
  }
});

test("a run that its user tries to end by hand, in mid-run, goes on and ends with every row closed", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Late.", hold: "answer" }]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Hi" } });
  await script.reached("answer");
  const byHand = await user.client.from("agent_runs").update({ status: "failed" }).eq("user_id", user.id);
  assert.equal(byHand.error?.code, "23514");
  await script.release("answer");
  const { state } = await readTurn(response);
  assert.equal(state.status, "completed");
  const open = await user.client.from("agents").select("id").eq("status", "active");
  assert.deepEqual(open.data, []);
});

test("a conversation is named by the beginning of its first message, cut behind a word", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Yes." }, { text: "No." }]);
  const family = "👩‍👩‍👧‍👦";
  const words = "Please look at all of my tasks for the coming week, and then move";
  await chat(user, { message: `${words} those that are not urgent` });
  await chat(user, { message: `${"x".repeat(78)}${family} and more` });
  const { data } = await user.client.from("chat_sessions").select("title").order("created_at");
  assert.deepEqual(data?.map(({ title }) => title), [`${words} those that…`, `${"x".repeat(78)}…`]);
});
