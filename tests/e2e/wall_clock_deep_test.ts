// A plan under a wall clock that no process outlives.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { assertContract, eventsOfType } from "../support/stack/calling.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
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
