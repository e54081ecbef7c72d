import assert from "node:assert/strict";
import { assertContract, callFunction, chat, eventsOfType, readTurn } from "../support/stack/calling.ts";
import { onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { type Script, scriptModel } from "../support/models/script.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

async function cancel(user: TestUser, run_id: string) {
  const response = await callFunction(user, `agent-planner/runs/${run_id}/cancel`, { body: {} });
  return { code: response.status, ...await response.json() };
}

/** Starts a turn and waits until the model is held at all of `holds`. */
async function begin(user: TestUser, script: Script, holds: string[]) {
  const response = await callFunction(user, "agent-planner", { body: { message: "Go" } });
  await Promise.all(holds.map((hold) => script.reached(hold)));
  return { run_id: response.headers.get("x-run-id") ?? "", end: readTurn(response) };
}

test("a run that is cancelled while the model thinks ends done and cancelled, and the session goes on", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Too late.", hold: "thinking" }]);
  const { run_id, end } = await begin(user, script, ["thinking"]);

  assert.deepEqual(await cancel(user, run_id), { code: 202, run_id, status: "running" });
  const { events, state } = await end;

  assertContract(events);
  assert.equal(state.status, "cancelled");
  assert.equal(state.finished_reason, "cancelled");
  assert.deepEqual(state.parts, []);
  const runs = await user.client.from("agent_runs").select("status");
  assert.deepEqual(runs.data, [{ status: "cancelled" }]);

  await script.add([{ text: "Here." }]);
  const next = await chat(user, { message: "Again", session_id: state.session_id });
  assert.deepEqual(next.state.parts, ["Here."]);
});

test("executors stop as well: no model call starts after the cancel, and every row is closed", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2 }, { step_number: 3, depends_on: [1] }]),
    { hold: "one", ...submitTurn(1) },
    { hold: "two", ...submitTurn(2) },
  ]);
  const { run_id, end } = await begin(user, script, ["one", "two"]);

  await cancel(user, run_id);
  const { events, state } = await end;

  assertContract(events);
  assert.equal(state.status, "cancelled");
  assert.equal((await script.requests()).length, 3);
  assert.ok((state.usage?.input_tokens ?? 0) > 0);
  const executions = await user.client.from("agent_executions").select("step_number, status").order(
    "step_number",
  );
  assert.deepEqual(executions.data?.filter((row) => row.status === "running"), []);
  assert.deepEqual(executions.data?.slice(0, 2).map((row) => row.status), ["cancelled", "cancelled"]);
  const plans = await user.client.from("agent_plans").select("status");
  assert.deepEqual(plans.data, [{ status: "cancelled" }]);
  const open = await user.client.from("agents").select("id").eq("status", "active");
  assert.deepEqual(open.data, []);
});

test("a write that the model asks for after the end of a cancelled run is not made", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, executor_required: false, tools: ["create_book"] }]),
    { when: onStep(1), hold: "before", tool_calls: [{ name: "create_book", arguments: { title: "No" } }] },
  ]);
  const { run_id, end } = await begin(user, script, ["before"]);
  await cancel(user, run_id);
  const { events, state } = await end;
  await script.release("before");

  assert.equal(state.status, "cancelled");
  assert.deepEqual(eventsOfType(events, "tool_call"), []);
  const books = await user.client.from("books").select("title");
  assert.deepEqual(books.data, []);
});

test("a run that has ended stays as it ended, and cancelling twice is no error", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Done." }]);
  const { state } = await chat(user, { message: "Hi" });
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(await cancel(user, state.run_id), {
      code: 202,
      run_id: state.run_id,
      status: "completed",
    });
  }
});

test("another user's run can't be cancelled, and is not even there", async () => {
  const [owner, other] = [await newUser(), await newUser()];
  await using script = await scriptModel(owner.id, [{ text: "Mine.", hold: "answer" }]);
  const { run_id, end } = await begin(owner, script, ["answer"]);
  const foreign = await cancel(other, run_id);
  const absent = await cancel(other, crypto.randomUUID());
  assert.equal(foreign.code, 404);
  assert.deepEqual({ ...foreign.error, request_id: "" }, { ...absent.error, request_id: "" });
  await script.release("answer");
  assert.equal((await end).state.status, "completed");
});
