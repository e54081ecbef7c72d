// The next turn knows how the ones before it ended, and what they changed: the session is told once, by the run's end.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import { DONE_BEFORE, lastHistory, MILK } from "../support/models/told_history.ts";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(async () => await sql.end());

const DOWN: ScriptedTurnInput = { error: { status: 401, body: "{}" } };

async function messages(user: TestUser) {
  const { data } = await user.client.from("chat_messages").select("id, role, content").order("seq");
  return data ?? [];
}

test("a run makes something and then fails; the next prompt tells what was done, and that it failed", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [MILK, DOWN, { text: "It is there already." }]);
  const { events, state } = await chat(user, { message: "Buy milk" });
  assert.equal(state.status, "failed");
  await checkInvariants(sql, state.run_id, { streamed: events });
  const told = `I put it on the list.\n\nThis failed before it was finished. ${DONE_BEFORE}`;
  assert.deepEqual((await messages(user)).slice(1), [{
    id: state.message_id,
    role: "assistant",
    content: told,
  }]);

  await chat(user, { message: "Please try again", session_id: state.session_id });
  assert.deepEqual(await lastHistory(script), [["user", "Buy milk"], ["assistant", told]]);
});

test("a run is stopped by its user after a write; the next prompt tells so", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [MILK, { text: "Never.", hold: "stop" }, { text: "Yes." }]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Buy milk" } });
  await script.reached("stop");
  const run_id = response.headers.get("x-run-id") ?? "";
  await (await callFunction(user, `agent-planner/runs/${run_id}/cancel`, { body: {} })).body?.cancel();
  const { events, state } = await readTurn(response);
  assert.equal(state.status, "cancelled");
  await checkInvariants(sql, run_id, { streamed: events });
  const told = `I put it on the list.\n\nThis was stopped by the user. ${DONE_BEFORE}`;
  assert.equal((await messages(user)).find(({ id }) => id === state.message_id)?.content, told);

  await chat(user, { message: "Go on", session_id: state.session_id });
  assert.deepEqual(await lastHistory(script), [["user", "Buy milk"], ["assistant", told]]);
});

test("a run that failed before it did anything says so: its user's words are no open order", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [DOWN, DOWN, { text: "Hello." }]);
  const { state: { session_id } } = await chat(user, { message: "Delete all my notes" });
  await chat(user, { message: "Hello?", session_id });
  await chat(user, { message: "Hello?", session_id });
  const told = ["assistant", "This failed before it was finished. Nothing was changed."];
  assert.deepEqual(await lastHistory(script), [
    ["user", "Delete all my notes"],
    told,
    ["user", "Hello?"],
    told,
  ]);
});

test("beside an answer the next prompt has what the turn changed; the chat has the answer as it was said", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, executor_required: false, tools: ["create_book"] }]),
    { when: onStep(1), tool_calls: [{ name: "create_book", arguments: { title: "Buy milk" } }] },
    submitTurn(1),
    answerTurn("All set."),
    { text: "Yes." },
  ]);
  const { state } = await chat(user, { message: "Buy milk" });
  assert.deepEqual((await messages(user)).map(({ content }) => content), ["Buy milk", "All set."]);
  await chat(user, { message: "And?", session_id: state.session_id });
  assert.deepEqual(await lastHistory(script), [
    ["user", "Buy milk"],
    ["assistant", 'All set.\n\n(Done in this turn: created the book "Buy milk".)'],
  ]);
});

test("a caller who does not stream is told of the message, whether the run failed or was stopped", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [DOWN, { text: "Never.", hold: "stop" }]);
  const post = (message: string) => callFunction(user, "agent-planner", { body: { message, stream: false } });
  const { error } = await (await post("Hi")).json();
  const stopped = post("Hi again");
  await script.reached("stop");
  const [run] = await sql`select id from agent_runs where user_id = ${user.id} and status = 'running'`;
  await (await callFunction(user, `agent-planner/runs/${run?.id}/cancel`, { body: {} })).body?.cancel();
  const answer = await (await stopped).json();
  assert.equal(answer.status, "cancelled");
  const told = (await messages(user)).filter(({ role }) => role === "assistant").map(({ id }) => id);
  assert.deepEqual([error.message_id, answer.message_id].toSorted(), told.toSorted());
});
