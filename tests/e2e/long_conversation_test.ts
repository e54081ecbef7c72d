// A conversation that outgrows its prompts is remembered in summaries, which nobody waits for and nothing depends on.
import assert from "node:assert/strict";
import {
  ANY_FACT,
  ask,
  requestsByKind,
  settled,
  summariesOf,
} from "../support/summaries/long_conversation.ts";
import { ANSWER, summaryTurn, TOLD_TURNS, toldSession } from "../support/summaries/told_session.ts";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { scriptModel } from "../support/models/script.ts";
import { modelCallsOf } from "../support/rows/model_calls.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const FACTS = Array.from({ length: TOLD_TURNS }, (_, i) => `Fact ${i + 1}: it is so.`);

test("the oldest turns become a summary, with what they said; the next prompts have it in their place", async () => {
  const user = await newUser();
  const session_id = await toldSession(user);
  await using script = await scriptModel(user.id, [ANSWER, summaryTurn()]);
  await chat(user, { message: "Go on", session_id });
  await settled(user);

  const [summary, ...others] = await summariesOf(user);
  assert.equal(others.length, 0);
  assert.deepEqual([summary?.number, summary?.content.split("\n")], [
    1,
    FACTS.slice(0, summary?.content.split("\n").length),
  ]);
  const recalled = await ask(user, { script, session_id, turns: [] }, ANY_FACT);
  assert.deepEqual(recalled.split("\n").toSorted(), FACTS.toSorted());
  const { planner, summaries } = requestsByKind(await script.requests());
  assert.deepEqual([planner.length, summaries.length], [2, 1]);
  assert.ok((planner[1]?.tokens ?? 0) < (planner[0]?.tokens ?? 0), "the history is shorter");
  const calls = await modelCallsOf(user);
  assert.ok(calls.length === 3 && calls.every(({ settled_at }) => settled_at !== null));
  const [of_summary, ...others_made] = calls.filter(({ agent_session_id }) => agent_session_id === null);
  assert.deepEqual([of_summary?.message_seq, of_summary?.end_reason, others_made], [null, "stop", []]);
});

test("nobody waits for a summary: not the answer, and not the next turn, which may make it once more", async () => {
  const user = await newUser();
  const session_id = await toldSession(user);
  await using script = await scriptModel(user.id, [
    ...[ANSWER, ANSWER, summaryTurn({ hold: "first" }), summaryTurn({ hold: "second" })],
  ]);
  const first = await chat(user, { message: "Go on", session_id });
  assert.equal(first.state.status, "completed");
  await script.reached("first");
  const second = await chat(user, { message: "And on", session_id });
  assert.equal(second.state.status, "completed");
  await script.reached("second");
  assert.deepEqual(await summariesOf(user), []);

  await script.release("second");
  await script.release("first");
  await settled(user);
  const summaries = await summariesOf(user);
  assert.deepEqual(summaries.map(({ number }) => number), [1], "one of the two is kept");
  assert.equal((await modelCallsOf(user)).length, 4, "and both are paid for");
});

test("a model that can't summarise costs no turn anything: what fits is sent, what is missing is told, and a later turn makes it", async () => {
  const user = await newUser();
  const session_id = await toldSession(user, 30);
  const failed = { when: summaryTurn().when, error: { status: 400, body: "{}" } };
  await using script = await scriptModel(user.id, [ANSWER, ANSWER, failed, summaryTurn()]);
  await chat(user, { message: "Go on", session_id });
  await settled(user);
  assert.deepEqual(await summariesOf(user), []);
  await chat(user, { message: "Go on", session_id });
  await settled(user);

  const { planner } = requestsByKind(await script.requests());
  for (const { text, tokens } of planner) {
    assert.match(text, /Some older turns are neither here nor in a summary/);
    assert.ok(tokens <= 5_000, `${tokens}`);
  }
  const [summary] = await summariesOf(user);
  assert.match(summary?.content ?? "", /Fact 1: it is so/);
});

test("a run that is cancelled calls no model for a summary; the next one does", async () => {
  const user = await newUser();
  const session_id = await toldSession(user);
  await using script = await scriptModel(user.id, [{ ...ANSWER, hold: "thinking" }]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Go on", session_id } });
  await script.reached("thinking");
  await callFunction(user, `agent-planner/runs/${response.headers.get("x-run-id")}/cancel`, { body: {} });
  assert.equal((await readTurn(response)).state.status, "cancelled");
  await settled(user);
  assert.equal((await script.requests()).length, 1);

  await script.add([ANSWER, summaryTurn()]);
  await chat(user, { message: "Again", session_id });
  await settled(user);
  assert.equal((await summariesOf(user)).length, 1);
});

test("a user whose quota has no room for a summary gets none, and goes on talking", async () => {
  // For one turn's reservation, but not for that of a summary beside it.
  await using functions = await functionsWith({ USER_TOKENS_PER_HOUR: "12000" });
  const user = await newUser();
  const session_id = await toldSession(user);
  const free = { ...ANSWER, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
  await using script = await scriptModel(user.id, [free, free]);
  for (const message of ["Go on", "And on"]) {
    const { state } = await chat(user, { message, session_id }, functions.url);
    assert.equal(state.status, "completed");
    await settled(user);
  }
  assert.equal((await script.requests()).length, 2);
  assert.ok((await modelCallsOf(user)).every(({ input_tokens }) => input_tokens <= 1));
});
