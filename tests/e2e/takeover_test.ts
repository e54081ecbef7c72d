// What becomes of a run when the process that worked on it is killed, or stands still for too long.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import type { Worker } from "../support/short_lived/worker.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { answerOf, initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { mortalFunctions } from "../support/mortal/open_mortal_functions.ts";
import { assertContract, callFunction, chat, eventsOfType, readTurn } from "../support/stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { clientOf, startAndRead } from "../support/stack/reading.ts";
import { type Script, scriptModel } from "../support/models/script.ts";
import {
  shortLivedFunctions,
  type TestedShortLived,
} from "../support/short_lived/open_short_lived_functions.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { readStoredRun } from "../support/rows/stored_run.ts";
import { test } from "../support/test.ts";

const SETTINGS = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };

let functions: TestedShortLived;
let sql: Sql;
Deno.test.beforeAll(async () => {
  sql = database();
  functions = await shortLivedFunctions({ limit_ms: Infinity, settings: SETTINGS });
});
Deno.test.afterAll(async () => {
  await functions[Symbol.asyncDispose]();
  await sql.end();
});

/** The process that began the latest run, or works on the latest step. */
function latest(name: Worker["name"]): Worker {
  const worker = functions.workers.findLast((one) => one.request === `POST /${name}`);
  if (!worker) throw new Error(`Nobody has called ${name}`);
  return worker;
}

/** Starts a run and waits until the model is held at `hold`; nobody reads it. */
async function begin(user: TestUser, script: Script, hold: string, body: Record<string, unknown> = {}) {
  const response = await callFunction(user, "agent-planner", {
    body: { message: "Go", ...body },
    base: functions.url,
  });
  await script.reached(hold);
  return { run_id: response.headers.get("x-run-id") ?? "", response, owner: latest("agent-planner") };
}

/** The same, and its owner is killed. */
async function orphan(user: TestUser, script: Script, hold: string) {
  const { run_id, response, owner } = await begin(user, script, hold);
  await owner.kill();
  await response.text().catch(() => {});
  return run_id;
}

async function leaseEnds(run_id: string): Promise<void> {
  await sql`select pg_sleep(greatest(0, extract(epoch from lease_expires_at - clock_timestamp()))) from agent_runs where id = ${run_id}`;
}

const stateOf = (events: readonly ReadEvent[]) =>
  events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? ""));

const post = async (user: TestUser, path: string) => {
  const response = await callFunction(user, `agent-planner/${path}`, { body: {}, base: functions.url });
  return { code: response.status, ...await response.json() };
};

test("an answer whose owner was killed in the middle is withdrawn and said again, and stored once", async () => {
  const user = await newUser();
  const lost = Array.from({ length: 100 }, (_, i) => `lost${i}`).join(" ");
  await using script = await scriptModel(user.id, [
    { text: lost, tokens_per_second: 20 },
    { text: "Here is the whole answer." },
  ]);

  const { run_id, events } = await startAndRead(user, functions.url, async (event) => {
    if (event.type === "text" && event.part === 1) await latest("agent-planner").kill();
  });

  assertContract(events);
  await checkInvariants(sql, run_id, { streamed: events });
  assert.ok(eventsOfType(events, "text").some(({ delta }) => delta.includes("lost0")));
  assert.deepEqual(eventsOfType(events, "text_withdrawn").map(({ part }) => part), [1]);
  assert.equal(answerOf(stateOf(events)), "Here is the whole answer.");
  const answers = await user.client.from("chat_messages").select("content").eq("role", "assistant");
  assert.deepEqual(answers.data, [{ content: "Here is the whole answer." }]);
  assert.equal((await script.requests()).length, 2);
});

test("executors finish while there is no planner, and the next one counts their results and tells them once", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2 }]),
    { ...submitTurn(1), hold: "one" },
    { ...submitTurn(2), hold: "two" },
    answerTurn(),
  ]);
  const killed = Promise.all([script.reached("one"), script.reached("two")])
    .then(() => latest("agent-planner").kill())
    .then(() => Promise.all([script.release("one"), script.release("two")]));

  const { run_id, events } = await startAndRead(user, functions.url);
  await killed;

  assertContract(events);
  await checkInvariants(sql, run_id, { streamed: events });
  assert.equal(events.at(-1)?.type, "done");
  for (const type of ["executor_spawned", "executor_result", "step_complete"] as const) {
    const told = eventsOfType(events, type).map(({ step_number, attempt }) => [step_number, attempt]);
    assert.deepEqual(told.toSorted(), [[1, 1], [2, 1]], type);
  }
  assert.equal((await script.requests()).length, 4, "no model call was made twice");
});

test("a plan that is under way is seen to its end by the next owner, though nothing is left for tool calls", async () => {
  const user = await newUser();
  // The plan, what the planner has reserved for its next turn, and one call of the executor.
  const settings = { ...SETTINGS, RUN_MAX_TOOL_CALLS: "7" };
  await using thrifty = await shortLivedFunctions({ limit_ms: Infinity, settings });
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["list_books"] }]),
    { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
    { ...submitTurn(1), hold: "one" },
    answerTurn(),
  ]);
  const killed = script.reached("one")
    .then(() => thrifty.workers.find(({ request }) => request === "POST /agent-planner")?.kill())
    .then(() => script.release("one"));

  const { run_id, events } = await startAndRead(user, thrifty.url);
  await killed;

  assertContract(events);
  await checkInvariants(sql, run_id, { streamed: events });
  assert.deepEqual(stateOf(events).plan?.steps.map(({ state }) => state), ["completed"]);
  const plans = await sql`select status from agent_plans where run_id = ${run_id}`;
  assert.deepEqual(plans.map(({ status }) => status), ["completed"]);
});

test("a step whose executor was killed is attempted again in the same thread", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    { ...submitTurn(1), hold: "lost" },
    submitTurn(1),
    answerTurn(),
  ]);
  const killed = script.reached("lost").then(() => latest("agent-executor").kill());

  const { run_id, events } = await startAndRead(user, functions.url);
  await killed;

  await checkInvariants(sql, run_id, { streamed: events });
  assert.deepEqual(stateOf(events).plan?.steps.map(({ state }) => state), ["completed"]);
  const executions = await sql`
    select attempt, status, agent_session_id from agent_executions where run_id = ${run_id} order by attempt`;
  assert.deepEqual(executions.map(({ attempt, status }) => [attempt, status]), [[1, "failed"], [
    2,
    "completed",
  ]]);
  assert.equal(executions[0]?.agent_session_id, executions[1]?.agent_session_id);
  assert.equal((await script.requests()).length, 4);
});

test("a write whose owner was killed before it could be recorded is there once", async () => {
  const user = await newUser();
  let kills = 0;
  await using mortal = await mortalFunctions({
    env: SETTINGS,
    decide: ({ point }) => point === "tool.create_book:after" && kills++ === 0 ? "kill" : "go_on",
  });
  await using script = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] },
    { text: "Written down." },
  ]);

  const { run_id, events } = await startAndRead(user, mortal.url);

  await checkInvariants(sql, run_id, { streamed: events });
  assert.equal(kills, 2, "the write was attempted again");
  assert.deepEqual((await user.client.from("books").select("title")).data, [{ title: "Milk" }]);
  assert.equal(eventsOfType(events, "tool_result").filter(({ ok }) => ok).length, 1);
  assert.equal((await script.requests()).length, 2);
});

test("a process that dies over a write leaves its name, and the next one makes it under the same id", async () => {
  const user = await newUser();
  const dead = Promise.withResolvers<void>();
  let kills = 0;
  await using mortal = await mortalFunctions({
    env: SETTINGS,
    decide({ point }) {
      if (point !== "tool.create_book:before" || kills++ > 0) return "go_on";
      dead.resolve();
      return "kill";
    },
  });
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] },
    { text: "Written down." },
  ]);
  const calls = async () =>
    (await user.client.from("agent_tool_calls").select("id, tool_name, arguments, status, result")).data ??
      [];

  const response = await callFunction(user, "agent-planner", { body: { message: "Go" }, base: mortal.url });
  await dead.promise;
  await response.text().catch(() => {});
  const [left, ...others] = await calls();
  assert.deepEqual(others, []);
  assert.deepEqual({ ...left, id: "" }, {
    ...{ id: "", tool_name: "create_book", arguments: { title: "Milk" } },
    ...{ status: "approved", result: null },
  });

  const run_id = response.headers.get("x-run-id") ?? "";
  for await (const event of clientOf(user, mortal.url).events(run_id)) if (event.type === "done") break;
  assert.deepEqual((await calls()).map(({ id, status }) => [id, status]), [[left?.id, "succeeded"]]);
  assert.deepEqual((await user.client.from("books").select("title")).data, [{ title: "Milk" }]);
});

test("a run that nobody reads is listed as unfinished, and goes on in the background when it is resumed", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Lost.", hold: "lost" }, { text: "Resumed." }]);
  const run_id = await orphan(user, script, "lost");
  const client = clientOf(user, functions.url);

  const { runs: unfinished } = await client.listRuns({ status: "unfinished" });
  assert.deepEqual(unfinished.map(({ id }) => id), [run_id]);
  await sql`update agent_runs set lease_expires_at = now() + interval '1 hour' where id = ${run_id}`;
  assert.deepEqual(await client.resume(run_id), { run_id, resumed: false }, "too early");
  await sql`update agent_runs set lease_expires_at = now() where id = ${run_id}`;
  const resumed = await Promise.all([1, 2, 3].map(() => client.resume(run_id)));

  assert.deepEqual(
    resumed.map((one) => one.resumed).toSorted(),
    [false, false, true],
    "one of them took it over",
  );
  const events = await Array.fromAsync(client.events(run_id));
  await checkInvariants(sql, run_id, { streamed: events });
  assert.equal(answerOf(stateOf(events)), "Resumed.");
  assert.deepEqual(await client.resume(run_id), { run_id, resumed: false }, "ended");
});

test("a new message in the session of a run whose owner is gone fails that run cleanly and is answered", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Lost.", hold: "lost" }, { text: "Here." }]);
  const run_id = await orphan(user, script, "lost");
  const { session_id } = (await readStoredRun(sql, run_id)).run;
  const message = { message: "Again", session_id };

  const early = await callFunction(user, "agent-planner", { body: message, base: functions.url });
  assert.deepEqual([early.status, (await early.json()).error.run_id], [409, run_id]);
  assert.match(early.headers.get("retry-after") ?? "", /^[12]$/, "the lease is over by then");
  await leaseEnds(run_id);
  const { state } = await chat(user, message, functions.url);

  assert.equal(answerOf(state), "Here.");
  const events = await Array.fromAsync(clientOf(user, functions.url).events(run_id));
  const end = events.at(-1);
  assert.ok(end?.type === "error" && end.retryable, JSON.stringify(end));
  await checkInvariants(sql, run_id, { streamed: events });
});

test("a run that was released without a successor is taken over when the next message meets it", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Lost.", hold: "lost" }, { text: "Done." }]);
  const run_id = await orphan(user, script, "lost");
  const { session_id } = (await readStoredRun(sql, run_id)).run;
  await sql`update agent_runs set released = true, lease_expires_at = now() where id = ${run_id}`;

  const body = { message: "Again", session_id };
  const refused = await callFunction(user, "agent-planner", { body, base: functions.url });
  const events = await Array.fromAsync(clientOf(user, functions.url).events(run_id));

  assert.deepEqual([refused.status, (await refused.json()).error.run_id], [409, run_id]);
  assert.equal(answerOf(stateOf(events)), "Done.");
  await checkInvariants(sql, run_id, { streamed: events });
});

test("a run that has waited for an owner longer than a run may take goes on all the same: waiting is not working", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { text: "Lost.", hold: "lost" },
    { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] },
    { text: "Done." },
  ]);
  const run_id = await orphan(user, script, "lost");
  // As if it had been left so long ago; and to a function whose clock is ahead it would look the same.
  await sql`update agent_runs set created_at = created_at - interval '1 day',
    leased_at = leased_at - interval '1 day', lease_expires_at = lease_expires_at - interval '1 day'
    where id = ${run_id}`;

  const events = await Array.fromAsync(clientOf(user, functions.url).events(run_id));

  const end = events.at(-1);
  assert.ok(end?.type === "done" && end.finished_reason === "answered", JSON.stringify(end));
  assert.deepEqual((await user.client.from("books").select("title")).data, [{ title: "Milk" }]);
  await checkInvariants(sql, run_id, { streamed: events });
});

test("a run whose owner is gone is cancelled for good, and the model is not asked again", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Lost.", hold: "lost" }]);
  const run_id = await orphan(user, script, "lost");
  await leaseEnds(run_id);

  assert.deepEqual(await post(user, `runs/${run_id}/cancel`), { code: 202, run_id, status: "running" });
  const events = await Array.fromAsync(clientOf(user, functions.url).events(run_id));

  const end = events.at(-1);
  assert.ok(end?.type === "done" && end.status === "cancelled", JSON.stringify(end));
  await checkInvariants(sql, run_id, { streamed: events });
  assert.equal((await script.requests()).length, 1);
});

test("a cancel that nobody has heard yet is heard by the next owner", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Lost.", hold: "lost" }]);
  const killed = script.reached("lost").then(() => latest("agent-planner").kill());
  const { run_id, events } = await startAndRead(user, functions.url, async (event, run_id) => {
    if (event.type !== "session") return;
    await killed;
    await post(user, `runs/${run_id}/cancel`);
  });

  const end = events.at(-1);
  assert.ok(end?.type === "done" && end.status === "cancelled", JSON.stringify(end));
  await checkInvariants(sql, run_id, { streamed: events });
  assert.equal((await script.requests()).length, 1);
});

test("an owner that stood still while another took over changes nothing, and its reader's stream just ends", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "From the old owner" } }], hold: "old" },
    { tool_calls: [{ name: "create_book", arguments: { title: "From the new owner" } }] },
    { text: "Done." },
  ]);
  const { run_id, response, owner } = await begin(user, script, "old");
  owner.freeze();
  const events = await Array.fromAsync(clientOf(user, functions.url).events(run_id));
  const before = await readStoredRun(sql, run_id);

  owner.thaw();
  await script.release("old");
  const old = await readTurn(response);

  assert.equal(await owner.ended, "done");
  assert.deepEqual(old.events, events.slice(0, old.events.length));
  assert.equal(old.state.status, "running", "no terminal event came from it");
  const after = await readStoredRun(sql, run_id);
  assert.deepEqual({ ...after, ledger: [] }, { ...before, ledger: [] });
  // What it has spent is counted, and nothing stays reserved for it.
  assert.ok(after.ledger.every(({ output_tokens }) => Number(output_tokens) < 4_096));
  await checkInvariants(sql, run_id, { streamed: events });
  assert.deepEqual((await user.client.from("books").select("title")).data, [{ title: "From the new owner" }]);
});

test("an executor that stands still is replaced, and the result that it brings too late counts for nothing", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }]),
    { ...submitTurn(1, { summary: "From the old executor" }), hold: "old" },
    submitTurn(1, { summary: "From the new executor" }),
    answerTurn(),
  ]);
  const frozen = script.reached("old").then(() => {
    const executor = latest("agent-executor");
    executor.freeze();
    return executor;
  });
  const { run_id, events } = await startAndRead(user, functions.url);
  const executor = await frozen;
  const before = await readStoredRun(sql, run_id);

  executor.thaw();
  await script.release("old");
  assert.equal(await executor.ended, "done");

  const after = await readStoredRun(sql, run_id);
  assert.deepEqual({ ...after, ledger: [] }, { ...before, ledger: [] });
  await checkInvariants(sql, run_id, { streamed: events });
  const results = eventsOfType(events, "executor_result").map((
    { attempt, result },
  ) => [attempt, result.summary]);
  assert.deepEqual(results, [[2, "From the new executor"]]);
});
