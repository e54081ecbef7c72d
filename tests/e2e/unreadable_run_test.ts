// A run whose user wrote rows of it that are none of ours: it ends as failed as soon as somebody takes it up, its log can
// be read, and its session goes on.
import assert from "node:assert/strict";
import { callFunction, chat } from "../support/stack/calling.ts";
import { restCall } from "../support/stack/rest.ts";
import { scriptModel } from "../support/models/script.ts";
import { startedRun } from "../support/stack/runs.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const LOST = { lease_expires_at: "2020-01-01T00:00:00Z" };

/** Answers of the function, none of which is the server's fault; the last one is the run's log. */
async function takenUp(user: TestUser, run_id: string): Promise<string> {
  let text = "";
  for (const [method, path] of [["POST", "/resume"], ["GET", ""], ["GET", "/events"]] as const) {
    const body = method === "POST" ? { body: {} } : {};
    const response = await callFunction(user, `agent-planner/runs/${run_id}${path}`, { method, ...body });
    text = await response.text();
    assert.ok(response.status < 300, `${method} ${path}: ${response.status} ${text}`);
  }
  return text;
}

async function assertFailed(user: TestUser, run: { run_id: string; session_id: string }): Promise<void> {
  const log = await takenUp(user, run.run_id);
  assert.match(log, /event: error/);
  const sql = database();
  const [row] = await sql`select status from agent_runs where id = ${run.run_id}`;
  await sql.end();
  assert.equal(row?.status, "failed");
  await using script = await scriptModel(user.id, [{ text: "Here." }]);
  const next = await chat(user, { message: "Again", session_id: run.session_id });
  assert.ok(script);
  assert.deepEqual(next.state.parts, ["Here."], "the session goes on");
}

/** Postgres takes more levels than whoever reads them one by one. */
const NESTED: unknown = JSON.parse("[".repeat(2_500) + "]".repeat(2_500));

const NO_EVENTS = {
  "a text without its fields": { type: "text", data: {} },
  "a text whose data is a list": { type: "text", data: [] },
  "a plan that is none": { type: "plan_created", data: { plan: 1 } },
  "an analysis of no strategy": { type: "analysis", data: { strategy: "zzz" } },
  "a text of more levels than a stack has": { type: "text", data: { delta: NESTED } },
};

for (const [title, row] of Object.entries(NO_EVENTS)) {
  test(`a run with ${title} in its log fails when it is taken up`, async () => {
    const user = await newUser();
    const run = await startedRun(user);
    const event = { run_id: run.run_id, seq: 2, at: new Date().toISOString(), ...row };
    assert.equal((await restCall(user, "POST", "agent_run_events", event)).status, 201);
    await restCall(user, "PATCH", `agent_runs?id=eq.${run.run_id}`, LOST);
    await assertFailed(user, run);
  });
}

for (
  const [title, echo] of Object.entries({
    "of no form": { model: "m" },
    "of many levels": { model: "m", fields: { extra_content: NESTED } },
  })
) {
  test(`a run with a message whose echo is ${title} fails when it is taken up`, async () => {
    const user = await newUser();
    const run = await startedRun(user);
    const message = {
      ...{ run_id: run.run_id, agent_session_id: run.thread_id, parent_user_session_id: run.session_id },
      ...{ seq: 1, kind: "turn", sender_type: "planner", role: "assistant", content: "Hm.", echo },
    };
    assert.equal((await restCall(user, "POST", "agent_chat_messages", message)).status, 201);
    await restCall(user, "PATCH", `agent_runs?id=eq.${run.run_id}`, LOST);
    await assertFailed(user, run);
  });
}

test("a run that was put into its table by hand, without a thread and a log, fails when it is taken up", async () => {
  const user = await newUser();
  const { data: session } = await user.client.from("chat_sessions").insert({ title: "A talk" }).select("id")
    .single();
  assert.ok(session);
  const run_id = crypto.randomUUID();
  const row = { id: run_id, session_id: session.id, request: {}, ...LOST };
  assert.equal((await restCall(user, "POST", "agent_runs", row)).status, 201);
  await assertFailed(user, { run_id, session_id: session.id });
});
