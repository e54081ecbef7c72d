// A row of the ledger tells of one attempt at a model call whole: what was asked of which model, when something came,
// how it ended, and which message it made.
import assert from "node:assert/strict";
import { FIRST_CALL_TOKENS } from "../../shared/agents/limits.ts";
import { addUsage, NO_USAGE, Usage } from "../../shared/contracts/usage.ts";
import { answer, DONE, finish, frame, stream, text, USAGE, usage as reported } from "../llm/support.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { type ModelCall, modelCallsOf } from "../support/rows/model_calls.ts";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { shortLivedFunctions } from "../support/short_lived/open_short_lived_functions.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answering, calling } from "../support/wire/wire_fixtures.ts";
import { type WireFunctions, wireFunctions } from "../support/wire/wire_functions.ts";
import type { WireTurn } from "../support/wire/wire_server.ts";

let functions: WireFunctions;
Deno.test.beforeAll(async () =>
  void (functions = await wireFunctions({ LLM_BALANCED_MODELS: "first,second", LLM_RETRY_BASE_MS: "20" }))
);
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

const STALLED: WireTurn = { stall: "before_headers", body: [] };
const SLOW_DOWN = answer(429, { error: { message: "slow down" } }, { "retry-after": "0" });
const BROKEN = stream(text("I am about"), frame({ error: { message: "upstream is gone", code: 502 } }));
const CUT: WireTurn = { body: [{ send: text("I am about") }, { reset: true }] };
const answered = { end_reason: "stop", failure: null, model_answered: "served-model" };

/** What tells the endings of attempts apart. */
function ending({ attempt, model_asked, model_answered, end_reason, failure, message_seq }: ModelCall) {
  return { attempt, model_asked, model_answered, end_reason, failure, message_seq };
}

const failed = (attempt: number, model_asked: string, failure: string, more: Partial<ModelCall> = {}) => ({
  ...{ attempt, model_asked, model_answered: null, end_reason: null, failure, message_seq: null },
  ...more,
});
const went = (attempt: number, model_asked: string, message_seq: number, more: Partial<ModelCall> = {}) => ({
  ...{ attempt, model_asked, ...answered, message_seq },
  ...more,
});

/** What a host does, and the attempts that the ledger tells of then. A thread's third message is its first turn. */
const ENDINGS: Record<string, { turns: WireTurn[]; calls: ReturnType<typeof ending>[] }> = {
  "an answer": { turns: [answering("Hi.")], calls: [went(1, "first", 3)] },
  "tool calls, and the answer after them": {
    turns: [calling({ name: "list_books", arguments: {} }), answering("None.")],
    calls: [went(1, "first", 3, { end_reason: "tool_calls" }), went(1, "first", 5)],
  },
  "an answer cut at the output limit": {
    turns: [stream(text("So long"), finish("length"), reported(USAGE), DONE)],
    calls: [went(1, "first", 3, { end_reason: "length" })],
  },
  "a host that filters what both models would say": {
    turns: [stream(finish("content_filter"), DONE), stream(finish("content_filter"), DONE)],
    calls: [failed(1, "first", "content_filtered"), failed(2, "second", "content_filtered")],
  },
  "a host that wants a pause, and answers then": {
    turns: [SLOW_DOWN, answering("Hi.")],
    calls: [failed(1, "first", "rate_limited"), went(2, "first", 3)],
  },
  "a model that can't be had, so that another one answers": {
    turns: [answer(401, "{}"), answering("Hi.")],
    calls: [failed(1, "first", "auth"), went(2, "second", 3)],
  },
  "a host that says nothing, so that another one is asked": {
    turns: [STALLED, answering("Hi.")],
    calls: [failed(1, "first", "timeout"), went(2, "second", 3)],
  },
  "a host that tells of a failure in the middle of its answer": {
    turns: [BROKEN],
    calls: [failed(1, "first", "overloaded", { model_answered: "served-model" })],
  },
  "a line that is cut in the middle of an answer": {
    turns: [CUT],
    calls: [failed(1, "first", "network", { model_answered: "served-model" })],
  },
};

for (const [name, { turns, calls }] of Object.entries(ENDINGS)) {
  test(`the ledger tells of ${name}`, async () => {
    const user = await newUser();
    await using host = await functions.host(user, turns);
    const { state } = await chat(user, { message: "Hello" }, functions.url);

    const told = await modelCallsOf(user);
    assert.deepEqual(told.map(ending), calls);
    for (const [i, call] of told.entries()) {
      assert.equal(call.run_id, state.run_id);
      assert.equal(call.first_token_ms === null, call.model_answered === null);
      assert.ok((call.duration_ms ?? -1) >= (call.first_token_ms ?? 0));
      assert.ok(Date.parse(call.started_at ?? "") > 0 && call.settled_at !== null);
      assert.deepEqual(call.cuts, []);
      const { temperature, max_tokens } = host.requests[i]?.body ?? {};
      const tools = host.requests[i]?.body.tools;
      assert.deepEqual(call.parameters, {
        ...{ temperature, max_tokens },
        tools: Array.isArray(tools) ? tools.length : 0,
      });
    }
    await assertSums(user, state.run_id);
  });
}

/** The rows of a run add up to what it says that it has cost, and each message of a model stands on one of them. */
async function assertSums(user: TestUser, run_id: string): Promise<void> {
  const calls = (await modelCallsOf(user)).filter((call) => call.run_id === run_id);
  const { data: run } = await user.client.from("agent_runs").select("usage").eq("id", run_id).single();
  const usage = Usage.parse(run?.usage);
  const sum = calls.map((call) => ({ ...NO_USAGE, ...call })).reduce(addUsage, NO_USAGE);
  for (
    const part of ["model_calls", "input_tokens", "cached_tokens", "output_tokens", "cost_usd"] as const
  ) assert.equal(sum[part], usage[part], part);
  const { data } = await user.client.from("agent_chat_messages").select("agent_session_id, seq, model_used")
    .eq("kind", "turn");
  const made = calls.flatMap(({ agent_session_id, message_seq, model_answered }) =>
    message_seq === null ? [] : [`${agent_session_id} ${message_seq} ${model_answered}`]
  );
  const turns = (data ?? []).map((row) => `${row.agent_session_id} ${row.seq} ${row.model_used}`);
  assert.deepEqual(made.sort(), turns.sort());
}

test("who stops an answer in its middle finds the call in the ledger, stopped and without a message", async () => {
  const user = await newUser();
  const spoken: WireTurn = { body: [{ repeat: text("Once upon a time "), every_ms: 100 }] };
  await using host = await functions.host(user, [spoken]);
  const response = await callFunction(user, "agent-planner", {
    body: { message: "Tell me" },
    base: functions.url,
  });
  const run_id = response.headers.get("x-run-id") ?? "";
  const end = readTurn(response);
  await host.received(0);
  await callFunction(user, `agent-planner/runs/${run_id}/cancel`, { body: {}, base: functions.url });
  assert.equal((await end).state.status, "cancelled");

  const [call, ...others] = await modelCallsOf(user);
  assert.deepEqual(others, []);
  assert.deepEqual(call && { ...ending(call), model_answered: null }, failed(1, "first", "stopped"));
  await assertSums(user, run_id);
});

test("the calls of executors, of a question and of the planner stand each on its own thread", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2, executor_required: false, depends_on: [1] }]),
    submitTurn(1, { status: "needs_input", summary: "Which?", open_questions: ["Which one?"] }),
    { when: { contains: "Which one?", not_tool: "submit_result" }, text: "The first." },
    { ...submitTurn(1), when: { contains: "The first.", tool: "submit_result" } },
    submitTurn(2),
    answerTurn("All done."),
  ]);
  const { state } = await chat(user, { message: "Plan it" });
  assert.equal(state.status, "completed");

  const { data } = await user.client.from("agent_chat_sessions").select("id, session_type, step_number");
  const threads = new Map(
    (data ?? []).map(({ id, session_type, step_number }) => [id, `${session_type} ${step_number ?? "-"}`]),
  );
  const told = (await modelCallsOf(user)).map((
    call,
  ) => [threads.get(call.agent_session_id ?? ""), call.message_seq]);
  assert.deepEqual(told, [
    ["planner_thinking -", 3],
    ["planner_executor 1", 3],
    ["planner_thinking 1", 3],
    // Behind its question, what became of that, and the planner's answer.
    ["planner_executor 1", 6],
    ["planner_thinking 2", 3],
    ["planner_thinking -", 5],
  ]);
  await assertSums(user, state.run_id);
});

test("of a call whose process died the ledger tells what was reserved, and the next owner's is a call of its own", async () => {
  await using mortal = await shortLivedFunctions({
    limit_ms: Infinity,
    settings: { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" },
  });
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Lost.", hold: "thinking" }, { text: "Here." }]);
  const killed = script.reached("thinking").then(() => mortal.workers.at(-1)?.kill());
  const { events } = await startAndRead(user, mortal.url);
  await killed;
  assert.equal(events.at(-1)?.type, "done");

  const calls = await modelCallsOf(user);
  const [made, lost] = [calls.find((call) => call.settled_at), calls.find((call) => !call.settled_at)];
  assert.deepEqual(calls.length, 2);
  assert.deepEqual(made && ending(made), { ...went(1, "scripted", 3), model_answered: made?.model_answered });
  assert.ok(lost && lost.agent_session_id === made?.agent_session_id && lost.reserved_at < made.reserved_at);
  const { input_tokens, output_tokens, started_at, cuts, parameters } = lost;
  assert.deepEqual([input_tokens + output_tokens, started_at, cuts, parameters], [
    FIRST_CALL_TOKENS,
    null,
    null,
    null,
  ]);
  assert.deepEqual(ending(lost), { ...failed(1, "", ""), model_asked: null, failure: null });
});
