// Functions under a wall clock: every request has a process of its own, which is killed when its time is up. The
// times are those of the platform, scaled down: a limit of 3 s, and work that takes three quarters of it.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { assertContract, eventsOfType } from "../support/stack/calling.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { startAndRead } from "../support/stack/reading.ts";
import { type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import {
  shortLivedFunctions,
  type TestedShortLived,
} from "../support/short_lived/open_short_lived_functions.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const LIMIT_MS = 3_000;
const WORK_MS = 2_250;

let functions: TestedShortLived;
let sql: Sql;
Deno.test.beforeAll(async () => {
  sql = database();
  functions = await shortLivedFunctions({
    limit_ms: LIMIT_MS,
    settings: { RUN_LEASE_SECONDS: "2", RUN_DEADLINE_SECONDS: "2" },
  });
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await sql.end();
});

/** A model call that was lost may be made again. */
const repeatable = (turns: ScriptedTurnInput[]) => turns.map((turn) => ({ ...turn, times: "any" as const }));

/** The work of a run: its processes, how many of them were killed, and how many model calls were made twice. */
function worked(run_id: string, since: number, requests: { messages?: unknown }[]) {
  const workers = functions.workers.slice(since);
  const distinct = new Set(requests.map(({ messages }) => JSON.stringify(messages)));
  return {
    hand_offs:
      workers.filter(({ request }) => request === `POST /agent-planner/runs/${run_id}/resume`).length,
    kills: workers.filter(({ end }) => end === "time_up").length,
    repeated: requests.length - distinct.size,
  };
}

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
  const { hand_offs, kills, repeated } = worked(run_id, since, await script.requests());
  assert.ok(hand_offs >= 2, `${hand_offs} hand-offs`);
  assert.ok(repeated <= kills, `${repeated} model calls made twice, ${kills} processes killed`);
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
  const { kills, repeated } = worked(run_id, since, await script.requests());
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
  const { hand_offs, kills, repeated } = worked(run_id, since, await script.requests());
  assert.ok(hand_offs >= 1);
  assert.ok(repeated <= kills, `${repeated} model calls made twice, ${kills} processes killed`);
});
