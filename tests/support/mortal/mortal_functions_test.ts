// Functions that die on demand: which process dies, that nobody is turned away for it, and what is asked.
import assert from "node:assert/strict";
import { mortalFunctions, type Passing, type Verdict } from "./open_mortal_functions.ts";
import { callFunction, chat } from "../stack/calling.ts";
import { scriptModel } from "../models/script.ts";
import { newUser } from "../stack/stack.ts";
import { test } from "../test.ts";

test("a process that is killed at a point is dead there, and the next request meets a new one", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Alive.", times: "any" }]);
  const passed: Passing[] = [];
  let verdict: Verdict = "kill";
  await using functions = await mortalFunctions({
    env: {},
    decide: (passing) => {
      passed.push(passing);
      const now = passing.point === "store.startRun:before" ? verdict : "go_on";
      if (now === "kill") verdict = "go_on";
      return now;
    },
  });

  const body = { message: "Hi", request_key: "one" };
  const broken = await callFunction(user, "agent-planner", { body, base: functions.url });
  assert.equal(broken.status, 502);
  await broken.body?.cancel();
  const { state } = await chat(user, body, functions.url);

  assert.equal(state.status, "completed");
  const points = passed.map((passing) => passing.point);
  assert.deepEqual(points.slice(0, 3), [
    "store.startRun:before",
    "store.startRun:before",
    "store.startRun:after",
  ]);
  assert.deepEqual(new Set(passed.map((passing) => passing.function)), new Set(["agent-planner"]));
  assert.ok(functions.lines.some((line) => /agent-planner ended by itself/.test(line)));
});

test("a function is killed once for each verdict, however often that is", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Alive.", times: "any" }]);
  let left = 5;
  await using functions = await mortalFunctions({
    env: {},
    decide: ({ point }) => point === "store.startRun:before" && left-- > 0 ? "kill" : "go_on",
  });
  for (let i = 0; i < 5; i++) {
    const answer = await callFunction(user, "agent-planner", {
      body: { message: "Hi" },
      base: functions.url,
    });
    assert.equal(answer.status, 502);
    await answer.body?.cancel();
  }
  assert.equal((await chat(user, { message: "Hi" }, functions.url)).state.status, "completed");
});

test("a point that throws is a failure of that boundary", async () => {
  const user = await newUser();
  await using functions = await mortalFunctions({
    env: {},
    decide: ({ point }) => point === "store.startRun:before" ? "throw" : "go_on",
  });
  const answer = await callFunction(user, "agent-planner", { body: { message: "Hi" }, base: functions.url });
  assert.equal(answer.status, 500);
  const { error } = await answer.json();
  assert.deepEqual([error.kind, error.retryable], ["internal", true]);
  assert.equal((await user.client.from("agent_runs").select("id")).data?.length, 0);
});

test("what a killed process was streaming breaks off, for everybody who was reading", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Alive.", times: "any" }]);
  await using functions = await mortalFunctions({
    env: {},
    decide: ({ point }) => point === "model:first_event" ? "kill" : "go_on",
  });
  const answer = await callFunction(user, "agent-planner", { body: { message: "Hi" }, base: functions.url });
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
});
