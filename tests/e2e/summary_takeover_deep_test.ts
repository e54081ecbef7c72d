// Summaries where processes are killed: before the answer the next owner makes it, after it the next turn.
import assert from "node:assert/strict";
import { chat } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { clientOf } from "../support/stack/reading.ts";
import {
  shortLivedFunctions,
  type TestedShortLived,
} from "../support/short_lived/open_short_lived_functions.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { summariesOf } from "../support/summaries/long_conversation.ts";
import { ANSWER, summaryTurn, toldSession } from "../support/summaries/told_session.ts";
import { test } from "../support/test.ts";

let functions: TestedShortLived;
Deno.test.beforeAll(async () => {
  const settings = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };
  functions = await shortLivedFunctions({ limit_ms: Infinity, settings });
});
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

async function killPlanner(): Promise<void> {
  const worker = functions.workers.findLast(({ request }) => request === "POST /agent-planner");
  await (worker ?? assert.fail("nobody works")).kill();
}

/** The number of the user's summaries, once there is one. */
async function firstSummary(user: TestUser): Promise<number> {
  for (;;) {
    const summaries = await summariesOf(user);
    if (summaries.length > 0) return summaries.length;
  }
}

test("an owner that is killed while its model thinks leaves the summary to the one that takes over", async () => {
  const user = await newUser();
  const session_id = await toldSession(user);
  await using script = await scriptModel(user.id, [{ ...ANSWER, hold: "lost" }, ANSWER, summaryTurn()]);
  const killed = script.reached("lost").then(killPlanner);
  const run = await clientOf(user, functions.url).startRun({ message: "Go on", session_id });
  const events = await Array.fromAsync(run.events());
  await killed;
  assert.equal(events.at(-1)?.type, "done");
  assert.equal(await firstSummary(user), 1);
  assert.equal((await script.requests()).length, 3);
});

test("a process that is killed while it summarises has ended its run before; the next turn summarises", async () => {
  const user = await newUser();
  const session_id = await toldSession(user);
  await using script = await scriptModel(user.id, [
    ANSWER,
    ANSWER,
    summaryTurn({ hold: "lost" }),
    summaryTurn(),
  ]);
  const first = await chat(user, { message: "Go on", session_id }, functions.url);
  await script.reached("lost");
  await killPlanner();
  assert.deepEqual([first.state.status, await summariesOf(user)], ["completed", []]);
  const second = await chat(user, { message: "And on", session_id }, functions.url);
  assert.equal(second.state.status, "completed");
  assert.equal(await firstSummary(user), 1);
});
