// Every way in which a user may get at a model: a message, rows made by hand over REST, functions called with limits of
// one's own, runs resumed, followed, cancelled, and steps claimed.
import assert from "node:assert/strict";
import { z } from "zod";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { callFunction } from "../stack/calling.ts";
import { restCall } from "../stack/rest.ts";
import { agentArgument, startedRun } from "../stack/runs.ts";
import { newUser, type TestUser } from "../stack/stack.ts";
import { scriptModel } from "./script.ts";

export const PAST = ["2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "1970-01-01T00:00:00Z"];
/** Limits that a user makes up for themselves. */
export const OWN_LIMITS = {
  limits: { tokens_per_hour: 1e9, tokens_per_day: 1e9, runs_per_hour: 1e9, runs_per_day: 1e9 },
};
const OWN_TOKENS = 100;
const STEP = {
  ...{ step_number: 1, title: "T", task: "Look", depends_on: [] },
  ...{ executor_required: true, tools: ["list_books"] },
};

/** Each of the four, less than one more call needs; of runs, everybody of these tests has had the one that they may. */
export const QUOTAS = {
  USER_TOKENS_PER_HOUR: "3000",
  USER_TOKENS_PER_DAY: "3000",
  USER_RUNS_PER_HOUR: "1",
  USER_RUNS_PER_DAY: "1",
};

/** A user who comes to some functions. */
export interface Caller {
  user: TestUser;
  base: string;
}

/** A request, read to its end; its status. */
export async function ask(
  { user, base }: Caller,
  path: string,
  init: { method?: string; body?: object } = {},
) {
  const response = await callFunction(user, path, { body: {}, ...init, base });
  await response.text();
  return response.status;
}

async function rpc(user: TestUser, name: string, args: object): Promise<void> {
  const { status, message } = await restCall(user, "POST", `rpc/${name}`, args);
  assert.ok(status < 300, `${name}: ${status} ${message}`);
}

/** Sets the lease of a run back, to one of some times. */
export async function expire(user: TestUser, run_id: string, n: number): Promise<void> {
  const lease_expires_at = PAST[n % PAST.length] ?? "";
  const { error } = await user.client.from("agent_runs").update({ lease_expires_at }).eq("id", run_id);
  assert.equal(error, null);
}

/** A run that was started by rpc, and has no owner any more. */
async function leftRun(user: TestUser, n: number): Promise<string> {
  const { run_id } = await startedRun(user, OWN_LIMITS);
  await expire(user, run_id, n);
  return run_id;
}

async function insert(user: TestUser, table: string, row: object): Promise<void> {
  const { status, message } = await restCall(user, "POST", table, { user_id: user.id, ...row });
  assert.ok(status < 300, `${table}: ${status} ${message}`);
}

/** A run all of whose rows were made by hand, as start_run makes them. */
async function byHand(user: TestUser, n: number): Promise<string> {
  const session = await user.client.from("chat_sessions").insert({ user_id: user.id, title: "By hand" })
    .select("id").single();
  if (session.error) throw session.error;
  const { id: session_id } = session.data;
  const [run_id, message_id, agent_id] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  await insert(user, "agent_runs", {
    ...{ id: run_id, session_id, request: { message: "Hello", time_zone: "UTC" } },
    ...{ limits: n % 2 === 0 ? {} : OWN_LIMITS.limits, lease_expires_at: PAST[n % PAST.length] },
  });
  await insert(user, "chat_messages", {
    ...{ id: message_id, run_id, session_id, role: "user", content: "Hello", seq: 1 },
  });
  await insert(user, "agents", {
    ...{ id: agent_id, run_id, created_for_session: session_id, type: "planner", name: "Planner" },
    ...{ model_preference: { profile: "balanced", models: ["m"] }, available_tools: [], system_prompt: "" },
    permissions: "read_write",
  });
  await insert(user, "agent_chat_sessions", {
    ...{ run_id, parent_session_id: session_id, session_type: "planner_thinking" },
    ...{ planner_agent_id: agent_id, initial_context: { message: "Hello", context: { type: "general" } } },
  });
  await insert(user, "agent_run_events", {
    ...{
      run_id,
      seq: 1,
      type: "session",
      at: "2026-01-01T00:00:00Z",
      agent: { id: agent_id, type: "planner" },
    },
    data: { session_id, user_message_id: message_id },
  });
  return run_id;
}

/** A run with a plan of one step, whose rows were made by hand. */
async function planByHand(user: TestUser, n: number) {
  const run = await startedRun(user, OWN_LIMITS);
  const plan_id = crypto.randomUUID();
  const { error } = await user.client.from("agent_plans").insert({
    ...{ id: plan_id, user_id: user.id, session_id: run.session_id, run_id: run.run_id },
    ...{ planner_agent_id: run.agent_id, user_message: "Hello", goal: `Goal ${n}`, steps: [STEP] },
  });
  assert.equal(error, null);
  return { ...run, plan_id };
}

const NOTHING_DONE = { usage: NO_USAGE, tool_calls_made: 0 };
const Execution = z.object({ execution_id: z.string(), thread_id: z.string(), agent_id: z.string() });

/** The step of such a plan, claimed by rpc with limits of one's own. */
async function claimByHand(user: TestUser, n: number) {
  const planned = await planByHand(user, n);
  const { agent } = await agentArgument(OWN_LIMITS.limits);
  const claimant = { ...agent, type: "executor", allowed_tools: ["list_books"], lease_seconds: 60 };
  const { data, error } = await user.client.rpc("claim_step", {
    ...{ p_plan_id: planned.plan_id, p_step_number: 1, p_agent: claimant },
  });
  if (error) throw error;
  return { planned, execution: Execution.parse(data) };
}

/** A step that has asked a question of its planner. */
async function askedByHand(user: TestUser, n: number) {
  const { planned, execution } = await claimByHand(user, n);
  const question = {
    ...{ id: crypto.randomUUID(), agent_session_id: execution.thread_id, seq: 1, kind: "turn" },
    ...{ sender_type: "executor", sender_agent_id: execution.agent_id, role: "assistant", content: "Which?" },
  };
  await rpc(user, "finish_step", {
    ...{ p_execution_id: execution.execution_id, p_generation: 1 },
    p_outcome: {
      status: "needs_input",
      result: { status: "needs_input", summary: "Which?" },
      duration_ms: 1,
    },
    p_progress: { ...NOTHING_DONE, rows: { messages: [question], tool_calls: [] } },
  });
  return planned;
}

function askStep(caller: Caller, plan_id: string): Promise<number> {
  return ask(caller, "agent-executor", { body: { plan_id, step_number: 1 } });
}

/** By its name, what leads to a model call; gives the status of the answer. */
export const DOORS: Record<string, (caller: Caller, n: number) => Promise<number>> = {
  "a message": (caller) => ask(caller, "agent-planner", { body: { message: "Hello" } }),
  "a message for one JSON answer": (caller) =>
    ask(caller, "agent-planner", { body: { message: "Hello", stream: false } }),
  "a run made by hand, then resume": async (caller, n) =>
    await ask(caller, `agent-planner/runs/${await byHand(caller.user, n)}/resume`),
  "a run made by hand, then followed": async (caller, n) =>
    await ask(caller, `agent-planner/runs/${await byHand(caller.user, n)}/events`, { method: "GET" }),
  "start_run with limits of one's own, its lease set back, then resume": async (caller, n) =>
    await ask(caller, `agent-planner/runs/${await leftRun(caller.user, n)}/resume`),
  "a run whose lease was set back, followed by a reader who takes it over": async (caller, n) =>
    await ask(caller, `agent-planner/runs/${await leftRun(caller.user, n)}/events`, { method: "GET" }),
  "a run whose lease was set back, looked at": async (caller, n) => {
    const run_id = await leftRun(caller.user, n);
    await ask(caller, `agent-planner/runs/${run_id}`, { method: "GET" });
    return await ask(caller, `agent-planner/runs/${run_id}/events`, { method: "GET" });
  },
  "a run whose lease was set back, and whose generation and takeovers were set, then resume": async (
    caller,
    n,
  ) => {
    const run_id = await leftRun(caller.user, n);
    const forged = { lease_generation: 7, takeovers: -100, owner_reservation_id: crypto.randomUUID() };
    await caller.user.client.from("agent_runs").update(forged).eq("id", run_id);
    return await ask(caller, `agent-planner/runs/${run_id}/resume`);
  },
  "a run that was released, then resume": async (caller) => {
    const { run_id } = await startedRun(caller.user, OWN_LIMITS);
    await rpc(caller.user, "release_run", { p_run_id: run_id, p_generation: 1, p_settlement: null });
    return await ask(caller, `agent-planner/runs/${run_id}/resume`);
  },
  "a run that is cancelled after its lease": async (caller, n) =>
    await ask(caller, `agent-planner/runs/${await leftRun(caller.user, n)}/cancel`),
  "a step of a plan made by hand, claimed by an executor": async (caller, n) =>
    await askStep(caller, (await planByHand(caller.user, n)).plan_id),
  "a step whose worker has released it, claimed by an executor": async (caller, n) => {
    const { planned, execution } = await claimByHand(caller.user, n);
    await rpc(caller.user, "release_step", {
      ...{ p_execution_id: execution.execution_id, p_generation: 1, p_settlement: null },
      p_progress: { ...NOTHING_DONE, rows: { messages: [], tool_calls: [] } },
    });
    return await askStep(caller, planned.plan_id);
  },
  "a step whose lease was set back, claimed by an executor": async (caller, n) => {
    const { planned, execution } = await claimByHand(caller.user, n);
    const { error } = await caller.user.client.from("agent_executions").update({
      lease_expires_at: PAST[n % PAST.length] ?? "",
    }).eq("id", execution.execution_id);
    assert.equal(error, null);
    return await askStep(caller, planned.plan_id);
  },
  "a step that asked, its planner's run set back, then resume": async (caller, n) => {
    const { run_id } = await askedByHand(caller.user, n);
    await expire(caller.user, run_id, n);
    return await ask(caller, `agent-planner/runs/${run_id}/resume`);
  },
  "a step that asked and was answered, claimed by an executor": async (caller, n) => {
    const { agent_id: planner_agent_id, plan_id } = await askedByHand(caller.user, n);
    await rpc(caller.user, "answer_step", {
      ...{ p_plan_id: plan_id, p_step_number: 1, p_generation: 1 },
      p_answer: { content: "This one.", planner_agent_id, rows: {}, usage: null },
    });
    return await askStep(caller, plan_id);
  },
};

/** Doors at which there is nothing yet that could end: who comes is refused. */
const REFUSED = /^a (message|step .*claimed by an executor)/;

/** So many tries at a door, half of them at once: no model is asked, and nothing is answered. */
export async function tryDoor(door: string, base: string, tries: number): Promise<void> {
  const caller = { user: await newUser(), base };
  const attempt = async (n: number) => {
    const status = await DOORS[door]?.(caller, n);
    if (REFUSED.test(door)) assert.equal(status, 429, door);
    else assert.ok(status !== undefined && status < 300, `${door}: ${status}`);
  };
  await using script = await scriptModel(caller.user.id, []);
  await startedRun(caller.user, OWN_LIMITS);
  for (let n = 0; n < tries / 2; n += 1) await attempt(n);
  await Promise.all(Array.from({ length: tries / 2 }, (_, n) => attempt(n)));
  assert.equal((await script.requests()).length, 0, door);
  const { client } = caller.user;
  const completed = await client.from("agent_runs").select("status").eq("status", "completed");
  assert.deepEqual(completed.data, [], door);
  // Claims reserve before anything is sent: those of this test are smaller than any of the functions'.
  const reserved = await client.from("usage_reservations").select("id").gt("input_tokens", OWN_TOKENS);
  assert.deepEqual(reserved.data, [], door);
}
