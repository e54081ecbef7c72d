// A user whose quota is used up gets no model call, by no door. The script has no turns: whatever asks the model fails
// the test. beyond_quota_deep_test.ts tries the other quotas, and more often.
import assert from "node:assert/strict";
import { ask, DOORS, expire, OWN_LIMITS, PAST, QUOTAS, tryDoor } from "../support/models/doors.ts";
import { scriptModel } from "../support/models/script.ts";
import { callFunction } from "../support/stack/calling.ts";
import { functionsWith, type OtherFunctions } from "../support/stack/functions.ts";
import { startedRun } from "../support/stack/runs.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const TRIES = 4;

let functions: OtherFunctions;
Deno.test.beforeAll(async () => {
  functions = await functionsWith({ USER_TOKENS_PER_HOUR: QUOTAS.USER_TOKENS_PER_HOUR });
});
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

for (const door of Object.keys(DOORS)) {
  test(`beyond the quota: ${door}, ${TRIES} times and at once, is answered by no model`, async () => {
    await tryDoor(door, functions.url, TRIES);
  });
}

test("within the quota all of them are doors: each leads to a model", async () => {
  await using others = await functionsWith({});
  for (const [door, attempt] of Object.entries(DOORS)) {
    if (door.includes("cancelled")) continue;
    const caller = { user: await newUser(), base: others.url };
    const script = await scriptModel(caller.user.id, [{ text: "One.", hold: "asked" }, {
      text: "Two.",
      times: "any",
    }]);
    await startedRun(caller.user, OWN_LIMITS);
    const status = attempt(caller, 0);
    await script.reached("asked");
    await script.release("asked");
    assert.ok(await status < 300, door);
    // How it goes on is not the matter here.
    await script.end().catch(() => {});
  }
});

test("a run whose lease is set back while its model thinks gets no second call beyond the quota", async () => {
  // Room for the one call that is under way.
  await using others = await functionsWith({ USER_TOKENS_PER_HOUR: "12000" });
  const caller = { user: await newUser(), base: others.url };
  await using script = await scriptModel(caller.user.id, [{ text: "One.", hold: "thinking" }]);
  const stream = callFunction(caller.user, "agent-planner", { body: { message: "Hello" }, base: others.url });
  await script.reached("thinking");
  const { data } = await caller.user.client.from("agent_runs").select("id").single();
  const run_id = data?.id ?? assert.fail("there is no run");
  for (let n = 0; n < TRIES; n += 1) {
    // Once it has ended, nobody sets anything back.
    await caller.user.client.from("agent_runs").update({ lease_expires_at: PAST[n % PAST.length] ?? "" })
      .eq("id", run_id).eq("status", "running");
    await ask(caller, `agent-planner/runs/${run_id}/resume`);
  }
  await script.release("thinking");
  await (await stream).text();
  assert.equal((await script.requests()).length, 1);
});

test("a run claimed beyond the quota ends, with a sentence; one whose user cancelled it is cancelled", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, []);
  const [left, cancelled] = [await startedRun(user, OWN_LIMITS), await startedRun(user, OWN_LIMITS)];
  for (const [n, { run_id }] of [left, cancelled].entries()) await expire(user, run_id, n);
  await user.client.rpc("cancel_run", { p_run_id: cancelled.run_id });
  for (const { run_id } of [left, cancelled]) {
    await ask({ user, base: functions.url }, `agent-planner/runs/${run_id}/resume`);
  }
  const { data } = await user.client.from("agent_runs").select("id, status, error");
  const of = (id: string) => data?.find((one) => one.id === id);
  assert.equal(of(left.run_id)?.status, "failed");
  assert.match(JSON.stringify(of(left.run_id)?.error), /"kind":"rate_limited".*|rate_limited/);
  assert.deepEqual([of(cancelled.run_id)?.status, of(cancelled.run_id)?.error], ["cancelled", null]);
});

test("two reservations of 2^31 - 1 tokens are a 429, and no fault of the server's", async () => {
  const user = await newUser();
  const { run_id } = await startedRun(user);
  for (let n = 0; n < 2; n += 1) {
    const { error } = await user.client.from("usage_reservations").insert({
      ...{ id: crypto.randomUUID(), user_id: user.id, run_id, seal: "a".repeat(64) },
      ...{ input_tokens: 2_147_483_647, output_tokens: 2_147_483_647 },
    });
    assert.equal(error, null);
  }
  assert.equal(
    await ask({ user, base: functions.url }, "agent-planner", { body: { message: "Hello" } }),
    429,
  );
});
