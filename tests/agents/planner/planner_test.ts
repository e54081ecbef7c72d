import assert from "node:assert/strict";
import { takeOver } from "../../../shared/agents/planner/planner.ts";
import {
  AgentError,
  LeaseLostError,
  RunBudgetError,
  StoreUnavailable,
} from "../../../shared/contracts/errors.ts";
import { retryingStore } from "../../../shared/db/retrying_store.ts";
import { isTerminal } from "../../../shared/contracts/events.ts";
import { hangingTurn, toolCall } from "../../support/models/listed_model.ts";
import { breakingTools } from "../../support/ports/breaking_tools.ts";
import { toolPort } from "../../support/ports/tool_port.ts";
import { assertContract, eventsOfType, typesOf } from "../../support/stack/calling.ts";
import { LEASE_SECONDS, open, parts, PLAN, run, strategies } from "../../support/agents/planner_world.ts";

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
  const world = await open();
  await world.answer([
    { text: "Let me look.", tool_calls: [toolCall("look")] },
    { text: "Again.", tool_calls: [toolCall("look")] },
    { text: "There." },
  ]);
  assert.deepEqual(strategies(world.log()), ["simple", "tool_use"]);
  assert.equal(run(world).strategy, "tool_use");
});

Deno.test("text before a tool call is its own part, and the answer is the last", async () => {
  const { answer, log, memory } = await open();
  await answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }, { text: "There." }]);
  assert.deepEqual(parts(log()), [[1, "Let me look."], [2, "There."]]);
  assert.equal(memory.tables.chat_messages.at(-1)?.content, "There.");
});

Deno.test("a part of text names the message that its model call became", async () => {
  const { answer, log, memory } = await open();
  await answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }, { text: "There." }]);
  const turns = memory.tables.messages.filter(({ kind }) => kind === "turn");
  assert.deepEqual(
    eventsOfType(log(), "text").map(({ message_id, delta }) => [message_id, delta]),
    turns.map(({ id, content }) => [id, content]),
  );
});

Deno.test("the thread's row keeps what the planner was told beside the message", async () => {
  const { answer, memory } = await open();
  await answer([{ text: "Hi." }]);
  const { overview, history } = memory.tables.threads[0]?.initial_context ?? {};
  assert.deepEqual({ overview, history }, { overview: {}, history: [] });
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

Deno.test("a turn that breaks off beside a long read has told how that ended, as its row says", async () => {
  const world = await open();
  const tools = breakingTools(world.clock);
  await world.answer([{ tool_calls: [toolCall("look_long"), toolCall("look")] }], world.first, { tools });
  assertContract(world.log());
  assert.equal(world.log().at(-1)?.type, "error");
  const { tool_calls } = world.memory.tables;
  assert.deepEqual(tool_calls.map(({ tool_name, status }) => [tool_name, status]), [[
    "look_long",
    "succeeded",
  ]]);
  assert.deepEqual(
    eventsOfType(world.log(), "tool_result").map(({ tool_call_id, ok }) => [tool_call_id, ok]),
    [[tool_calls[0]?.id, true]],
  );
});

Deno.test("a ledger that can't be reached for longer than a lease ends nothing: the run waits for takeover", async () => {
  const world = await open();
  const { sent } = await world.answer([{ tool_calls: [toolCall("look")] }], world.first, {
    store: { ...world.store, reserveUsage: () => Promise.reject(new StoreUnavailable()) },
  });
  assert.deepEqual([typesOf(sent).at(-1), run(world).status], ["tool_result", "running"]);
  assert.deepEqual(
    world.handedOff,
    [],
    "a takeover is counted, so that there is an end to them",
  );
  await world.answer([{ text: "There." }], await world.next());
  assertContract(world.log());
  assert.equal(run(world).status, "completed");
});

Deno.test("a run whose end is refused for good is failed, also when the database is away just then", async () => {
  const world = await open();
  const { clock, memory } = world;
  const back = clock.now() + 10_000;
  const store = retryingStore({
    ...world.store,
    finishRun: () => Promise.reject(new AgentError("internal", "The database did not take this.")),
    failRun: (...args) =>
      clock.now() < back ? Promise.reject(new StoreUnavailable()) : memory.failRun(...args),
  }, { clock, lease_seconds: LEASE_SECONDS });
  const { sent } = await world.answer([{ text: "Hi." }], world.first, { store });
  assertContract(world.log());
  assert.deepEqual([sent.at(-1)?.type, run(world).status], ["error", "failed"]);
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

Deno.test("a plan that fails may be replaced twice; then the planner has to answer", async () => {
  const { answer, log } = await open();
  const plans = [1, 2, 3].map(() => ({ tool_calls: [PLAN] }));
  const { model } = await answer([...plans, { text: "It failed." }]);
  assertContract(log());
  assert.deepEqual(
    model.requests.map(({ tools }) => tools.some(({ name }) => name === "create_plan")),
    [true, true, true, false],
  );
  assert.deepEqual(eventsOfType(log(), "plan_created").map(({ plan }) => plan.revision), [1, 2, 3]);
});

Deno.test("only plans that are refused in a row come to an end: a good one between them counts", async () => {
  const { answer, log } = await open();
  const bad = { tool_calls: [toolCall("create_plan", { goal: "No steps" })] };
  const { model } = await answer([bad, { tool_calls: [PLAN] }, bad, { text: "It failed." }]);
  assertContract(log());
  assert.ok(model.requests.every(({ tools }) => tools.some(({ name }) => name === "create_plan")));
  const again = await open();
  const refused = await again.answer([bad, bad, { text: "Without a plan." }]);
  assert.ok(!refused.model.requests[2]?.tools.some(({ name }) => name === "create_plan"));
});

Deno.test("a cancel that came while nobody owned the run ends it without another model call", async () => {
  const world = await open();
  world.memory.cancelRun(world.first.owned.run_id);
  await world.answer([], await world.next());
  assertContract(world.log());
  assert.equal(run(world).status, "cancelled");
});

Deno.test("a cancel that stopped a step before the planner heard of it: the model is not asked again", async () => {
  const world = await open();
  const { memory, first } = world;
  await world.answer([{ tool_calls: [PLAN] }], first, {
    // deno-lint-ignore require-yield -- it is refused before it has anything to yield
    invoke: async function* () {
      memory.cancelRun(first.owned.run_id);
      throw await Promise.resolve(new RunBudgetError("Not any more."));
    },
  });
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

Deno.test("a planner that writes hears of a cancel with the answer: it begins no further model call, and never looks", async () => {
  const world = await open();
  const { store, memory, first } = world;
  store.heartbeatRun = () => assert.fail("it looked");
  store.recordProgress = (...args) => {
    memory.cancelRun(first.owned.run_id);
    return memory.recordProgress(...args);
  };
  const { model } = await world.answer([
    async function* (signal) {
      yield { type: "text_delta", text: "Let me" };
      yield* hangingTurn(signal);
    },
  ]);
  assert.equal(model.requests.length, 1);
  assert.equal(run(world).status, "cancelled");
});

Deno.test("there is nothing to take over while a run has an owner, and when it has ended", async () => {
  const { deps, first, answer } = await open();
  assert.equal(await takeOver(first.owned.run_id, deps), null);
  await answer([{ text: "Hi." }]);
  assert.equal(await takeOver(first.owned.run_id, deps), null);
  await assert.rejects(takeOver(crypto.randomUUID(), deps), { kind: "not_found" });
});

Deno.test("a takeover that is refused for another reason than an owner is not taken for one", async () => {
  const { deps, store, first } = await open();
  store.claimRun = () => Promise.reject(new AgentError("conflict", "The state does not allow this."));
  await assert.rejects(takeOver(first.owned.run_id, deps), { kind: "conflict" });
});

Deno.test("an owner whose heartbeat finds another one in its place is fenced out and writes nothing more", async () => {
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
  const { first, handedOff, memory } = world;
  const { sent } = await world.answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }], first, {
    deadline_at: 0,
  });
  assert.deepEqual(handedOff, [first.owned.run_id]);
  assert.equal(memory.followRun(first.owned.run_id, 0).lease_expired, true);
  assert.ok(!sent.some(isTerminal), "the stream just ends");
  const owned = await takeOver(first.owned.run_id, world.deps) ??
    assert.fail("it could not be taken over at once");
  await world.answer([{ text: "There." }], owned);
  assertContract(world.log());
  assert.deepEqual(parts(world.log()), [[1, "Let me look."], [2, "There."]]);
});

Deno.test("what an owner has done is stored before it releases the run", async () => {
  const world = await open();
  const stopping = new AbortController();
  const tools = toolPort();
  await world.answer([{ tool_calls: [toolCall("look")] }], world.first, {
    stopping: stopping.signal,
    tools: {
      ...tools,
      open(options) {
        const { dispatch, ...rest } = tools.open(options);
        // Hand-off falls due while the tool runs.
        return { ...rest, dispatch: (call) => (stopping.abort(), dispatch(call)) };
      },
    },
  });
  assert.equal(run(world).released, true);
  const kinds = world.memory.tables.messages.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["prompt", "task", "turn", "result"]);
});

Deno.test("a run whose successor can't be called waits for takeover", async () => {
  const world = await open();
  await world.answer([{ tool_calls: [toolCall("look")] }], world.first, {
    deadline_at: 0,
    handOff: () => Promise.reject(new Error("503")),
  });
  assert.deepEqual(world.logged, ["hand-off failed; the run waits for takeover"]);
  await world.answer([{ text: "There." }], await world.next());
  assertContract(world.log());
});

Deno.test("the time of a run is what its owners have had it for, through takeovers: waiting for one does not count", async () => {
  const world = await open();
  world.clock.advance(3_600_000);
  const turn = await world.next();
  assert.equal(turn.owned.worked_ms, LEASE_SECONDS * 1_000, "the lease of the owner that is lost");
  const taken_at = world.clock.now();
  const { model } = await world.answer([hangingTurn, { text: "That is all." }], turn, { wall_ms: 15_100 });
  assert.equal(world.clock.now() - taken_at, 100);
  assert.match(model.requests[1]?.messages.at(-1)?.content ?? "", /The limit of .* seconds is reached/);
  assert.equal(model.requests[1]?.tool_choice, "none");
});

Deno.test("what a turn said before the limit of time cut it off is withdrawn", async () => {
  const { answer, log } = await open();
  await answer(
    [
      async function* (signal) {
        yield { type: "text_delta", text: "Let me think" };
        yield* hangingTurn(signal);
      },
      { text: "That is all." },
    ],
    undefined,
    { wall_ms: 1_000 },
  );
  assertContract(log());
  assert.deepEqual(eventsOfType(log(), "text_withdrawn").map(({ part }) => part), [1]);
  assert.deepEqual(parts(log()), [[1, "Let me think"], [2, "That is all."]]);
});

Deno.test("no timer is left behind", async () => {
  const { answer, clock } = await open();
  await answer([{ text: "Let me look.", tool_calls: [toolCall("look")] }, { text: "There." }]);
  assert.equal(clock.timers, 0);
});
