// Tool calls as no sane model makes them: nested without end, endless, with names and keys that mean something to
// JavaScript or to Postgres. The run ends in an orderly way, every row can be written, and the next prompt fits.
import assert from "node:assert/strict";
import { z } from "zod";
import { DONE, finish, piece, stream } from "../llm/support.ts";
import { assertContract, chat, eventsOfType } from "../support/stack/calling.ts";
import { promptTokens } from "../support/models/prompt_tokens.ts";
import { recordsOf, type RunRecords } from "../support/rows/run_records.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { answering, type Call, calling, planning, submitting } from "../support/wire/wire_fixtures.ts";
import { type WireFunctions, wireFunctions } from "../support/wire/wire_functions.ts";
import type { WireRequest, WireTurn } from "../support/wire/wire_server.ts";
import { CALLS } from "../support/agents/default_calls.ts";

let functions: WireFunctions;
Deno.test.beforeAll(async () => void (functions = await wireFunctions()));
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

/** Plays the turn in the planner's own turn: the run goes on to its answer. */
async function inPlanner(user: TestUser, turn: WireTurn) {
  await using host = await functions.host(user, [turn, answering("I see."), answering("Here I am.")]);
  return await play(user, host.requests);
}

/** Plays the turn inside an executor's step: the step goes on to its result, and the run to its answer. */
async function inExecutor(user: TestUser, turn: WireTurn) {
  await using _ = await functions.host(user, [
    planning({ step_number: 1 }),
    answering("I see."),
    answering("Here I am."),
  ]);
  await using host = await functions.host(user, [turn, submitting("Done.")], 1);
  const played = await play(user, host.requests);
  assert.deepEqual(played.state.plan?.steps.map((step) => [step.state, step.summary]), [[
    "completed",
    "Done.",
  ]]);
  return played;
}

async function play(user: TestUser, requests: WireRequest[]) {
  const { events, state } = await chat(user, { message: "Go" }, functions.url);
  assertContract(events);
  assert.equal(state.error, null);
  assert.deepEqual(state.parts, ["I see."]);
  const records = await recordsOf(user, state.run_id);
  const next = await chat(user, { message: "Again", session_id: state.session_id }, functions.url);
  assert.deepEqual(next.state.parts, ["Here I am."]);
  return { events, state, records, second: requests[1] };
}

const WORKERS = { planner: inPlanner, executor: inExecutor };

/** The calls of tools of the catalogue, or of none. */
function made({ tool_calls }: RunRecords) {
  return tool_calls.filter((call) => !["create_plan", "submit_result"].includes(call.tool_name));
}

function assertFits(request: WireRequest | undefined, worker: string) {
  const budget = worker === "planner" ? CALLS.planner.window : CALLS.executor.window;
  const tokens = request ? promptTokens(request) : Infinity;
  assert.ok(tokens <= budget, `the next prompt has ${tokens} tokens`);
}

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

const COME_TO_NOTHING: Record<string, Call> = {
  "arguments nested 60 deep": { name: "list_books", arguments: `{"a":${nested(59)}}` },
  "arguments nested 2,000 deep": { name: "list_books", arguments: `{"a":${nested(2_000)}}` },
  "arguments nested 10,000 deep": { name: "list_books", arguments: `{"a":${nested(10_000)}}` },
  "arguments with __proto__ keys": {
    name: "list_books",
    arguments: '{"__proto__":{"limit":1},"constructor":{"prototype":{"x":1}}}',
  },
  "a tool named __proto__": { name: "__proto__", arguments: "{}" },
  "a tool named constructor": { name: "constructor", arguments: '{"hasOwnProperty":1}' },
  "a tool with a name of 100,000 characters": { name: "list_books".repeat(10_000), arguments: "{}" },
  "a tool with a name of quotes and newlines": { name: `x"'\n;drop table books--`, arguments: "{}" },
  "arguments of 255,000 characters": {
    name: "list_books",
    arguments: JSON.stringify({ query: "é".repeat(254_900) }),
  },
  "broken arguments of 255,000 characters": {
    name: "list_books",
    arguments: `{"query":"${"x".repeat(254_900)}`,
  },
  "arguments that are a number": { name: "list_books", arguments: "17" },
  "arguments with a number beyond all numbers": { name: "list_books", arguments: '{"limit":1e999}' },
};

for (const [what, call] of Object.entries(COME_TO_NOTHING)) {
  for (const [worker, play] of Object.entries(WORKERS)) {
    test(`${worker}: ${what} come to nothing, and the model goes on`, async () => {
      const user = await newUser();
      const { events, records, second } = await play(user, calling(call));
      assert.deepEqual(eventsOfType(events, "tool_result").map((result) => result.ok), [false]);
      assert.equal(made(records).length, 1);
      assert.match(made(records)[0]?.status ?? "", /^(failed|rejected)$/);
      assertFits(second, worker);
    });
  }
}

for (const [worker, play] of Object.entries(WORKERS)) {
  test(`${worker}: 64 calls in one turn are run as far as the limit goes, and all of them are recorded`, async () => {
    const user = await newUser();
    const calls = Array.from({ length: 64 }, () => ({ name: "list_books", arguments: "{}" }));
    const { records, second } = await play(user, calling(...calls));
    const run = made(records).filter((call) => call.status === "succeeded").length;
    assert.equal(made(records).length, 64);
    assert.equal(run, worker === "planner" ? 40 : 20);
    assertFits(second, worker);
  });

  test(`${worker}: an object of 3,000 levels in place of JSON text comes to nothing`, async () => {
    const user = await newUser();
    // As bytes, because the test's own stack is no deeper than others.
    const head = piece({ index: 0, id: "a", function: { name: "list_books", arguments: "@" } });
    const frame = head.replace('"@"', `{"a":${nested(3_000)}}`);
    const { records } = await play(user, stream(frame, finish("tool_calls"), DONE));
    assert.deepEqual(made(records).map((call) => call.status), ["failed"]);
  });
}

test("a write whose arguments hold NUL, half a pair and __proto__ is made of what can be stored", async () => {
  const user = await newUser();
  const { records } = await inPlanner(
    user,
    calling({
      name: "create_book",
      arguments:
        '{"title":"a\\u0000b \\ud83d\\ude48","notes":"x\\ud83d y\\u0007","__proto__":{"user_id":"me"}}',
    }),
  );
  assert.deepEqual(made(records).map((call) => call.status), ["succeeded"]);
  const { data } = await user.client.from("books").select("title, notes");
  assert.deepEqual(data, [{ title: "ab 🙈", notes: "x\ufffd y" }]);
});

test("a plan and a result with everything in them that is hard to store are stored", async () => {
  const user = await newUser();
  const task = 'Do the work of step number 1.\\u0000 \\ud83d "${1}" \'); drop table books; --';
  const plan = `{"goal":"\\u0000 \\ud83d all of it","steps":[{"step_number":1,"title":"Step 1","task":${
    JSON.stringify(task).replaceAll("\\\\u", "\\u")
  },"executor_required":true,"tools":["list_books"],"depends_on":[]}]}`;
  const result = `{"status":"completed","summary":"Done.\\u0000\\ud83d","data":{"__proto__":{"x":1},"deep":${
    nested(50)
  },"\\u0000key":"\\ude48"}}`;
  await using _ = await functions.host(user, [
    calling({ name: "create_plan", arguments: plan }),
    answering("All done."),
  ]);
  await using __ = await functions.host(user, [calling({ name: "submit_result", arguments: result })], 1);
  const { events, state } = await chat(user, { message: "Go" }, functions.url);
  assertContract(events);
  assert.deepEqual(state.parts, ["All done."]);
  assert.deepEqual(state.plan?.steps.map((step) => [step.state, step.summary]), [[
    "completed",
    "Done.\ufffd",
  ]]);
  const { data } = await user.client.from("agent_executions").select("task, result").single();
  assert.match(
    z.object({ description: z.string() }).parse(data?.task).description,
    /^Do the work of step number 1\. \ufffd "\$\{1\}" '\); drop table books; --$/,
  );
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(data?.result)).data).toSorted(), ["deep", "key"]);
  await recordsOf(user, state.run_id);
});
