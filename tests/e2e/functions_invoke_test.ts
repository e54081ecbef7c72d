// What a front-end developer does with supabase-js: `functions.invoke`, streaming and not.
import assert from "node:assert/strict";
import { FunctionsHttpError } from "@supabase/supabase-js";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("functions.invoke with stream false gives the answer, the plan and the usage as JSON", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn("Found it."),
  ]);

  const { data, error } = await user.client.functions.invoke("agent-planner", {
    body: { message: "Find it", stream: false },
  });

  assert.equal(error, null);
  assert.equal(data.status, "completed");
  assert.equal(data.strategy, "complex");
  assert.equal(data.answer, "Found it.");
  assert.equal(data.plan.status, "completed");
  assert.equal(data.plan.steps[0].state, "completed");
  assert.equal(data.plan.steps[0].summary, "Step 1 is done.");
  assert.equal(data.usage.model_calls, 3);
  assert.ok(data.usage.input_tokens > 0);
});

test("a run that answers although its plan failed says so: the plan has a status of its own", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1, { status: "failed", summary: "There is no such book." }),
    answerTurn("It was not there."),
  ]);

  const { data } = await user.client.functions.invoke("agent-planner", {
    body: { message: "Find it", stream: false },
  });

  assert.deepEqual([data.status, data.plan.status], ["completed", "failed"]);
  const { events } = await readTurn(
    await callFunction(user, `agent-planner/runs/${data.run_id}/events`, { method: "GET" }),
  );
  const done = events.at(-1);
  assert.deepEqual(done?.type === "done" && [done.status, done.plan_status], ["completed", "failed"]);
});

test("functions.invoke streams by default, and hands over the response to read", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Streamed." }]);

  const { data, error } = await user.client.functions.invoke("agent-planner", { body: { message: "Hi" } });

  assert.equal(error, null);
  assert.ok(data instanceof Response);
  assert.deepEqual((await readTurn(data)).state.parts, ["Streamed."]);
});

test("functions.invoke reports bad input as FunctionsHttpError with our JSON in its context", async () => {
  const user = await newUser();
  const { error } = await user.client.functions.invoke("agent-planner", { body: { message: "" } });
  assert.ok(error instanceof FunctionsHttpError);
  assert.equal((await error.context.json()).error.field, "message");
});

test("GET runs lists the user's runs, newest first, and GET runs/:id gives one whole", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { text: "One." },
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    answerTurn("Two."),
  ]);
  const first = await chat(user, { message: "first" });
  const second = await chat(user, { message: "second" });

  const list = await (await callFunction(user, "agent-planner/runs", { method: "GET" })).json();
  assert.deepEqual(list.runs.map((run: { id: string }) => run.id), [second.state.run_id, first.state.run_id]);
  const filtered = await callFunction(
    user,
    `agent-planner/runs?session_id=${first.state.session_id}&status=completed`,
    {
      method: "GET",
    },
  );
  assert.deepEqual((await filtered.json()).runs.map((run: { id: string }) => run.id), [first.state.run_id]);

  const run = await (await callFunction(user, `agent-planner/runs/${second.state.run_id}`, { method: "GET" }))
    .json();
  assert.equal(run.status, "completed");
  assert.equal(run.plans.length, 1);
  assert.equal(run.executions.length, 1);
  assert.equal(run.executions[0].status, "completed");
  assert.deepEqual(run.messages.map((message: { content: string }) => message.content), ["second", "Two."]);
  assert.equal(run.threads.length, 2);
  assert.equal(run.agents.length, 2);
  assert.equal(run.usage.model_calls, 3);
  assert.ok(run.tool_calls.some((call: { tool_name: string }) => call.tool_name === "create_plan"));
});
