// A user may write numbers of their own rows. One that leaves no room to go on from is a conflict for who asks the
// functions to go on, and no fault of the server's.
import assert from "node:assert/strict";
import { callFunction } from "../support/stack/calling.ts";
import { restCall } from "../support/stack/rest.ts";
import { startedRun } from "../support/stack/runs.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const LARGEST = 2 ** 31 - 1;
const LOST = { lease_expires_at: "2020-01-01T00:00:00Z" };

async function status(user: TestUser, path: string, init: { method?: string; body?: object } = {}) {
  const response = await callFunction(user, path, { body: {}, ...init });
  await response.text();
  return response.status;
}

const OWN: Record<string, object> = {
  "the largest generation": { lease_generation: LARGEST },
  "the largest number of takeovers": { takeovers: LARGEST },
  "the longest work": { worked_ms: 9_223_372_036_854_775_000 },
  "usage beyond all numbers": { usage: { input_tokens: 1e300 } },
  "a lease that began before all time": { leased_at: "-infinity" },
};

for (const [title, change] of Object.entries(OWN)) {
  test(`${title}, written by its user, is no fault of the server's when the run is taken up`, async () => {
    const user = await newUser();
    const { run_id, session_id } = await startedRun(user);
    const changed = await restCall(user, "PATCH", `agent_runs?id=eq.${run_id}`, { ...change, ...LOST });
    assert.ok(changed.status < 500);
    const run = `agent-planner/runs/${run_id}`;
    const answered = [
      await status(user, `${run}/resume`),
      await status(user, run, { method: "GET" }),
      await status(user, `${run}/cancel`),
      await status(user, "agent-planner", { body: { message: "Hello", session_id } }),
    ];
    assert.ok(answered.every((one) => one < 500), `${answered}`);
  });
}

test("a message under the largest number is refused, and its session has room for the next one", async () => {
  const user = await newUser();
  const { session_id, run_id } = await startedRun(user);
  await restCall(user, "PATCH", `agent_runs?id=eq.${run_id}`, LOST);
  const row = { user_id: user.id, session_id, role: "user", content: "Hello", seq: LARGEST };
  assert.equal((await restCall(user, "POST", "chat_messages", row)).status, 400);
  assert.equal(await status(user, "agent-planner", { body: { message: "Hello", session_id } }), 200);
});

test("an attempt at a step under the largest number is refused, and the next one is made", async () => {
  const user = await newUser();
  const { run_id, session_id, agent_id } = await startedRun(user);
  const of = { user_id: user.id, run_id, session_id };
  const plan_id = crypto.randomUUID();
  const step = {
    step_number: 1,
    title: "T",
    task: "Look",
    depends_on: [],
    executor_required: true,
    tools: [],
  };
  const plan = {
    ...{ ...of, id: plan_id, planner_agent_id: agent_id, user_message: "Hello", goal: "G", steps: [step] },
  };
  assert.equal((await restCall(user, "POST", "agent_plans", plan)).status, 201);
  const attempt = {
    ...{
      ...of,
      ...LOST,
      plan_id,
      step_number: 1,
      attempt: LARGEST,
      worker: "executor",
      task: {},
      lease_seconds: 1,
    },
  };
  assert.equal((await restCall(user, "POST", "agent_executions", attempt)).status, 400);
  const claimed = await status(user, "agent-executor", { body: { plan_id, step_number: 1 } });
  assert.ok(claimed < 300, `${claimed}`);
});
