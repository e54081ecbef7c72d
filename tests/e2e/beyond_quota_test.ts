// A user whose quota is used up gets no model call, by no door: rows made by hand over REST, functions called with
// limits of one's own, runs resumed, followed, cancelled, and steps claimed, are all met by the functions' own limits.
// The script has no turns: whatever asks the model fails the test.
import assert from "node:assert/strict";
import { callFunction } from "../support/stack/calling.ts";
import { functionsWith, type OtherFunctions } from "../support/stack/functions.ts";
import { scriptModel } from "../support/models/script.ts";
import { startedRun } from "../support/stack/runs.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const TRIES = 20;
const PAST = ["2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "1970-01-01T00:00:00Z"];

/** Less than one call needs, so that it is used up for everybody. */

let functions: OtherFunctions;
Deno.test.beforeAll(async () => void (functions = await functionsWith({ USER_TOKENS_PER_HOUR: "3000" })));
Deno.test.afterAll(async () => await functions[Symbol.asyncDispose]());

async function post(user: TestUser, path: string, body: object = {}): Promise<number> {
  const response = await callFunction(user, path, { body, base: functions.url });
  await response.text();
  return response.status;
}

async function expire(user: TestUser, run_id: string, n: number): Promise<void> {
  const lease_expires_at = PAST[n % PAST.length] ?? "";
  const { error } = await user.client.from("agent_runs").update({ lease_expires_at }).eq("id", run_id);
  assert.equal(error, null);
}

/** A run whose rows were made by hand. */
async function byHand(user: TestUser, n: number): Promise<string> {
  const session = await user.client.from("chat_sessions").insert({ user_id: user.id, title: "By hand" })
    .select("id").single();
  if (session.error) throw session.error;
  const run = await user.client.from("agent_runs").insert({
    user_id: user.id,
    session_id: session.data.id,
    request: { message: "Hello", time_zone: "UTC" },
    limits: n % 2 === 0 ? {} : { tokens_per_hour: 1e12 },
    lease_expires_at: PAST[n % PAST.length] ?? "",
  }).select("id").single();
  if (run.error) throw run.error;
  return run.data.id;
}

const DOORS: Record<string, (user: TestUser, n: number) => Promise<unknown>> = {
  "a message": (user) => post(user, "agent-planner", { message: "Hello" }),
  "a run made by hand, then resume": async (user, n) =>
    await post(user, `agent-planner/runs/${await byHand(user, n)}/resume`),
  "start_run with limits of one's own, its lease over, then resume": async (user, n) => {
    const { run_id } = await startedRun(user, {
      limits: { tokens_per_hour: 1_000_000_000 },
      lease_seconds: 60,
    });
    await expire(user, run_id, n);
    await post(user, `agent-planner/runs/${run_id}/resume`);
  },
  "a run that was released, then resume": async (user) => {
    const { run_id } = await startedRun(user, { limits: { tokens_per_hour: 1_000_000_000 } });
    await user.client.rpc("release_run", { p_run_id: run_id, p_generation: 1, p_settlement: null });
    await post(user, `agent-planner/runs/${run_id}/resume`);
  },
  "a run that is cancelled after its lease": async (user, n) => {
    const { run_id } = await startedRun(user, { limits: { tokens_per_hour: 1_000_000_000 } });
    await expire(user, run_id, n);
    await post(user, `agent-planner/runs/${run_id}/cancel`);
  },
  "a step of a plan made by hand, claimed by an executor": async (user, n) => {
    const run = await startedRun(user, { limits: { tokens_per_hour: 1_000_000_000 } });
    const plan_id = crypto.randomUUID();
    const step = { step_number: 1, title: "T", task: "Look", executor_required: true, tools: ["list_books"] };
    const { error } = await user.client.from("agent_plans").insert({
      ...{ id: plan_id, user_id: user.id, session_id: run.session_id, run_id: run.run_id },
      ...{ planner_agent_id: run.agent_id, user_message: "Hello", goal: `Goal ${n}` },
      steps: [{ ...step, depends_on: [] }],
    });
    assert.equal(error, null);
    assert.equal(await post(user, "agent-executor", { plan_id, step_number: 1 }), 429);
  },
};

for (const [door, attempt] of Object.entries(DOORS)) {
  test(`beyond the quota: ${door}, ${TRIES} times and at once, is answered by no model`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, []);
    for (let n = 0; n < TRIES / 2; n += 1) await attempt(user, n);
    await Promise.all(Array.from({ length: TRIES / 2 }, (_, n) => attempt(user, n)));
    assert.equal((await script.requests()).length, 0);
    const { data } = await user.client.from("agent_chat_messages").select("id").eq("role", "assistant");
    assert.deepEqual(data, []);
  });
}

test("a run claimed beyond the quota ends, with a sentence; one whose user cancelled it is cancelled", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, []);
  const limits = { tokens_per_hour: 1_000_000_000 };
  const [left, cancelled] = [await startedRun(user, { limits }), await startedRun(user, { limits })];
  for (const [n, { run_id }] of [left, cancelled].entries()) await expire(user, run_id, n);
  await user.client.rpc("cancel_run", { p_run_id: cancelled.run_id });
  for (const { run_id } of [left, cancelled]) await post(user, `agent-planner/runs/${run_id}/resume`);
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
  assert.equal(await post(user, "agent-planner", { message: "Hello" }), 429);
});
