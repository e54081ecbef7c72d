// How a run goes from one process to the next before its time is up, and how that looks to those who read it. The
// owners here hand off after 0.4 seconds, and have so much time for it that a slow machine loses none of them.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { isTerminal } from "../../shared/contracts/events.ts";
import { assertContract, callFunction, eventsOfType } from "../support/stack/calling.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { clientOf, readByConnection, startAndRead } from "../support/stack/reading.ts";
import { scriptModel } from "../support/models/script.ts";
import {
  shortLivedFunctions,
  type TestedShortLived,
} from "../support/short_lived/open_short_lived_functions.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const STEP_MS = 600;
const LIMITS = { limit_ms: 60_000, settings: { RUN_LEASE_SECONDS: "30" } };

let functions: TestedShortLived;
let sql: Sql;
/** Whether successors are turned away. */
let refusing = false;
Deno.test.beforeAll(async () => {
  sql = database();
  functions = await shortLivedFunctions({
    ...LIMITS,
    settings: { ...LIMITS.settings, RUN_DEADLINE_SECONDS: "0.4" },
    refuse(request) {
      return refusing && request.url.endsWith("/resume") ? new Response(null, { status: 503 }) : null;
    },
  });
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await sql.end();
});

const onePlan = [
  planTurn([{ step_number: 1 }]),
  { ...submitTurn(1), first_token_ms: STEP_MS },
  answerTurn("Here it is."),
];

const askWhole = (user: { token: string }, base: string) =>
  callFunction(user, "agent-planner", { body: { message: "Go", stream: false }, base });

test("a caller that does not stream gets its answer through a hand-off", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "list_books", arguments: { limit: 5 } }] },
    { text: "Here it is." },
  ]);
  // Whoever waits for the whole waits a little longer than the deadline: here every process is told of its end at once.
  await using warned = await shortLivedFunctions({ ...LIMITS, warning_ms: 0 });
  const response = await askWhole(user, warned.url);
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  assert.deepEqual([answer.status, answer.answer], ["completed", "Here it is."]);
  const handedOver = `POST /agent-planner/runs/${answer.run_id}/resume`;
  assert.ok(warned.workers.some(({ request }) => request === handedOver));
});

test("a caller that does not stream is told which run goes on when it takes too long, within the limit", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "At last.", hold: "slow" }]);
  const asked = functions.workers.length;

  const response = await askWhole(user, functions.url);
  const { error } = await response.json();

  assert.deepEqual([response.status, error.kind], [504, "timeout"]);
  assert.deepEqual([error.status, error.retryable], ["running", false], "nobody is told to send it again");
  await script.release("slow");
  const events = await readRest(user, error.run_id);
  assert.equal(events.at(-1)?.type, "done");
  await checkInvariants(sql, error.run_id, { streamed: events });
  assert.equal(await functions.workers[asked]?.ended, "done");
});

async function readRest(user: { token: string }, run_id: string) {
  return await Array.fromAsync(clientOf(user, functions.url).events(run_id));
}

test("a stream that ends without its terminal event goes on where Last-Event-ID says", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, onePlan);

  const connections = await readByConnection(user, functions.url);

  assert.ok(connections.length > 1, "the first connection brought the whole run");
  for (const events of connections.slice(0, -1)) assert.ok(!events.some(isTerminal));
  const events = connections.flat();
  assertContract(events);
  await checkInvariants(sql, events[0]?.run_id ?? "", { streamed: events });
});

test("a run whose successor is turned away is taken over by its next reader", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, onePlan);
  refusing = true;
  try {
    const { run_id, events } = await startAndRead(user, functions.url);

    assert.equal(events.at(-1)?.type, "done");
    await checkInvariants(sql, run_id, { streamed: events });
    assert.equal((await script.requests()).length, onePlan.length);
    assert.ok(
      !functions.workers.some(({ request }) => request === `POST /agent-planner/runs/${run_id}/resume`),
    );
  } finally {
    refusing = false;
  }
});

test("a step whose executor is near its end goes on in the next one, with the same thread and no call made twice", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["list_books"] }]),
    {
      when: onStep(1),
      tool_calls: [{ name: "list_books", arguments: { limit: 5 } }],
      first_token_ms: STEP_MS,
    },
    { ...submitTurn(1), first_token_ms: STEP_MS },
    answerTurn(),
  ]);
  const since = functions.workers.length;

  const { run_id, events } = await startAndRead(user, functions.url);

  await checkInvariants(sql, run_id, { streamed: events });
  assert.equal((await script.requests()).length, 4);
  const executors = functions.workers.slice(since).filter(({ name }) => name === "agent-executor");
  assert.ok(executors.length >= 2, `${executors.length} executors`);
  const threads = await sql`
    select message_count from agent_chat_sessions where run_id = ${run_id} and step_number = 1`;
  // The system's words and the task, then twice what the model asked for and what it got.
  assert.deepEqual(threads.map(({ message_count }) => message_count), [6]);
  const attempts = await sql`select attempt, status from agent_executions where run_id = ${run_id}`;
  assert.deepEqual([...attempts], [{ attempt: 1, status: "completed" }]);
  assert.equal(eventsOfType(events, "tool_call").length, 1);
  assert.equal(eventsOfType(events, "executor_result")[0]?.usage.model_calls, 2);
});
