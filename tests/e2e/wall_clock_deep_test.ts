// Functions under a wall clock: work goes on from process to process. Deep, for it has a machine to itself.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { assertContract, eventsOfType } from "../support/stack/calling.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { scriptModel } from "../support/models/script.ts";
import type { TestedShortLived } from "../support/short_lived/open_short_lived_functions.ts";
import { functionsUnderClock, repeatable, WORK_MS, worked } from "../support/short_lived/wall_clock.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

let functions: TestedShortLived;
let sql: Sql;
Deno.test.beforeAll(async () => {
  sql = database();
  functions = await functionsUnderClock();
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await sql.end();
});

test("steps that do not depend on each other run at the same time, over a hand-off", async () => {
  const user = await newUser();
  const steps = [1, 2, 3, 4].map((step_number) => ({ step_number }));
  await using script = await scriptModel(
    user.id,
    repeatable([
      planTurn(steps),
      ...steps.map(({ step_number }) => ({ ...submitTurn(step_number), first_token_ms: WORK_MS })),
      answerTurn(),
    ]),
  );
  const since = functions.workers.length;

  const { run_id, events } = await startAndRead(user, functions.url);

  await checkInvariants(sql, run_id, { streamed: events });
  assert.equal(eventsOfType(events, "step_complete").length, 4);
  const [first, second] = eventsOfType(events, "executor_spawned");
  const [result] = eventsOfType(events, "executor_result");
  assert.ok(
    first && second && result && second.seq < result.seq,
    "the second began before the first had ended",
  );
  const { kills, repeated } = worked(
    run_id,
    functions.workers.slice(since),
    await script.requests(),
  );
  assert.ok(repeated <= kills, `${repeated} model calls made twice, ${kills} processes killed`);
});

test("an answer that streams beyond the deadline, but not beyond the limit, is not cut", async () => {
  const user = await newUser();
  const text = Array.from({ length: 50 }, (_, i) => `word${i}`).join(" ");
  await using script = await scriptModel(user.id, [{ text, tokens_per_second: 22 }]);
  const since = functions.workers.length;

  const { run_id, events } = await startAndRead(user, functions.url);

  await checkInvariants(sql, run_id, { streamed: events });
  assert.deepEqual(functions.workers.slice(since).map(({ request }) => request), ["POST /agent-planner"]);
  assert.deepEqual(eventsOfType(events, "text_withdrawn"), []);
  assert.equal(eventsOfType(events, "text").map(({ delta }) => delta).join(""), text);
  assert.equal((await script.requests()).length, 1);
});

test("the planner's own step goes on in the next process, and what it writes is written once", async () => {
  const user = await newUser();
  await using script = await scriptModel(
    user.id,
    repeatable([
      planTurn([{ step_number: 1, executor_required: false, tools: ["create_book"] }]),
      {
        when: { ...onStep(1), last: "user" },
        tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }],
        first_token_ms: WORK_MS,
      },
      { ...submitTurn(1), first_token_ms: WORK_MS / 2 },
      answerTurn(),
    ]),
  );
  const since = functions.workers.length;

  const { run_id, events } = await startAndRead(user, functions.url);

  await checkInvariants(sql, run_id, { streamed: events });
  const books = await user.client.from("books").select("title");
  assert.deepEqual(books.data, [{ title: "Milk" }]);
  const { hand_offs, kills, repeated } = worked(
    run_id,
    functions.workers.slice(since),
    await script.requests(),
  );
  assert.ok(hand_offs >= 1);
  assert.ok(repeated <= kills, `${repeated} model calls made twice, ${kills} processes killed`);
});

test("a plan that takes longer than any process may live completes, in one stream without a gap", async () => {
  const user = await newUser();
  const steps = [1, 2, 3].map((step_number) => ({
    step_number,
    depends_on: step_number === 1 ? [] : [step_number - 1],
  }));
  await using script = await scriptModel(
    user.id,
    repeatable([
      planTurn(steps),
      ...steps.map(({ step_number }) => ({ ...submitTurn(step_number), first_token_ms: WORK_MS })),
      answerTurn(),
    ]),
  );
  const since = functions.workers.length;

  const { run_id, events } = await startAndRead(user, functions.url);

  assertContract(events);
  const end = events.at(-1);
  assert.ok(end?.type === "done" && end.status === "completed", JSON.stringify(end));
  await checkInvariants(sql, run_id, { streamed: events });
  assert.deepEqual(
    eventsOfType(events, "step_complete").map(({ step_number, status }) => [step_number, status]),
    steps.map(({ step_number }) => [step_number, "completed"]),
  );
  const { hand_offs, kills, repeated } = worked(
    run_id,
    functions.workers.slice(since),
    await script.requests(),
  );
  assert.ok(hand_offs >= 2, `${hand_offs} hand-offs`);
  assert.ok(repeated <= kills, `${repeated} model calls made twice, ${kills} processes killed`);
});
