// A read tool that asks, called by an executor: the step waits for a person, the others go on, and once it is decided
// the same attempt does.
import assert from "node:assert/strict";
import { onStep, planTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { answerOf } from "../../shared/contracts/run_state.ts";
import { callFunction, chat, eventsOfType } from "../support/stack/calling.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import {
  approvals,
  asking,
  assertAsks,
  assertSound,
  begin,
  decide,
  type Hurt,
  NOTE,
  readOn,
  resultsOf,
  runOf,
  stepsOf,
  testHurt,
} from "./asking_executor.ts";

test("an executor asks: the other goes on, and when it is decided the same attempt does, until the answer has both", async () => {
  const { user, script } = await asking();
  await using _ = script;
  const paused = await begin(user);
  assertAsks(paused);
  assert.deepEqual(await decide(user, paused, true), []);
  const events = await readOn(user, paused);

  await assertSound(events);
  assert.equal(approvals(events).length, 1);
  const [result] = resultsOf(events, "get_borrower");
  assert.ok(result?.ok && JSON.stringify(result.data).includes(NOTE));
  const [decided] = eventsOfType(events, "approval_decided");
  assert.deepEqual([decided?.approved, decided?.by], [true, "user"]);
  assert.ok(decided && decided.seq < result.seq);
  assert.deepEqual(
    eventsOfType(events, "executor_result").map(({ step_number, attempt }) => [step_number, attempt]),
    [[2, 1], [1, 1]],
  );
  assert.deepEqual(stepsOf(events), ["completed", "completed"]);
  const answered = JSON.stringify((await script.requests()).at(-1));
  assert.match(answered, /Step 1 is done.*Step 2 is done/);
});

test("a read that was declined is told to the executor's model, and its step goes on", async () => {
  const { user, script } = await asking({ status: "partial" });
  await using _ = script;
  const paused = await begin(user);
  await decide(user, paused, false, "That is Ann's business.");
  const events = await readOn(user, paused);

  await assertSound(events);
  const [result] = resultsOf(events, "get_borrower");
  assert.equal(result?.ok, false);
  const told = (await script.requests()).map((request) => JSON.stringify(request));
  assert.ok(told.some((text) => /The user declined this.*That is Ann's business/.test(text)));
  assert.deepEqual(stepsOf(events), ["completed", "completed"]);
});

test("what nobody approves in time is not done, and the step goes on without", async () => {
  const { user, script } = await asking({ status: "partial" });
  await using _ = script;
  const paused = await begin(user);
  const sql = database();
  await sql`update agent_tool_calls set expires_at = clock_timestamp() where status = 'awaiting_approval'
    and run_id = ${runOf(paused)}`.finally(() => sql.end());
  const events = await readOn(user, paused);

  await assertSound(events);
  assert.deepEqual(eventsOfType(events, "approval_decided").map(({ approved, by }) => [approved, by]), [[
    false,
    "expired",
  ]]);
  assert.match(resultsOf(events, "get_borrower")[0]?.result ?? "", /Nobody approved this in time/);
  assert.deepEqual(stepsOf(events), ["completed", "completed"]);
});

test("a cancel while an executor asks ends the run, and nothing was read", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["get_borrower"] }]),
    { when: onStep(1), tool_calls: [{ name: "get_borrower", arguments: { borrower: "Ann" } }] },
  ]);
  const paused = await begin(user);
  await callFunction(user, `agent-planner/runs/${runOf(paused)}/cancel`, { body: {} });
  const events = await readOn(user, paused);

  await assertSound(events);
  const end = events.at(-1);
  assert.ok(end?.type === "done" && end.status === "cancelled");
  assert.deepEqual(resultsOf(events, "get_borrower").filter(({ ok }) => ok), []);
  const { data } = await user.client.from("agent_tool_calls").select("status").eq(
    "tool_name",
    "get_borrower",
  );
  assert.deepEqual(data, [{ status: "rejected" }]);
});

test("the session's next message ends a run whose executor asks, and the next run is answered", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["get_borrower"] }]),
    { when: onStep(1), tool_calls: [{ name: "get_borrower", arguments: { borrower: "Ann" } }] },
    { text: "Then I don't look." },
  ]);
  const paused = await begin(user);
  const [first] = paused;
  assert.ok(first?.type === "session");
  const next = await chat(user, { session_id: first.session_id, message: "Never mind, don't look." });
  assert.equal(answerOf(next.state), "Then I don't look.");

  const events = await readOn(user, paused);
  await assertSound(events);
  const end = events.at(-1);
  assert.deepEqual(end?.type === "done" && [end.status, end.finished_reason], ["cancelled", "superseded"]);
  assert.deepEqual(eventsOfType(events, "approval_decided").map(({ approved, by }) => [approved, by]), [[
    false,
    "superseded",
  ]]);
});

const HURT: Record<string, Hurt> = {
  "whose stream breaks before it asks": ["agent-planner", "invoke:first_event", "throw"],
  "that dies when its call was proposed": ["agent-executor", "store.recordStep:after", "kill"],
};
for (const [who, hurt] of Object.entries(HURT)) testHurt(who, hurt);
