// What agents do when things do not go straight: questions, bad plans, replanning, limits.
import assert from "node:assert/strict";
import { chat, eventsOfType } from "../support/stack/calling.ts";
import { answerTurn, onStep, planArguments, planTurn, submitTurn } from "../support/agents/plans.ts";
import { type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("an executor that asks gets one answer from the planner and goes on in its thread", async () => {
  const user = await newUser();
  const question = "Which of the two books?";
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1, { status: "needs_input", summary: "Two books match.", open_questions: [question] }),
    { when: { contains: question, not_tool: "submit_result" }, text: "The newer one." },
    { ...submitTurn(1), when: { contains: "The newer one.", tool: "submit_result" } },
    { when: { tool: "list_books" }, text: "All done." },
  ]);

  const { events, state } = await chat(user, { message: "Look at Website" });

  assert.equal(state.plan?.steps[0]?.state, "completed");
  assert.equal(state.plan?.steps[0]?.attempt, 2);
  assert.equal(eventsOfType(events, "executor_spawned").length, 2);
  const ids = eventsOfType(events, "executor_spawned").map((event) => event.executor_agent_id);
  assert.equal(ids[0], ids[1], "the same executor goes on");
  const resumed = (await script.requests()).map((request) => JSON.stringify(request.messages))
    .find((messages) => messages.includes("The newer one.") && messages.includes("Two books match."));
  assert.ok(resumed, "the executor sees what it had done before");
  const executions = await user.client.from("agent_executions").select("attempt, status").order("attempt");
  assert.deepEqual(executions.data, [{ attempt: 1, status: "needs_input" }, {
    attempt: 2,
    status: "completed",
  }]);
});

test("a bad plan goes back once with the reasons, and the mended one is carried out", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["create_book"] }, { step_number: 2, depends_on: [7] }]),
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn(),
  ]);

  const { events, state } = await chat(user, { message: "Plan it" });

  assert.equal(state.status, "completed");
  assert.equal(eventsOfType(events, "plan_created").length, 1);
  const repair = JSON.stringify((await script.requests())[1]?.messages);
  assert.match(repair, /create_book changes data/);
  assert.match(repair, /depends on step 7/);
});

test("after two bad plans the planner has to answer without one", async () => {
  const user = await newUser();
  const bad = planTurn([{ step_number: 1, tools: ["fly"] }]);
  await using script = await scriptModel(user.id, [bad, bad, {
    when: { not_tool: "create_plan" },
    text: "I could not plan this.",
  }]);

  const { state } = await chat(user, { message: "Plan it" });

  assert.equal(state.status, "completed");
  assert.equal((await script.requests()).length, 3);
  const plans = await user.client.from("agent_plans").select("id");
  assert.deepEqual(plans.data, []);
});

test("a plan whose steps failed may be replaced twice, and completed steps are kept", async () => {
  const user = await newUser();
  const failing = (n: number) => submitTurn(n, { status: "failed", summary: `Step ${n} found nothing.` });
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2 }]),
    submitTurn(1),
    failing(2),
    planTurn([{ step_number: 3, depends_on: [1] }]),
    failing(3),
    planTurn([{ step_number: 4, depends_on: [1] }]),
    failing(4),
    { when: { not_tool: "create_plan" }, text: "Three attempts failed." },
  ]);

  const { events, state } = await chat(user, { message: "Try hard" });

  assert.deepEqual(eventsOfType(events, "plan_created").map((event) => event.plan.revision), [1, 2, 3]);
  assert.deepEqual(
    state.plan?.steps.map((step) => [step.step_number, step.state]),
    [[1, "completed"], [4, "failed"]],
  );
  const plans = await user.client.from("agent_plans").select("id, revision, supersedes, status").order(
    "revision",
  );
  assert.deepEqual(plans.data?.map((plan) => plan.supersedes), [
    null,
    plans.data?.[0]?.id,
    plans.data?.[1]?.id,
  ]);
  const executions = await user.client.from("agent_executions").select("step_number").eq("step_number", 1);
  assert.equal(executions.data?.length, 1, "the kept step ran once");
});

test("an executor at its limit of ten turns has one last turn, and what it submits is partial", async () => {
  const user = await newUser();
  const looking: ScriptedTurnInput = {
    when: { ...onStep(1), tool: "list_books" },
    tool_calls: [
      { name: "list_books", arguments: {} },
    ],
  };
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    ...Array.from({ length: 10 }, () => looking),
    { ...submitTurn(1), when: { ...onStep(1), not_tool: "list_books" } },
    answerTurn(),
  ]);

  const { events } = await chat(user, { message: "Search" });

  assert.equal(eventsOfType(events, "executor_result")[0]?.result.status, "partial");
  assert.equal((await script.requests()).length, 13);
  const executions = await user.client.from("agent_executions").select("status, tool_calls_made");
  assert.deepEqual(executions.data, [{ status: "partial", tool_calls_made: 10 }]);
});

test("an executor runs at most twenty tool calls", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    {
      when: { ...onStep(1), tool: "list_books" },
      tool_calls: Array.from({ length: 25 }, () => ({ name: "list_books", arguments: {} })),
    },
    { ...submitTurn(1), when: { ...onStep(1), not_tool: "list_books" } },
    answerTurn(),
  ]);

  await chat(user, { message: "Search" });

  const calls = await user.client.from("agent_tool_calls").select("status").eq("tool_name", "list_books");
  const statuses = (calls.data ?? []).map((call) => call.status);
  assert.equal(statuses.filter((status) => status === "succeeded").length, 20);
  assert.equal(statuses.filter((status) => status === "rejected").length, 5);
});

test("an executor that answers in text is told to submit, and its text counts as partial if it won't", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    { when: onStep(1), text: "There are three books." },
    { when: onStep(1), text: "As I said, three books." },
    answerTurn(),
  ]);

  const { events } = await chat(user, { message: "Count" });

  const result = eventsOfType(events, "executor_result")[0]?.result;
  assert.deepEqual(result, { status: "partial", summary: "As I said, three books." });
  assert.ok(!eventsOfType(events, "text").some((event) => event.delta.includes("three books")));
});

test("arguments of create_plan that break its schema are a bad plan, not a crash", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_plan", arguments: { steps: "none" } }] },
    { tool_calls: [{ name: "create_plan", arguments: planArguments([{ step_number: 1 }]) }] },
    submitTurn(1),
    answerTurn(),
  ]);
  const { state } = await chat(user, { message: "Plan" });
  assert.equal(state.plan?.steps[0]?.state, "completed");
});

test("calls after submit_result in the same turn are not run: the result is handed in", async () => {
  const user = await newUser();
  const submit = { name: "submit_result", arguments: { status: "completed", summary: "Nothing to write." } };
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1, executor_required: false, tools: ["create_book"] }]),
    { when: onStep(1), tool_calls: [submit, { name: "create_book", arguments: { title: "Afterwards" } }] },
    answerTurn(),
  ]);
  await chat(user, { message: "Go" });
  const books = await user.client.from("books").select("id");
  assert.deepEqual(books.data, []);
  const refused = await user.client.from("agent_tool_calls").select("tool_name").eq("status", "rejected");
  assert.deepEqual(refused.data, [{ tool_name: "create_book" }]);
});

test("a plan whose step numbers no table can hold is a bad plan", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 3_000_000_001 }]),
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn(),
  ]);
  const { state } = await chat(user, { message: "Go" });
  assert.equal(state.status, "completed");
  assert.match(JSON.stringify((await script.requests())[1]?.messages), /step_number/);
});
