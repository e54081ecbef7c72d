import assert from "node:assert/strict";
import { assertContract, chat, eventsOfType, typesOf } from "../support/stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("a plan is shown, carried out by executors and the planner, and answered", async () => {
  const user = await newUser();
  const { data: book } = await user.client.from("books").insert({ title: "Emma" }).select("id").single();
  await using _ = await scriptModel(user.id, [
    planTurn([
      { step_number: 1, tools: ["list_books"] },
      { step_number: 2, tools: ["list_loans"] },
      { step_number: 3, executor_required: false, tools: ["update_book"], depends_on: [1, 2] },
    ]),
    { when: onStep(1), tool_calls: [{ name: "list_books", arguments: { query: "emma" } }] },
    submitTurn(1, { data: { book_id: book?.id } }),
    submitTurn(2),
    {
      when: onStep(3),
      tool_calls: [{
        name: "update_book",
        arguments: { book_id: book?.id ?? "", updates: { notes: "Fresh" } },
      }],
    },
    submitTurn(3),
    answerTurn("Emma has fresh notes."),
  ]);

  const { events, state } = await chat(user, { message: "Write about Emma" });

  assertContract(events);
  assert.equal(state.strategy, "complex");
  assert.deepEqual(state.plan?.steps.map((step) => step.state), ["completed", "completed", "completed"]);
  assert.deepEqual(state.parts, ["Emma has fresh notes."]);
  assert.deepEqual(typesOf(events).slice(0, 4), ["session", "analysis", "plan_created", "step_start"]);
  const order = eventsOfType(events, "step_complete").map((event) => event.step_number);
  assert.equal(order.at(-1), 3, "the step that depends on the others ends last");

  const books = await user.client.from("books").select("notes");
  assert.deepEqual(books.data, [{ notes: "Fresh" }]);
  const agents = await user.client.from("agents").select("type, permissions, status, available_tools").order(
    "type",
  );
  assert.deepEqual(agents.data?.map(({ type, permissions, status }) => ({ type, permissions, status })), [
    { type: "planner", permissions: "read_write", status: "completed" },
    { type: "executor", permissions: "read_only", status: "completed" },
    { type: "executor", permissions: "read_only", status: "completed" },
  ]);
  const plans = await user.client.from("agent_plans").select("status, revision");
  assert.deepEqual(plans.data, [{ status: "completed", revision: 1 }]);
});

test("independent steps run at the same time, and their events stream as they happen", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2 }, { step_number: 3 }]),
    ...[1, 2, 3].map((n) => ({ when: onStep(n), hold: `step ${n}`, ...submitTurn(n) })),
    answerTurn(),
  ]);

  const turn = chat(user, { message: "Look at three things" });
  await Promise.all([1, 2, 3].map((n) => script.reached(`step ${n}`)));
  for (const n of [3, 1, 2]) {
    await script.release(`step ${n}`);
    await endOfStep(user, n);
  }
  const { events, state } = await turn;

  assert.equal(state.status, "completed");
  assert.deepEqual(eventsOfType(events, "step_complete").map((event) => event.step_number), [3, 1, 2]);
  const told = JSON.stringify((await script.requests()).at(-1)?.messages);
  const summaries = told.match(/Step \d is done\./g);
  assert.deepEqual(
    summaries,
    ["Step 1 is done.", "Step 2 is done.", "Step 3 is done."],
    "the model reads the results in the order of the plan",
  );
});

test("no more than four steps run at a time", async () => {
  const user = await newUser();
  const numbers = [1, 2, 3, 4, 5, 6];
  await using script = await scriptModel(user.id, [
    planTurn(numbers.map((step_number) => ({ step_number }))),
    ...numbers.map((n) => ({ when: onStep(n), hold: `step ${n}`, ...submitTurn(n) })),
    answerTurn(),
  ]);

  const turn = chat(user, { message: "Look at six things" });
  await Promise.all([1, 2, 3, 4].map((n) => script.reached(`step ${n}`)));
  const started = await user.client.from("agent_executions").select("step_number").eq("status", "running");
  assert.deepEqual(started.data?.map((row) => row.step_number).toSorted(), [1, 2, 3, 4]);
  await script.release("step 2");
  await script.reached("step 5");
  for (const n of numbers) await script.release(`step ${n}`);

  assert.equal((await turn).state.status, "completed");
});

test("a failed step skips the steps that depend on it, the others go on, and the plan is failed", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([
      { step_number: 1 },
      { step_number: 2, depends_on: [1] },
      { step_number: 3, depends_on: [2] },
      { step_number: 4 },
    ]),
    submitTurn(1, { status: "failed", summary: "There is no such book." }),
    submitTurn(4),
    answerTurn("One part failed."),
  ]);

  const { events, state } = await chat(user, { message: "Do four things" });

  assert.equal(state.status, "completed");
  assert.deepEqual(state.plan?.steps.map((step) => step.state), [
    "failed",
    "skipped",
    "skipped",
    "completed",
  ]);
  const plans = await user.client.from("agent_plans").select("status");
  assert.deepEqual(plans.data, [{ status: "failed" }]);
  const skipped = await user.client.from("agent_executions").select("step_number").eq("status", "skipped");
  assert.deepEqual(skipped.data?.map((row) => row.step_number).toSorted(), [2, 3]);
  assert.equal(eventsOfType(events, "executor_spawned").length, 2);
});

/** Waits until the database knows that the step has ended. */
async function endOfStep(user: Awaited<ReturnType<typeof newUser>>, step_number: number) {
  for (;;) {
    const { data } = await user.client.from("agent_executions").select("status").eq(
      "step_number",
      step_number,
    );
    if (data?.[0] && data[0].status !== "running") return;
  }
}
