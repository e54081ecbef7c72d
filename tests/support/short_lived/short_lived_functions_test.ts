// Functions that live for one request: what ends their processes, and what they are told before.
import assert from "node:assert/strict";
import { callFunction, chat } from "../stack/calling.ts";
import { answerTurn, planTurn, submitTurn } from "../agents/plans.ts";
import { startAndRead } from "../stack/reading.ts";
import { scriptModel } from "../models/script.ts";
import { shortLivedFunctions, type TestedShortLived } from "./open_short_lived_functions.ts";
import { newUser } from "../stack/stack.ts";
import { test } from "../test.ts";

let functions: TestedShortLived;
Deno.test.beforeAll(async () => {
  functions = await shortLivedFunctions({ limit_ms: 2_500, settings: { RUN_DEADLINE_SECONDS: "60" } });
});
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

test("every request has a process of its own, which is gone once it has answered and works on nothing", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "One." }, { text: "Two." }]);
  for (const text of ["One.", "Two."]) {
    const { state } = await chat(user, { message: "Hi" }, functions.url);
    assert.deepEqual(state.parts, [text]);
  }
  const workers = functions.workers.slice(-2);
  assert.deepEqual(workers.map(({ request }) => request), ["POST /agent-planner", "POST /agent-planner"]);
  assert.deepEqual(await Promise.all(workers.map(({ ended }) => ended)), ["done", "done"]);
});

test("a process whose time is up is killed, and what it was streaming breaks off", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Too late.", hold: "for ever" }]);
  const response = await callFunction(user, "agent-planner", {
    body: { message: "Hi" },
    base: functions.url,
  });
  await script.reached("for ever");
  await assert.rejects(response.text());
  assert.equal(await functions.workers.at(-1)?.ended, "time_up");
});

test("a process works on in the background when its caller has gone, until its time is up", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Still here.", hold: "answer" }]);
  const response = await callFunction(user, "agent-planner", {
    body: { message: "Hi" },
    base: functions.url,
  });
  const worker = functions.workers.at(-1);
  await script.reached("answer");
  await response.body?.cancel();
  await script.release("answer");
  assert.equal(await worker?.ended, "done");
  const answers = await user.client.from("chat_messages").select("content").eq("role", "assistant");
  assert.deepEqual(answers.data, [{ content: "Still here." }]);
});

test("a process is told that its time is nearly up, and hands its run over in what is left", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { ...planTurn([{ step_number: 1 }]), first_token_ms: 1_500 },
    { ...submitTurn(1), first_token_ms: 1_500 },
    answerTurn(),
  ]);
  const before = functions.workers.length;

  const { run_id, events } = await startAndRead(user, functions.url);

  assert.equal(events.at(-1)?.type, "done");
  // Nobody else would have asked for that before the lease of 15 seconds had run out.
  const requests = functions.workers.slice(before).map(({ request }) => request);
  assert.ok(requests.includes(`POST /agent-planner/runs/${run_id}/resume`), requests.join(", "));
});
