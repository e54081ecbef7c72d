// Budgets fail closed: a run that has spent its own answers with what it has; a user who has spent theirs is
// refused before any model call, and told when to come back.
import assert from "node:assert/strict";
import { callFunction, chat, eventsOfType } from "../support/stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const look = { tool_calls: [{ name: "list_books", arguments: {} }] };

test("over the run's budget of model calls the planner answers with what it has: done, for the budget", async () => {
  await using functions = await functionsWith({ RUN_MAX_MODEL_CALLS: "2" });
  const user = await newUser();
  await using script = await scriptModel(user.id, [look, look, {
    when: { not_tool: "list_books", contains: "The limit of the budget (model calls)" },
    text: "This is what I have.",
  }]);

  const { events, state } = await chat(user, { message: "Look" }, functions.url);

  assert.equal(state.status, "completed");
  assert.equal(state.finished_reason, "budget");
  assert.deepEqual(state.parts, ["This is what I have."]);
  assert.equal((await script.requests()).length, 3);
  assert.equal(eventsOfType(events, "done")[0]?.usage.model_calls, 3);
});

for (
  const [variable, value] of [["RUN_MAX_INPUT_TOKENS", "5100"], ["RUN_MAX_OUTPUT_TOKENS", "4097"], [
    "RUN_MAX_TOOL_CALLS",
    "1",
  ]] as const
) {
  test(`${variable} ends a run that would spend more`, async () => {
    await using functions = await functionsWith({ [variable]: value });
    const user = await newUser();
    await using _ = await scriptModel(user.id, [look, { when: { not_tool: "list_books" }, text: "So far." }]);
    const { state } = await chat(user, { message: "Look" }, functions.url);
    assert.equal(state.finished_reason, "budget");
  });
}

test("RUN_MAX_COST_USD ends a run that has cost more", async () => {
  await using functions = await functionsWith({ RUN_MAX_COST_USD: "0.5" });
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { ...look, usage: { ...usage(100), cost: 0.75 } },
    { when: { not_tool: "list_books" }, text: "So far.", usage: { ...usage(100), cost: 0.25 } },
  ]);
  const { state } = await chat(user, { message: "Look" }, functions.url);
  assert.equal(state.finished_reason, "budget");
  assert.deepEqual([state.usage?.cost_usd, state.usage?.cost_estimated], [1, false]);
});

test("RUN_MAX_MS cuts the model call under way, and the planner answers with what it has", async () => {
  await using functions = await functionsWith({ RUN_MAX_MS: "1000" });
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { ...look, hold: "thinking" },
    { when: { not_tool: "list_books" }, text: "So far." },
  ]);
  const { state } = await chat(user, { message: "Look" }, functions.url);
  assert.equal(state.finished_reason, "budget");
  assert.deepEqual(state.parts, ["So far."]);
  await script.release("thinking");
});

test("executors share the run's budget: one that would exceed it does not start", async () => {
  await using functions = await functionsWith({ RUN_MAX_MODEL_CALLS: "3" });
  const user = await newUser();
  await using script = await scriptModel(
    user.id,
    [
      planTurn([{ step_number: 1 }, { step_number: 2 }, { step_number: 3 }, { step_number: 4 }]),
      ...[1, 2, 3, 4].map((n) => ({ when: onStep(n), ...submitTurn(n) })).slice(0, 2),
      answerTurn("Half of it."),
    ].map((turn, i) => i === 1 || i === 2 ? { ...turn, when: { tool: "submit_result" } } : turn),
  );

  const { state } = await chat(user, { message: "Four steps" }, functions.url);

  // The planner's call, its reserved next one, and one executor's make three.
  const states = state.plan?.steps.map((step) => step.state) ?? [];
  assert.equal(states.filter((one) => one === "completed").length, 1);
  assert.equal(states.filter((one) => one === "failed").length, 3);
  assert.equal(state.finished_reason, "answered");
  assert.equal((await script.requests()).length, 3);
  await script.end().catch(() => {});
});

test("a user over their hourly tokens is 429 with Retry-After, before any model call", async () => {
  await using functions = await functionsWith({ USER_TOKENS_PER_HOUR: "12000" });
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "One.", usage: usage(4_000) }]);
  assert.equal((await chat(user, { message: "Once" }, functions.url)).state.status, "completed");

  const response = await callFunction(user, "agent-planner", {
    body: { message: "Twice" },
    base: functions.url,
  });

  assert.equal(response.status, 429);
  const wait = Number(response.headers.get("retry-after"));
  assert.ok(wait > 3_500 && wait <= 3_600, `Retry-After: ${wait}`);
  assert.equal((await response.json()).error.kind, "rate_limited");
  assert.equal((await script.requests()).length, 1);
  const runs = await user.client.from("agent_runs").select("id");
  assert.equal(runs.data?.length, 1, "nothing was started");
});

test("a user over their runs per hour is 429, and another user is not", async () => {
  await using functions = await functionsWith({ USER_RUNS_PER_HOUR: "1" });
  const [first, second] = [await newUser(), await newUser()];
  await using _a = await scriptModel(first.id, [{ text: "One." }]);
  await using _b = await scriptModel(second.id, [{ text: "One." }]);
  await chat(first, { message: "Once" }, functions.url);
  const refused = await callFunction(first, "agent-planner", {
    body: { message: "Twice" },
    base: functions.url,
  });
  await refused.text();
  assert.equal(refused.status, 429);
  assert.equal((await chat(second, { message: "Once" }, functions.url)).state.status, "completed");
});

test("a call that failed counts, too", async () => {
  const user = await newUser();
  const script = await scriptModel(user.id, [look, { error: { status: 401, body: "{}" } }]);
  const { state } = await chat(user, { message: "Look" });
  assert.equal(state.status, "failed");
  const ledger = await user.client.from("usage_ledger").select("model_calls, input_tokens").order(
    "reserved_at",
  );
  assert.equal(ledger.data?.length, 2);
  assert.deepEqual(ledger.data?.map((row) => row.model_calls), [1, 1]);
  await script.end();
});

function usage(tokens: number) {
  return { prompt_tokens: tokens, completion_tokens: 10, total_tokens: tokens + 10 };
}
