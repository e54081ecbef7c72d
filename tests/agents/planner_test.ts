import assert from "node:assert/strict";
import { emptyBatch } from "../../shared/agents/batch.ts";
import { answerTurn, type PlannerDeps, startTurn, takeOver, type Turn } from "../../shared/agents/planner.ts";
import { plannerLimit } from "../../shared/agents/prompts.ts";
import type { EventRow, MessageRow, PlanRow } from "../../shared/agents/rows.ts";
import { AgentError, LeaseLostError } from "../../shared/contracts/errors.ts";
import { isTerminal, type RunEvent } from "../../shared/contracts/events.ts";
import { PlanDraft } from "../../shared/contracts/plan.ts";
import { failed } from "../../shared/contracts/tool.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { memoryStore } from "../support/memory_store.ts";
import { hangingTurn, listedModel, type ListedTurn, toolCall } from "../support/model_port.ts";
import { passTime } from "../support/pass_time.ts";
import { planArguments } from "../support/plans.ts";
import { assertContract, eventsOfType, typesOf } from "../support/planner.ts";
import { promptIds } from "../support/prompt_ids.ts";
import { toolPort } from "../support/tool_port.ts";

const LEASE_SECONDS = 15;
const REQUEST = { message: "Hello", context_type: "general" as const, time_zone: "UTC" };
const PLAN_ARGUMENTS = PlanDraft.parse(planArguments([{ step_number: 1, tools: ["look"] }]));
const PLAN = toolCall("create_plan", {
  ok: true,
  value: planArguments([{ step_number: 1, tools: ["look"] }]),
});

/** A store with one run in it, and the planner that owns it. */
async function open() {
  const clock = fakeClock();
  const ids = promptIds();
  const memory = memoryStore(clock, ids);
  const store = { ...memory };
  const handedOn: string[] = [];
  const logged: string[] = [];
  const deps: PlannerDeps = {
    model: listedModel([]),
    tools: toolPort(),
    count: (...prompt) => JSON.stringify(prompt).length / 4,
    clock,
    ids,
    user: "u",
    lease_seconds: LEASE_SECONDS,
    wall_ms: 300_000,
    deadline_at: Infinity,
    stopping: new AbortController().signal,
    log: { error: (message) => logged.push(message) },
    // deno-lint-ignore require-yield -- it fails before it has anything to yield
    invoke: async function* () {
      throw await Promise.resolve(new AgentError("internal", "No executor here."));
    },
    handOver: (run_id) => Promise.resolve(void handedOn.push(run_id)),
    store,
  };
  const turn = await startTurn(REQUEST, deps);
  assert.ok("first" in turn);
  const first: Turn = { owned: turn.started, first: turn.first };

  /** Answers the run with these turns of the model, and gives what its caller was sent. */
  async function answer(turns: ListedTurn[], of: Turn = first, change: Partial<PlannerDeps> = {}) {
    const model = listedModel(turns);
    const sent: RunEvent[] = [];
    await passTime(clock, answerTurn(of, { ...deps, model, ...change }, (event) => sent.push(event)));
    model.end();
    return { sent, model };
  }

  /** Its owner is gone, and another one comes by. */
  async function next(): Promise<Turn> {
    clock.advance(LEASE_SECONDS * 1_000);
    return await takeOver(first.owned.run_id, deps) ?? assert.fail("there is nothing to take over");
  }

  const log = () => memory.followRun(first.owned.run_id, 0).events;
  return { clock, memory, store, deps, first, answer, next, log, handedOn, logged };
}

const parts = (events: RunEvent[]) => eventsOfType(events, "text").map(({ part, delta }) => [part, delta]);
const strategies = (events: RunEvent[]) => eventsOfType(events, "analysis").map(({ strategy }) => strategy);
const run = ({ memory }: Awaited<ReturnType<typeof open>>) => memory.tables.runs[0] ?? assert.fail("no run");

type Stored = [EventRow["type"], EventRow["data"]];

/** What an owner has stored before it was lost: events, and messages of the planner's thread. */
async function stored(
  world: Awaited<ReturnType<typeof open>>,
  events: Stored[],
  messages: Partial<MessageRow>[] = [],
  plans: PlanRow[] = [],
) {
  const { owned } = world.first;
  const at = new Date(world.clock.now()).toISOString();
  await world.memory.recordProgress(owned, {
    ...emptyBatch(),
    plans,
    events: events.map(([type, data], i) => ({ seq: owned.last_seq + 1 + i, type, at, agent: null, data })),
    messages: messages.map((message, i): MessageRow => ({
      id: crypto.randomUUID(),
      thread_id: owned.thread_id,
      seq: i + 1,
      sender_type: "planner",
      sender_agent_id: owned.agent_id,
      role: "assistant",
      content: "",
      created_at: at,
      ...message,
    })),
  });
}
const ASKED: Partial<MessageRow>[] = [
  { role: "system", sender_type: "system", content: "You plan." },
  { role: "user", sender_type: "user", content: "Hello" },
];

Deno.test("a simple turn is at most two transactions after its start", async () => {
  const world = await open();
  let transactions = 0;
  const { store, memory } = world;
  store.recordProgress = (...args) => (transactions++, memory.recordProgress(...args));
  store.finishRun = (...args) => (transactions++, memory.finishRun(...args));
  await world.answer([{ text: "Hi." }]);
  assertContract(world.log());
  assert.ok(transactions <= 2, `there were ${transactions}`);
  assert.equal(world.memory.tables.chat_messages.at(-1)?.content, "Hi.");
});

Deno.test("the strategy is announced once a level, and only moves up", async () => {
  const { answer, log } = await open();
  await answer([
    { text: "Let me look.", tool_calls: [toolCall("look")] },
    { text: "Again.", tool_calls: [toolCall("look")] },
    { text: "There." },
  ]);
  assert.deepEqual(strategies(log()), ["simple", "tool_use"]);
});

Deno.test("text before a tool call is its own part, and the answer is the last", async () => {
  const { answer, log, memory } = await open();
  await answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }, { text: "There." }]);
  assert.deepEqual(parts(log()), [[1, "Let me look."], [2, "There."]]);
  assert.equal(memory.tables.chat_messages.at(-1)?.content, "There.");
});

Deno.test("what is sent is stored, and after the start, which its caller knows, it is the whole log", async () => {
  const { answer, log } = await open();
  const { sent } = await answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }, {
    text: "There.",
  }]);
  assert.deepEqual(sent, log().slice(1));
});

Deno.test("a plan that can't be stored ends the run in one error event, and what was spent counts", async () => {
  const world = await open();
  const { store, memory } = world;
  store.recordProgress = (lease, batch) =>
    batch.plans.length > 0
      ? Promise.reject(new AgentError("internal", "The database did not take this."))
      : memory.recordProgress(lease, batch);
  await world.answer([{ tool_calls: [PLAN] }]);
  assertContract(world.log());
  assert.equal(world.log().at(-1)?.type, "error");
  assert.ok(!typesOf(world.log()).includes("plan_created"), "nobody is sent what could not be stored");
  assert.deepEqual(world.memory.tables.settlements.map(({ model_calls }) => model_calls), [1]);
});

Deno.test("when the end can't be stored the user hears so, and nothing of the database", async () => {
  const { answer, log, store } = await open();
  store.finishRun = () =>
    Promise.reject(new AgentError("conflict", "No.", { cause: "connection to 10.1.2.3" }));
  const { sent } = await answer([{ text: "Hi." }]);
  assertContract(log());
  assert.equal(sent.at(-1)?.type, "error");
  assert.ok(!JSON.stringify(log()).includes("10.1.2.3"));
});

Deno.test("an executor that can't be reached fails its step, and the planner is told", async () => {
  const { answer, log } = await open();
  const { model } = await answer([{ tool_calls: [PLAN] }, { text: "It failed." }]);
  assertContract(log());
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /No executor here/);
  assert.equal(log().at(-1)?.type, "done");
});

Deno.test("a run that was lost before its thread began is begun again", async () => {
  const world = await open();
  const { model } = await world.answer([{ text: "Hi." }], await world.next());
  assertContract(world.log());
  assert.deepEqual(model.requests[0]?.messages.map(({ role }) => role), ["system", "user"]);
  assert.deepEqual(parts(world.log()), [[1, "Hi."]]);
});

Deno.test("text of a call that was lost is withdrawn before the call speaks again, under another number", async () => {
  const world = await open();
  await stored(world, [["analysis", { strategy: "simple" }], ["text", { part: 1, delta: "Let me" }]]);
  await world.answer([{ text: "Hi." }], await world.next());
  const log = world.log();
  assertContract(log);
  assert.deepEqual(log.slice(1).map(({ type }) => type), [
    "analysis",
    "text",
    "text_withdrawn",
    "text",
    "done",
  ]);
  assert.deepEqual(parts(log), [[1, "Let me"], [2, "Hi."]]);
});

Deno.test("text whose call was stored is not withdrawn", async () => {
  const world = await open();
  const call = { id: "c", name: "look", arguments: "{}" };
  await stored(
    world,
    [["analysis", { strategy: "tool_use" }], ["text", { part: 1, delta: "Let me look." }]],
    [
      ...ASKED,
      { content: "Let me look.", tool_calls: [call] },
    ],
  );
  const { model } = await world.answer([{ text: "There." }], await world.next());
  assertContract(world.log());
  assert.ok(!typesOf(world.log()).includes("text_withdrawn"));
  assert.deepEqual(parts(world.log()), [[1, "Let me look."], [2, "There."]]);
  assert.equal(
    model.requests[0]?.messages.at(-1)?.role,
    "tool",
    "the tool ran before the model was asked again",
  );
});

Deno.test("text of a later call that was lost is withdrawn, and that of the calls before it stays", async () => {
  const world = await open();
  const texts: Stored[] = [["text", { part: 1, delta: "Let me look." }], ["text", { part: 2, delta: "The" }]];
  await stored(world, [["analysis", { strategy: "tool_use" }], ...texts], [
    ...ASKED,
    { content: "Let me look.", tool_calls: [{ id: "c", name: "look", arguments: "{}" }] },
    { role: "tool", sender_type: "tool", tool_call_id: "c", content: "{}" },
  ]);
  await world.answer([{ text: "There." }], await world.next());
  assertContract(world.log());
  assert.deepEqual(eventsOfType(world.log(), "text_withdrawn").map(({ part }) => part), [2]);
  assert.deepEqual(parts(world.log()), [[1, "Let me look."], [2, "The"], [3, "There."]]);
});

Deno.test("a step whose end was told is not worked on again, though it left no row", async () => {
  const world = await open();
  const { owned } = world.first;
  const tool_call = { id: "c", name: "create_plan", arguments: JSON.stringify(PLAN_ARGUMENTS) };
  const plan_id = await world.deps.ids.derived(await world.deps.ids.derived(owned.thread_id, 3, 0), "plan");
  const plan = { id: plan_id, revision: 1, ...PLAN_ARGUMENTS };
  const error = "No executor here.";
  await stored(
    world,
    [
      ["plan_created", { plan }],
      ["step_start", { step_number: 1, attempt: 1, title: "t" }],
      ["step_complete", { step_number: 1, attempt: 1, status: "failed", summary: error, error }],
    ],
    [...ASKED, { tool_calls: [tool_call] }],
    [{ ...plan, planner_agent_id: owned.agent_id, user_message: "Hello" }],
  );
  const { model } = await world.answer([{ text: "It failed." }], await world.next(), {
    invoke: () => assert.fail("the executor is not called again"),
  });
  assertContract(world.log());
  assert.match(model.requests[0]?.messages.at(-1)?.content ?? "", /No executor here/);
});

Deno.test("a limit that was met stays met: the next owner has the last turn, and nothing else", async () => {
  const world = await open();
  const limit = {
    role: "user" as const,
    sender_type: "system" as const,
    content: plannerLimit("12 model turns"),
  };
  await stored(world, [["analysis", { strategy: "tool_use" }]], [...ASKED, limit]);
  const { model } = await world.answer([{ text: "That is all." }], await world.next());
  assert.deepEqual(model.requests[0]?.tools, []);
  assert.equal(run(world).finished_reason, "limit");
});

Deno.test("a plan that was refused twice is not offered by the next owner, either", async () => {
  const world = await open();
  const asks = (id: string) => ({ tool_calls: [{ id, name: "create_plan", arguments: "{}" }] });
  const refused = (tool_call_id: string) => ({
    role: "tool" as const,
    sender_type: "tool" as const,
    tool_call_id,
  });
  await stored(world, [["analysis", { strategy: "complex" }]], [
    ...ASKED,
    asks("a"),
    refused("a"),
    asks("b"),
    refused("b"),
  ]);
  const { owned } = world.first;
  const at = new Date(world.clock.now()).toISOString();
  await world.memory.recordProgress(owned, {
    ...emptyBatch(),
    tool_calls: ["a", "b"].map((tool_call_id) => ({
      id: crypto.randomUUID(),
      agent_id: owned.agent_id,
      thread_id: owned.thread_id,
      tool_call_id,
      tool_name: "create_plan",
      access: null,
      arguments: {},
      status: "failed" as const,
      result: { ...failed("invalid_arguments", "No.") },
      duration_ms: 1,
      created_at: at,
      finished_at: at,
    })),
  });
  const { model } = await world.answer([{ text: "Without a plan, then." }], await world.next());
  assert.ok(!model.requests[0]?.tools.some(({ name }) => name === "create_plan"));
});

Deno.test("a part is withdrawn once, however many owners come by", async () => {
  const world = await open();
  await stored(world, [["text", { part: 1, delta: "Let me" }], ["text_withdrawn", { part: 1 }]]);
  await world.answer([{ text: "Hi." }], await world.next());
  assert.equal(eventsOfType(world.log(), "text_withdrawn").length, 1);
});

Deno.test("an answer that was stored before its owner was lost is not asked for again", async () => {
  const world = await open();
  await stored(world, [["analysis", { strategy: "simple" }], ["text", { part: 1, delta: "Hi." }]], [
    ...ASKED,
    { content: "Hi." },
  ]);
  await world.answer([], await world.next());
  assertContract(world.log());
  assert.equal(world.memory.tables.chat_messages.at(-1)?.content, "Hi.");
});

Deno.test("the strategy that was announced is kept by the next owner", async () => {
  const world = await open();
  await stored(world, [["analysis", { strategy: "tool_use" }]], ASKED);
  await world.answer([{ text: "Hi." }], await world.next());
  assert.deepEqual(strategies(world.log()), ["tool_use"]);
  assert.equal(run(world).strategy, "tool_use");
});

Deno.test("a cancel that came while nobody owned the run ends it without another model call", async () => {
  const world = await open();
  world.memory.cancelRun(world.first.owned.run_id);
  await world.answer([], await world.next());
  assertContract(world.log());
  assert.equal(run(world).status, "cancelled");
});

Deno.test("a cancel closes the model's stream within a second, and the text so far stays", async () => {
  const world = await open();
  const { clock, memory, first } = world;
  const { sent } = await world.answer([
    async function* (signal) {
      yield { type: "text_delta", text: "Once upon a time" };
      clock.after(100, () => memory.cancelRun(first.owned.run_id));
      yield* hangingTurn(signal);
    },
  ]);
  assertContract(world.log());
  assert.deepEqual(typesOf(sent), ["analysis", "text", "done"]);
  const { cancel_requested_at, finished_at } = run(world);
  assert.ok(Date.parse(finished_at ?? "") - Date.parse(cancel_requested_at ?? "") <= 1_000);
});

Deno.test("there is nothing to take over while a run has an owner, and when it has ended", async () => {
  const { deps, first, answer } = await open();
  assert.equal(await takeOver(first.owned.run_id, deps), null);
  await answer([{ text: "Hi." }]);
  assert.equal(await takeOver(first.owned.run_id, deps), null);
  await assert.rejects(takeOver(crypto.randomUUID(), deps), { kind: "not_found" });
});

Deno.test("an owner whose heartbeat finds another one in its place stops without a trace", async () => {
  const world = await open();
  const { store, memory, first } = world;
  store.heartbeatRun = () => Promise.reject(new LeaseLostError("stale"));
  const { sent } = await world.answer([hangingTurn], first);
  assert.deepEqual(sent, []);
  assert.equal(run(world).status, "running");
  assert.equal(memory.followRun(first.owned.run_id, 0).events.length, 1);
  const given_back = memory.tables.settlements.map(({ id }) => id);
  assert.deepEqual(given_back, [first.first?.row.id], "what it had reserved is given back");
});

Deno.test("an owner that was thought dead and comes back changes nothing", async () => {
  const world = await open();
  const late = await world.next();
  const { sent } = await world.answer([{ text: "Too late." }]);
  assert.deepEqual(sent, []);
  await world.answer([{ text: "Hi." }], late);
  assert.deepEqual(parts(world.log()), [[1, "Hi."]]);
});

Deno.test("at its deadline an owner finishes its turn of the model, releases the run and has another one go on", async () => {
  const world = await open();
  const { first, handedOn, memory } = world;
  const { sent } = await world.answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }], first, {
    deadline_at: 0,
  });
  assert.deepEqual(handedOn, [first.owned.run_id]);
  assert.equal(memory.followRun(first.owned.run_id, 0).ownerless, true);
  assert.ok(!sent.some(isTerminal), "the stream just ends");
  const owned = await takeOver(first.owned.run_id, world.deps) ??
    assert.fail("it could not be taken over at once");
  await world.answer([{ text: "There." }], owned);
  assertContract(world.log());
  assert.deepEqual(parts(world.log()), [[1, "Let me look."], [2, "There."]]);
});

Deno.test("a run whose successor can't be called is left to whoever comes by", async () => {
  const world = await open();
  await world.answer([{ tool_calls: [toolCall("look")] }], world.first, {
    deadline_at: 0,
    handOver: () => Promise.reject(new Error("503")),
  });
  assert.deepEqual(world.logged, ["a run was left to itself"]);
  await world.answer([{ text: "There." }], await world.next());
  assertContract(world.log());
});

Deno.test("what is left of the time of a run counts from its start, whoever owns it", async () => {
  const world = await open();
  const turn = await world.next();
  const { model } = await world.answer([hangingTurn, { text: "That is all." }], turn, { wall_ms: 15_100 });
  assert.equal(world.clock.now() - Date.parse(turn.owned.started_at), 15_100);
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /The limit of .* seconds is reached/);
  assert.deepEqual(model.requests[1]?.tools, []);
});

Deno.test("no timer is left behind", async () => {
  const { answer, clock } = await open();
  await answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }, { text: "There." }]);
  assert.equal(clock.timers, 0);
});
