import assert from "node:assert/strict";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

async function answerOf(response: Response) {
  assert.equal(response.headers.get("access-control-allow-origin"), "*", "errors carry CORS headers");
  return { status: response.status, ...JSON.parse(await response.text()) };
}

test("a request without a valid token of a user is 401, whatever it asks for", async () => {
  const user = await newUser();
  const [head, payload] = user.token.split(".");
  const unsigned = `${btoa('{"alg":"none","typ":"JWT"}').replaceAll("=", "")}.${payload}.`;
  const requests: [string, Record<string, string>][] = [
    ["no token", {}],
    ["garbage", { authorization: "Bearer garbage" }],
    ["no scheme", { authorization: user.token }],
    ["forged signature", { authorization: `Bearer ${head}.${payload}.AAAA` }],
    ["alg none", { authorization: `Bearer ${unsigned}` }],
    ["two tokens", { authorization: `Bearer ${user.token}, Bearer ${user.token}` }],
    ["publishable key", { authorization: "Bearer sb_publishable_anything" }],
  ];
  for (const [name, headers] of requests) {
    for (const path of ["agent-planner", "agent-executor"]) {
      const answer = await answerOf(await callFunction(null, path, { body: { message: "hi" }, headers }));
      assert.equal(answer.status, 401, `${name} on ${path}`);
      assert.equal(answer.error.kind, "unauthenticated");
    }
    const list = await callFunction(null, "agent-planner/runs", { method: "GET", headers });
    assert.equal((await answerOf(list)).status, 401, `${name} on runs`);
  }
});

test("a lower-case bearer scheme is accepted", async () => {
  const user = await newUser();
  const response = await callFunction(null, "agent-planner/runs", {
    method: "GET",
    headers: { authorization: `bearer ${user.token}` },
  });
  assert.equal(response.status, 200);
  await response.text();
});

test("what belongs to another user answers exactly like what does not exist", async () => {
  const [owner, other] = [await newUser(), await newUser()];
  await using _ = await scriptModel(owner.id, [
    planTurn([{ step_number: 1 }]),
    submitTurn(1),
    { when: { not_tool: "submit_result" }, text: "Done." },
  ]);
  const { state } = await chat(owner, { message: "Mine" });
  const nobody = crypto.randomUUID();
  const probes = (run: string, session: string, plan: string) => [
    callFunction(other, `agent-planner/runs/${run}`, { method: "GET" }),
    callFunction(other, "agent-planner", { body: { message: "hi", session_id: session } }),
    callFunction(other, "agent-executor", { body: { plan_id: plan, step_number: 1 } }),
  ];
  const foreign = await Promise.all(probes(state.run_id, state.session_id ?? "", state.plan?.id ?? ""));
  const absent = await Promise.all(probes(nobody, nobody, nobody));
  for (const [i, response] of foreign.entries()) {
    const a = await answerOf(response);
    const b = await answerOf(absent[i] ?? new Response());
    assert.equal(a.status, 404);
    assert.deepEqual({ ...a.error, request_id: "" }, { ...b.error, request_id: "" });
  }
});

test("a body that is not right is 400 and names the field", async () => {
  const user = await newUser();
  const cases: [unknown, string][] = [
    [{}, "message"],
    [{ message: "" }, "message"],
    [{ message: " \n\t " }, "message"],
    [{ message: "\u0000" }, "message"],
    [{ message: 5 }, "message"],
    [{ message: "x".repeat(16_001) }, "message"],
    [{ message: "hi", session_id: "5" }, "session_id"],
    [{ message: "hi", context_type: "planet" }, "context_type"],
    [{ message: "hi", context_type: "book" }, "entity_id"],
    [{ message: "hi", context_type: "book", entity_id: "" }, "entity_id"],
    [{ message: "hi", context_type: "book", entity_id: "x".repeat(201) }, "entity_id"],
    [{ message: "hi", context_type: "book", entity_id: "\u0000" }, "entity_id"],
    [{ message: "hi", context_type: "global", entity_id: "1" }, "entity_id"],
    [{ message: "hi", entity_id: crypto.randomUUID() }, "context_type"],
    [{ message: "hi", time_zone: "Mars/Base" }, "time_zone"],
    [{ message: "hi", time_zone: "+05:30" }, "time_zone"],
    [{ message: "hi", stream: "yes" }, "stream"],
    [{ message: "hi", request_key: "" }, "request_key"],
    [{ message: "hi", request_key: "\u0000" }, "request_key"],
    [{ message: "hi", model: "mine" }, "model"],
  ];
  for (const [body, field] of cases) {
    const answer = await answerOf(await callFunction(user, "agent-planner", { body }));
    assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 80));
    assert.equal(answer.error.kind, "bad_request");
    assert.equal(answer.error.field, field);
    assert.match(answer.error.message, new RegExp(`^${field}: `));
  }
  for (const body of ["not json", "[]", "null", "", '"text"', "[".repeat(10_000) + "]".repeat(10_000)]) {
    const answer = await answerOf(await callFunction(user, "agent-planner", { body }));
    assert.equal(answer.status, 400, body.slice(0, 20));
  }
  const runs = await user.client.from("agent_runs").select("id");
  assert.deepEqual(runs.data, [], "nothing was started");
});

test("a message of exactly 16,000 characters is taken", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ text: "Long." }]);
  const { state } = await chat(user, { message: "y".repeat(16_000) });
  assert.equal(state.status, "completed");
});

test("a body over 256 KB is 413, with or without a declared length", async () => {
  const user = await newUser();
  const body = JSON.stringify({ message: "x".repeat(300 * 1024) });
  assert.equal((await answerOf(await callFunction(user, "agent-planner", { body }))).status, 413);
  const { url, publishable_key } = testStack();
  const undeclared = await fetch(`${url}/functions/v1/agent-planner`, {
    method: "POST",
    headers: {
      apikey: publishable_key,
      authorization: `Bearer ${user.token}`,
      "content-type": "application/json",
    },
    body: new Blob([body]).stream(),
  });
  assert.equal((await answerOf(undeclared)).status, 413);
});

test("a wrong method is 405, an unknown route 404", async () => {
  const user = await newUser();
  const statuses = await Promise.all([
    callFunction(user, "agent-planner", { method: "GET" }),
    callFunction(user, "agent-planner", { method: "DELETE" }),
    callFunction(user, "agent-executor", { method: "GET" }),
    callFunction(user, "agent-planner/runs", { body: {} }),
    callFunction(user, `agent-planner/runs/${crypto.randomUUID()}`, { body: {} }),
    callFunction(user, "agent-planner/nothing", { method: "GET" }),
  ].map(async (response) => (await answerOf(await response)).status));
  assert.deepEqual(statuses, [405, 405, 405, 405, 405, 404]);
});

test("a browser's preflight is answered, for every header that supabase-js sends, and those of a person's requests", async () => {
  const response = await callFunction(null, "agent-planner", {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "POST",
      "access-control-request-headers":
        "authorization,apikey,content-type,x-client-info,x-region,last-event-id,x-agent-authorization",
    },
  });
  await response.text();
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  const allowed = response.headers.get("access-control-allow-headers")?.split(",") ?? [];
  for (
    const header of [
      ...["authorization", "apikey", "content-type", "x-client-info", "x-region", "last-event-id"],
      "x-agent-authorization",
    ]
  ) {
    assert.ok(allowed.includes(header), header);
  }
  const answer = await callFunction(null, "agent-planner/approvals", { method: "GET" });
  await answer.text();
  const shown = answer.headers.get("access-control-expose-headers")?.split(",") ?? [];
  for (const header of ["x-request-id", "x-run-id", "x-run-after", "retry-after"]) {
    assert.ok(shown.includes(header), header);
  }
});

test("a second message while a run of the session is unfinished is 409 with that run's id", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "First.", hold: "first" }]);
  const first = await callFunction(user, "agent-planner", { body: { message: "one" } });
  await script.reached("first");
  const run_id = first.headers.get("x-run-id");
  const { data } = await user.client.from("agent_runs").select("session_id").single();

  const second = await answerOf(
    await callFunction(user, "agent-planner", { body: { message: "two", session_id: data?.session_id } }),
  );
  assert.equal(second.status, 409);
  assert.equal(second.error.kind, "conflict");
  assert.equal(second.error.run_id, run_id);

  await script.release("first");
  assert.equal((await readTurn(first)).state.status, "completed");
});

test("the executor answers 409 for a step that is not ready, is claimed, or is the planner's own", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([
      { step_number: 1 },
      { step_number: 2, depends_on: [1] },
      { step_number: 3, executor_required: false, tools: ["create_book"], depends_on: [1] },
    ]),
    { hold: "working", ...submitTurn(1) },
    submitTurn(2),
    submitTurn(3),
    { when: { not_tool: "submit_result" }, text: "Done." },
  ]);
  const turn = chat(user, { message: "Go" });
  await script.reached("working");
  const { data: plan } = await user.client.from("agent_plans").select("id").single();

  for (const step_number of [1, 2, 3]) {
    const response = await callFunction(user, "agent-executor", { body: { plan_id: plan?.id, step_number } });
    const answer = await answerOf(response);
    assert.equal(answer.status, 409, `step ${step_number}`);
  }
  const absent = await callFunction(user, "agent-executor", { body: { plan_id: plan?.id, step_number: 9 } });
  assert.equal((await answerOf(absent)).status, 404);

  await script.release("working");
  const { state } = await turn;
  assert.deepEqual(state.plan?.steps.map((step) => step.state), ["completed", "completed", "completed"]);
  const again = await callFunction(user, "agent-executor", { body: { plan_id: plan?.id, step_number: 1 } });
  assert.equal((await answerOf(again)).status, 409, "a finished plan");
  assert.equal(
    (await script.requests()).filter((request) => JSON.stringify(request).includes(onStep(1).contains))
      .length >= 1,
    true,
  );
});

test("NUL and half surrogates, from the user or the model, never break a write", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: '{"title":"a\\u0000b \\ud83d c"}' }] },
    { text: "Done \u0000 \ud83d it" },
  ]);
  const { state } = await chat(user, { message: "odd \u0000 text \ud83d here" });
  assert.equal(state.status, "completed");
  const messages = await user.client.from("chat_messages").select("content").order("seq");
  assert.match(messages.data?.[0]?.content ?? "", /^odd {2}text . here$/);
  assert.match(messages.data?.[1]?.content ?? "", /^Done/);
  const books = await user.client.from("books").select("title");
  assert.match(books.data?.[0]?.title ?? "", /^ab . c$/);
});
